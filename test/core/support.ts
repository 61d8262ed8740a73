// SPDX-License-Identifier: Apache-2.0
// The stand-in module, compiled, and the runtimes there are on this machine.

import { createNodeInstance } from '../../host/core/node.js';
import { createWasmtimeInstance } from '../../host/core/wasmtime.js';
import { findWasmtime } from '../../host/core/wasmtime-path.js';
import type { IpaInstance } from '../../host/interfaces.js';
import { compile } from '../../scripts/compile.js';

/** What fixtures/stand-in.ts does with these event kinds; any other is echoed, reversed, by the next poll. */
export const StandIn = { Refused: 7, NoWindow: 9, HugeAction: 11, Trap: 13, WindowBytes: 64, StateBytes: 96, HeapBase: 184 } as const;

/** Compiles the stand-in. Each test file gives its own name, because test files run side by side. */
export function compileStandIn(name: string): Promise<Uint8Array> {
  return compile({ entry: 'test/core/fixtures/stand-in.ts', target: 'release', outFile: `build/test/${name}.wasm` });
}

/** A way to run the module. */
export interface Runtime {
  readonly name: string;
  /** False when the machine lacks it and nothing demands it. */
  readonly available: boolean;
  create(wasm: Uint8Array): Promise<IpaInstance>;
}

/** All of them. With IPA_REQUIRE_WASMTIME set, a missing wasmtime is a failure and not a reason to skip. */
export async function runtimes(): Promise<Runtime[]> {
  const found = await findWasmtime().then(
    () => true,
    () => false,
  );
  const available = found || process.env.IPA_REQUIRE_WASMTIME === '1';
  return [
    { name: 'node', available: true, create: createNodeInstance },
    { name: 'wasmtime', available, create: (wasm) => createWasmtimeInstance({ wasm }) },
  ];
}
