// SPDX-License-Identifier: Apache-2.0
// Elements that replace those of the same tag.

import { derEnd, derStart, findTlv } from '../wire/der-read';

/** Bytes of the element `tag` of the new contents, else of that of the old ones, else 0. It is then read. */
export function overlayBytes(tag: u32, at: usize, end: usize, oldAt: usize, oldEnd: usize): u32 {
  return findTlv(at, end, tag) && findTlv(oldAt, oldEnd, tag) ? 0 : derEnd - derStart;
}

/**
 * Writes to `to` the element `tag` of the new contents, else that of the old ones, else nothing. The old ones may be empty. Returns the
 * address behind it.
 */
export function overlayElement(to: usize, tag: u32, at: usize, end: usize, oldAt: usize, oldEnd: usize): usize {
  const length = overlayBytes(tag, at, end, oldAt, oldEnd);
  memory.copy(to, derStart, length);
  return to + length;
}
