// SPDX-License-Identifier: Apache-2.0
// Numbers that look random and come again with the same seed, so that a failing run can be run again.

/** Returns a generator of numbers in [0, 1). The same `seed` (a 32-bit integer) gives the same sequence. Not for secrets. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
