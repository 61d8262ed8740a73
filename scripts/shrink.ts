// SPDX-License-Identifier: Apache-2.0
// What is done to a shipped module after the compiler is done with it: see the passes in shrink/. Same bytes in, same bytes out.

import binaryen from 'binaryen';
import { divideAddresses } from './shrink/addresses.js';
import { makeArms } from './shrink/arms.js';
import { shareBases } from './shrink/bases.js';
import { shortenBranches } from './shrink/branches.js';
import { joinConditions } from './shrink/conditions.js';
import { keepConstants, shareConstants } from './shrink/constants.js';
import { joinData } from './shrink/data.js';
import { numberWords } from './shrink/numbered.js';
import {
  changed,
  type Emitted,
  emit,
  parse,
  removeBuildExports,
  scalarsOf,
  setOptions,
  smallest,
  straightened,
} from './shrink/optimize.js';
import { outline } from './shrink/outline.js';
import { type Move, promoteScalars } from './shrink/promote.js';
import { shareInstructions } from './shrink/shared-instructions.js';

/** A module in fewer bytes. */
export interface Shrunk extends Emitted {
  /** Where the scalars were before and are now. */
  readonly moves: readonly Move[];
}

/**
 * The module in fewer bytes, all of it WebAssembly: what compilers are given, ours for C among them. Made from one that was compiled with names.
 * Throws when it is not what the passes expect.
 */
export function shrink(wasm: Uint8Array): Shrunk {
  setOptions();
  const range = scalarsOf(wasm);
  let moves: readonly Move[] = [];
  const tree = changed(binaryen.readBinary(wasm), (module) => {
    removeBuildExports(module);
    moves = promoteScalars(module, range);
  });
  const final = parse(
    changed(parse(smallest(straightened(smallest(tree)))), (module) => {
      numberWords(module, range);
      joinConditions(module);
      makeArms(module);
      outline(module);
      // functions that were made have known results, too
      joinConditions(module);
      shareInstructions(module);
      joinData(module);
      shortenBranches(module);
      shareBases(module);
      divideAddresses(module);
      shareConstants(module);
      keepConstants(module);
    }),
  );
  final.runPasses(['reorder-locals', 'reorder-functions', 'reorder-globals']);
  return { ...emit(final), moves };
}

/**
 * The module as the compiler made it, in the form that is shipped for interpreters: its functions are larger and fewer, which on them is worth
 * more than its bytes.
 */
export function plain(wasm: Uint8Array): Uint8Array {
  setOptions();
  const module = parse(changed(binaryen.readBinary(wasm), removeBuildExports));
  module.runPasses(['remove-unused-module-elements']);
  return emit(module).wasm;
}
