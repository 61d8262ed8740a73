// SPDX-License-Identifier: Apache-2.0
// Reading TLVs that lie whole in memory (ITU-T X.690; tags of one or two bytes, definite lengths up to 3 length bytes).
// A reader that succeeds leaves the element in the der… variables; they are scratch and hold until the next read.
// Long-form lengths that are not minimal are read (receivers accept BER); indefinite lengths are refused. See SPEC.md W-1.

import { ErrorCode } from '../abi/errors';
import { TLV_DEPTH } from '../abi/limits';
import { ELEMENT_ENDS } from '../abi/state';
import { sameBytes } from './bytes';

/** Tag of the element just read: 0x30, 0x5F37, 0xBF36. */
export let derTag: u32 = 0;
/** Bytes of its value. */
export let derLength: u32 = 0;
/** Address of its first byte, of its value, and behind its end. */
export let derStart: usize = 0;
export let derValue: usize = 0;
export let derEnd: usize = 0;

/** Whether a tag says that its value is made of TLVs. */
export function isConstructed(tag: u32): bool {
  return ((tag > 0xff ? tag >> 8 : tag) & 0x20) != 0;
}

/** Reads tag and length at `at`: derTag, derLength, derValue. Returns 0, BadEncoding, or Truncated when not all of them lie before `end`. */
export function readHeader(at: usize, end: usize): i32 {
  derStart = at;
  if (at >= end) return ErrorCode.Truncated;
  let tag: u32 = load<u8>(at++);
  if ((tag & 0x1f) == 0x1f) {
    if (at >= end) return ErrorCode.Truncated;
    const low: u32 = load<u8>(at++);
    if (low & 0x80) return ErrorCode.BadEncoding;
    tag = (tag << 8) | low;
  }
  if (at >= end) return ErrorCode.Truncated;
  let length: u32 = load<u8>(at++);
  if (length & 0x80) {
    let count = length & 0x7f;
    if (count - 1 > 2) return ErrorCode.BadEncoding;
    if (end - at < count) return ErrorCode.Truncated;
    length = 0;
    for (; count; count--) length = (length << 8) | load<u8>(at++);
  }
  derTag = tag;
  derLength = length;
  derValue = at;
  return 0;
}

/** Reads the element at `at`, which must lie before `end`. Returns 0, or a wire error. */
export function readTlv(at: usize, end: usize): i32 {
  const result = readHeader(at, end);
  if (result) return result;
  derEnd = derValue + derLength;
  return end - derValue < derLength ? ErrorCode.Overrun : 0;
}

/** Reads siblings from `at` on until one has `tag`. Returns 0 when it is found, MissingElement, or a wire error. */
export function findTlv(at: usize, end: usize, tag: u32): i32 {
  while (at < end) {
    const result = readTlv(at, end);
    if (result) return result;
    if (derTag == tag) return 0;
    at = derEnd;
  }
  return ErrorCode.MissingElement;
}

/** Reads the element at `at` and requires its tag. Returns 0 or a wire error. */
export function expectTlv(at: usize, end: usize, tag: u32): i32 {
  const result = readTlv(at, end);
  return result ? result : derTag == tag ? 0 : ErrorCode.UnexpectedTag;
}

/** The INTEGER in the element just read, 1 to 4 bytes, as a signed number; anything longer gives BadValue as a very negative number. */
export function derInteger(): i32 {
  if (derLength - 1 > 3) return i32.MIN_VALUE;
  let value: i32 = load<i8>(derValue);
  for (let at = derValue + 1; at < derEnd; at++) value = (value << 8) | load<u8>(at);
  return value;
}

/** Checks that exactly one element lies between `at` and `end` and that all it contains is well formed. Returns 0 or a wire error. */
export function checkTlv(at: usize, end: usize): i32 {
  let depth: usize = 0;
  let limit = end;
  do {
    const result = readTlv(at, limit);
    if (result) return depth && result == ErrorCode.Truncated ? ErrorCode.Overrun : result;
    if (depth == TLV_DEPTH) return ErrorCode.TooDeep;
    at = derValue;
    if (isConstructed(derTag)) {
      store<u32>(ELEMENT_ENDS + 4 * depth++, limit);
      limit = derEnd;
    } else at = derEnd;
    while (depth && at == limit) limit = load<u32>(ELEMENT_ENDS + 4 * --depth);
  } while (depth);
  return at == end ? 0 : ErrorCode.TrailingBytes;
}

/** Whether the value of the element just read is the `length` bytes at `at`. */
export function derEquals(at: usize, length: u32): bool {
  return derLength == length && sameBytes(derValue, at, length);
}

/** Copies the value of the element just read to `to`. Returns its length. */
export function derCopy(to: usize): u32 {
  memory.copy(to, derValue, derLength);
  return derLength;
}
