// SPDX-License-Identifier: Apache-2.0
// Answers of eIM, SM-DP+ and SM-DS (SGP.32 v1.2 §6.3, SGP.22 v2.5 §6.6) all have one form: outer tag { chosen alternative
// { elements … } } or outer tag { code }. This reader takes an answer in any pieces, keeps the elements of the alternative one
// after the other in MESSAGE, remembers where those lie that go on to the card, and stops where an element must be streamed to
// the card instead: BF51 in BF4F, BF36 in BF3A. An answer in JSON comes here as the elements that its fields hold.

import { PeerKind } from '../abi/actions';
import { ErrorCode } from '../abi/errors';
import { HAS_ASN1, HAS_DIRECT, HAS_DISCOVERY, HAS_ESIPA, HAS_JSON, HAS_POLICY, HAS_PUSH } from '../abi/features';
import { METADATA_BYTES } from '../abi/limits';
import { MESSAGE, METADATA, S, SCAN_HEADER, SLOTS } from '../abi/state';
import { appendToMessage } from '../wire/message';
import { networkChunkTaken } from '../wire/network-lane';
import { Scan, scanBegin, scanEndedDepth, scanValue, scanValueLength } from '../wire/tlv-stream';
import { jsonNext, jsonStart } from './json-reply';
import { isJson, isPushed, isServer } from './peer';
import { Reply, Slot } from './slots';

/** jsonStatus of a function that took the server too long. */
const EXPIRED: u32 = 2;
/** Subject and reason code 8.1 and 6.1: the signature or the challenge does not fit. */
const SIGNATURE_INVALID: i32 = 0x81061;

/** Alternative of an empty answer. */
const NO_ALTERNATIVE: u32 = 0;

const ALTERNATIVE_DEPTH: u32 = 2;
const ELEMENT_DEPTH: u32 = 3;
const METADATA_TAG: u32 = 0xbf25;

/** Prepares for an answer to the function `tag`. */
export function replyBegin(tag: u32): void {
  S.replyOuter = tag;
  S.replyState = Reply.Awaited;
}

/** The request is out: what it was made of is not needed any more. */
export function replyStart(): void {
  S.replyState = Reply.Reading;
  S.replyChoice = NO_ALTERNATIVE;
  S.replyCode = 0;
  S.replySkip = 0;
  S.slot = Slot.None;
  S.keepEnd = MESSAGE;
  S.collectAt = MESSAGE;
  memory.fill(SLOTS, 0, 8 * Slot.Count);
  scanBegin();
  if (HAS_JSON) jsonStart();
}

/** The part of the answer is used up: the next one, or the next field of the text. */
export function replyChunkTaken(): void {
  if (isJson() && !S.networkFromHost) jsonNext();
  else networkChunkTaken();
}

/** Takes what the scanner saw. Returns 0 or an error. */
export function replyTake(seen: i32): i32 {
  if (seen == Scan.Header) return takeHeader();
  if (seen == Scan.Value) return takeValue();
  if (seen == Scan.End) takeEnd();
  return 0;
}

/** The message has ended. Returns 0, Truncated, or MissingElement where an empty answer is not possible. */
export function replyFinish(): i32 {
  const empty = !S.scanDepth && !S.scanHeaderLength && !S.scanDone;
  return S.scanDone || (empty && (S.replyOuter == 0xbf3d || isAnswered())) ? 0 : ErrorCode.Truncated;
}

/** Whether it was us who answered: there is nothing to be read. */
function isAnswered(): bool {
  return HAS_PUSH && S.replyOuter == 0xbf4e && !isPushed();
}

/** Whether `tag` may be around the answer: the function's own, or that of AuthenticateClient on ES11. */
function isOuter(tag: u32): bool {
  return tag == S.replyOuter || (HAS_DIRECT && HAS_DISCOVERY && tag == 0xbf40 && S.replyOuter == 0xbf3b && S.peerKind == PeerKind.Smds);
}

/** Whether what is read is an eIM package, fetched or pushed. */
function isPackage(): bool {
  return S.replyOuter == 0xbf4f || (HAS_PUSH && S.replyOuter == 0xbf4e);
}

