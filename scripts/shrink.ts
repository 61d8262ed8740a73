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
import { outline } from './shrink/outline.js';
import { type Move, promoteScalars } from './shrink/promote.js';
import { shareInstructions } from './shrink/shared-instructions.js';
import { isList, type List, parseTree, printTree } from './shrink/tree.js';

/** One module in the forms the build writes. */
export interface Shrunk {
  readonly wasm: Uint8Array;
  /** The same code with the names of its functions. */
  readonly named: Uint8Array;
  readonly text: string;
  /** Where the scalars were before and are now. */
  readonly moves: readonly Move[];
}

/** memory.copy and memory.fill alone; missing in binaryen's type declarations. */
const BULK_MEMORY_OPT = (binaryen.Features as unknown as { BulkMemoryOpt: number }).BulkMemoryOpt;
const FEATURES = binaryen.Features.MutableGlobals | BULK_MEMORY_OPT;
/** More rounds have never gained anything. */
const MOST_ROUNDS = 8;
/** The exports by which an entry file tells where its scalars lie; the shipped module does without them. */
const SCALARS = { begin: '__scalars_begin', end: '__scalars_end' } as const;

/** Makes a module smaller that was compiled with names. Throws when it is not what the passes expect. */
export function shrink(wasm: Uint8Array): Shrunk {
  setOptions();
  const range = scalarsOf(wasm);
  const compiled = binaryen.readBinary(wasm);
  let moves: readonly Move[] = [];
  const tree = changed(compiled, (module) => {
    removeExports(module, Object.values(SCALARS));
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
  binaryen.setDebugInfo(false);
  const module = parse(changed(binaryen.readBinary(wasm), (tree) => removeExports(tree, Object.values(SCALARS))));
  module.runPasses(['remove-unused-module-elements']);
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}

function setOptions(): void {
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(2);
  binaryen.setClosedWorld(true);
  binaryen.setZeroFilledMemory(true);
  binaryen.setTrapsNeverHappen(true);
  // with 800 another 31 bytes, and one function of 10 KB that no runtime likes to compile and no size report can explain
  binaryen.setOneCallerInlineMaxSize(500);
  // what two more instructions in each place cost, outlining gets back elsewhere
  binaryen.setAlwaysInlineMaxSize(4);
}

/** The text of a module with fewer branches, from which the optimiser gets further. */
function straightened(text: string): string {
  return changed(parse(text), (module) => {
    joinConditions(module);
    makeArms(module);
  });
}

/** Where the scalars lie, told by the module's exports. */
function scalarsOf(wasm: Uint8Array): { begin: number; end: number } {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
  const numberOf = (name: string): number => {
    const global = exports[name];
    if (!(global instanceof WebAssembly.Global)) throw new Error(`the entry file does not export ${name}`);
    return Number(global.value);
  };
  return { begin: numberOf(SCALARS.begin), end: numberOf(SCALARS.end) };
}

function removeExports(module: List, names: readonly string[]): void {
  const kept = module.filter((field) => !(isList(field) && field[0] === 'export' && names.includes(JSON.parse(String(field[1])))));
  module.splice(0, module.length, ...kept);
}

/** The text of a module after `change`; the module itself is given up. */
function changed(module: binaryen.Module, change: (tree: List) => void): string {
  const tree = parseTree(module.emitText());
  module.dispose();
  change(tree);
  return printTree(tree);
}

function parse(text: string): binaryen.Module {
  const module = binaryen.parseText(text);
  module.setFeatures(FEATURES);
  if (module.validate() !== 1) throw new Error('a pass made an invalid module');
  return module;
}

/** Optimises, also from other shapes of the same control flow, from which the optimiser gets further. Returns the smallest module. */
function smallest(tree: string): string {
  const module = parse(tree);
  optimize(module);
  let [best, bytes] = [tree, Number.POSITIVE_INFINITY];
  for (let now = module.emitBinary().length; now < bytes; now = module.emitBinary().length) {
    [best, bytes] = [module.emitText(), now];
    module.runPasses(['monomorphize', 'flatten', 'rereloop']);
    optimize(module);
  }
  module.dispose();
  return best;
}

/** Optimises until it gains nothing more. */
function optimize(module: binaryen.Module): void {
  let bytes = Number.POSITIVE_INFINITY;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    module.optimize();
    const now = module.emitBinary().length;
    if (now >= bytes) return;
    bytes = now;
  }
}

function emit(module: binaryen.Module): Omit<Shrunk, 'moves'> {
  binaryen.setDebugInfo(false);
  const wasm = module.emitBinary();
  const text = module.emitText();
  binaryen.setDebugInfo(true);
  const named = module.emitBinary();
  module.dispose();
  return { wasm, named, text };
}
