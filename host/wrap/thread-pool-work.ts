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
  const jobs = new Map<number, object>();
  const hook = createHook({
    // SIGNREQUEST, HASHREQUEST, KEYPAIRGENREQUEST …, FSREQPROMISE, FSREQCALLBACK
    init: (id, type, _triggerId, job: object) => {
      if (/^(?:\w+REQUEST|FSREQ\w+)$/.test(type)) jobs.set(id, job);
    },
    after: (id) => {
      jobs.delete(id);
    },
    destroy: (id) => {
      jobs.delete(id);
    },
  }).enable();
  return {
    pending: () => {
      for (const [id, job] of jobs) if (!isToCallBack(job)) jobs.delete(id);
      return jobs.size;
    },
    stop: () => void hook.disable(),
  };
}

/**
 * Whether somebody is to be told of the job's end. A synchronous call, such as randomBytes without a callback, makes a job too: it is over when
 * the call returns, calls nobody back, and is destroyed whenever its garbage is collected, which may be never.
 */
function isToCallBack(job: object): boolean {
  return 'ondone' in job || 'oncomplete' in job || 'promise' in job;
}
