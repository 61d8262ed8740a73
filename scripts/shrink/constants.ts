// SPDX-License-Identifier: Apache-2.0
// A constant of two bytes or more that a function uses often is kept in a local.

import { addLocal, functions, isDeclaration, type List, lists, rewrite, signedBytes, visit } from './tree.js';

const GET_BYTES = 2;
const SET_BYTES = 2;

/** Keeps constants in locals where that makes a function shorter. */
export function keepConstants(module: List): void {
  for (const each of functions(module)) keepIn(each);
}

function keepIn(each: List): void {
  const uses = new Map<string, number>();
  visit(each, (node) => {
    if (node[0] === 'i32.const') uses.set(String(node[1]), (uses.get(String(node[1])) ?? 0) + 1);
  });
  const body = lists(each).filter((field) => !isDeclaration(field));
  for (const [value, count] of [...uses].sort()) {
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
