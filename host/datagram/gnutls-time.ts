// SPDX-License-Identifier: Apache-2.0
// Lets GnuTLS measure its waits for answers with the clock of the session that is being served, so that a virtual clock drives them.

import { systemClock } from '../clock.js';
import type { Clock } from '../interfaces.js';
import type { Pointer } from './gnutls-functions.js';
import type { Gnutls } from './gnutls-library.js';

let current: Clock = systemClock;
let installed = false;

/**
 * Runs `call` while GnuTLS takes its time from `clock`. As long as nobody brings a clock of his own, the library keeps its own.
 * @throws Error when this build of the library takes no other clock.
 */
export function withClock<T>(gnutls: Gnutls, clock: Clock, call: () => T): T {
  if (clock !== systemClock && !installed) install(gnutls);
  const before = current;
  current = clock;
  try {
    return call();
  } finally {
    current = before;
  }
}

function install(gnutls: Gnutls): void {
  const { koffi, types, setTimeFunction } = gnutls;
  if (setTimeFunction === undefined) throw new Error('this build of GnuTLS takes no clock but its own; use systemClock');
  const giveTime = (timespec: Pointer) => {
    const nowMs = current.nowMs();
    const seconds = Math.floor(nowMs / 1000);
    // Two C longs: seconds, and nanoseconds beyond them.
    koffi.encode(timespec, 'long', [seconds, Math.floor((nowMs - seconds * 1000) * 1_000_000)], 2);
  };
  setTimeFunction(koffi.register(giveTime, types.time));
  installed = true;
}
