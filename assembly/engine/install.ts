// SPDX-License-Identifier: Apache-2.0
// The pump of LoadBoundProfilePackage: streams the package to the card, a command for every segment (SGP.22 v2.5 §2.5.5). Where
// the profile's metadata were announced, the part of the package that repeats them is gathered and compared first: once the
// card has a segment, the session can no longer be cancelled (§3.0.2).

import { ErrorCode } from '../abi/errors';
import { HAS_POLICY } from '../abi/features';
import { S, SCAN_HEADER, SEGMENT_HEADER } from '../abi/state';
import { CancelReason } from '../es10/cancel-session';
import { BPP_DEPTH, segmentBytes } from '../es10/load-bound-profile-package';
import { isAnnouncedProfile } from '../es10/store-metadata';
import { replyChunkTaken } from '../rsp/reply';
import { cardBegin, cardCollect, cardPut, cardRoom } from '../wire/card-lane';
import { CardState, NetworkState } from '../wire/lanes';
import { appendToMessage } from '../wire/message';
import { Scan, scanAt, scanEndedDepth, scanReturn, scanStep, scanTagAt, scanValue, scanValueLength } from '../wire/tlv-stream';
import { cardFailure, ignoreRest, isOver, MOVED, networkFailure, PENDING, streamFailure } from './streams';

/** Whether the first segments are still to be looked at. */
const enum Head {
  /** There is nothing to compare, or it was done. */
  Done = 0,
  Gathering = 1,
}

/** Prepares for a package whose header, BF36, was just read. */
export function beginInstallation(): void {
  S.segmentHeaderLength = 0;
  S.cardState = CardState.Done;
  S.replayAt = 0;
  S.replayEnd = 0;
  S.bppBytes = S.scanLength;
  S.bppHead = HAS_POLICY && S.metadataLength ? Head.Gathering : Head.Done;
}

/** Returns 0 when a result has come, PENDING, MOVED, or an error. */
export function pumpBoundProfilePackage(): i32 {
  const given = S.scanDepth < BPP_DEPTH;
  if (S.networkState == NetworkState.Failed && !given && !isReplaying()) return networkFailure();
  if (S.cardState == CardState.Failed) return streamFailure(cardFailure());
  if (S.cardState == CardState.Chunk) {
    cardCollect();
    return MOVED;
  }
  if (S.cardState == CardState.Done && S.collectAt > S.keepEnd && !S.bppHead) return streamFailure(0);
  if (S.headerPending) return beginSegment();
  const over = isOver();
  if (isReplaying() || (S.networkState == NetworkState.Chunk && !over)) return takeSegment();
  if ((S.networkState < NetworkState.End && !over) || S.cardState == CardState.Waiting) return PENDING;
  return given ? ErrorCode.NoInstallationResult : ErrorCode.Truncated;
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
    if (!HAS_POLICY || !S.bppHead) cardPut(scanValue, scanValueLength);
    else if (!appendToMessage(scanValue, scanValueLength)) return streamFailure(ErrorCode.MessageTooLong);
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
  if (depth <= BPP_DEPTH) {
    if (S.segmentHeaderLength) return S.scanTag == 0xbf36 ? streamFailure(ErrorCode.UnexpectedTag) : ignoreRest();
    memory.copy(SEGMENT_HEADER, SCAN_HEADER, header);
    S.segmentHeaderLength = header;
    S.headerPending = false;
    return MOVED;
  }
  const length = segmentBytes(depth, scanTagAt(depth - 1), S.scanTag, header, header + S.scanLength);
  if (length < 0) return streamFailure(length);
  if (length) {
    if (S.cardState != CardState.Done) return PENDING;
    cardBegin(length);
    if (S.scanTag == 0xbf23) cardPut(SEGMENT_HEADER, S.segmentHeaderLength);
  } else if (cardRoom() <= 0) return PENDING;
  cardPut(SCAN_HEADER, header);
  S.headerPending = false;
  return MOVED;
}
