// SPDX-License-Identifier: Apache-2.0
// A function with many accesses close together, at addresses of two bytes, keeps one address in a local and reaches all by offsets.

import { accessOf } from './access.js';
import { LARGEST_OFFSET, LARGEST_SHORT } from './addresses.js';
import { addLocal, functions, isList, type List, rewrite, visit } from './tree.js';

/** What setting the local takes; each access is then a byte shorter. */
const SET_BYTES = 5;

/** Shares a base where that makes a function shorter. */
export function shareBases(module: List): void {
  for (const each of functions(module)) for (const base of basesOf(each)) share(each, base);
}

/** Addresses worth keeping in a local, found from the lowest up. */
function basesOf(each: List): number[] {
  const addresses: number[] = [];
  visit(each, (node) => {
    const { address = 0 } = accessOf(node) ?? {};
    if (address > LARGEST_SHORT) addresses.push(address);
  });
  addresses.sort((left, right) => left - right);
  const bases: number[] = [];
  for (const address of addresses) {
    if (address <= (bases.at(-1) ?? Number.NEGATIVE_INFINITY) + LARGEST_OFFSET) continue;
    const reached = addresses.filter((other) => other >= address && other <= address + LARGEST_OFFSET);
    if (reached.length > SET_BYTES) bases.push(address);
  }
  return bases;
}

function share(each: List, base: number): void {
  const local = `$base${base}`;
  rewrite(each, (node) => {
    const access = accessOf(node);
    if (!access || access.address < base || access.address > base + LARGEST_OFFSET) return node;
    const [name = '', ...attributes] = access.head;
    const operands = node.slice(node.findIndex(isList) + 1);
    return [name, `offset=${access.address - base}`, ...attributes, ['local.get', local], ...operands];
  });
  addLocal(each, local, ['local.set', local, ['i32.const', String(base)]]);
}
