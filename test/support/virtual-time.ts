// SPDX-License-Identifier: Apache-2.0
// A clock that jumps: the modem in this process answers within microtasks, so when the driver has nothing to tell, whatever the
// module waits for by its clock will not come, and the wait can be over at once. No test waits for real time.

import { Action } from '../../host/abi.js';
import type { IpaInstance, Action as Request } from '../../host/interfaces.js';

/** Wraps an instance so that its clock jumps to each deadline that nothing comes before. Only for cards in this process. */
export function withVirtualTime(instance: IpaInstance): IpaInstance {
  let nowMs = 0;
  let deadlineMs: number | undefined;
  return {
    runtime: instance.runtime,
    memoryBytes: instance.memoryBytes,
    async poll() {
      nowMs = deadlineMs ?? nowMs;
      const action = await instance.poll(nowMs >>> 0);
      const waits = action.kind === Action.Idle && action.argument > 0;
      deadlineMs = waits ? nowMs + action.argument : undefined;
      return waits ? shortly(action) : action;
    },
    event(kind, argument, bytes) {
      deadlineMs = undefined;
      return instance.event(kind, argument, bytes);
    },
    saveState: () => instance.saveState(),
    restoreState: (state) => instance.restoreState(state),
    close: () => instance.close(),
  };
}

/** One millisecond of real time lets every microtask run first. */
const shortly = (action: Request): Request => ({ ...action, argument: 1 });
