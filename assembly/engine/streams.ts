// SPDX-License-Identifier: Apache-2.0
// The pumps: each moves bytes as far as they go now between card, network and MESSAGE, for one kind of waiting (proc/functions.ts).
// A pump returns PENDING when it needs an event, MOVED when it may go on at once, 0 when the step's data is through, or an error.

import { ErrorCode } from '../abi/errors';
import { EIM_TRANSACTION_ID, S, SCAN_HEADER, SEGMENT_HEADER, SEQUENCE } from '../abi/state';
import { isWantedEim } from '../es10/get-eim-configuration-data';
import { BPP_DEPTH, segmentBytes } from '../es10/load-bound-profile-package';
import { Reply, replyFinish, replyStart, replyTake } from '../esipa/reply';
import { cardBegin, cardChunkTaken, cardCollect, cardFeed, cardPut, cardRoom } from '../wire/card-lane';
import { CardState, NetworkState } from '../wire/lanes';
import { appendToMessage } from '../wire/message';
import { networkAbort, networkChunkTaken, networkFeed, networkPut, networkRoom } from '../wire/network-lane';
import { Scan, scanAt, scanEndedDepth, scanStep, scanTagAt, scanValue, scanValueLength } from '../wire/tlv-stream';

/** The step waits for an event. */
export const PENDING: i32 = i32.MIN_VALUE;
/** The step has moved and may go on at once. */
export const MOVED: i32 = i32.MIN_VALUE + 1;

const SEQUENCE_BYTES: u32 = 8;

function cardFailure(): i32 {
  S.stepDetail = S.cardDetail;
  return S.cardError;
}

function networkFailure(): i32 {
  S.stepDetail = S.networkDetail;
  return S.networkError;
}

/** Wait.Card: sends the command, gathers the response from keepEnd on. */
export function pumpCard(): i32 {
  cardFeed();
  switch (S.cardState) {
    case CardState.Chunk:
      cardCollect();
      return MOVED;
    case CardState.Done:
      return 0;
    case CardState.Failed:
      return cardFailure();
  }
  return PENDING;
}

/** What scanResponse gives when the response is over; the other results are those of Scan. */
const OVER: i32 = 4;

/** One look at the response through the scanner. Returns a Scan, OVER, PENDING, or an error. */
function scanResponse(): i32 {
  cardFeed();
  if (S.cardState == CardState.Failed) return cardFailure();
  if (S.cardState == CardState.Done) return S.scanDone ? OVER : ErrorCode.Truncated;
  if (S.cardState != CardState.Chunk) return PENDING;
  const seen = scanStep(S.responseAt, S.responseEnd);
  S.responseAt = scanAt;
  if (seen == Scan.Header && S.scanDepth == 1 && S.scanTag != S.selectOuter) return ErrorCode.UnexpectedTag;
  if (seen == Scan.NeedMore) cardChunkTaken();
  return seen;
}

/** Wait.CardElement: looks for the selected element in the response; its header is then pending. Returns 1 found, 0 not there. */
export function pumpSelect(): i32 {
  const seen = scanResponse();
  if (seen < 0) return seen;
  if (seen == OVER) return 0;
  if (seen != Scan.Header || S.scanDepth != S.selectDepth || (S.selectTag && S.selectTag != S.scanTag)) return MOVED;
  if (S.selectIndex) {
    S.selectIndex--;
    return MOVED;
  }
  S.headerPending = true;
  return 1;
}

/** Depth of an EimConfigurationData in BF55{A0{30 …}}. */
const EIM_ENTRY_DEPTH: u32 = 3;

/** The entries of GetEimConfigurationData: gathers one at a time until it is the wanted one. Returns 1 found, 0 not there. */
export function pumpEimEntries(): i32 {
  const seen = scanResponse();
  if (seen < 0) return seen;
  if (seen == OVER) return 0;
  if (seen == Scan.End && scanEndedDepth == EIM_ENTRY_DEPTH) {
    S.selectIndex++; // entries seen
    const wanted = isWantedEim(S.keepEnd, S.collectAt);
    if (wanted) return wanted;
    S.collectAt = S.keepEnd;
  } else if (S.scanDepth >= EIM_ENTRY_DEPTH && !gather(seen)) return ErrorCode.MessageTooLong;
  return MOVED;
}

/** Adds what the scanner saw to MESSAGE. */
function gather(seen: i32): bool {
  const isHeader = seen == Scan.Header;
  const length = isHeader ? S.scanHeaderBytes : seen == Scan.Value ? scanValueLength : 0;
  return appendToMessage(isHeader ? SCAN_HEADER : scanValue, length);
}

/** Gathers the eIM's answer. Returns 0 when it is complete or stops at an element to be streamed. */
function pumpReply(): i32 {
  switch (S.networkState) {
    case NetworkState.Failed:
      return networkFailure();
    case NetworkState.Chunk:
    case NetworkState.End:
      if (S.replyState == Reply.Awaited) replyStart();
      break;
    default:
      return PENDING;
  }
  if (S.networkState == NetworkState.End) {
    S.networkState = NetworkState.Idle;
    return replyFinish();
  }
  const seen = scanStep(S.networkAt, S.networkEnd);
  S.networkAt = scanAt;
  if (seen < 0) return seen;
  if (seen == Scan.NeedMore) networkChunkTaken();
  const result = replyTake(seen);
  if (result) return result;
  if (S.replyState != Reply.Stream) return MOVED;
  S.headerPending = true;
  return 0;
}

