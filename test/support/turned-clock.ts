// SPDX-License-Identifier: Apache-2.0
// A clock that stands still until a test turns it, for code that also works in promises.
import { VirtualClock } from '../../host/wrap/virtual-clock.js';

export class TurnedClock extends VirtualClock {
  /** Lets time pass: every task that is due runs at its moment, and what it starts runs before time goes on. */
  async pass(ms: number): Promise<void> {
    await this.runUntil(() => new Promise<void>((resolve) => void this.after(ms, resolve)));
    // what is due at the last moment, too
    this.advance(0);
    await settled();
  }
}

/** Resolves when everything has run that waits for nothing outside. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
