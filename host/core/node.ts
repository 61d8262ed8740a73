// SPDX-License-Identifier: Apache-2.0
// Runs the module inside this process.

import type { Action, IpaInstance } from '../interfaces.js';
import { checkEventLength, IpaError, stateSizeError } from './errors.js';
import { checkExports, type IpaExports } from './exports.js';
import { readModule } from './module-file.js';

/**
 * Instantiates the module in this process.
 * @param wasm the module's bytes; build/ipad.wasm by default
 * @throws IpaError NotAnIpaModule or AbiVersion; Error when the file was never built
 */
export async function createNodeInstance(wasm?: Uint8Array): Promise<IpaInstance> {
  const { exports } = instantiate(compile(wasm ?? (await readModule())));
  return new NodeInstance(checkExports(exports));
}

function compile(wasm: Uint8Array): WebAssembly.Module {
  try {
    return new WebAssembly.Module(wasm);
  } catch (cause) {
    throw IpaError.host('NotAnIpaModule', `not a WebAssembly module: ${(cause as Error).message}`, { cause });
  }
}

/** A module that wants imports is not one of ours; saying which is kinder than a LinkError. */
function instantiate(compiled: WebAssembly.Module): WebAssembly.Instance {
  const imports = WebAssembly.Module.imports(compiled).map(({ module, name }) => `${module}.${name}`);
  if (imports.length > 0) throw IpaError.host('NotAnIpaModule', `the module imports ${imports.join(', ')}`);
  return new WebAssembly.Instance(compiled, {});
}

class NodeInstance implements IpaInstance {
  readonly runtime = `node ${process.versions.node}`;
  readonly memoryBytes: number;
  readonly #module: IpaExports;
  /** Memory never grows, so one view serves for ever. */
  readonly #memory: Uint8Array;
  #ended: IpaError | undefined;

  constructor(module: IpaExports) {
    this.#module = module;
    this.#memory = new Uint8Array(module.memory.buffer);
    this.memoryBytes = Number(module.__heap_base.value);
  }

  async poll(nowMs: number): Promise<Action> {
    return this.#run((module) => {
      const kind = module.ipa_poll(nowMs >>> 0);
      return { kind, argument: module.ipa_argument(), bytes: this.#view(module.ipa_data(), module.ipa_length()).slice() };
    });
  }

  async event(kind: number, argument: number, bytes: Uint8Array = new Uint8Array()): Promise<number> {
    checkEventLength(bytes);
    const result = this.#run((module) => {
      const size = Math.max(0, module.ipa_window_size(kind));
      const fits = bytes.subarray(0, size);
      this.#view(module.ipa_window(kind), fits.length).set(fits);
      // The true length: the module refuses more bytes than its window holds, the same way on every runtime.
      return module.ipa_event(kind, argument, bytes.length);
    });
    if (result < 0) throw IpaError.fromNumber(result);
    return result;
  }

  async saveState(): Promise<Uint8Array> {
    return this.#run(() => this.#state().slice());
  }

  async restoreState(state: Uint8Array): Promise<void> {
    this.#run(() => {
      const region = this.#state();
      if (state.length !== region.length) throw stateSizeError(state.length, region.length);
      region.set(state);
    });
  }

  async close(): Promise<void> {
    this.#ended ??= IpaError.host('InstanceClosed', 'the instance is closed');
  }

  #state(): Uint8Array {
    return this.#view(this.#module.ipa_state(), this.#module.ipa_state_size());
  }

  #view(address: number, length: number): Uint8Array {
    const start = address >>> 0;
    if (length < 0 || start + length > this.#memory.length)
      throw new RangeError(`the module names ${length} bytes at ${start}, outside its memory`);
    return this.#memory.subarray(start, start + length);
  }

  /** After a trap nothing in the memory can be trusted, so the instance stays failed. */
  #run<Result>(work: (module: IpaExports) => Result): Result {
    if (this.#ended) throw this.#ended;
    try {
      return work(this.#module);
    } catch (cause) {
      if (cause instanceof IpaError) throw cause;
      this.#ended = IpaError.host('InstanceFailed', `the module failed: ${(cause as Error).message}`, { cause });
      throw this.#ended;
    }
  }
}
