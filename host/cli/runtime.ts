// SPDX-License-Identifier: Apache-2.0
// Where the module runs: under wasmtime where there is one, else in this process.

import { Option } from 'commander';
import { IpaError } from '../core/errors.js';
import { createNodeInstance } from '../core/node.js';
import { createWasmtimeInstance } from '../core/wasmtime.js';
import type { IpaInstance } from '../interfaces.js';

/** What --runtime may be. */
export type RuntimeName = 'node' | 'wasmtime';

/** An instance, and why it is not where it would be by default. */
export interface OpenedRuntime {
  readonly instance: IpaInstance;
  readonly note?: string;
}

/** The option --runtime. */
export function runtimeOption(): Option {
  return new Option('--runtime <name>', 'what executes the module (default: wasmtime where it is found, else node)').choices([
    'node',
    'wasmtime',
  ]);
}

/** Starts the module. Rejects with IpaError: RuntimeMissing only when wasmtime was asked for. */
export async function openRuntime(name: RuntimeName | undefined): Promise<OpenedRuntime> {
  if (name === 'node') return { instance: await createNodeInstance() };
  try {
    return { instance: await createWasmtimeInstance() };
  } catch (error) {
    const isMissing = error instanceof IpaError && error.code === 'RuntimeMissing';
    if (!isMissing || name === 'wasmtime') throw error;
    return { instance: await createNodeInstance(), note: 'no wasmtime was found here: the module runs on Node' };
  }
}
