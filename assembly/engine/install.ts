// SPDX-License-Identifier: Apache-2.0
// The pump of packages to the card. An eUICC package, or what the host brings, is one command; a bound profile package is a
// command for every segment (SGP.22 v2.5 §2.5.5). Where the profile's metadata were announced, the part of the package that
// repeats them is gathered and compared first: once the card has a segment, the session can no longer be cancelled (§3.0.2).

import { Action } from '../abi/actions';
import { ErrorCode } from '../abi/errors';
import { HAS_ESIPA, HAS_LOCAL, HAS_POLICY } from '../abi/features';
import { Command } from '../abi/options';
import { EIM_TRANSACTION_ID, O, S, SCAN_HEADER, SEGMENT_HEADER } from '../abi/state';
import { CancelReason } from '../es10/cancel-session';
import { BPP_DEPTH, segmentBytes } from '../es10/load-bound-profile-package';
import { noteSwitch } from '../es10/profile-switch';
import { isAnnouncedProfile } from '../es10/store-metadata';
import { replyChunkTaken } from '../rsp/reply';
import { ask } from '../wire/ask';
import { cardBegin, cardChunkTaken, cardCollect, cardPut, cardRoom } from '../wire/card-lane';
import { CardState, NetworkState } from '../wire/lanes';
import { appendToMessage } from '../wire/message';
import { networkAbort } from '../wire/network-lane';
import { Scan, scanAt, scanEndedDepth, scanReturn, scanStep, scanTagAt, scanValue, scanValueLength } from '../wire/tlv-stream';
import { cardFailure, MOVED, networkFailure, PENDING, streamFailure } from './streams';

/** Whether the first segments are still to be looked at. */
const enum Head {
  /** There is nothing to compare, or it was done. */
  Done = 0,
  Gathering = 1,
}

/** Whether the command for the card comes from the host. */
function isFromHost(): bool {
  return !HAS_ESIPA || S.networkFromHost;
}

/** Whether what goes to the card is a bound profile package. */
function isBoundProfilePackage(): bool {
  return S.replyOuter == 0xbf3a;
}

/** Depth of the element that goes to the card: BF36 in the answer's A0, BF51 in the eIM's BF4F, or the host's request. */
function packageDepth(): u32 {
  return isBoundProfilePackage() ? BPP_DEPTH : isFromHost() ? 1 : 2;
}

/** Prepares for a package: its header was just read, or comes from the host. */
export function beginPackage(): void {
  S.segmentHeaderLength = 0;
  S.commandRemaining = 0;
  S.cardState = CardState.Done; // what the card answered before is no matter of this one
  S.replayAt = 0;
  S.replayEnd = 0;
  S.bppBytes = S.scanLength;
  S.bppHead = HAS_POLICY && S.metadataLength && isBoundProfilePackage() ? Head.Gathering : Head.Done;
}

/**
 * Wait.CardFromNetwork: streams the package to the card, and gathers the card's response or hands it to the host. Returns 0 when the
 * card has all of it and has answered, for a bound profile package when a result has come; PENDING, MOVED, or an error.
 */
export function pumpPackage(): i32 {
  const given = isGiven();
  if (S.networkState == NetworkState.Failed && !given && !isReplaying()) return networkFailure();
  if (S.cardState == CardState.Failed) return streamFailure(cardFailure());
  const isProfile = isBoundProfilePackage();
  if (S.cardState == CardState.Chunk) {
    if (HAS_LOCAL && !isProfile && isFromHost() && isEs10()) return giveAnswer();
    cardCollect();
    return MOVED;
  }
  if (isProfile && S.cardState == CardState.Done && S.collectAt > S.keepEnd && !S.bppHead) return streamFailure(0);
  if (S.headerPending) return beginSegment();
  const over = isOver();
  if (isReplaying() || (S.networkState == NetworkState.Chunk && !over)) return takeSegment();
  if ((S.networkState < NetworkState.End && !over) || S.cardState == CardState.Waiting) return PENDING;
  if (!given) return streamFailure(ErrorCode.Truncated);
  return isProfile ? ErrorCode.NoInstallationResult : 0;
}

/** Whether the card has all of it: what the network brings or loses from then on changes nothing, the card's answer decides. */
function isGiven(): bool {
  const depth = packageDepth();
  return S.scanDone || (depth > 1 && S.scanDepth < depth);
}

/** Whether bytes follow the whole message. They are not looked at: the eUICC has all of the command, and its answer decides. */
function isOver(): bool {
  return S.scanDone && S.networkState == NetworkState.Chunk && S.networkAt != S.networkEnd;
}

/** Whether the package is that of command Es10, not of a poll. */
function isEs10(): bool {
  return !HAS_ESIPA || O.command == Command.Es10;
}

/** AddInitialEim in a poll, any function of ES10 when the command is that. */
function isHostRequest(): bool {
  S.functionTag = S.scanTag & 0xff;
  return (HAS_ESIPA && S.scanTag == 0xbf57) || (HAS_LOCAL && isEs10() && S.scanTag > 0xbf00);
}

/** Hands the piece of the response to the host; when it has taken it, the next one. */
function giveAnswer(): i32 {
  if (!S.answerOut) {
    S.answerOut = true;
    noteSwitch();
    ask(Action.Answer);
    return PENDING;
  }
  if (S.actions & (1 << Action.Answer)) return PENDING;
  S.answerOut = false;
  cardChunkTaken();
  return MOVED;
}

