// SPDX-License-Identifier: Apache-2.0
// The time of the machine, where no test turns a virtual one.
import type { Clock } from '../../../interfaces.js';

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
