// SPDX-License-Identifier: Apache-2.0
// A constant of two bytes or more is fetched in two bytes from elsewhere: from an immutable global when the module uses it often,
// from a local when one function does.

import { addLocal, functions, isDeclaration, isList, type List, lists, ONE_BYTE_INDICES, rewrite, signedBytes, visit } from './tree.js';

const GET_BYTES = 2;
const SET_BYTES = 2;

/** Type, mutability, and the end of the value. */
const GLOBAL_BYTES = 3;

/** Makes immutable globals of constants, at most as many as have indices of one byte, where that makes the module shorter. */
export function shareConstants(module: List): void {
  const room = ONE_BYTE_INDICES - lists(module).filter(([kind]) => kind === 'global').length;
  const shared = [...usesOf(module)]
    .map(([value, count]) => ({ value, saved: savedByGlobal(Number(value), count) }))
    .filter(({ saved }) => saved > 0)
    .sort((left, right) => right.saved - left.saved || Number(left.value) - Number(right.value))
    .slice(0, Math.max(room, 0));
  const names = new Map(shared.map(({ value }) => [value, `$constant/${value}`]));
  for (const each of functions(module)) {
    rewrite(each, (node) => {
      const name = node[0] === 'i32.const' ? names.get(String(node[1])) : undefined;
      return name === undefined ? node : ['global.get', name];
    });
  }
  const memory = module.findIndex((field) => isList(field) && field[0] === 'memory');
  module.splice(memory, 0, ...[...names].map(([value, name]): List => ['global', name, 'i32', ['i32.const', value]]));
}

function savedByGlobal(value: number, count: number): number {
  const bytes = 1 + signedBytes(value);
  return count * (bytes - GET_BYTES) - GLOBAL_BYTES - bytes;
}

/** How often each constant stands in the functions below a node. */
function usesOf(node: List): Map<string, number> {
  const uses = new Map<string, number>();
  for (const each of node[0] === 'func' ? [node] : functions(node)) {
    visit(each, (inner) => {
      if (inner[0] === 'i32.const') uses.set(String(inner[1]), (uses.get(String(inner[1])) ?? 0) + 1);
    });
  }
  return uses;
}

/** Keeps constants in locals where that makes a function shorter. */
export function keepConstants(module: List): void {
  for (const each of functions(module)) keepIn(each);
}

function keepIn(each: List): void {
  const body = lists(each).filter((field) => !isDeclaration(field));
  for (const [value, count] of [...usesOf(each)].sort()) {
    const bytes = 1 + signedBytes(Number(value));
    const always = isFirstUseAlwaysDone(body, value);
    // its first use sets the local on the way when nothing can come to another use without it
    const kept = bytes + SET_BYTES + GET_BYTES * (always ? count - 1 : count);
    if (kept < bytes * count) keep(each, value, always);
  }
}

function keep(each: List, value: string, always: boolean): void {
  const local = `$constant${value}`;
  let isFirst = always;
  rewrite(each, (node) => {
    if (node[0] !== 'i32.const' || node[1] !== value) return node;
    if (!isFirst) return ['local.get', local];
    isFirst = false;
    return ['local.tee', local, node];
  });
  if (always) addLocal(each, local);
  else addLocal(each, local, ['local.set', local, ['i32.const', value]]);
}

/** Whether the first use, in the order of evaluation, is in no arm of an `if` and in no block that can be left before it. */
function isFirstUseAlwaysDone(body: readonly List[], value: string): boolean {
  let left = new Set<unknown>(); // labels of blocks that may have been left so far
  const find = (node: List, inside: readonly unknown[]): boolean | undefined => {
    if (node[0] === 'i32.const' && node[1] === value) return !inside.some((label) => left.has(label) || label === undefined);
    const within = node[0] === 'then' || node[0] === 'else' ? [...inside, undefined] : node[0] === 'block' ? [...inside, node[1]] : inside;
    for (const child of lists(node)) {
      const found = find(child, within);
      if (found !== undefined) return found;
    }
    if (/^br/.test(String(node[0]))) left = new Set([...left, ...node.filter((word) => typeof word === 'string')]);
    return undefined;
  };
  for (const statement of body) {
    const found = find(statement, []);
    if (found !== undefined) return found;
  }
  return false;
}
