// SPDX-License-Identifier: Apache-2.0
// Damages bytes for tests of hostile input, the same way for the same seed.
import type { SeededBytes } from '../../../../host/sim/profile/seeded-bytes.js';

/** Changes, removes or inserts a few bytes. */
export function mutate(bytes: Uint8Array, random: SeededBytes): Uint8Array {
  const changed = [...bytes];
  const [count, ...where] = random.take(16) as unknown as number[];
  for (let change = 0; change <= count! % 4; change++) {
    // Structure is dense at the beginning, so half of the changes go there.
    const position =
      ((where[change * 3]! << 8) | where[change * 3 + 1]!) % (change % 2 === 0 ? Math.min(48, changed.length) : changed.length);
    const value = where[change * 3 + 2]!;
    if (value % 3 === 0) changed[position] = value;
    else if (value % 3 === 1) changed.splice(position, 1 + (value % 5));
    else changed.splice(position, 0, value);
  }
  return Uint8Array.from(changed);
}
