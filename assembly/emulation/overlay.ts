// SPDX-License-Identifier: Apache-2.0
// Elements that replace those of the same tag.

import { derEnd, derStart, findTlv } from '../wire/der-read';

/**
 * Writes to `to` the element `tag` of the new contents, else that of the old ones, else nothing. The old ones may be empty. Returns the
 * address behind it.
 */
export function overlayElement(to: usize, tag: u32, at: usize, end: usize, oldAt: usize, oldEnd: usize): usize {
  if (findTlv(at, end, tag) && findTlv(oldAt, oldEnd, tag)) return to;
  const length = derEnd - derStart;
  memory.copy(to, derStart, length);
  return to + length;
}
