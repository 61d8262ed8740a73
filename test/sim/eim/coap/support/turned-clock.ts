// SPDX-License-Identifier: Apache-2.0
// A clock that stands still until a test turns it, for code that also works in promises.
import { VirtualClock } from '../../../../../host/wrap/virtual-clock.js';

export class TurnedClock extends VirtualClock {
  /** Lets time pass: every task that is due runs at its moment, and what it starts runs before time goes on. */
  pass(ms: number): Promise<void> {
    return this.runUntil(() => new Promise<void>((resolve) => void this.after(ms, resolve)));
  }
}

/** Resolves when everything has run that waits for nothing outside. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
