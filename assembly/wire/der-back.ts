// SPDX-License-Identifier: Apache-2.0
// Writing TLVs from their end to their beginning: what is in an element is there when its header is written, so that no length is
// computed beforehand and nothing is moved. One structure at a time; it lies from backAt to where it was begun.

import { headerBytes, putHeader } from './der-write';

/** Where what was written so far begins. */
export let backAt: usize = 0;

/** Begins a structure that ends at `end`. */
export function backBegin(end: usize): void {
  backAt = end;
}

/** Puts the bytes from `at` to `end` in front. */
export function backCopy(at: usize, end: usize): void {
  backAt -= end - at;
  memory.copy(backAt, at, end - at);
}

/** Makes an element `tag` of everything up to `end`. */
export function backHeader(tag: u32, end: usize): void {
  const length = end - backAt;
  backAt -= headerBytes(tag, length);
  putHeader(backAt, tag, length);
}

/** Puts an element with the `length` bytes at `value` in front. */
export function backTlv(tag: u32, value: usize, length: u32): void {
  const end = backAt;
  backCopy(value, value + length);
  backHeader(tag, end);
}

/** Puts an element with a one-byte value in front. */
export function backByteTlv(tag: u32, byte: u32): void {
  store<u8>(--backAt, byte);
  backHeader(tag, backAt + 1);
}
