// SPDX-License-Identifier: Apache-2.0
// The text form of a module as a tree, so that passes can be written as rewriting of nested lists.

/** A word, or a list in brackets: `(i32.load offset=8 (i32.const 16))` is ['i32.load', 'offset=8', ['i32.const', '16']]. */
export type Node = string | List;
export type List = Node[];

const TOKEN = /"(?:[^"\\]|\\.)*"|\(;[\s\S]*?;\)|;;[^\n]*|[()]|[^\s()"]+/g;

/** Reads one module, without its comments. */
export function parseTree(text: string): List {
  const open: List[] = [[]];
  for (const [token] of text.matchAll(TOKEN)) {
    if (token.startsWith(';;') || token.startsWith('(;')) continue;
    if (token === '(') open.push([]);
    else if (token === ')') {
      const closed = open.pop() ?? [];
      open.at(-1)?.push(closed);
    } else open.at(-1)?.push(token);
  }
  const [module] = open[0] ?? [];
  if (!isList(module)) throw new Error('no module in this text');
  return module;
}

export function printTree(node: Node): string {
  return isList(node) ? `(${node.map(printTree).join(' ')})` : node;
}

export function isList(node: Node | undefined): node is List {
  return Array.isArray(node);
}

/** The lists directly in a list: the operands of an instruction, the fields of a module. */
export function lists(node: List): List[] {
  return node.filter(isList);
}

/** The functions of a module. */
export function functions(module: List): List[] {
  return lists(module).filter(([kind]) => kind === 'func');
}

/** The number in `(i32.const n)`, else undefined. */
export function constant(node: Node | undefined): number | undefined {
  return isList(node) && node[0] === 'i32.const' ? Number(node[1]) : undefined;
}

/** Calls `visit` for every list below `node`, innermost first, in the order of evaluation. */
export function visit(node: List, look: (inner: List) => void): void {
  rewrite(node, (inner) => {
    look(inner);
    return inner;
  });
}

/** The names of the functions that are called below a node, as often as they are. */
export function callsOf(node: List): string[] {
  const called: string[] = [];
  visit(node, ([kind, name]) => {
    if (kind === 'call') called.push(String(name));
  });
  return called;
}

/** Replaces every list below `node` by what `change` makes of it, innermost first, in the order of evaluation. */
export function rewrite(node: List, change: (inner: List) => List): void {
  node.forEach((child, index) => {
    if (!isList(child)) return;
    rewrite(child, change);
    node[index] = change(child);
  });
}

/** Bytes of a number in signed LEB128, as an i32.const has it. */
export function signedBytes(value: number): number {
  let bytes = 1;
  for (let rest = value | 0; rest < -64 || rest > 63; rest >>= 7) bytes++;
  return bytes;
}

/** Bytes of a number in unsigned LEB128, as an offset has it. */
export function unsignedBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

/** Adds a local to a function, and statements before its first one. */
export function addLocal(each: List, name: string, ...first: readonly List[]): void {
  const at = each.findIndex((field, index) => index > 1 && isList(field) && !isDeclaration(field));
  each.splice(at, 0, ['local', name, 'i32'], ...first);
}

/** Whether a field of a function is none of its instructions. */
export function isDeclaration([kind]: List): boolean {
  return kind === 'param' || kind === 'result' || kind === 'local' || kind === 'type';
}

/** Globals, functions and locals with an index below this are named in one byte. */
export const ONE_BYTE_INDICES = 128;
