// SPDX-License-Identifier: Apache-2.0
// What a host told the module and what the module answered, call by call, to be told again to the module in another runtime.

import { IpaError } from '../../../host/core/errors.js';
import type { IpaInstance } from '../../../host/interfaces.js';
import { seededRandom } from '../../../host/wrap/seeded-random.js';

/** One call of the module, as host/core/node.ts makes it. */
export type Call =
  | { readonly name: 'poll'; readonly nowMs: number }
  | { readonly name: 'event'; readonly kind: number; readonly argument: number; readonly bytes: Uint8Array };

/** What came of it, and the state region after it, in words that compare. */
export interface Outcome {
  readonly result: string;
  readonly state: string;
}

export interface RecordedCall {
  readonly call: Call;
  readonly outcome: Outcome;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Makes a call and tells what came of it; a refusal of the module is an answer. */
export async function perform(instance: IpaInstance, call: Call): Promise<Outcome> {
  const result = await (call.name === 'poll' ? pollOf(instance, call.nowMs) : eventOf(instance, call));
  return { result, state: hex(await instance.saveState()) };
}

async function pollOf(instance: IpaInstance, nowMs: number): Promise<string> {
  const { kind, argument, bytes } = await instance.poll(nowMs);
  return `action ${kind} ${argument} ${hex(bytes)}`;
}

function eventOf(instance: IpaInstance, { kind, argument, bytes }: Call & { name: 'event' }): Promise<string> {
  return instance.event(kind, argument, bytes).then(
    (taken) => `taken ${taken}`,
    (error: unknown) => {
      if (error instanceof IpaError && error.layer !== 'host') return `refused ${error.number}`;
      throw error;
    },
  );
}

/** Wraps an instance so that every call is written down. */
export function recording(instance: IpaInstance, calls: RecordedCall[]): IpaInstance {
  const record = async (call: Call, result: string) => {
    calls.push({ call, outcome: { result, state: hex(await instance.saveState()) } });
  };
  return {
    runtime: instance.runtime,
    memoryBytes: instance.memoryBytes,
    async poll(nowMs) {
      const action = await instance.poll(nowMs);
      await record({ name: 'poll', nowMs }, `action ${action.kind} ${action.argument} ${hex(action.bytes)}`);
      return action;
    },
    async event(kind, argument, bytes = new Uint8Array()) {
      const call = { name: 'event', kind, argument, bytes: bytes.slice() } as const;
      try {
        const taken = await instance.event(kind, argument, bytes);
        await record(call, `taken ${taken}`);
        return taken;
      } catch (error) {
        if (error instanceof IpaError && error.layer !== 'host') await record(call, `refused ${error.number}`);
        throw error;
      }
    },
    saveState: () => instance.saveState(),
    restoreState: (state) => instance.restoreState(state),
    close: () => instance.close(),
  };
}

/** Recorded calls with some of them spoilt, doubled, left out or made up, the same for the same seed. */
export function disturbed(calls: readonly Call[], seed: number, eventKinds: number): Call[] {
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const noise = () => new Uint8Array(Array.from({ length: below(80) }, () => below(256)));
  const spoil = (call: Call): Call[] => {
    const way = below(40);
    if (way === 0) return [];
    if (way === 1) return [call, call];
    if (way === 2) return [call, { name: 'event', kind: below(eventKinds + 3) - 1, argument: below(4) - 1, bytes: noise() }];
    if (way === 3) return [call, { name: 'poll', nowMs: below(2 ** 32) }];
    if (way > 5 || call.name === 'poll' || call.bytes.length === 0) return [call];
    const bytes = call.bytes.slice();
    bytes[below(bytes.length)]! ^= 1 << below(8);
    return [{ ...call, bytes: way === 4 ? bytes : bytes.subarray(0, below(bytes.length)) }];
  };
  return calls.flatMap(spoil);
}
