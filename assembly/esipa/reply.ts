// SPDX-License-Identifier: Apache-2.0
// The eIM's answers (SGP.32 v1.2 §6.3) all have one form: outer tag { chosen alternative { elements … } } or
// outer tag { code }. This reader takes an answer in any pieces, keeps the elements of the alternative one after the other in
// MESSAGE, and stops where an element must be streamed to the card instead: BF51 in BF4F, BF36 in BF3A.

import { ErrorCode } from '../abi/errors';
import { MESSAGE, S, SCAN_HEADER } from '../abi/state';
import { appendToMessage } from '../wire/message';
import { Scan, scanBegin, scanEndedDepth, scanValue, scanValueLength } from '../wire/tlv-stream';

/** How far an answer is read. */
export const enum Reply {
  /** The request is still going out. */
  Awaited = 0,
  /** It is being read. */
  Reading = 1,
  /** The header of the element to be streamed was read; what follows is not for this reader. */
  Stream = 2,
}

/** Alternative of an empty answer. */
const NO_ALTERNATIVE: u32 = 0;

const ALTERNATIVE_DEPTH: u32 = 2;

/** Prepares for an answer with the tag `outer`. */
export function replyBegin(outer: u32): void {
  S.replyOuter = outer;
  S.replyState = Reply.Awaited;
}

/** The request is out: what it was made of is not needed any more. */
export function replyStart(): void {
  S.replyState = Reply.Reading;
  S.replyChoice = NO_ALTERNATIVE;
  S.replyCode = 0;
  S.replySkip = 0;
  S.metadataPpr = false;
  S.keepEnd = MESSAGE;
  S.collectAt = MESSAGE;
  scanBegin();
}

/** Takes what the scanner saw. Returns 0 or an error. */
export function replyTake(seen: i32): i32 {
  if (seen == Scan.Header) return takeHeader();
  if (seen == Scan.Value) return takeValue();
  if (seen == Scan.End && scanEndedDepth == S.replySkip) S.replySkip = 0;
  return 0;
}

/** The message has ended. Returns 0, Truncated, or MissingElement where an empty answer is not possible. */
export function replyFinish(): i32 {
  const empty = !S.scanDepth && !S.scanHeaderLength && !S.scanDone;
  return S.scanDone || (empty && S.replyOuter == 0xbf3d) ? 0 : ErrorCode.Truncated;
}

function takeHeader(): i32 {
  const depth = S.scanDepth;
  const tag = S.scanTag;
  if (depth == 1) return tag == S.replyOuter ? 0 : ErrorCode.UnexpectedTag;
  if (depth == ALTERNATIVE_DEPTH) {
    if (S.replyChoice != NO_ALTERNATIVE) return ErrorCode.UnexpectedTag;
    S.replyChoice = tag;
    if (tag == 0xbf51 && S.replyOuter == 0xbf4f) S.replyState = Reply.Stream;
    return 0;
  }
  if (tag == 0xbf36 && depth == 3 && S.replyOuter == 0xbf3a && S.replyChoice == 0xa0) {
    S.replyState = Reply.Stream;
    return 0;
  }
  if (tag == 0xbf25 && depth == 3) S.replySkip = depth;
  if (S.replySkip) {
    // SGP.22 v2.5 §2.9: profilePolicyRules in the metadata
    if (tag == 0x99 && depth == S.replySkip + 1) S.metadataPpr = true;
    return 0;
  }
  return keep(SCAN_HEADER, S.scanHeaderBytes);
}

function takeValue(): i32 {
  if (S.scanDepth == ALTERNATIVE_DEPTH) {
    for (let i: u32 = 0; i < scanValueLength; i++) S.replyCode = (S.replyCode << 8) | load<u8>(scanValue + i);
    return 0;
  }
  return S.scanDepth == 1 ? ErrorCode.UnexpectedTag : S.replySkip ? 0 : keep(scanValue, scanValueLength);
}

function keep(at: usize, length: u32): i32 {
  return appendToMessage(at, length) ? 0 : ErrorCode.MessageTooLong;
}

/** The eIM answered with the alternative `wanted`? Returns 0; EimError with its code as detail; or UnexpectedTag. */
export function replyExpect(wanted: u32): i32 {
  const choice = S.replyChoice;
  if (choice == wanted) return 0;
  const isCode = choice == 0x81 || choice == 0x82 || choice == 0x02;
  S.stepDetail = S.replyCode;
  return isCode ? ErrorCode.EimError : ErrorCode.BadEimAnswer;
}
