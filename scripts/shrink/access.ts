// SPDX-License-Identifier: Apache-2.0
// Loads and stores at an address that is known.

import { constant, isList, type List, type Node, signedBytes, unsignedBytes } from './tree.js';

/** One load or store at a known address. */
export interface Access {
  readonly kind: 'load' | 'store';
  /** First byte and number of bytes. */
  readonly address: number;
  readonly width: number;
  /** What is stored. */
  readonly value: Node | undefined;
  /** What the instruction and its address take in the binary. */
  readonly bytes: number;
  /** `offset=` and `align=` apart: the instruction's name and its other attributes. */
  readonly head: readonly Node[];
}

const NAME = /^([if])(32|64)\.(load|store)(?:(8|16|32)(?:_[su])?)?$/;

/** Addresses from `begin` up to, but not including, `end`. */
export interface Range {
  readonly begin: number;
  readonly end: number;
}

export function overlaps({ address, width }: Access, { begin, end }: Range): boolean {
  return address < end && address + width > begin;
}

/** Whether an instruction is a load or store, at whatever address. */
export function isAccess([name]: List): boolean {
  return NAME.test(String(name));
}

/** Takes an instruction apart when it is a load or store at a constant address. */
export function accessOf(node: List): Access | undefined {
  const match = NAME.exec(typeof node[0] === 'string' ? node[0] : '');
  const at = node.findIndex(isList);
  const base = constant(node[at]);
  if (!match || base === undefined) return undefined;
  const attributes = node.slice(1, at).filter((word): word is string => typeof word === 'string');
  const offset = Number(attributes.find((word) => word.startsWith('offset='))?.slice(7) ?? 0);
  return {
    kind: match[3] === 'load' ? 'load' : 'store',
    address: base + offset,
    width: Number(match[4] ?? match[2]) / 8,
    value: node[at + 1],
    bytes: 1 + signedBytes(base) + 2 + unsignedBytes(offset),
    head: [node[0] ?? '', ...attributes.filter((word) => !word.startsWith('offset='))],
  };
}
