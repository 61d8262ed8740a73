// SPDX-License-Identifier: Apache-2.0
// Looking before sending: which package result on the eUICC is for this eIM, and which notification comes next, with its sequence
// number and its SM-DP+. Only the beginning of the list is read; the item is asked for again to be streamed.

import { ErrorCode } from '../abi/errors';
import { ACTIVATION_CODE_BYTES } from '../abi/limits';
import { ACTIVATION_CODE, EIM_ID, MESSAGE, S, SEQUENCE } from '../abi/state';
import { readSequence } from '../es10/remove-notification-from-list';
import { sameBytes } from '../wire/bytes';
import { derEnd, derValue, findTlv } from '../wire/der-read';
import { Scan, scanEndedDepth, scanTagAt, scanValue, scanValueLength } from '../wire/tlv-stream';
import { gather, MOVED, OVER, scanResponse } from './streams';

/** Depth of one item in BF2B{A0{…}} or BF2B{A2{…}}. */
const ITEM_DEPTH: u32 = 3;
const SEQUENCE_BYTES: u32 = 8;

/** Looks for the first result from resultSkip on whose eimId, BF51{A0{30{80}}}, is that of this eIM. Returns 1 and its number in resultSkip, 0, or an error. */
export function findResult(): i32 {
  const seen = scanResponse();
  if (seen < 0) return seen;
  if (seen == OVER) return 0;
  const depth = S.scanDepth;
  if (seen == Scan.End) {
    if (scanEndedDepth == ITEM_DEPTH) S.selectIndex++;
    return MOVED;
  }
  if (depth != ITEM_DEPTH + 3 || scanTagAt(depth) != 0x80 || S.selectIndex < S.resultSkip) return MOVED;
  if (seen == Scan.Header) S.matchAt = S.scanLength == S.eimIdLength ? 0 : i32.MAX_VALUE;
  else if (seen == Scan.Value && S.matchAt < S.eimIdLength) {
    if (!sameBytes(scanValue, EIM_ID + S.matchAt, scanValueLength)) S.matchAt = i32.MAX_VALUE;
    else S.matchAt += scanValueLength;
    if (S.matchAt == S.eimIdLength) {
      S.resultSkip = S.selectIndex;
      return 1;
    }
  }
  return MOVED;
}

/** Looks at notification number notificationSkip: sequence number and address of BF2F{80, 81, 0C}. Returns 1, 0 when there is none, or an error. */
export function findNotification(): i32 {
  const seen = scanResponse();
  if (seen < 0) return seen;
  if (seen == OVER) return 0;
  const depth = S.scanDepth;
  if (seen == Scan.End) {
    if (scanEndedDepth == ITEM_DEPTH) S.selectIndex++;
    return scanTagAt(scanEndedDepth) == 0xbf2f && S.selectIndex == S.notificationSkip ? 1 : MOVED;
  }
  if (depth < ITEM_DEPTH + 2 || scanTagAt(depth - 1) != 0xbf2f || S.selectIndex != S.notificationSkip) return MOVED;
  const isSequence = scanTagAt(depth) == 0x80;
  const isAddress = scanTagAt(depth) == 0x0c;
  if (seen == Scan.Header) {
    if (isSequence) S.sequenceLength = 0;
    if (isAddress) {
      S.smdpAddressAt = 0;
      S.smdpAddressLength = 0;
    }
  } else if (seen == Scan.Value) {
    if (isSequence) S.sequenceLength += keepPiece(SEQUENCE + S.sequenceLength, SEQUENCE_BYTES - S.sequenceLength);
    if (isAddress) S.smdpAddressLength += keepPiece(ACTIVATION_CODE + S.smdpAddressLength, ACTIVATION_CODE_BYTES - S.smdpAddressLength);
  }
  return MOVED;
}

/** Copies the piece of a value, at most `room` bytes. Returns how many. */
function keepPiece(to: usize, room: u32): u32 {
  const length = min<u32>(scanValueLength, room);
  memory.copy(to, scanValue, length);
  return length;
}

/** Gathers the notification whose header was just found in MESSAGE, without its certificates. Returns 1 when it is there, or an error. */
export function gatherNotification(): i32 {
  const seen = scanResponse();
  if (seen < 0) return seen;
  if (seen == OVER) return ErrorCode.Truncated;
  const isCertificate = seen == Scan.Header && S.scanDepth == ITEM_DEPTH + 1 && S.scanTag == 0x30;
  if (isCertificate || (seen == Scan.End && scanEndedDepth == ITEM_DEPTH)) {
    const result = findTlv(MESSAGE, S.collectAt, 0xbf2f);
    return result ? result : readSequence(derValue, derEnd) || 1;
  }
  return gather(seen) ? MOVED : ErrorCode.MessageTooLong;
}
