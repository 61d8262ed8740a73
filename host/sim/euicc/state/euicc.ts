// SPDX-License-Identifier: Apache-2.0
// The eUICC as its commands see it: who it is, how it is set up, what it keeps and what it forgets.
import type { EuiccIdentity } from '../domain/identity.js';
import type { NonVolatileMemory } from './non-volatile.js';
import type { Session } from './session.js';
import type { EuiccSettings } from './settings.js';

export interface Euicc {
  readonly identity: EuiccIdentity;
  readonly settings: EuiccSettings;
  /** Replaced as a whole by functions that are atomic. */
  memory: NonVolatileMemory;
  session: Session;
  /** True while another proactive session than the card's own REFRESH is open, as a test wants it. */
  catBusy: boolean;
}

/** Runs `change` on the memory; when it throws, the memory is as before. */
export function atomically<T>(euicc: Euicc, change: () => T): T {
  const before = structuredClone(euicc.memory);
  try {
    return change();
  } catch (error) {
    euicc.memory = before;
    throw error;
  }
}
