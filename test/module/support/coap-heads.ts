// SPDX-License-Identifier: Apache-2.0
// Message IDs, tokens and Request-Tags of the module's messages, worked out from the seed.

/** Of one message: ID and token in hexadecimal, and the Request-Tag of the body that it is about. */
export interface Head {
  readonly head: string;
  readonly tag: string;
}

/** The first number that xorshift with 13, 17 and 5 makes: 270369 of 1. */
function firstNumber(seed: number): number {
  const left = seed ^ (seed << 13);
  const right = left ^ (left >>> 17);
  return right ^ (right << 5);
}

const word = (value: number) => (value & 0xffff).toString(16).padStart(4, '0').toUpperCase();

/**
 * Heads of the messages of a command, with 2, 1 those of a body in two messages and one in one. The number of the seed is the message ID before
 * the first one. A token is the ID and the seed, bit by bit, with the last byte first; a tag is the ID before the body's first message.
 */
export function heads(seed: number, ...messages: readonly number[]): readonly Head[] {
  let id = firstNumber(seed);
  return messages.flatMap((count) => {
    const tag = word(id);
    return Array.from({ length: count }, () => {
      id++;
      const token = word(id ^ seed);
      return { head: `${word(id)}${token.slice(2)}${token.slice(0, 2)}`, tag };
    });
  });
}
