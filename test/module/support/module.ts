// SPDX-License-Identifier: Apache-2.0
// The release module at its exports, call by call and without waiting: what tests close to the module drive.

import { readFileSync } from 'node:fs';
import { Action as ActionKind } from '../../../host/abi.js';
import { checkExports, type IpaExports } from '../../../host/core/exports.js';
import type { Action } from '../../../host/interfaces.js';
import { inBuild } from '../../../scripts/paths.js';
import { workArea } from '../../support/work-area.js';

const compiled = new Map<string, WebAssembly.Module>();
/** Of so many runs one is of the module as it is shipped. */
const SHIPPED_EVERY = 8;

/**
 * The form for one of many runs with seeds in a row. Most are of the one without bytecode, which is faster here and does the same at each call
 * (test/scripts/shrink-twins.test.ts).
 */
export function formOfRun(seed: number, variant = 'ipad'): string {
  return seed % SHIPPED_EVERY === 0 ? variant : `${variant}.fast`;
}

function compile(name: string): WebAssembly.Module {
  const known = compiled.get(name) ?? new WebAssembly.Module(readFileSync(inBuild(`${name}.wasm`)));
  compiled.set(name, known);
  return known;
}

/** An instance of build/ipad.wasm, or of another variant or form. */
export class Module {
  readonly exports: IpaExports;
  readonly memory: Buffer;
  readonly #regionStart: number;
  readonly #regionEnd: number;

  constructor(
    state?: Uint8Array,
    readonly form = 'ipad',
  ) {
    this.exports = checkExports(new WebAssembly.Instance(compile(form), {}).exports);
    this.memory = Buffer.from(this.exports.memory.buffer);
    this.#regionStart = this.exports.ipa_state();
    this.#regionEnd = this.#regionStart + this.exports.ipa_state_size();
    if (state) this.memory.set(state, this.#regionStart);
  }

  /** Asks what to do next. */
  poll(nowMs: number): Action {
    const kind = this.exports.ipa_poll(nowMs);
    const at = this.exports.ipa_data();
    return {
      kind,
      argument: this.exports.ipa_argument(),
      bytes: Uint8Array.from(this.memory.subarray(at, at + this.exports.ipa_length())),
    };
  }

  /** Asks until there is something to do or to wait for: Idle with argument 0 is neither. */
  next(nowMs: number): Action {
    let action = this.poll(nowMs);
    while (action.kind === ActionKind.Idle && action.argument === 0) action = this.poll(nowMs);
    return action;
  }

  /** Tells what happened. Returns what ipa_event returns; bytes beyond the window are announced but not written. */
  event(kind: number, argument = 0, bytes: Uint8Array = new Uint8Array()): number {
    this.memory.set(bytes.subarray(0, this.exports.ipa_window_size(kind)), this.exports.ipa_window(kind));
    return this.exports.ipa_event(kind, argument, bytes.length);
  }

  /** A copy of the state region. */
  state(): Buffer {
    return Buffer.from(this.memory.subarray(this.exports.ipa_state(), this.#regionEnd));
  }

  /** A copy of the memory outside the state region and the interpreter's work area, which nothing may change. */
  outside(): Buffer {
    const { begin, end } = workArea(this.form);
    return Buffer.concat([
      this.memory.subarray(0, this.#regionStart),
      this.memory.subarray(this.#regionEnd, begin),
      this.memory.subarray(end),
    ]);
  }
}
