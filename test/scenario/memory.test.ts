// SPDX-License-Identifier: Apache-2.0
// What a profile costs in memory: nothing that depends on its size (design properties P1, P2).

import { describe, expect, it } from 'vitest';
import { Action, Event } from '../../host/abi.js';
import { Bench } from '../support/bench.js';
import { expectCleanCard } from '../support/checks.js';
import { createGlassInstance } from '../support/glass-instance.js';

const NETWORK_WINDOW_BYTES = 1_024;
const CARD_LINE_BYTES = 544;

describe('memory', () => {
  for (const sizeBytes of [5_000, 500_000]) {
    it(`is the same for a profile of ${sizeBytes} bytes, and the state region is all that is written`, async () => {
      const instance = await createGlassInstance();
      const { memorySizeBytes } = instance;
      const bench = await Bench.start({ createInstance: async () => instance });
      const { iccid } = bench.queueDownload({ sizeBytes });
      bench.queueEnable(iccid);
      expect(await bench.poll()).toMatchObject({ error: undefined, profilesInstalled: 1, packages: 2 });
      expectCleanCard(bench.euicc);
      expect(instance.memorySizeBytes).toBe(memorySizeBytes);
      expect(instance.changedOutsideState()).toEqual([]);
      expect(instance.largestEventBytes(Event.NetworkData)).toBe(NETWORK_WINDOW_BYTES);
      expect(longest(bench, Action.NetworkSend)).toBe(NETWORK_WINDOW_BYTES);
      expect(longest(bench, Action.CardWrite)).toBeLessThanOrEqual(CARD_LINE_BYTES);
    });
  }

  for (const blockBytes of [16, 17, 31, 64, 120, 127, 128, 200, 254, 255]) {
    it(`is enough for STORE DATA blocks of ${blockBytes} bytes`, async () => {
      const bench = await Bench.start();
      const { iccid } = bench.queueDownload({ sizeBytes: 3_000 });
      bench.queueEnable(iccid);
      bench.eim.queue(bench.bed.eid, { kind: 'dataRequest' });
      expect(await bench.poll({ blockBytes })).toMatchObject({ error: undefined, profilesInstalled: 1, packages: 3 });
      expectCleanCard(bench.euicc);
      // AT+CSIM=…,"…": two digits for a byte, 5 bytes of header
      expect(longest(bench, Action.CardWrite)).toBe(2 * (blockBytes + 5) + (2 * (blockBytes + 5) > 99 ? 15 : 14));
    });
  }
});

function longest(bench: Bench, kind: number): number {
  return Math.max(...bench.actions.filter((action) => action.kind === kind).map(({ bytes }) => bytes.length));
}
