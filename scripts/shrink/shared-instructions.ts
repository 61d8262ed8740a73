// SPDX-License-Identifier: Apache-2.0
// Instructions that take three or four bytes each time are called instead, in two: copying, and reading and writing a byte. In
// loops they stay, so that what is done for every byte of a profile costs no call.

import { functions, isList, type List, lists, type Node } from './tree.js';

interface Shared {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly hasResult: boolean;
  /** Bytes of code that each use takes less. */
  readonly saved: number;
}

const CALL_BYTES = 2;
/** Type index, size, number of locals, end; and two for each parameter that it gets. */
const FUNCTION_BYTES = 4;
const GET_BYTES = 2;

/** By the instruction with everything but its operands. */
const SHARED: ReadonlyMap<string, Shared> = new Map([
  ['memory.copy', { name: '$shrink/copy', parameters: ['$to', '$from', '$length'], hasResult: false, saved: 4 - CALL_BYTES }],
  ['i32.load8_u', { name: '$shrink/byte', parameters: ['$at'], hasResult: true, saved: 3 - CALL_BYTES }],
  ['i32.store8', { name: '$shrink/put', parameters: ['$at', '$byte'], hasResult: false, saved: 3 - CALL_BYTES }],
]);

/** Calls those instructions that are used often enough to pay for a function. */
export function shareInstructions(module: List): void {
  const uses = new Map<string, List[]>();
  for (const each of functions(module)) collect(each, uses);
  for (const [head, shared] of SHARED) {
    const places = uses.get(head) ?? [];
    const bytes = FUNCTION_BYTES + GET_BYTES * shared.parameters.length + CALL_BYTES + shared.saved;
    if (places.length * shared.saved <= bytes) continue;
    for (const place of places) place.splice(0, place.length, 'call', shared.name, ...lists(place));
    module.push(functionOf(head, shared));
  }
}

/** The uses below a node that are in no loop, by their heads. */
function collect(node: List, uses: Map<string, List[]>): void {
  for (const inner of lists(node)) {
    if (inner[0] === 'loop') continue;
    collect(inner, uses);
    const head = headOf(inner);
    if (SHARED.has(head)) uses.set(head, [...(uses.get(head) ?? []), inner]);
  }
}

function headOf(node: List): string {
  return node.filter((word: Node): word is string => !isList(word)).join(' ');
}

function functionOf(head: string, { name, parameters, hasResult }: Shared): List {
  const declared = parameters.map((parameter): List => ['param', parameter, 'i32']);
  const operands = parameters.map((parameter): List => ['local.get', parameter]);
  return ['func', name, ...declared, ...(hasResult ? [['result', 'i32']] : []), [head, ...operands]];
}
