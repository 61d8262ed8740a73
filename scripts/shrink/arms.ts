// SPDX-License-Identifier: Apache-2.0
// What a jump to the end of a block passes by goes into an `else`, which is a byte shorter than the jump, and often saves the block.

import { functions, isList, type List, lists, rewrite } from './tree.js';

/** Turns jumps to the end of a block into arms. */
export function makeArms(module: List): void {
  for (const each of functions(module)) rewrite(each, (node) => (node[0] === 'block' ? divide(node) : node));
}

/** `{ if (a) { ...; break; } rest }` is `if (a) ...; else rest`. */
function divide(block: List): List {
  const [, label] = block;
  const result = lists(block).find(([kind]) => kind === 'result');
  if (isList(label) || label === undefined) return block;
  divideIn(block, label, result);
  return block;
}

/** Divides a sequence behind which the block with this label ends. */
function divideIn(sequence: List, label: string, result: List | undefined): void {
  for (let at = sequence.length - 1; at > 0; at--) {
    const node = sequence[at];
    if (!isList(node) || node[0] !== 'if') continue;
    const [condition, ...arms] = lists(node).filter(([kind]) => kind !== 'result');
    const [then, otherwise] = arms;
    if (at === sequence.length - 1) {
      const hasResult = lists(node).some(([kind]) => kind === 'result');
      if (hasResult === (result !== undefined)) for (const arm of arms) divideIn(arm, label, result);
      continue;
    }
    const jump = then?.at(-1);
    if (!condition || !then || otherwise || !isList(jump) || jump[0] !== 'br' || jump[1] !== label) continue;
    // alone it is shorter as a conditional branch
    if (then.length === 2 && (!result || isShort(jump, condition))) continue;
    const rest = sequence.splice(at, sequence.length - at).slice(1);
    const first: List = [...then.slice(0, -1), ...jump.slice(2)];
    sequence.push(['if', ...(result ? [result] : []), condition, first, ['else', ...rest]]);
    divideIn(first, label, result);
  }
}

function isShort([, , value]: List, condition: List): boolean {
  return isList(value) && (value[0] === 'i32.const' || (value[0] === 'local.get' && /^local\.[gt]e[te]$/.test(String(condition[0]))));
}
