// SPDX-License-Identifier: Apache-2.0
// A word of the region is read and written by its number, by one function each: four bytes of code for the first 64 words, where
// an address and an instruction take five, and six from 191 on.

import { type Access, accessOf, type Range } from './access.js';
import { functions, type List, rewrite } from './tree.js';

/** The function that reads a word by number. */
export const READ = '$shrink/read';
const WRITE = '$shrink/write';
const WORD = 4;
/** The smallest number that takes one byte as a constant. */
const FIRST_NUMBER = -64;
/** Numbers up to here take no more than two bytes as a constant, one up to 63. */
const LAST_NUMBER = 8191;

/** Reads and writes words behind `begin` by number; a module has enough of them to pay for the functions. */
export function numberWords(module: List, { begin }: Pick<Range, 'begin'>): void {
  const numberOf = ({ address, head: [name] }: Access, instruction: string) => {
    const number = FIRST_NUMBER + (address - begin) / WORD;
    return name === instruction && number >= FIRST_NUMBER && number <= LAST_NUMBER && Number.isInteger(number) ? number : undefined;
  };
  for (const each of functions(module)) {
    rewrite(each, (node) => {
      const access = accessOf(node);
      if (!access) return node;
      const [read, written] = [numberOf(access, 'i32.load'), numberOf(access, 'i32.store')];
      if (read !== undefined) return ['call', READ, ['i32.const', String(read)]];
      return written === undefined ? node : ['call', WRITE, access.value ?? '', ['i32.const', String(written)]];
    });
  }
  const address: List = ['i32.shl', ['i32.sub', ['local.get', '$number'], ['i32.const', String(FIRST_NUMBER)]], ['i32.const', '2']];
  module.push(
    ['func', READ, ['param', '$number', 'i32'], ['result', 'i32'], ['i32.load', `offset=${begin}`, address]],
    [
      'func',
      WRITE,
      ['param', '$value', 'i32'],
      ['param', '$number', 'i32'],
      ['i32.store', `offset=${begin}`, address, ['local.get', '$value']],
    ],
  );
}