/** Whether bytes that were gathered are still to go to the card. */
function isReplaying(): bool {
  return HAS_POLICY && S.replayAt != S.replayEnd;
}

function takeSegment(): i32 {
  const room = cardRoom();
  const betweenSegments = S.cardState != CardState.Filling;
  // while a block is on its way only headers may be read on: a value would have nowhere to go
  const limit = S.bppHead ? i32.MAX_VALUE : room > 0 ? room : betweenSegments && S.commandRemaining == 0 ? i32.MAX_VALUE : 0;
  const replaying = isReplaying();
  const at = replaying ? S.replayAt : S.networkAt;
  const end = replaying ? S.replayEnd : S.networkEnd;
  const seen = scanStep(at, at + min<usize>(end - at, limit));
  if (replaying) S.replayAt = scanAt;
  else S.networkAt = scanAt;
  if (seen < 0) return streamFailure(seen);
  if (seen == Scan.Header) S.headerPending = true;
  else if (seen == Scan.Value) {
    if (!HAS_POLICY || !S.bppHead) {
      cardPut(scanValue, scanValueLength);
      keepTransactionIdBytes(scanValueLength);
    } else if (!appendToMessage(scanValue, scanValueLength)) return streamFailure(ErrorCode.MessageTooLong);
  } else if (seen == Scan.End) {
    if (HAS_POLICY && S.bppHead && scanEndedDepth == BPP_DEPTH + 1 && scanTagAt(scanEndedDepth) == 0xa1) return compareHead();
  } else {
    // the room may end in the middle of a header, which is kept in the scanner: the rest of it needs none
    if (scanAt != end) return limit ? MOVED : PENDING;
    if (!replaying) replyChunkTaken();
  }
  return MOVED;
}

/** The metadata are complete: the package goes on from its beginning, or not at all. */
function compareHead(): i32 {
  const result = isAnnouncedProfile(S.keepEnd, S.collectAt);
  if (result) {
    if (result == ErrorCode.MetadataMismatch) S.cancelReason = CancelReason.MetadataMismatch;
    return streamFailure(result);
  }
  S.bppHead = Head.Done;
  S.replayAt = S.keepEnd;
  S.replayEnd = S.collectAt;
  S.keepEnd = S.collectAt;
  S.segmentHeaderLength = 0;
  restoreHeader();
  scanReturn(BPP_DEPTH, S.bppBytes);
  return MOVED;
}

/** The header of BF36 stands at the beginning of what was gathered. */
function restoreHeader(): void {
  const header = S.replayHeader;
  memory.copy(SEGMENT_HEADER, S.replayAt, header);
  S.segmentHeaderLength = header;
  S.replayAt += header;
}

function beginSegment(): i32 {
  const depth = S.scanDepth;
  const header = S.scanHeaderBytes;
  if (HAS_POLICY && S.bppHead) {
    if (depth <= BPP_DEPTH) S.replayHeader = header;
    S.headerPending = false;
    return appendToMessage(SCAN_HEADER, header) ? MOVED : streamFailure(ErrorCode.MessageTooLong);
  }
  const isProfile = isBoundProfilePackage();
  let length: i32 = 0;
  if (depth <= packageDepth()) {
    if (S.segmentHeaderLength) return S.scanTag == 0xbf36 ? streamFailure(ErrorCode.UnexpectedTag) : ignoreRest();
    if (!isProfile && isFromHost() && !isHostRequest()) return streamFailure(ErrorCode.UnexpectedTag);
    S.segmentHeaderLength = header;
    if (isProfile) {
      memory.copy(SEGMENT_HEADER, SCAN_HEADER, header);
      S.headerPending = false;
      return MOVED;
    }
    length = header + S.scanLength;
  } else if (isProfile) length = segmentBytes(depth, scanTagAt(depth - 1), S.scanTag, header, header + S.scanLength);
  if (length < 0) return streamFailure(length);
  if (length) {
    if (S.cardState != CardState.Done) return PENDING;
    cardBegin(length);
    if (isProfile && S.scanTag == 0xbf23) cardPut(SEGMENT_HEADER, S.segmentHeaderLength);
  } else if (cardRoom() <= 0) return PENDING;
  cardPut(SCAN_HEADER, header);
  keepTransactionIdBytes(0);
  S.headerPending = false;
  return MOVED;
}

/** Another element follows the package: it is not looked at, and the rest is not waited for. */
function ignoreRest(): i32 {
  networkAbort();
  S.networkState = NetworkState.End;
  S.headerPending = false;
  S.scanDepth = 0;
  S.scanDone = true;
  return MOVED;
}

const TRANSACTION_ID_BYTES: u32 = 16;

/** Keeps eimTransactionId of an EuiccPackageRequest as it passes: BF51{30{… 82}}. `length` 0: its header. */
function keepTransactionIdBytes(length: u32): void {
  if (!HAS_ESIPA || packageDepth() != 2 || S.scanDepth != 4 || scanTagAt(4) != 0x82 || scanTagAt(3) != 0x30) return;
  if (!length) S.eimTransactionIdLength = 0;
  for (let i: u32 = 0; i < length && S.eimTransactionIdLength < TRANSACTION_ID_BYTES; i++) {
    store<u8>(EIM_TRANSACTION_ID + S.eimTransactionIdLength++, load<u8>(scanValue + i));
  }
}
