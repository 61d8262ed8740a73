// SPDX-License-Identifier: Apache-2.0
// The interpreters: which C files make ipa_module.h of wasm3 and of WAMR, how they are compiled, and how much memory each module needs there.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { inBuild, inProject } from '../paths.js';
import type { Runtime, RuntimeSources, SourceGroup } from './runtime-list.js';
import { fetchSources, type SourceName } from './sources.js';

export interface InterpreterOptions {
  /** IPA_RUNTIME_HEAP_BYTES: the static array that everything lives in. */
  readonly heapBytes: number;
}

/**
 * Bytes for IPA_RUNTIME_HEAP_BYTES on a processor of 32 bits: what ipa_runtime_heap_used told on a Cortex-M3, and two to three per cent to
 * spare. All of it is taken at ipa_start, which says IPA_HOST_NO_MEMORY once a module has outgrown it.
 */
const HEAP_BYTES: Readonly<Record<SourceName, Readonly<Record<string, number>>>> = {
  wasm3: { 'ipad-min': 99_328, 'ipad-min-coap': 117_760, lpa: 136_192, 'ipad-iot': 191_488, ipad: 208_896, 'ipad-consumer': 290_816 },
  wamr: { 'ipad-min': 53_248, 'ipad-min-coap': 61_952, lpa: 68_608, 'ipad-iot': 88_064, ipad: 96_768, 'ipad-consumer': 122_880 },
};

const INTERPRETER = inProject('boards', 'runtime', 'interpreter');
const INCLUDES = [`-I${inProject('boards', 'include')}`, `-I${INTERPRETER}`];

/** What all of wasm3 is compiled with: no floating point, no texts of errors, and allocation is the arena's. */
const WASM3_DEFINES = [
  'd_m3HasFloat=0',
  'd_m3NoFloatDynamic=0',
  'd_m3VerboseErrorMessages=0',
  'd_m3MaxDuplicateFunctionImpl=1',
  'd_m3CodePageAlignSize=1024',
  'd_m3MaxFunctionStackHeight=128',
  'd_m3MaxConstantTableSize=64',
  'calloc=ipa_wasm3_calloc',
  'realloc=ipa_wasm3_realloc',
  'free=ipa_wasm3_free',
];

/**
 * What all of WAMR is compiled with. Its full loader and not the small one, which saves 8 KB of flash and trusts each byte of the module.
 * BLOCK_ADDR_CACHE_SIZE: where blocks end is looked up in the code each time, but for so many of them twice; 24 bytes of RAM each. With 64 a
 * session takes a third more instructions, with 8 three times as many.
 */
const WAMR_DEFINES = [
  'BH_MALLOC=wasm_runtime_malloc',
  'BH_FREE=wasm_runtime_free',
  'WASM_ENABLE_INTERP=1',
  'WASM_ENABLE_FAST_INTERP=0',
  'WASM_ENABLE_MINI_LOADER=0',
  'WASM_ENABLE_BULK_MEMORY_OPT=1',
  'WASM_ENABLE_SHRUNK_MEMORY=1',
  'WASM_ENABLE_LOG=0',
  'WASM_DISABLE_HW_BOUND_CHECK=1',
  'WASM_DISABLE_STACK_HW_BOUND_CHECK=1',
  'WASM_ENABLE_QUICK_AOT_ENTRY=0',
  'WASM_ENABLE_AOT_INTRINSICS=0',
  'BLOCK_ADDR_CACHE_SIZE=128',
];

const WAMR_FILES = [
  'iwasm/common/wasm_exec_env.c',
  'iwasm/common/wasm_loader_common.c',
  'iwasm/common/wasm_memory.c',
  'iwasm/common/wasm_native.c',
  'iwasm/common/wasm_runtime_common.c',
  'iwasm/interpreter/wasm_interp_classic.c',
  'iwasm/interpreter/wasm_loader.c',
  'iwasm/interpreter/wasm_runtime.c',
  'shared/utils/bh_assert.c',
  'shared/utils/bh_common.c',
  'shared/utils/bh_leb128.c',
  'shared/utils/bh_list.c',
  'shared/utils/bh_vector.c',
];