/** Wait.Network: sends the request from memory, then gathers the answer. */
export function pumpNetwork(): i32 {
  if (S.networkState == NetworkState.Sending) {
    networkFeed();
    return S.networkState == NetworkState.Sending ? ErrorCode.BadResponse : MOVED;
  }
  return pumpReply();
}

/** Wait.NetworkFromCard: what lies in memory first, then the selected element from the card, then the answer. */
export function pumpNetworkFromCard(): i32 {
  if (S.networkState == NetworkState.Failed) return networkFailure();
  if (S.networkSourceAt != S.networkSourceEnd) {
    if (S.networkState != NetworkState.Sending) return PENDING;
    networkFeed();
    return MOVED;
  }
  if (S.streamDone) return pumpReply();
  const result = pumpForward();
  if (result) return result;
  S.streamDone = true;
  return MOVED;
}

/** Forwards the selected element from the card to the network. Returns 0 when it has ended. */
export function pumpForward(): i32 {
  if (S.cardState == CardState.Failed) return cardFailure();
  if (S.headerPending) return S.networkState == NetworkState.Sending ? forwardFirstHeader() : PENDING;
  // without bytes or room the scanner still tells where elements end
  const available = S.cardState == CardState.Chunk ? S.responseEnd - S.responseAt : 0;
  const seen = scanStep(S.responseAt, S.responseAt + min<usize>(available, networkRoom()));
  S.responseAt = scanAt;
  if (seen < 0) return seen;
  if (seen == Scan.Header) {
    if (isSequenceNumber()) S.sequenceLength = 0;
    networkPut(SCAN_HEADER, S.scanHeaderBytes);
  } else if (seen == Scan.Value) {
    if (isSequenceNumber()) keepSequenceBytes();
    if (isAuthenticateError()) noteRefusal(load<u8>(scanValue));
    networkPut(scanValue, scanValueLength);
  } else if (seen == Scan.End) return scanEndedDepth == S.forwardDepth ? 0 : MOVED;
  else return needMoreFromCard();
  return MOVED;
}

function needMoreFromCard(): i32 {
  if (S.cardState == CardState.Done) return ErrorCode.Truncated;
  if (S.cardState != CardState.Chunk) return PENDING;
  // the room may end in the middle of a header, which is kept in the scanner: the rest of it needs none
  if (S.responseAt != S.responseEnd) return networkRoom() > 0 ? MOVED : PENDING;
  cardChunkTaken();
  return MOVED;
}

function forwardFirstHeader(): i32 {
  S.headerPending = false;
  S.forwardDepth = S.scanDepth;
  if (S.forwardDepth == ITEM_DEPTH) S.sequenceLength = 0;
  if (S.retag) store<u8>(SCAN_HEADER, S.retag);
  networkPut(SCAN_HEADER, S.scanHeaderBytes);
  return MOVED;
}

/** Depth of one notification or result in BF2B{A0{…}} or BF2B{A2{…}}; a list that goes out as a whole lies higher. */
const ITEM_DEPTH: u32 = 3;

/** seqNumber of the forwarded notification (BF2F{80}) or EuiccPackageResult (BF51{A0{30{… 83}}}). */
function isSequenceNumber(): bool {
  if (S.forwardDepth != ITEM_DEPTH) return false;
  const depth = S.scanDepth;
  const tag = scanTagAt(depth);
  return (tag == 0x80 && scanTagAt(depth - 1) == 0xbf2f) || (tag == 0x83 && depth == ITEM_DEPTH + 3 && scanTagAt(ITEM_DEPTH) == 0xbf51);
}

/** authenticateErrorCode of AuthenticateServer: BF38{A1{… 02}}. */
function isAuthenticateError(): bool {
  return S.scanDepth == 3 && scanTagAt(3) == 0x02 && scanTagAt(2) == 0xa1 && scanTagAt(1) == 0xbf38;
}

/** The eIM is told and will answer with an error of its own; the first one is the eUICC's. */
export function noteRefusal(code: i32): void {
  if (S.error) return;
  S.error = ErrorCode.EuiccRefused;
  S.detail = code;
}

function keepSequenceBytes(): void {
  for (let i: u32 = 0; i < scanValueLength && S.sequenceLength < SEQUENCE_BYTES; i++) {
    store<u8>(SEQUENCE + S.sequenceLength++, load<u8>(scanValue + i));
  }
}

/** Gives up the stream: the rest of the answer is not wanted and the card's chain is left unfinished. */
function streamFailure(error: i32): i32 {
  networkAbort();
  return error;
}

/** Depth of the element that goes to the card: BF57 from the host, BF51 in the eIM's BF4F. */
function packageDepth(): u32 {
  return S.networkFromHost ? 1 : 2;
}

