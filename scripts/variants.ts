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

/** One shipped module. */
export interface Variant {
  /** The module is build/<name>.wasm. */
  readonly name: string;
  /** Entry file, relative to the project's root. */
  readonly entry: string;
  /** Names that assembly/abi/features.ts looks at. */
  readonly uses?: readonly string[];
  readonly budget: Budget;
}

/** The table. A trimmed variant is one more entry file and one more row. */
export const variants: readonly Variant[] = [
  { name: 'ipad', entry: 'assembly/ipad.ts', budget: { wasmBytes: 32_768, staticBytes: 12_288, imports: 0, memoryGrow: 0 } },
  {
    name: 'ipad-consumer',
    entry: 'assembly/ipad-consumer.ts',
    uses: ['IPA_WITH_EMULATION'],
    budget: { wasmBytes: 40_960, staticBytes: 20_480, imports: 0, memoryGrow: 0 },
  },
];

/** The compiler's options for these names. */
export function useOptions({ uses = [] }: Variant): string[] {
  return uses.flatMap((name) => ['--use', `${name}=1`]);
}

/**
 * Where the data of the WASI shell begins. It shares the module's memory, so it must lie above every variant's static memory,
 * and fixed here it needs no rebuild when a variant's `__heap_base` moves.
 */
export const SHELL_MEMORY_BASE = 32_768;
