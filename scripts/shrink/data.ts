// SPDX-License-Identifier: Apache-2.0
// Data segments that lie close together become one: the header of a segment takes more bytes than the zeros between two.

import { constant, isList, type List, lists } from './tree.js';

/** Bytes of a segment's header: flags, address, end, length. */
const HEADER_BYTES = 6;
const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, '"': 34, "'": 39, '\\': 92 };

/** Joins the segments of a module whose memory begins as zeros. */
export function joinData(module: List): void {
  const found = lists(module).filter(([kind]) => kind === 'data');
  const pieces = found.map((segment) => ({ at: addressOf(segment), bytes: bytesOf(segment) })).sort((left, right) => left.at - right.at);
  const joined: typeof pieces = [];
  for (const { at, bytes } of pieces) {
    const last = joined.at(-1);
    const gap = last ? at - last.at - last.bytes.length : Number.POSITIVE_INFINITY;
    if (last && gap >= 0 && gap < HEADER_BYTES) last.bytes.push(...new Array<number>(gap).fill(0), ...bytes);
    else joined.push({ at, bytes: [...bytes] });
  }
  const first = module.findIndex((field) => isList(field) && field[0] === 'data');
  const others = module.filter((field) => !(isList(field) && field[0] === 'data'));
  others.splice(first, 0, ...joined.map(({ at, bytes }): List => ['data', ['i32.const', String(at)], literal(bytes)]));
  module.splice(0, module.length, ...others);
}

function addressOf(segment: List): number {
  const address = segment.map(constant).find((value) => value !== undefined);
  if (address === undefined) throw new Error('a data segment without a constant address');
  return address;
}

function bytesOf(segment: List): number[] {
  const text = String(segment.at(-1)).slice(1, -1);
  return [...text.matchAll(/\\([0-9a-fA-F]{2})|\\(.)|([^\\])/g)].map(([, hex, escaped, plain]) => {
    if (hex !== undefined) return Number.parseInt(hex, 16);
    if (escaped === undefined) return (plain ?? '').charCodeAt(0);
    const value = ESCAPES[escaped];
    if (value === undefined) throw new Error(`\\${escaped} in a data segment`);
    return value;
  });
}

export function literal(bytes: readonly number[]): string {
  return `"${bytes.map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')}"`;
}
