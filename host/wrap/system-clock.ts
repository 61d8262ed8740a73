// SPDX-License-Identifier: Apache-2.0
// The time of this machine, for links and timers that are real.

import type { Clock } from '../interfaces.js';

/** The system's monotonic clock and timers. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
