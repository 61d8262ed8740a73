// SPDX-License-Identifier: Apache-2.0
// An address is the sum of an i32.const (a byte up to 63) and an offset (a byte up to 127): together they reach 190 in two bytes.

import { accessOf } from './access.js';
import { functions, isList, type List, rewrite } from './tree.js';

const LARGEST_CONSTANT = 63;
export const LARGEST_OFFSET = 127;
/** The largest address in two bytes. */
export const LARGEST_SHORT = LARGEST_CONSTANT + LARGEST_OFFSET;

/** Divides the constant addresses that gain a byte by it. */
export function divideAddresses(module: List): void {
  for (const each of functions(module)) rewrite(each, divide);
}

function divide(node: List): List {
  const access = accessOf(node);
  if (!access || access.address <= LARGEST_CONSTANT || access.address > LARGEST_SHORT) return node;
  const operands = node.slice(node.findIndex(isList) + 1);
  const [name = '', ...attributes] = access.head;
  const offset = `offset=${access.address - LARGEST_CONSTANT}`;
  return [name, offset, ...attributes, ['i32.const', String(LARGEST_CONSTANT)], ...operands];
}