function takeHeader(): i32 {
  const depth = S.scanDepth;
  const tag = S.scanTag;
  if (HAS_ASN1 && depth == 1) {
    // SGP.22 v2.5 §6.6: what is in A2 is a message of its own
    if (tag == 0xa2 && isServer()) scanBegin();
    else if (!isOuter(tag)) return ErrorCode.UnexpectedTag;
    return 0;
  }
  if (depth == ALTERNATIVE_DEPTH) {
    if (S.replyChoice != NO_ALTERNATIVE) return ErrorCode.UnexpectedTag;
    S.replyChoice = tag;
    if (HAS_ESIPA && tag == 0xbf51 && isPackage()) S.replyState = Reply.Stream;
    return 0;
  }
  if (depth == ELEMENT_DEPTH) {
    if (tag == 0xbf36 && S.replyOuter == 0xbf3a && S.replyChoice == 0xa0) {
      S.replyState = Reply.Stream;
      return 0;
    }
    if (tag == METADATA_TAG) {
      S.replySkip = depth;
      S.metadataLength = 0;
    } else beginSlot(tag);
  }
  if (S.replySkip) return takeMetadata();
  return keep(SCAN_HEADER, S.scanHeaderBytes);
}

/** The elements that go on to the card: the first 30 is signed, the second one a certificate (SPEC.md, R-1). Names in JSON say it themselves. */
function beginSlot(tag: u32): void {
  let slot: u32 = S.slot;
  if (!slot) {
    if (tag == 0x30) slot = load<u32>(SLOTS + 8 * Slot.Signed) ? Slot.Certificate : Slot.Signed;
    else if (tag == 0x5f37) slot = Slot.Signature;
    else if (tag == 0x04) slot = Slot.Octets;
    else if (HAS_ESIPA && tag == 0xa2) slot = Slot.Context;
    else if (HAS_ESIPA && tag == 0x0c) slot = Slot.MatchingId;
    S.slot = slot;
  }
  if (slot) store<u32>(SLOTS + 8 * slot, S.collectAt);
}

/** Of the metadata only what is judged, compared or shown is kept. */
function takeMetadata(): i32 {
  if (S.scanDepth <= ELEMENT_DEPTH) return 0;
  const tag = S.scanTag;
  if (!HAS_POLICY) {
    // the rules are not judged here
    if (tag == 0x99 && S.scanDepth == ELEMENT_DEPTH + 1) S.metadataLength = 1;
    return 0;
  }
  if (S.scanDepth == ELEMENT_DEPTH + 1) {
    S.metadataKeep = tag == 0x5a || tag == 0x91 || tag == 0x92 || tag == 0x95 || tag == 0x99 || tag == 0xb7;
  }
  return keepMetadata(SCAN_HEADER, S.scanHeaderBytes);
}

function keepMetadata(at: usize, length: u32): i32 {
  if (!HAS_POLICY || !S.metadataKeep) return 0;
  if (length > <u32>METADATA_BYTES - S.metadataLength) return ErrorCode.MessageTooLong;
  memory.copy(METADATA + S.metadataLength, at, length);
  S.metadataLength += length;
  return 0;
}

function takeValue(): i32 {
  if (S.scanDepth == ALTERNATIVE_DEPTH) {
    for (let i: u32 = 0; i < scanValueLength; i++) S.replyCode = (S.replyCode << 8) | load<u8>(scanValue + i);
    return 0;
  }
  if (S.scanDepth == 1) return ErrorCode.UnexpectedTag;
  return S.replySkip ? keepMetadata(scanValue, scanValueLength) : keep(scanValue, scanValueLength);
}

function takeEnd(): void {
  if (scanEndedDepth != ELEMENT_DEPTH) return;
  if (S.slot) store<u32>(SLOTS + 8 * S.slot, S.collectAt, 4);
  S.slot = Slot.None;
  S.replySkip = 0;
}

function keep(at: usize, length: u32): i32 {
  return appendToMessage(at, length) ? 0 : ErrorCode.MessageTooLong;
}

/** Whether the answer's alternative is a code. */
function isCode(): bool {
  const choice = S.replyChoice;
  return choice - 0x81 < 2 || choice == 0x02;
}

/** The peer answered with the alternative `wanted`? Returns 0; EimError or SmdpError with its code as detail; or BadEimAnswer, BadSmdpAnswer. */
export function replyExpect(wanted: u32): i32 {
  if (S.replyChoice == wanted) return 0;
  S.stepDetail = S.replyCode;
  if (HAS_JSON && S.binding && (S.jsonStatus == EXPIRED || S.replyCode == SIGNATURE_INVALID)) S.again = true;
  return replyError(isCode());
}

/** The error of the peer that is asked. */
export function replyError(isRefusal: bool): i32 {
  if (isServer()) return isRefusal ? ErrorCode.SmdpError : ErrorCode.BadSmdpAnswer;
  return isRefusal ? ErrorCode.EimError : ErrorCode.BadEimAnswer;
}
