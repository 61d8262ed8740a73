// SPDX-License-Identifier: Apache-2.0
// The module on Node with its memory in view: what it may write is its state region, and what its interpreter works with.

import { IpaError } from '../../host/core/errors.js';
import { checkExports } from '../../host/core/exports.js';
import { readModule } from '../../host/core/module-file.js';
import type { IpaInstance } from '../../host/interfaces.js';
import { workArea } from './work-area.js';

const PATTERN = 0xa5;

export interface GlassInstance extends IpaInstance {
  /** The whole linear memory, in bytes. */
  readonly memorySizeBytes: number;
  /** Addresses outside the state region and the interpreter's work area whose byte is no longer what it was at the beginning. */
  changedOutsideState(): number[];
  /** The most bytes that one event of this kind brought. */
  largestEventBytes(kind: number): number;
}

/** Instantiates the module; the memory behind __heap_base is filled with a pattern. */
export async function createGlassInstance(): Promise<GlassInstance> {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(await readModule()), {});
  const module = checkExports(exports);
  const heapBase = Number(module.__heap_base.value);
  const memory = () => new Uint8Array(module.memory.buffer);
  memory().fill(PATTERN, heapBase);
  const before = memory().slice();
  const region = () => memory().subarray(module.ipa_state(), module.ipa_state() + module.ipa_state_size());
  const largest = new Map<number, number>();
  return {
    runtime: 'glass',
    memoryBytes: heapBase,
    get memorySizeBytes() {
      return memory().length;
    },
    changedOutsideState: () => {
      const [start, end] = [module.ipa_state(), module.ipa_state() + module.ipa_state_size()];
      const work = workArea('ipad');
      const isFree = (address: number) => (address >= start && address < end) || (address >= work.begin && address < work.end);
      return [...before.keys()].filter((address) => !isFree(address) && memory()[address] !== before[address]);
    },
    largestEventBytes: (kind) => largest.get(kind) ?? 0,
    async poll(nowMs) {
      const kind = module.ipa_poll(nowMs);
      const data = module.ipa_data();
      return { kind, argument: module.ipa_argument(), bytes: memory().slice(data, data + module.ipa_length()) };
    },
    async event(kind, argument, bytes = new Uint8Array()) {
      largest.set(kind, Math.max(largest.get(kind) ?? 0, bytes.length));
      memory().set(bytes, module.ipa_window(kind));
      const result = module.ipa_event(kind, argument, bytes.length);
      if (result < 0) throw IpaError.fromNumber(result);
      return result;
    },
    saveState: async () => region().slice(),
    restoreState: async (state) => region().set(state),
    close: async () => {},
  };
}
