// SPDX-License-Identifier: Apache-2.0
// The optimiser, set for size, and the way from a module to its text and back.

import binaryen from 'binaryen';
import type { Range } from './access.js';
import { makeArms } from './arms.js';
import { joinConditions } from './conditions.js';
import { isList, type List, parseTree, printTree } from './tree.js';

/** memory.copy and memory.fill alone; missing in binaryen's type declarations. */
const BULK_MEMORY_OPT = (binaryen.Features as unknown as { BulkMemoryOpt: number }).BulkMemoryOpt;
/** What a module may use. */
export const FEATURES = binaryen.Features.MutableGlobals | BULK_MEMORY_OPT;
/** The same, and data that is fetched into memory on demand. */
export const FEATURES_WITH_FETCHED_DATA = FEATURES | binaryen.Features.BulkMemory;
/** More rounds have never gained anything. */
const MOST_ROUNDS = 8;
/** Exports that hosts know. All others with two underscores tell the build something, and the shipped module does without them. */
const SHIPPED = ['__data_end', '__heap_base'];
const FOR_THE_BUILD = /^__/;
/** The exports by which an entry file tells where its scalars lie. */
const SCALARS = { begin: '__scalars_begin', end: '__scalars_end' } as const;

/** Sets the optimiser, which keeps its options from module to module. */
export function setOptions(): void {
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
export function straightened(text: string): string {
  return changed(parse(text), (module) => {
    joinConditions(module);
    makeArms(module);
  });
}

/** Where the scalars lie, told by the module's exports. */
export function scalarsOf(wasm: Uint8Array): Range {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
  const numberOf = (name: string): number => {
    const global = exports[name];
    if (!(global instanceof WebAssembly.Global)) throw new Error(`the entry file does not export ${name}`);
    return Number(global.value);
  };
  return { begin: numberOf(SCALARS.begin), end: numberOf(SCALARS.end) };
}

/** Takes those exports out that are for the build. Returns the functions that they name. */
export function removeBuildExports(module: List): string[] {
  const isForTheBuild = (field: unknown) => {
    const name = Array.isArray(field) && field[0] === 'export' ? JSON.parse(String(field[1])) : '';
    return FOR_THE_BUILD.test(name) && !SHIPPED.includes(name);
  };
  const removed = module.filter(isForTheBuild);
  module.splice(0, module.length, ...module.filter((field) => !isForTheBuild(field)));
  return removed.flatMap((field) => (isList(field) && isList(field[2]) && field[2][0] === 'func' ? [String(field[2][1])] : []));
}

/** The text of a module after `change`; the module itself is given up. */
export function changed(module: binaryen.Module, change: (tree: List) => void): string {
  const tree = parseTree(module.emitText());
  module.dispose();
  change(tree);
  return printTree(tree);
}

export function parse(text: string, features = FEATURES): binaryen.Module {
  const module = binaryen.parseText(text);
  module.setFeatures(features);
  if (module.validate() !== 1) throw new Error('a pass made an invalid module');
  return module;
}

/** Optimises, also from other shapes of the same control flow, from which the optimiser gets further. Returns the smallest module. */
export function smallest(tree: string): string {
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
export function optimize(module: binaryen.Module): void {
  let bytes = Number.POSITIVE_INFINITY;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    module.optimize();
    const now = module.emitBinary().length;
    if (now >= bytes) return;
    bytes = now;
  }
}

/** A module in the forms the build writes. */
export interface Emitted {
  readonly wasm: Uint8Array;
  /** The same code with the names of its functions. */
  readonly named: Uint8Array;
  readonly text: string;
}

/** The forms of a module, which is given up. */
export function emit(module: binaryen.Module): Emitted {
  binaryen.setDebugInfo(false);
  const wasm = module.emitBinary();
  const text = module.emitText();
  binaryen.setDebugInfo(true);
  const named = module.emitBinary();
  module.dispose();
  return { wasm, named, text };
}
