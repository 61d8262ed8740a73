// SPDX-License-Identifier: Apache-2.0
// Pieces of functions that could stand in a function of their own, with what they would be given.

import { isAccess } from './access.js';
import { functions, isDeclaration, isList, type List, lists, signedBytes, unsignedBytes } from './tree.js';

const LONGEST_RUN = 8;
const LARGEST_BYTES = 120;
const DEEPEST_ENTRY = 6;
const SMALLEST_BYTES = 4;
/** A constant takes no more than this: it is shared where it would. */
const CONSTANT_BYTES = 3;

/** One expression, or statements that follow each other and may end in a value. */
export interface Fragment {
  readonly parent: List;
  readonly nodes: readonly List[];
  /** `return` or `br` around the last node, which is then its value. */
  readonly leave?: List;
  /** What is evaluated before anything else in the fragment; it stays where it is, and its value is the first argument. */
  readonly entry?: List;
  readonly hasResult: boolean;
  /** The fragment without the names of its locals and labels, its constants, and its entry: equal for those that do the same. */
  readonly key: string;
  /** In the order of their first use. */
  readonly locals: readonly string[];
  /** In the order of use. */
  readonly constants: readonly string[];
  /** Bytes without the entry. */
  readonly bytes: number;
}

/** All fragments of a module that are worth a thought. */
export function fragmentsOf(module: List): Fragment[] {
  const results = new Set(
    functions(module)
      .filter((each) => lists(each).some(([kind]) => kind === 'result'))
      .map((each) => String(each[1])),
  );
  const found: Fragment[] = [];
  const add = (parent: List, nodes: readonly List[], hasResult: boolean, leave?: List) => {
    for (const entry of [undefined, ...entriesOf(nodes[0] ?? [], results)]) {
      const shape = shapeOf(nodes, entry);
      if (shape && shape.bytes >= SMALLEST_BYTES) {
        found.push({
          parent,
          nodes,
          hasResult,
          ...shape,
          key: `${hasResult} ${shape.key}`,
          ...(leave && { leave }),
          ...(entry && { entry }),
        });
      }
    }
  };
  const search = (node: List) => {
    node.forEach((child, at) => {
      if (!isList(child) || isDeclaration(child)) return;
      search(child);
      const type = typeOf(child, results);
      if (type) add(node, [child], type === 'value');
      if (type === 'nothing' && isSequence(node)) addRuns(node, at, results, add);
    });
  };
  for (const each of functions(module)) search(each);
  return found;
}

/** The runs of statements that begin with the one at `at`. */
function addRuns(
  parent: List,
  at: number,
  results: ReadonlySet<string>,
  add: (parent: List, nodes: List[], hasResult: boolean, leave?: List) => void,
): void {
  const nodes: List[] = [];
  for (const node of parent.slice(at, at + LONGEST_RUN).filter(isList)) {
    const type = typeOf(node, results);
    const [value] = lists(node);
    if (type === 'nothing') {
      nodes.push(node);
      if (nodes.length > 1) add(parent, [...nodes], false);
    } else {
      if (type === 'value') add(parent, [...nodes, node], true);
      else if (/^(return|br)$/.test(String(node[0])) && value && typeOf(value, results) === 'value')
        add(parent, [...nodes, value], true, node);
      return;
    }
  }
}

function isSequence([kind]: List): boolean {
  return ['func', 'block', 'loop', 'then', 'else'].includes(String(kind));
}

/** Whether an instruction leaves a value; undefined for what does not go on to the next one, and for parts of an instruction. */
function typeOf(node: List, results: ReadonlySet<string>): 'value' | 'nothing' | undefined {
  const kind = String(node[0]);
  if (/^(block|loop|if)$/.test(kind)) return lists(node).some(([part]) => part === 'result') ? 'value' : 'nothing';
  if (kind === 'call') return results.has(String(node[1])) ? 'value' : 'nothing';
  if (kind === 'br_if') return lists(node).length > 1 ? 'value' : 'nothing';
  if (/store|\.set$|^drop$|^nop$|^memory\./.test(kind)) return 'nothing';
  return /^i32\.|^local\.|^global\.get$|^select$/.test(kind) ? 'value' : undefined;
}

/** The operands that are evaluated first, from the outermost to the innermost; constants before them make no difference. */
function entriesOf(node: List, results: ReadonlySet<string>): List[] {
  const entries: List[] = [];
  for (let inner: List | undefined = node; inner && entries.length < DEEPEST_ENTRY; ) {
    if (isSequence(inner)) break;
    inner = lists(inner).find(([kind]) => kind !== 'i32.const' && kind !== 'result');
    if (inner && (typeOf(inner, results) !== 'value' || inner[0] === 'local.get')) break;
    if (inner) entries.push(inner);
  }
  return entries;
}

/** What makes fragments alike; undefined when a fragment leaves its function or a block around it, or sets a local. */
function shapeOf(nodes: readonly List[], entry: List | undefined): Pick<Fragment, 'key' | 'locals' | 'constants' | 'bytes'> | undefined {
  const locals: string[] = [];
  const constants: string[] = [];
  const labels: string[] = [];
  let [key, bytes, isMovable] = ['', 0, true];
  const walk = (node: List) => {
    const kind = String(node[0]);
    if (node === entry) key += '(entry)';
    else if (kind === 'local.get') key += `(local ${numberOf(String(node[1]), locals)})`;
    else if (kind === 'i32.const') key += `(constant ${constants.push(String(node[1]))})`;
    else {
      isMovable &&= kind !== 'local.set' && kind !== 'local.tee' && kind !== 'return';
      if ((kind === 'block' || kind === 'loop') && !isList(node[1])) labels.push(String(node[1]));
      key += `(${kind}`;
      for (const part of node.slice(1)) {
        if (isList(part)) walk(part);
        else if (labels.includes(part)) key += ` label ${labels.lastIndexOf(part)}`;
        else if (/^br/.test(kind)) isMovable = false;
        else key += ` ${part}`;
      }
      key += ')';
    }
    if (node !== entry) bytes += bytesOf(node);
  };
  for (const node of nodes) {
    walk(node);
    if (!isMovable || bytes > LARGEST_BYTES) return undefined;
  }
  return { key, locals, constants, bytes };
}

function numberOf(name: string, names: string[]): number {
  return names.includes(name) ? names.indexOf(name) : names.push(name) - 1;
}

/** Bytes of an instruction without its operands. */
function bytesOf(node: List): number {
  const kind = String(node[0]);
  if (kind === 'i32.const') return constantBytes(String(node[1]));
  if (isAccess(node)) return 2 + unsignedBytes(Number(node.find((word) => /^offset=/.test(String(word)))?.slice(7) ?? 0));
  if (kind === 'br_table') return node.filter((word) => !isList(word)).length + 1;
  if (/^(local|global)\.|^(call|br|br_if)$/.test(kind)) return 2;
  if (/^(block|loop|if|memory\.fill)$/.test(kind)) return 3;
  if (kind === 'memory.copy') return 4;
  return kind === 'then' || kind === 'result' ? 0 : 1;
}

export function constantBytes(value: string): number {
  return Math.min(1 + signedBytes(Number(value)), CONSTANT_BYTES);
}
