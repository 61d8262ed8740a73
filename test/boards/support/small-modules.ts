// SPDX-License-Identifier: Apache-2.0
// Modules of a few lines with the exports of the real one: some that misbehave when they run, others that no runtime may start.

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import wabt from 'wabt';
import { ABI_VERSION } from '../../../host/abi.js';
import { inBuild } from '../../../scripts/paths.js';

/** Bytes of memory below __heap_base; behind them nothing may be reached. */
export const MEMORY_BYTES = 1_024;
/** Where the state region is, and what it holds when the module starts. */
export const STATE = { address: 512, bytes: 64, content: 'state' } as const;

/** Kinds of event by what telling them does. */
export const Does = {
  Nothing: 0,
  Unreachable: 1,
  OutsideMemory: 2,
  DivideByZero: 3,
  Recursion: 4,
  CopyOutside: 5,
  DataOutside: 6,
} as const;

/** Parts of the text of a module; what is given takes the place of what is usual. */
export interface Parts {
  readonly version?: number;
  readonly imports?: string;
  readonly memory?: string;
  readonly heapBase?: string;
  readonly poll?: string;
  readonly more?: string;
}

const EVENT_BODY = `
  (if (i32.eq (local.get 0) (i32.const ${Does.Unreachable})) (then unreachable))
  (if (i32.eq (local.get 0) (i32.const ${Does.OutsideMemory})) (then (i32.store8 (i32.const ${MEMORY_BYTES}) (i32.const 1))))
  (if (i32.eq (local.get 0) (i32.const ${Does.DivideByZero})) (then (return (i32.div_s (local.get 2) (i32.const 0)))))
  (if (i32.eq (local.get 0) (i32.const ${Does.Recursion})) (then (return (call $recurse (local.get 2)))))
  (if (i32.eq (local.get 0) (i32.const ${Does.CopyOutside}))
    (then (memory.copy (i32.const ${MEMORY_BYTES - 4}) (i32.const 0) (i32.const 8))))
  (if (i32.eq (local.get 0) (i32.const ${Does.DataOutside})) (then (global.set $data (i32.const ${MEMORY_BYTES - 4}))))
  (local.get 2)`;

/** The text: an ipa_event that does what its kind says, and data of 8 bytes at an address that it may move. */
function textOf(parts: Parts): string {
  return `(module ${parts.imports ?? ''}
    (memory (export "memory") ${parts.memory ?? '1 1'})
    (global $data (mut i32) (i32.const 0))
    (global (export "__data_end") i32 (i32.const ${MEMORY_BYTES - 16}))
    ${parts.heapBase ?? `(global (export "__heap_base") i32 (i32.const ${MEMORY_BYTES}))`}
    (data (i32.const ${STATE.address}) "${STATE.content}")
    (func $recurse (param i32) (result i32) (i32.add (i32.const 1) (call $recurse (i32.add (local.get 0) (i32.const 1)))))
    (func (export "ipa_abi_version") (result i32) (i32.const ${parts.version ?? ABI_VERSION}))
    ${parts.poll ?? '(func (export "ipa_poll") (param i32) (result i32) (i32.const 0))'}
    (func (export "ipa_argument") (result i32) (i32.const -1))
    (func (export "ipa_data") (result i32) (global.get $data))
    (func (export "ipa_length") (result i32) (i32.const 8))
    (func (export "ipa_window") (param i32) (result i32) (i32.const 256))
    (func (export "ipa_window_size") (param i32) (result i32) (i32.const 128))
    (func (export "ipa_event") (param i32 i32 i32) (result i32) ${EVENT_BODY})
    (func (export "ipa_state") (result i32) (i32.const ${STATE.address}))
    (func (export "ipa_state_size") (result i32) (i32.const ${STATE.bytes}))
    ${parts.more ?? ''})`;
}

/** The bytes of such a module. */
export async function smallModule(parts: Parts = {}): Promise<Uint8Array> {
  const { parseWat } = await wabt();
  const parsed = parseWat('small.wat', textOf(parts), { bulk_memory: true });
  const { buffer } = parsed.toBinary({});
  parsed.destroy();
  return buffer;
}

/** Puts bytes into a file of the folder of this name; gives its path. */
export async function inFile(folder: string, name: string, bytes: Uint8Array): Promise<string> {
  const file = path.join(inBuild('test', 'boards', folder), `${name}.wasm`);
  await writeFile(file, bytes);
  return file;
}
