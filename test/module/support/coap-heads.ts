// SPDX-License-Identifier: Apache-2.0
// Message IDs, tokens and Request-Tags that the module must draw from a seed, by a xorshift of our own.

import { hex } from '../../../host/sim/codec/bytes.js';

/** Of one message: ID and token in hexadecimal, and the Request-Tag of the body that it is about. */
export interface Head {
  readonly head: string;
  readonly tag: string;
}

const MASK = 0xffff_ffffn;

/** Xorshift with 13, 17 and 5, of which 1 makes 270369, 67634689, 2647435461, … */
function* numbers(seed: number): Generator<number, never> {
  for (let value = BigInt(seed); ; ) {
    value ^= (value << 13n) & MASK;
    value ^= value >> 17n;
    value ^= (value << 5n) & MASK;
    yield Number(value);
  }
}

const word = (value: number) => (value & 0xffff).toString(16).padStart(4, '0').toUpperCase();

/**
 * Heads of the messages of a command, with 2, 1 those of a body in two messages and one in one. The first number is the message ID before the
 * first one; each body draws a tag, each message a token, whose last byte comes first, and its pause.
 */
export function heads(seed: number, ...messages: readonly number[]): readonly Head[] {
  const drawn = numbers(seed);
  let id = drawn.next().value;
  return messages.flatMap((count) => {
    const tag = word(drawn.next().value);
    return Array.from({ length: count }, () => {
      const token = Buffer.alloc(4);
      token.writeUInt32LE(drawn.next().value);
      drawn.next();
      return { head: `${word(++id)}${hex(token)}`, tag };
    });
  });
}
