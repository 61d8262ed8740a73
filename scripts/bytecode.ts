// SPDX-License-Identifier: Apache-2.0
// The smallest form of a module: what does not run for every byte is bytecode, for an interpreter that is part of the module. The
// same program in two thirds of the bytes. Same bytes in, same bytes out.

import binaryen from 'binaryen';
import { convert } from './bytecode/convert.js';
import { makeArms } from './shrink/arms.js';
import { joinConditions } from './shrink/conditions.js';
import { joinData } from './shrink/data.js';
import {
  changed,
  type Emitted,
  emit,
  FEATURES_WITH_FETCHED_DATA,
  optimize,
  parse,
  removeBuildExports,
  scalarsOf,
  setOptions,
  smallest,
  straightened,
} from './shrink/optimize.js';
import { type Move, promoteScalars } from './shrink/promote.js';

/** A module in its smallest form. */
export interface Interpreted extends Emitted {
  /** Where the scalars were before and are now. */
  readonly moves: readonly Move[];
  /** Functions that are bytecode, with their bytes. */
  readonly functions: readonly { readonly name: string; readonly bytes: number }[];
}

/**
 * Makes the smallest form of a module that was compiled with names. `besides`: functions, by file and name, that stay WebAssembly with those that
 * the entry file exports for it.
 */
export function interpreted(wasm: Uint8Array, besides: readonly string[] = []): Interpreted {
  setOptions();
  const range = scalarsOf(wasm);
  let moves: readonly Move[] = [];
  const tree = changed(binaryen.readBinary(wasm), (module) => {
    // in memory they are as near for the interpreter as globals would be, and need not be carried there and back
    moves = promoteScalars(module, range, 0);
  });
  let compiled: readonly string[] = [];
  const optimized = changed(parse(smallest(straightened(smallest(tree)))), (module) => {
    compiled = [...removeBuildExports(module), ...besides.map((name) => `$assembly/${name}`)];
    joinConditions(module);
    makeArms(module);
    joinData(module);
  });
  let functions: Interpreted['functions'] = [];
  const used = parse(optimized);
  used.runPasses(['remove-unused-module-elements']);
  const converted = changed(used, (module) => {
    functions = convert(module, { words: range.begin, compiled });
  });
  const final = parse(converted, FEATURES_WITH_FETCHED_DATA);
  optimize(final);
  final.runPasses(['reorder-locals', 'reorder-functions', 'reorder-globals']);
  return { ...emit(final), moves, functions };
}
