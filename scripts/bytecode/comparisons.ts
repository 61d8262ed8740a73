// SPDX-License-Identifier: Apache-2.0
// The machine has few comparisons: each other one is the opposite of one that it has, or the same with its operands exchanged.

import { type List, lists, visit } from '../shrink/tree.js';

const OPPOSITES: Readonly<Record<string, string>> = {
  'i32.le_u': 'i32.gt_u',
  'i32.le_s': 'i32.gt_s',
  'i32.ge_u': 'i32.lt_u',
  'i32.ge_s': 'i32.lt_s',
  'i32.ne': 'i32.eq',
};
const EXCHANGED: Readonly<Record<string, string>> = { 'i32.gt_u': 'i32.lt_u', 'i32.gt_s': 'i32.lt_s' };

/** A value that is 0 or not as that of a comparison is, or the other way round. */
export interface Condition {
  readonly value: List;
  readonly isNegated: boolean;
}

/** What a jump has to look at. */
export function conditionOf(node: List, isNegated = false): Condition {
  if (node[0] === 'i32.eqz') return conditionOf(lists(node)[0] ?? [], !isNegated);
  const [kind, ...operands] = node;
  const opposite = OPPOSITES[String(kind)];
  return opposite ? { value: exchanged([opposite, ...operands]), isNegated: !isNegated } : { value: exchanged(node), isNegated };
}

/** A comparison as the machine has it; anything else as it is. */
export function comparison(node: List): List {
  const [kind, ...operands] = node;
  const opposite = OPPOSITES[String(kind)];
  return opposite ? ['i32.eqz', exchanged([opposite, ...operands])] : exchanged(node);
}

function exchanged(node: List): List {
  const kind = EXCHANGED[String(node[0])];
  const [left = [], right = []] = lists(node);
  return kind && (isIndependent(left, right) || isIndependent(right, left)) ? [kind, right, left] : node;
}

/** Whether one operand is the same before and after the other. */
function isIndependent(one: List, other: List): boolean {
  if (one[0] === 'i32.const') return true;
  if (one[0] !== 'local.get') return false;
  let isSet = false;
  const look = ([kind, name]: List) => {
    if ((kind === 'local.set' || kind === 'local.tee') && name === one[1]) isSet = true;
  };
  look(other);
  visit(other, look);
  return !isSet;
}
