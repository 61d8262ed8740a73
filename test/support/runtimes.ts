// SPDX-License-Identifier: Apache-2.0
// The runtimes that scenarios run the shipped module on.

import { createNodeInstance } from '../../host/core/node.js';
import { createWasmtimeInstance } from '../../host/core/wasmtime.js';
import { findWasmtime } from '../../host/core/wasmtime-path.js';
import type { IpaInstance } from '../../host/interfaces.js';

/** A way to run the shipped module. */
export interface ModuleRuntime {
  readonly name: string;
  /** False when the machine lacks it and nothing demands it. */
  readonly available: boolean;
  create(): Promise<IpaInstance>;
}

/** All of them. With CI or IPA_REQUIRE_WASMTIME set, a missing wasmtime is a failure and not a reason to skip. */
export async function moduleRuntimes(): Promise<ModuleRuntime[]> {
  const found = await findWasmtime().then(
    () => true,
    () => false,
  );
  const demanded = process.env.IPA_REQUIRE_WASMTIME === '1' || Boolean(process.env.CI);
  return [
    { name: 'node', available: true, create: () => createNodeInstance() },
    { name: 'wasmtime', available: found || demanded, create: () => createWasmtimeInstance() },
  ];
}
