// SPDX-License-Identifier: Apache-2.0
// The compiler's optimiser turns `c ? S.a : S.b` into one load at an address that is chosen: (load (select a b c)). Where such
// an address may be a scalar's, this pass makes it a choice between two loads again, and refuses what it cannot.

import { accessOf, isAccess, overlaps, type Range } from './access.js';
import { constant, functions, isList, type List, lists, type Node, printTree, rewrite } from './tree.js';

/** Afterwards scalars in `range` are loaded and stored by constant address alone. Throws when that cannot be done. */
export function divideChoices(module: List, range: Range): void {
  for (const each of functions(module)) {
    rewrite(each, (node) => {
      const divided = divide(node, range);
      if (mayReach(divided, range)) throw new Error(`${each[1]} computes the address of a scalar: ${printTree(node).slice(0, 200)}`);
      return divided;
    });
  }
}

/** What decides is evaluated before the load, as it was: it may store what is loaded then. */
function divide(node: List, range: Range): List {
  const at = node.findIndex(isList);
  const choice = node[at];
  if (!/\.load/.test(String(node[0])) || !isList(choice) || choice[0] !== 'select') return node;
  const [first, second, condition] = lists(choice);
  const arms = [first, second].map((address): List => [...node.slice(0, at), address ?? '', ...node.slice(at + 1)]);
  const accesses = arms.map(accessOf);
  if (!condition || accesses.includes(undefined) || !accesses.some((access) => access && overlaps(access, range))) return node;
  const [then = [], otherwise = []] = arms;
  return ['if', ['result', String(node[0]).slice(0, 3)], condition, ['then', then], ['else', otherwise]];
}

/**
 * Whether the address of an instruction is made of one that lies in `range`. What comes from a local is not looked into: locals
 * are shared by numbers and addresses.
 */
function mayReach(node: List, range: Range): boolean {
  if (!isAccess(node) || accessOf(node)) return false;
  const at = node.findIndex(isList);
  return sources(node[at]).some((address) => {
    const access = accessOf([...node.slice(0, at), address, ...node.slice(at + 1)]);
    return access !== undefined && overlaps(access, range);
  });
}

/** The constants of which a value is chosen or computed. */
export function sources(node: Node | undefined): List[] {
  if (!isList(node)) return [];
  if (constant(node) !== undefined) return [node];
  const operands = lists(node);
  switch (node[0]) {
    case 'select':
    case 'i32.add':
    case 'i32.sub':
    case 'i32.or':
      return operands.slice(0, 2).flatMap(sources);
    case 'if':
      return operands.slice(-2).flatMap((arm) => sources(arm.at(-1)));
    case 'block':
    case 'local.tee':
      return sources(operands.at(-1));
    default:
      return [];
  }
}
