// SPDX-License-Identifier: Apache-2.0
// Numbers drawn from the seed that the host gives (xorshift, period 2^32 - 1). They make guessing hard for a stranger who cannot
// see the line; nothing secret is made of them.

import { O, S } from '../abi/state';

/** The next number. */
export function random(): u32 {
  let value: u32 = S.randomState ? S.randomState : O.seed;
  value ^= value << 13;
  value ^= value >> 17;
  value ^= value << 5;
  S.randomState = value;
  return value;
}
