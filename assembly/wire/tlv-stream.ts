// SPDX-License-Identifier: Apache-2.0
// A TLV scanner that is fed with any pieces of a message and keeps only headers: where elements begin and end, and their
// tags. It never holds a value. One message at a time; its state is in the state region.

import { ErrorCode } from '../abi/errors';
import { TLV_DEPTH } from '../abi/limits';
import { S, SCAN_CONSTRUCTED, SCAN_HEADER, SCAN_REMAINING, SCAN_TAGS } from '../abi/state';
import { derLength, derTag, isConstructed, readHeader } from './der-read';

/** What scanStep saw; negative results are wire errors. */
export const enum Scan {
  /** All bytes given are used. */
  NeedMore = 0,
  /** The header of an element: scanTag, now open at scanDepth; its bytes are at SCAN_HEADER. */
  Header = 1,
  /** A run of value bytes of the primitive element at scanDepth: scanValue, scanValueLength. */
  Value = 2,
  /** The element that was open at scanEndedDepth has ended. */
  End = 3,
}

/** Address behind the bytes that the last step used; scratch like all below. */
export let scanAt: usize = 0;
export let scanValue: usize = 0;
export let scanValueLength: u32 = 0;
export let scanEndedDepth: u32 = 0;

function remainingAt(depth: u32): usize {
  return SCAN_REMAINING + 4 * (depth - 1);
}

/** Tag of the open element at `depth` (1: the message itself); only for depths up to scanDepth. */
export function scanTagAt(depth: u32): u32 {
  return load<u32>(SCAN_TAGS + 4 * (depth - 1));
}

/** Bytes still to come of the open element at `depth`. */
export function scanRemaining(depth: u32): u32 {
  return load<u32>(remainingAt(depth));
}

/** Forgets everything; the next byte is the first of a message. */
export function scanBegin(): void {
  S.scanDepth = 0;
  S.scanHeaderLength = 0;
  S.scanDone = false;
}

/** Opens levels around elements that come without them: `depth` levels, the outermost with tag `outer`, that never end by themselves. */
export function scanOpenVirtual(outer: u32, depth: u32): void {
  scanBegin();
  S.scanDepth = depth;
  for (let level: u32 = 0; level < depth; level++) {
    store<u32>(SCAN_TAGS + 4 * level, level ? 0xa0 : outer);
    store<u32>(SCAN_REMAINING + 4 * level, i32.MAX_VALUE);
    store<u8>(SCAN_CONSTRUCTED + level, 1);
  }
}

/** Goes back to where the element at `depth` had just begun and had `length` bytes. */
export function scanReturn(depth: u32, length: u32): void {
  S.scanDepth = depth;
  S.scanHeaderLength = 0;
  store<u32>(remainingAt(depth), length);
}

/** Uses bytes from `at` up to `end` as far as the next thing to tell. Call until it says NeedMore: ends come without bytes. */
export function scanStep(at: usize, end: usize): i32 {
  const depth = S.scanDepth;
  scanAt = at;
  if (depth && S.scanHeaderLength == 0) {
    const left = load<u32>(remainingAt(depth));
    if (left == 0) {
      scanEndedDepth = depth;
      S.scanDepth = depth - 1;
      S.scanDone = depth == 1;
      return Scan.End;
    }
    if (!load<u8>(SCAN_CONSTRUCTED + depth - 1)) return takeValue(at, end, depth, left);
  }
  if (at < end && S.scanDone) return ErrorCode.TrailingBytes;
  return takeHeader(at, end, depth);
}

function takeValue(at: usize, end: usize, depth: u32, left: u32): i32 {
  const length = min<u32>(end - at, left);
  if (!length) return Scan.NeedMore;
  store<u32>(remainingAt(depth), left - length);
  scanValue = at;
  scanValueLength = length;
  scanAt = at + length;
  return Scan.Value;
}

function takeHeader(at: usize, end: usize, depth: u32): i32 {
  while (at < end) {
    if (depth) {
      const left = load<u32>(remainingAt(depth));
      if (!left) return ErrorCode.Overrun;
      store<u32>(remainingAt(depth), left - 1);
    }
    const byte: u32 = load<u8>(at++);
    store<u8>(SCAN_HEADER + S.scanHeaderLength++, byte);
    scanAt = at;
    const result = readHeader(SCAN_HEADER, SCAN_HEADER + S.scanHeaderLength);
    if (!result) return open(depth);
    if (result != ErrorCode.Truncated) return result;
  }
  return Scan.NeedMore;
}

function open(depth: u32): i32 {
  const length = derLength;
  S.scanTag = derTag;
  S.scanLength = length;
  if (depth) {
    const left = load<u32>(remainingAt(depth));
    if (left < length) return ErrorCode.Overrun;
    store<u32>(remainingAt(depth), left - length);
  }
  if (depth == TLV_DEPTH) return ErrorCode.TooDeep;
  S.scanDepth = depth + 1;
  store<u32>(SCAN_TAGS + 4 * depth, S.scanTag);
  store<u32>(SCAN_REMAINING + 4 * depth, length);
  store<u8>(SCAN_CONSTRUCTED + depth, isConstructed(S.scanTag));
  S.scanHeaderBytes = S.scanHeaderLength;
  S.scanHeaderLength = 0;
  return Scan.Header;
}
