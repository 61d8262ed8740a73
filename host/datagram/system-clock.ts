// SPDX-License-Identifier: Apache-2.0
// The clock of this machine, for whoever is not given another.

import type { Clock } from '../interfaces.js';

/** Real time. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
