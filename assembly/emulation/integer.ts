// SPDX-License-Identifier: Apache-2.0
// INTEGERs that are written.

import { putHeader } from '../wire/der-write';

/** Writes an element with `value`, below 2^31, in the fewest bytes. Returns the address behind it. */
export function putInteger(at: usize, tag: u32, value: u32): usize {
  let count: u32 = 1;
  while (count < 4 && value >> (8 * count - 1)) count++;
  at = putHeader(at, tag, count);
  while (count) store<u8>(at++, value >> (--count << 3));
  return at;
}
