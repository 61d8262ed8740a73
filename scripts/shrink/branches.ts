// SPDX-License-Identifier: Apache-2.0
// `if (condition) break with a constant` is two bytes shorter as a conditional branch that is given the constant before the
// condition is known. The optimiser leaves it alone because it keeps the order of evaluation.

import { functions, isList, type List, rewrite } from './tree.js';

/** Rewrites what can be rewritten without changing what is evaluated. */
export function shortenBranches(module: List): void {
  for (const each of functions(module)) rewrite(each, shorten);
}

function shorten(node: List): List {
  const [kind, condition, arm] = node;
  if (kind !== 'if' || node.length !== 3 || !isList(condition) || !isList(arm) || arm.length !== 2) return node;
  const [, branch] = arm;
  if (!isList(branch) || branch[0] !== 'br' || branch[1] === undefined) return node;
  const [, label, value] = branch;
  if (value === undefined) return ['br_if', label, condition];
  const order = isList(value) ? inOrder(value, condition) : undefined;
  return order ? ['drop', ['br_if', label, ...order]] : node;
}

/** Value and condition as they may be evaluated one after the other, if they may. */
function inOrder(value: List, condition: List): [List, List] | undefined {
  if (value[0] === 'i32.const') return [value, condition];
  if (value[0] !== 'local.get') return undefined;
  // the condition is the value itself: `if (result) break with result`
  if (condition[0] === 'local.get') return [value, condition];
  if (condition[0] === 'local.tee' && condition[1] === value[1]) return [condition, value];
  return undefined;
}
