// SPDX-License-Identifier: Apache-2.0
// What must hold after every scenario, whatever happened in it.

import { expect } from 'vitest';
import type { EimEvent } from '../../host/sim/eim/index.js';
import type { SimulatedEuicc } from '../../host/sim/euicc/index.js';

/** Every signature that reached the eIM was right, and every message made sense. */
export function expectHonestLog(log: readonly EimEvent[]): void {
  const wrong = log.filter((event) => isSigned(event) && !event.verified);
  const senseless = log.filter(({ kind }) => kind === 'malformed' || kind === 'internalError');
  expect([...wrong, ...senseless].map(({ kind, problem }) => `${kind}: ${problem}`)).toEqual([]);
}

function isSigned(event: EimEvent): boolean {
  return event.kind === 'notification' || (event.kind === 'euiccPackageResult' && event.result.form !== 'errorUnsigned');
}

/** No notification and no result waits on the card, its channels are closed, and the card never failed inside. */
export function expectCleanCard(euicc: SimulatedEuicc): void {
  expect(euicc.notifications).toEqual([]);
  expect(euicc.packageResults).toEqual([]);
  expect(euicc.lastFault).toBeUndefined();
}
