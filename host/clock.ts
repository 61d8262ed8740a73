// SPDX-License-Identifier: Apache-2.0
// The system's clock behind the interface that virtual ones have, too.

import type { Clock } from './interfaces.js';

/** Real time. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
