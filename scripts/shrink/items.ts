// SPDX-License-Identifier: Apache-2.0
// A function's body as the machine sees it: instructions in a row that take values from a stack and leave values on it. What
// stands in several places need not be whole expressions.

import { isAccess } from './access.js';
import { functions, isDeclaration, isList, type List, lists, type Node, signedBytes, unsignedBytes } from './tree.js';

/** One instruction, or a block, loop or `if` with what is in it. */
export interface Item {
  /** The instruction without operands and without bodies. */
  readonly head: List;
  /** How many values it takes and leaves. */
  readonly pops: number;
  readonly pushes: number;
  /** The one body of a block or loop; one or two of an `if`. */
  readonly bodies: readonly Item[][];
  /** Code that does not go on behind itself where a value is wanted: left as it is. */
  readonly isOpaque?: boolean;
}

/** Functions with a result, by name: what a reader of items must know of a module. */
export function withResult(module: List): Set<string> {
  return new Set(
    functions(module)
      .filter((each) => lists(each).some(([kind]) => kind === 'result'))
      .map((each) => String(each[1])),
  );
}

/** The items of the lists in a sequence: a function, a block, an arm. */
export function itemsOf(sequence: List, results: ReadonlySet<string>): Item[] {
  const items: Item[] = [];
  for (const node of lists(sequence)) if (!isDeclaration(node)) add(node, items, results);
  return items;
}

function add(node: List, items: Item[], results: ReadonlySet<string>): void {
  const kind = String(node[0]);
  const pushes = pushesOf(node, results);
  const isComposite = kind === 'block' || kind === 'loop';
  const operands = isComposite ? [] : lists(node).filter(([part]) => part !== 'then' && part !== 'else' && part !== 'result');
  if (operands.some((operand) => pushesOf(operand, results) !== 1)) {
    items.push({ head: node, pops: 0, pushes, bodies: [], isOpaque: true });
    return;
  }
  for (const operand of operands) add(operand, items, results);
  const bodies = isComposite
    ? [itemsOf(node, results)]
    : lists(node)
        .filter(([part]) => part === 'then' || part === 'else')
        .map((arm) => itemsOf(arm, results));
  const head = node.filter((part) => !isList(part) || part[0] === 'result');
  items.push({ head, pops: operands.length, pushes, bodies });
}

/** What an instruction leaves: 1 for a value; 0 for none, and for what does not go on behind itself. */
function pushesOf(node: List, results: ReadonlySet<string>): 0 | 1 {
  const kind = String(node[0]);
  if (/^(block|loop|if)$/.test(kind)) return lists(node).some(([part]) => part === 'result') ? 1 : 0;
  if (kind === 'call') return results.has(String(node[1])) ? 1 : 0;
  if (kind === 'br_if') return lists(node).length > 1 ? 1 : 0;
  return /\.store|\.set$|^(drop|nop|br|br_table|return|unreachable)$|^memory\.(copy|fill)$/.test(kind) ? 0 : 1;
}

/** The instructions of items, as lists within lists again. */
export function nodesOf(items: readonly Item[]): List[] {
  const nodes: List[] = [];
  for (const { head, pops, bodies, isOpaque } of items) {
    const operands = pops > 0 ? nodes.splice(-pops) : [];
    if (operands.length < pops) throw new Error(`${head.join(' ')} lacks an operand`);
    if (isOpaque) nodes.push(head);
    else if (head[0] === 'if') {
      const [then = [], otherwise] = bodies.map(nodesOf);
      const arms: Node[] = otherwise
        ? [
            ['then', ...then],
            ['else', ...otherwise],
          ]
        : [['then', ...then]];
      nodes.push([...head, ...operands, ...arms]);
    } else nodes.push([...head, ...operands, ...bodies.flatMap(nodesOf)]);
  }
  return nodes;
}

/** A constant takes no more than this: it is shared where it would. */
const CONSTANT_BYTES = 3;

/** Bytes in the binary. */
export function itemBytes({ head, bodies }: Item): number {
  return bodies.flat().reduce((sum, item) => sum + itemBytes(item), ownBytes(head) + (bodies.length > 1 ? 1 : 0));
}

function ownBytes(head: List): number {
  const kind = String(head[0]);
  if (kind === 'i32.const') return constantBytes(String(head[1]));
  if (isAccess(head)) return 2 + unsignedBytes(Number(head.find((word) => /^offset=/.test(String(word)))?.slice(7) ?? 0));
  if (kind === 'br_table') return head.length + 1;
  if (/^(local|global)\.|^(call|br|br_if)$/.test(kind)) return 2;
  if (kind === 'block') return isList(head[1]) || head.length === 1 ? 0 : 3;
  if (/^(loop|if|memory\.fill)$/.test(kind)) return 3;
  return kind === 'memory.copy' ? 4 : 1;
}

export function constantBytes(value: string): number {
  return Math.min(1 + signedBytes(Number(value)), CONSTANT_BYTES);
}
