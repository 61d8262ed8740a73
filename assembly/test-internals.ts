// SPDX-License-Identifier: Apache-2.0
// For tests alone: parts of the module that no export of the release module shows. Compiled to build/test-internals.wasm and
// never shipped. Addresses are in this module's own linear memory; tests write at bufferAt(), up to bufferBytes().

import { ACTIVATION_CODE, S } from './abi/state';
import { isValidEid } from './es10/get-eid';
import { segmentBytes } from './es10/load-bound-profile-package';
import { readTrigger } from './proc/download-trigger';
import {
  checkTlv,
  derEnd as derEndAddress,
  derLength as derLengthBytes,
  derTag as derTagNumber,
  derValue as derValueAddress,
  readTlv,
} from './wire/der-read';
import { headerBytes, putHeader, putTlv } from './wire/der-write';
import { Scan, scanAt, scanBegin, scanEndedDepth, scanStep, scanValue, scanValueLength } from './wire/tlv-stream';

export { checkTlv, headerBytes, isValidEid, putHeader, putTlv, readTlv, scanBegin };

const BUFFER_BYTES: i32 = 8192;
const BUFFER: usize = memory.data(BUFFER_BYTES, 16);
/** What the scanner saw, four numbers for each thing; as many as a test's input can make. */
const SEEN_BYTES: i32 = 32768;
const SEEN: usize = memory.data(SEEN_BYTES, 16);
const SEEN_ENTRY_BYTES: i32 = 16;

/** Address of the buffer for inputs and outputs. */
export function bufferAt(): usize {
  return BUFFER;
}

/** Its size in bytes. */
export function bufferBytes(): i32 {
  return BUFFER_BYTES;
}

/** Address of what scanAll saw: kind, then tag and length (Header), address and length (Value) or depth (End), then the depth. */
export function seenAt(): usize {
  return SEEN;
}

/** Tag of the element that readTlv read. */
export function derTag(): u32 {
  return derTagNumber;
}

/** Bytes of its value. */
export function derLength(): u32 {
  return derLengthBytes;
}

/** Address of its value. */
export function derValue(): usize {
  return derValueAddress;
}

/** Address behind it. */
export function derEnd(): usize {
  return derEndAddress;
}

let lastError: i32 = 0;

/** The wire error that ended the last scanAll, or 0. */
export function scanError(): i32 {
  return lastError;
}

/** Runs the scanner over one piece until it needs more or fails. Returns the number of things seen; they are in the list. */
export function scanAll(at: usize, end: usize): i32 {
  let entry = SEEN;
  let seen = scanStep(at, end);
  for (; seen > Scan.NeedMore; seen = scanStep(scanAt, end)) {
    store<u32>(entry, seen);
    store<u32>(entry, seen == Scan.Header ? S.scanTag : seen == Scan.Value ? <u32>scanValue : scanEndedDepth, 4);
    store<u32>(entry, seen == Scan.Header ? S.scanLength : seen == Scan.Value ? scanValueLength : 0, 8);
    store<u32>(entry, S.scanDepth, 12);
    entry += SEEN_ENTRY_BYTES;
  }
  lastError = seen;
  return <i32>(entry - SEEN) / SEEN_ENTRY_BYTES;
}

/** Whether the scanner has seen a whole message. */
export function scanIsDone(): bool {
  return S.scanDone;
}

/** The rule of the segments, with the length of the BF36 header that goes into the first one. */
export function segment(bppHeaderBytes: u32, depth: u32, parent: u32, tag: u32, header: u32, whole: u32): i32 {
  S.segmentHeaderLength = bppHeaderBytes;
  return segmentBytes(depth, parent, tag, header, whole);
}

/** Reads the contents of a ProfileDownloadTriggerRequest, `length` bytes at `at`. */
export function trigger(at: usize, length: u32): i32 {
  return readTrigger(at, at + length);
}

/** Address of the SM-DP+ address in the activation code last read. */
export function triggerAddressAt(): usize {
  return ACTIVATION_CODE + S.smdpAddressAt;
}

/** Its length in bytes. */
export function triggerAddressBytes(): u32 {
  return S.smdpAddressLength;
}

/** Address of the token (matchingId) in the activation code last read. */
export function triggerTokenAt(): usize {
  return ACTIVATION_CODE + S.matchingIdAt;
}

/** Its length in bytes. */
export function triggerTokenBytes(): u32 {
  return S.matchingIdLength;
}
