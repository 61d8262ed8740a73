// SPDX-License-Identifier: Apache-2.0
// Message IDs, tokens and Request-Tags that the module must draw from a seed, by a xorshift of our own.

import { hex } from '../../../host/sim/codec/bytes.js';

/** Of one message: ID and token in hexadecimal, and the Request-Tag of the body that it is about. */
export interface Head {
  readonly head: string;
  readonly tag: string;
}

const MASK = 0xffff_ffffn;

/** The first number of xorshift with 13, 17 and 5; 1 makes 270369. */
function firstNumber(seed: number): number {
  let value = BigInt(seed);
  value ^= (value << 13n) & MASK;
  value ^= value >> 17n;
  value ^= (value << 5n) & MASK;
  return Number(value);
}

const word = (value: number) => (value & 0xffff).toString(16).padStart(4, '0').toUpperCase();

/**
 * Heads of the messages of a command, with 2, 1 those of a body in two messages and one in one. The first number drawn is the message ID before
 * the first one; a body's tag is the ID before its first message, and a token the message's ID but for the bits of the seed, its last byte
 * first.
 */
export function heads(seed: number, ...messages: readonly number[]): readonly Head[] {
  let id = firstNumber(seed) & 0xffff;
  return messages.flatMap((count) => {
    const tag = word(id);
    return Array.from({ length: count }, () => {
      id = (id + 1) & 0xffff;
      const token = Buffer.alloc(2);
      token.writeUInt16LE((id ^ seed) & 0xffff);
      return { head: `${word(id)}${hex(token)}`, tag };
    });
  });
}
