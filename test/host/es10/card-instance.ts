// SPDX-License-Identifier: Apache-2.0
// An instance without a module: it does command Es10 as the interface has it, with a function in place of the card.

import { Action, Event } from '../../../host/abi.js';
import type { Action as Asked, IpaInstance } from '../../../host/interfaces.js';

const NOTHING = new Uint8Array();
const ANSWER_BYTES = 250;

/** An instance whose eUICC is `answer`; `requests` are the commands it got. Actions come in the parts that the real one has. */
export function cardInstance(answer: (request: Uint8Array) => Uint8Array): IpaInstance & { readonly requests: Uint8Array[] } {
  const requests: Uint8Array[] = [];
  let request = NOTHING;
  let ready: Asked[] = [];
  const readMore = () => ready.push({ kind: Action.RequestRead, argument: 1024, bytes: NOTHING });
  const finish = () => {
    requests.push(request);
    const response = answer(request);
    for (let at = 0; at < response.length; at += ANSWER_BYTES) {
      const more = at + ANSWER_BYTES < response.length ? 1 : 0;
      ready.push({ kind: Action.Answer, argument: more, bytes: response.slice(at, at + ANSWER_BYTES) });
    }
    ready.push({ kind: Action.Finished, argument: 0, bytes: NOTHING });
  };
  return {
    requests,
    runtime: 'card',
    memoryBytes: 0,
    poll: async () => ready.shift() ?? { kind: Action.Idle, argument: -1, bytes: NOTHING },
    event: async (kind, argument, bytes = NOTHING) => {
      if (kind === Event.Command) {
        request = NOTHING;
        ready = [];
        readMore();
      } else {
        request = Uint8Array.of(...request, ...bytes);
        if (argument === 1) readMore();
        else finish();
      }
      return bytes.length;
    },
    saveState: async () => NOTHING,
    restoreState: async () => {},
    close: async () => {},
  };
}
