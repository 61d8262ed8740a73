// SPDX-License-Identifier: Apache-2.0
// Replaces the functions of a module by bytecode, and puts an interpreter for it in.

import { literal } from '../shrink/data.js';
import { withResult } from '../shrink/items.js';
import { constant, functions, isDeclaration, isList, type List, lists, rewrite } from '../shrink/tree.js';
import { assemble, type Surroundings } from './assemble.js';
import { compiledOf } from './compiled.js';
import { type Depth, deepest } from './depth.js';
import { callOfCompiled, type Definition, definitions } from './instructions.js';
import { interpreter, type Workspace } from './interpreter.js';
import { LINE, layOut } from './layout.js';

/** What to make of a module. */
export interface Conversion {
  /** Where the words of the state region begin, which are read and written by number. */
  readonly words: number;
  /** Functions that stay as they are, with all that they call. */
  readonly compiled: readonly string[];
}

/** Where the interpreter's memory lies, and the globals of the module in it. */
interface Places extends Workspace {
  readonly variables: number;
}

const WORD = 4;
/** Globals that say where the memory in use ends. */
const ENDS_OF_MEMORY = /__(heap_base|data_end)$/;
const HEAP_BASE = /__heap_base$/;

/** Replaces functions by bytecode, in place. Returns these, with their bytes. */
export function convert(module: List, { words, compiled: wanted }: Conversion): { name: string; bytes: number }[] {
  const compiled = compiledOf(module, wanted);
  const interpreted = functions(module).filter((each) => !compiled.has(String(each[1])));
  if (interpreted.length === 0) return [];
  const surroundings = surroundingsOf(module, interpreted, words);
  const assembled = interpreted.map((each) => assemble(each, surroundings));
  const places = placesFrom(endOfMemory(module), surroundings.variables.size, deepest(assembled));
  const all: Definition[] = [
    ...definitions({ stack: places.stack, words, variables: places.variables }),
    ...functions(module)
      .filter((each) => compiled.has(String(each[1])))
      .map((each) => callOfCompiled(String(each[1]), declared(each, 'param').length, declared(each, 'result').length > 0)),
  ];
  const program = layOut(assembled, all);
  replaceFunctions(module, surroundings.numbers);
  replaceVariables(module, surroundings.variables, places.variables);
  module.push(...interpreter(program, all, places), ['data', '$bytecode', literal([...program.bytes])]);
  growMemory(module, places.waiting + program.waiting);
  return assembled.map(({ name }, index) => ({ name: name.slice(1), bytes: program.lengths[index] ?? 0 }));
}

function surroundingsOf(module: List, interpreted: readonly List[], words: number): Surroundings {
  const globals = lists(module).filter(([kind]) => kind === 'global');
  const [variables, fixed] = [globals.filter(isVariable), globals.filter((global) => !isVariable(global))];
  for (const global of variables) if (constant(global.at(-1)) !== 0) throw new Error(`${global[1]} does not begin at 0, as memory does`);
  return {
    numbers: new Map(interpreted.map((each, index) => [String(each[1]), index])),
    withResult: withResult(module),
    constants: new Map(fixed.map((global) => [String(global[1]), constant(global.at(-1)) ?? 0])),
    variables: new Map(variables.map((global, index) => [String(global[1]), index])),
    words,
  };
}

function isVariable(global: List): boolean {
  return isList(global[2]) && global[2][0] === 'mut';
}

function declared(each: List, kind: 'param' | 'result'): List[] {
  return lists(each).filter((field) => isDeclaration(field) && field[0] === kind);
}

/** Members of pairs that wait come last: how many there are is known when all has its place. */
function placesFrom(begin: number, variables: number, { calls, values }: Depth): Places {
  const entry = begin;
  const line = entry + WORD;
  const returns = line + LINE;
  const stack = returns + WORD * calls;
  const globals = stack + WORD * values;
  return { entry, line, returns, stack, variables: globals, waiting: globals + WORD * variables };
}

function endOfMemory(module: List): number {
  const base = lists(module).find(([kind, name]) => kind === 'global' && HEAP_BASE.test(String(name)));
  const end = constant(base?.at(-1));
  if (end === undefined) throw new Error('the module does not say where its memory ends');
  return Math.ceil(end / WORD) * WORD;
}

/** Takes the functions out. Exports of them lead to the interpreter. */
function replaceFunctions(module: List, numbers: ReadonlyMap<string, number>): void {
  const ways = lists(module).flatMap((field): List[] => {
    const [kind, , what] = field;
    const number = kind === 'export' && isList(what) && what[0] === 'func' ? numbers.get(String(what[1])) : undefined;
    if (number === undefined || !isList(what)) return [];
    const each = functions(module).find((one) => one[1] === what[1]) ?? [];
    return [wayIn(each, number)];
  });
  const kept = module.filter((field) => !(isList(field) && field[0] === 'func' && numbers.has(String(field[1]))));
  module.splice(0, module.length, ...kept, ...ways);
}

/** A function of the same name and type that runs the bytecode. */
function wayIn(each: List, number: number): List {
  const parameters = declared(each, 'param');
  const run: List = ['call', '$bytecode/run', ['i32.const', String(number)]];
  return [
    'func',
    String(each[1]),
    ...parameters,
    ...declared(each, 'result'),
    ...parameters.map((parameter): List => ['call', '$bytecode/push', ['local.get', String(parameter[1])]]),
    declared(each, 'result').length > 0 ? run : ['drop', run],
  ];
}

/** Globals lie in memory now, where the interpreter reaches them by number. */
function replaceVariables(module: List, variables: ReadonlyMap<string, number>, begin: number): void {
  for (const each of functions(module)) {
    rewrite(each, (node) => {
      const number = variables.get(String(node[1]));
      if (number === undefined || !/^global\./.test(String(node[0]))) return node;
      const address: List = ['i32.const', String(begin + WORD * number)];
      return node[0] === 'global.get' ? ['i32.load', address] : ['i32.store', address, ...lists(node)];
    });
  }
  const kept = module.filter((field) => !(isList(field) && field[0] === 'global' && variables.has(String(field[1]))));
  module.splice(0, module.length, ...kept);
}

function growMemory(module: List, end: number): void {
  const growth = Math.ceil(end / WORD) * WORD - endOfMemory(module);
  for (const global of lists(module)) {
    if (global[0] !== 'global' || !ENDS_OF_MEMORY.test(String(global[1]))) continue;
    global[global.length - 1] = ['i32.const', String((constant(global.at(-1)) ?? 0) + growth)];
  }
}