const WAMR_FOLDERS = [
  '.',
  'iwasm/include',
  'iwasm/common',
  'iwasm/interpreter',
  'shared/platform/include',
  'shared/mem-alloc',
  'shared/utils',
];

/** Their C counts on numbers that wrap around, and reads words that were written as others; their warnings are theirs. */
const FOREIGN = ['-fwrapv', '-fno-strict-aliasing', '-w'];

const define = (name: string) => `-D${name}`;

/** The C files of an interpreter, fetched if need be. The application needs none of their options. Rejects when they cannot be had. */
export async function interpreterGroups(name: SourceName, { heapBytes }: InterpreterOptions): Promise<SourceGroup[]> {
  const folder = await fetchSources(name);
  const engine = name === 'wasm3' ? await wasm3Groups(folder) : wamrGroups(folder);
  const files = ['ipa_arena.c', 'ipa_image.c', 'ipa_interpreter.c'].map((file) => path.join(INTERPRETER, file));
  return [{ files, options: [...INCLUDES, `-DIPA_RUNTIME_HEAP_BYTES=${heapBytes}`], own: true }, ...engine];
}

async function wasm3Groups(folder: string): Promise<SourceGroup[]> {
  const others = /^m3_(?!api_)\w+\.c$/;
  const files = (await readdir(folder)).filter((file) => others.test(file)).sort();
  const options = WASM3_DEFINES.map(define);
  return [
    { files: files.map((file) => path.join(folder, file)), options: [...options, ...FOREIGN, `-I${folder}`], own: false },
    {
      files: [inProject('boards', 'runtime', 'wasm3', 'ipa_wasm3.c')],
      options: [...options, ...INCLUDES, '-isystem', folder],
      own: true,
    },
  ];
}

function wamrGroups(folder: string): SourceGroup[] {
  const own = inProject('boards', 'runtime', 'wamr');
  const folders = WAMR_FOLDERS.map((each) => path.join(folder, each));
  const options = [...WAMR_DEFINES.map(define), `-I${path.join(own, 'platform')}`];
  return [
    {
      files: WAMR_FILES.map((file) => path.join(folder, file)),
      options: [...options, ...FOREIGN, ...folders.map((each) => `-I${each}`)],
      own: false,
    },
    {
      files: ['ipa_wamr.c', 'ipa_wamr_platform.c'].map((file) => path.join(own, file)),
      options: [...options, ...INCLUDES, ...folders.flatMap((each) => ['-isystem', each])],
      own: true,
    },
  ];
}

/** The form of a module that interpreters run faster and in less memory than the one that has the fewest bytes. */
export const interpreterModule = (variant: string): string => inBuild(`${variant}.plain.wasm`);

/** A runtime of boards/runtime for processors of 32 bits: groups of C files, and the module as data in flash. */
function interpreter(name: SourceName): Runtime {
  return {
    name,
    async prepare(variant): Promise<RuntimeSources> {
      const heapBytes = HEAP_BYTES[name][variant];
      if (heapBytes === undefined) throw new Error(`how much memory ${variant} needs on ${name} is not known: scripts/boards/runtimes.ts`);
      const wasm = new Uint8Array(await readFile(interpreterModule(variant)));
      const sha256 = createHash('sha256').update(wasm).digest('hex');
      return { groups: await interpreterGroups(name, { heapBytes }), options: SHORT_CALLS[name], sha256, wasm };
    },
  };
}

/** So that a loop without tasks stands still for a shorter time: what the application tells the module, or asks of it, at once. */
const SHORT_CALLS: Readonly<Record<SourceName, readonly string[]>> = {
  wasm3: ['-DIPA_MODEM_READ_BYTES=32'],
  wamr: ['-DIPA_MODEM_READ_BYTES=4', '-DIPA_BLOCK_BYTES=104'],
};

/** For findRuntime of runtime-list.ts. */
export const interpreters: readonly Runtime[] = [interpreter('wasm3'), interpreter('wamr')];
