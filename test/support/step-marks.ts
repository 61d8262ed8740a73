// SPDX-License-Identifier: Apache-2.0
// The module with marks of the rows taken (build/ipad-coverage.wasm) beside the shipped one: before each call it gets the state
// region of the other, so that it takes the same way from there, and the tests go on testing the bytes that are shipped.

import { readFileSync } from 'node:fs';
import { checkExports, type IpaExports } from '../../host/core/exports.js';
import { inBuild } from '../../scripts/paths.js';
import type { Move } from '../../scripts/shrink/promote.js';
import { unmoved } from './unmoved.js';

interface MarkingExports extends IpaExports {
  coverageMarks(): number;
  coverageMarksBytes(): number;
}

/** One for all instances of a process: all that a call depends on is in the state region. */
export class StepMarks {
  readonly #module: MarkingExports;
  readonly #region: Uint8Array;

  constructor() {
    const compiled = new WebAssembly.Module(readFileSync(inBuild('ipad-coverage.wasm')));
    this.#module = checkExports(new WebAssembly.Instance(compiled).exports) as MarkingExports;
    this.#region = regionOf(this.#module);
  }

  /** The exports of a shipped module; a call of one that runs it is made here first. `moves`: where its scalars lie. */
  around(shipped: WebAssembly.Exports, moves?: readonly Move[]): WebAssembly.Exports {
    const module = shipped as unknown as IpaExports;
    const region = new Uint8Array(module.memory.buffer, this.#region.byteOffset, this.#region.length);
    return {
      ...shipped,
      ipa_poll: (nowMs: number) => {
        this.poll(region, nowMs, moves);
        return module.ipa_poll(nowMs);
      },
      ipa_event: (kind: number, argument: number, length: number) => {
        this.event(region, kind, argument, length, moves);
        return module.ipa_event(kind, argument, length);
      },
    };
  }

  /** Polls from this state of a shipped module. */
  poll(state: Uint8Array, nowMs: number, moves?: readonly Move[]): void {
    this.#region.set(unmoved(state, moves));
    this.#module.ipa_poll(nowMs);
  }

  /** Tells an event in this state of a shipped module; its bytes are in the window, which is part of it. */
  event(state: Uint8Array, kind: number, argument: number, length: number, moves?: readonly Move[]): void {
    this.#region.set(unmoved(state, moves));
    this.#module.ipa_event(kind, argument, length);
  }

  /** The state region as the last call left it. */
  state(): Uint8Array {
    return this.#region.slice();
  }

  /** What was marked so far (scripts/coverage/marks.ts). */
  marks(): Uint8Array {
    return new Uint8Array(this.#module.memory.buffer, this.#module.coverageMarks(), this.#module.coverageMarksBytes()).slice();
  }
}

function regionOf(module: IpaExports): Uint8Array {
  return new Uint8Array(module.memory.buffer, module.ipa_state(), module.ipa_state_size());
}