/** Wait.CardFromNetwork: streams one element to the card as one command, and gathers the card's response. */
export function pumpPackage(): i32 {
  if (S.networkState == NetworkState.Failed && !isPackageGiven()) return networkFailure();
  if (S.cardState == CardState.Failed) return streamFailure(cardFailure());
  if (S.headerPending) {
    S.headerPending = false;
    cardBegin(S.scanHeaderBytes + S.scanLength);
    cardPut(SCAN_HEADER, S.scanHeaderBytes);
    return MOVED;
  }
  if (S.cardState == CardState.Chunk) {
    cardCollect();
    return MOVED;
  }
  const over = isOver();
  if (S.networkState == NetworkState.Chunk && !over) return takePackage();
  if (S.networkState < NetworkState.End && !over) return PENDING;
  if (!isPackageGiven()) return streamFailure(ErrorCode.Truncated);
  return S.cardState == CardState.Done ? 0 : PENDING;
}

/** Whether the card has all of its command: what the network brings or loses from then on changes nothing, the card's answer decides. */
function isPackageGiven(): bool {
  return S.scanDone || (!S.networkFromHost && S.scanDepth < packageDepth());
}

/** Whether bytes follow the whole message. They are not looked at: the eUICC has all of the command, and its answer decides. */
function isOver(): bool {
  return S.scanDone && S.networkState == NetworkState.Chunk && S.networkAt != S.networkEnd;
}

function takePackage(): i32 {
  const room = cardRoom();
  // between the elements of the command nothing but ends may come, and these need no room
  const limit = S.cardState == CardState.Filling ? (room > 0 ? room : 0) : S.scanDepth < packageDepth() ? i32.MAX_VALUE : 0;
  const seen = scanStep(S.networkAt, S.networkAt + min<usize>(S.networkEnd - S.networkAt, limit));
  S.networkAt = scanAt;
  if (seen < 0) return streamFailure(seen);
  if (seen == Scan.Header) {
    if (S.scanDepth > packageDepth()) cardPut(SCAN_HEADER, S.scanHeaderBytes);
    else if (S.networkFromHost && S.scanTag == 0xbf57) S.headerPending = true;
    else if (S.networkFromHost) return streamFailure(ErrorCode.UnexpectedTag);
    else return ignoreRest();
    keepTransactionIdBytes(0);
  } else if (seen == Scan.Value) {
    cardPut(scanValue, scanValueLength);
    keepTransactionIdBytes(scanValueLength);
  } else if (seen == Scan.NeedMore) {
    // the room may end in the middle of a header, which is kept in the scanner: the rest of it needs none
    if (S.networkAt != S.networkEnd) return limit ? MOVED : PENDING;
    networkChunkTaken();
  }
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
  if (S.networkFromHost || S.scanDepth != 4 || scanTagAt(4) != 0x82 || scanTagAt(3) != 0x30) return;
  if (!length) S.eimTransactionIdLength = 0;
  for (let i: u32 = 0; i < length && S.eimTransactionIdLength < TRANSACTION_ID_BYTES; i++) {
    store<u8>(EIM_TRANSACTION_ID + S.eimTransactionIdLength++, load<u8>(scanValue + i));
  }
}

/** Streams the bound profile package to the card, a command for every segment (SGP.22 v2.5 §2.5.5). 0 when a result has come. */
export function pumpBoundProfilePackage(): i32 {
  const given = S.scanDepth < BPP_DEPTH;
  if (S.networkState == NetworkState.Failed && !given) return networkFailure();
  if (S.cardState == CardState.Failed) return streamFailure(cardFailure());
  if (S.cardState == CardState.Chunk) {
    cardCollect();
    return MOVED;
  }
  if (S.cardState == CardState.Done && S.collectAt > S.keepEnd) return streamFailure(0);
  if (S.headerPending) return beginSegment();
  const over = isOver();
  if (S.networkState == NetworkState.Chunk && !over) return takeSegment();
  if ((S.networkState < NetworkState.End && !over) || S.cardState == CardState.Waiting) return PENDING;
  return given ? ErrorCode.NoInstallationResult : ErrorCode.Truncated;
}

function takeSegment(): i32 {
  const room = cardRoom();
  const betweenSegments = S.cardState != CardState.Filling;
  // while a block is on its way only headers may be read on: a value would have nowhere to go
  const limit = room > 0 ? room : betweenSegments && S.commandRemaining == 0 ? i32.MAX_VALUE : 0;
  const seen = scanStep(S.networkAt, S.networkAt + min<usize>(S.networkEnd - S.networkAt, limit));
  S.networkAt = scanAt;
  if (seen < 0) return streamFailure(seen);
  if (seen == Scan.Header) S.headerPending = true;
  else if (seen == Scan.Value) cardPut(scanValue, scanValueLength);
  else if (seen == Scan.NeedMore) {
    // the room may end in the middle of a header, which is kept in the scanner: the rest of it needs none
    if (S.networkAt != S.networkEnd) return limit ? MOVED : PENDING;
    networkChunkTaken();
  }
  return MOVED;
}

function beginSegment(): i32 {
  const depth = S.scanDepth;
  const header = S.scanHeaderBytes;
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
