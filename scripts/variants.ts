// SPDX-License-Identifier: Apache-2.0
// Every module that is shipped, with its budget. The build, the size report and the gates all read this table.

/** Upper limits; the size report fails past any of them. */
export interface Budget {
  /** Size of the .wasm file. */
  readonly wasmBytes: number;
  /** Linear memory in use: data, buffers and stack, that is `__heap_base`. */
  readonly staticBytes: number;
  /** Imported functions, globals, memories, tables. */
  readonly imports: number;
  /** `memory.grow` instructions. */
  readonly memoryGrow: number;
}

/** What a module can be built without. */
export type Feature =
  | 'ESIPA'
  | 'DIRECT'
  | 'JSON'
  | 'LOCAL'
  | 'DATA'
  | 'COMPACT'
  | 'POLICY'
  | 'STATE_CHANGES'
  | 'SELECTION'
  | 'RESULT_LIST'
  | 'STALE_CHANNELS'
  | 'DISCOVERY'
  | 'ASN1'
  | 'MORE_OPTIONS'
  | 'STRICT_ANSWERS'
  | 'COAP'
  | 'PUSH'
  | 'MODEMS';

/** What a module has only where asked for. */
export type Extra = 'EMULATION';

/** One shipped module. */
export interface Variant {
  /** The module is build/<name>.wasm. */
  readonly name: string;
  /** Entry file, relative to the project's root. */
  readonly entry: string;
  /** What it leaves out: names of assembly/abi/features.ts without their IPA_WITHOUT_. */
  readonly without?: readonly Feature[];
  /** What it has besides: names of assembly/abi/features.ts without their IPA_WITH_. */
  readonly extra?: readonly Extra[];
  readonly budget: Budget;
  /** Functions, by file and name, that stay WebAssembly besides those for every byte: there is room, and the longest call is shorter. */
  readonly compiled?: readonly string[];
}

/** Purity is the same for all, RAM for most. */
const budget = (kibibytes: number, staticBytes = 12_288): Budget => ({
  wasmBytes: kibibytes * 1024,
  staticBytes,
  imports: 0,
  memoryGrow: 0,
});

/** It is run for each byte of each header. */
const COMPILED = ['wire/der-read/readHeader'];

/** What the smallest IPAd does without, whether it has CoAP or not. */
const MIN: readonly Feature[] = [
  'DIRECT',
  'JSON',
  'LOCAL',
  'DATA',
  'COMPACT',
  'POLICY',
  'STATE_CHANGES',
  'SELECTION',
  'RESULT_LIST',
  'STALE_CHANNELS',
  'DISCOVERY',
  'STRICT_ANSWERS',
  'PUSH',
  'MODEMS',
];

/** The table. A trimmed variant is one more entry file and one more row. */
export const variants: readonly Variant[] = [
  { name: 'ipad', entry: 'assembly/ipad.ts', budget: budget(24), compiled: COMPILED },
  { name: 'ipad-iot', entry: 'assembly/ipad-iot.ts', without: ['JSON'], budget: budget(20), compiled: COMPILED },
  {
    name: 'ipad-min',
    entry: 'assembly/ipad-min.ts',
    without: [...MIN, 'COAP', 'MORE_OPTIONS'],
    budget: budget(12, 9_216),
    compiled: COMPILED,
  },
  { name: 'ipad-min-coap', entry: 'assembly/ipad-min-coap.ts', without: MIN, budget: budget(12) },
  { name: 'ipad-consumer', entry: 'assembly/ipad-consumer.ts', extra: ['EMULATION'], budget: budget(28, 21_504), compiled: COMPILED },
  {
    name: 'lpa',
    entry: 'assembly/lpa.ts',
    without: ['ESIPA', 'ASN1', 'STRICT_ANSWERS', 'COAP', 'PUSH'],
    budget: budget(16),
    compiled: COMPILED,
  },
];

/** What the compiler is told of a variant. */
export function featureOptions({ without = [], extra = [] }: Pick<Variant, 'without' | 'extra'>): string[] {
  const names = [...without.map((feature) => `IPA_WITHOUT_${feature}`), ...extra.map((feature) => `IPA_WITH_${feature}`)];
  return names.flatMap((name) => ['--use', `${name}=1`]);
}

/**
 * Where the data of the WASI shell begins. It shares the module's memory, so it must lie above every variant's static memory,
 * and fixed here it needs no rebuild when a variant's `__heap_base` moves.
 */
export const SHELL_MEMORY_BASE = 32_768;
