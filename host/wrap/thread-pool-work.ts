// SPDX-License-Identifier: Apache-2.0
// Work that Node does outside the event loop, above all WebCrypto. Nothing in the event loop shows that it is under way, so a clock
// that jumps when nothing is left to do would jump in the middle of a signature.

import { createHook } from 'node:async_hooks';

/** What is under way, from now on. */
export interface ThreadPoolWatch {
  /** Jobs that were begun and have not called back yet. */
  pending(): number;
  stop(): void;
}

/** Counts the jobs begun from now on: cryptography, files. Those begun before are not seen. */
export function watchThreadPool(): ThreadPoolWatch {
  const jobs = new Set<number>();
  const hook = createHook({
    // SIGNREQUEST, HASHREQUEST, KEYPAIRGENREQUEST …, FSREQPROMISE, FSREQCALLBACK
    init: (id, type) => {
      if (/^(?:\w+REQUEST|FSREQ\w+)$/.test(type)) jobs.add(id);
    },
    after: (id) => {
      jobs.delete(id);
    },
    destroy: (id) => {
      jobs.delete(id);
    },
  }).enable();
  return { pending: () => jobs.size, stop: () => void hook.disable() };
}
