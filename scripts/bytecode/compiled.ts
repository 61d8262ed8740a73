// SPDX-License-Identifier: Apache-2.0
// Which functions stay WebAssembly: those that are run for every byte, those that only tell a number to the host, and what they
// call. All others are run a few times in a session, and are smaller as bytecode.

import { callsOf, functions, isDeclaration, type List, lists, visit } from '../shrink/tree.js';

/** Exports with no more instructions than this stay as they are: a way into the interpreter would take as much. */
const FEW_INSTRUCTIONS = 4;

/** The names of the functions that stay. */
export function compiledOf(module: List, wanted: readonly string[]): Set<string> {
  const compiled = new Set<string>();
  const byName = new Map(functions(module).map((each) => [String(each[1]), each]));
  const keep = (name: string): void => {
    if (compiled.has(name)) return;
    compiled.add(name);
    for (const called of callsOf(byName.get(name) ?? [])) keep(called);
  };
  for (const name of wanted) if (byName.has(name)) keep(name);
  for (const [kind, , what] of lists(module)) {
    const name = kind === 'export' && Array.isArray(what) && what[0] === 'func' ? String(what[1]) : undefined;
    const each = name === undefined ? undefined : byName.get(name);
    if (name !== undefined && each && callsOf(each).length === 0 && size(each) <= FEW_INSTRUCTIONS) keep(name);
  }
  return compiled;
}

function size(each: List): number {
  let count = 0;
  for (const node of lists(each)) {
    if (isDeclaration(node)) continue;
    count++;
    visit(node, () => count++);
  }
  return count;
}
