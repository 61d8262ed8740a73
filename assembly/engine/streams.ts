// SPDX-License-Identifier: Apache-2.0
// The pumps: each moves bytes as far as they go now between card, network and MESSAGE, for one kind of waiting (proc/functions.ts).
// A pump returns PENDING when it needs an event, MOVED when it may go on at once, 0 when the step's data is through, or an error.

import { ErrorCode } from '../abi/errors';
import { HAS_ESIPA, HAS_MODEMS, HAS_SELECTION } from '../abi/features';
import { S, SCAN_HEADER, SEQUENCE } from '../abi/state';
import { isWantedEim } from '../es10/get-eim-configuration-data';
import { isWantedResult } from '../es10/load-bound-profile-package';
import { replyChunkTaken, replyFinish, replyStart, replyTake } from '../rsp/reply';
import { requestFeed, requestPut, requestRoom } from '../rsp/request';
import { Reply } from '../rsp/slots';
import { cardChunkTaken, cardCollect, cardFeed } from '../wire/card-lane';
import { CardState, NetworkState } from '../wire/lanes';
import { appendToMessage } from '../wire/message';
import { networkAbort } from '../wire/network-lane';
import { Scan, scanAt, scanEndedDepth, scanRemaining, scanStep, scanTagAt, scanValue, scanValueLength } from '../wire/tlv-stream';

/** The step waits for an event. The numbers are those of no error, and small ones, which take less code. */
export const PENDING: i32 = -8;
/** The step has moved and may go on at once. */
export const MOVED: i32 = -9;
/** The step is to be done once more. */
export const REPEAT: i32 = -10;

const SEQUENCE_BYTES: u32 = 8;

export function cardFailure(): i32 {
  S.stepDetail = S.cardDetail;
  return S.cardError;
}

export function networkFailure(): i32 {
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
export const OVER: i32 = 4;

/** One look at the response through the scanner. Returns a Scan, OVER, PENDING, or an error. */
export function scanResponse(): i32 {
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

/** Depth of an EimConfigurationData in BF55{A0{30 …}}, of a ProfileInstallationResult in BF2B{A0{BF37 …}}. */
const ENTRY_DEPTH: u32 = 3;

/**
 * The entries of GetEimConfigurationData, or of a list of notifications: gathers one at a time until it is the wanted one. Returns 1 found,
 * 0 not there.
 */
export function pumpEntries(areEims: bool): i32 {
  const seen = scanResponse();
  if (seen < 0) return seen;
  if (seen == OVER) return 0;
  if (seen == Scan.End && scanEndedDepth == ENTRY_DEPTH) {
    S.selectIndex++; // entries seen
    const wanted = HAS_MODEMS && !areEims ? isWantedResult(S.keepEnd, S.collectAt) : isWantedEim(S.keepEnd, S.collectAt);
    if (wanted) {
      if (HAS_SELECTION && areEims) S.otherEims = S.selectIndex > 1 || scanRemaining(ENTRY_DEPTH - 1) != 0;
      return wanted;
    }
    S.collectAt = S.keepEnd;
  } else if (S.scanDepth >= ENTRY_DEPTH && !gather(seen)) return ErrorCode.MessageTooLong;
  return MOVED;
}

/** Adds what the scanner saw to MESSAGE. */
export function gather(seen: i32): bool {
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
  if (seen == Scan.NeedMore) replyChunkTaken();
  const result = replyTake(seen);
  if (result) return result;
  if (S.replyState != Reply.Stream) return MOVED;
  S.headerPending = true;
  return 0;
}

/** Wait.Network: sends the request from memory, then gathers the answer. */
export function pumpNetwork(): i32 {
  if (S.networkState == NetworkState.Sending) {
    requestFeed();
    return S.networkState == NetworkState.Sending ? ErrorCode.BadResponse : MOVED;
  }
  return pumpReply();
}

/** Wait.NetworkFromCard: what lies in memory first, then the selected element from the card, then the answer. */
export function pumpNetworkFromCard(): i32 {
  if (S.networkState == NetworkState.Failed) return networkFailure();
  if (S.networkSourceAt != S.networkSourceEnd) {
    if (S.networkState != NetworkState.Sending) return PENDING;
    requestFeed();
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
  const seen = scanStep(S.responseAt, S.responseAt + min<usize>(available, requestRoom()));
  S.responseAt = scanAt;
  if (seen < 0) return seen;
  if (seen == Scan.Header) {
    if (isSequenceNumber()) S.sequenceLength = 0;
    requestPut(SCAN_HEADER, S.scanHeaderBytes);
  } else if (seen == Scan.Value) {
    if (isSequenceNumber()) keepSequenceBytes();
    if (isAuthenticateError()) noteRefusal(load<u8>(scanValue));
    requestPut(scanValue, scanValueLength);
  } else if (seen == Scan.End) return scanEndedDepth == S.forwardDepth ? 0 : MOVED;
  else return needMoreFromCard();
  return MOVED;
}

function needMoreFromCard(): i32 {
  if (S.cardState == CardState.Done) return ErrorCode.Truncated;
  if (S.cardState != CardState.Chunk) return PENDING;
  // the room may end in the middle of a header, which is kept in the scanner: the rest of it needs none
  if (S.responseAt != S.responseEnd) return requestRoom() > 0 ? MOVED : PENDING;
  cardChunkTaken();
  return MOVED;
}

function forwardFirstHeader(): i32 {
  S.headerPending = false;
  S.forwardDepth = S.scanDepth;
  if (S.forwardDepth == ITEM_DEPTH) S.sequenceLength = 0;
  if (S.retag) store<u8>(SCAN_HEADER, S.retag);
  requestPut(SCAN_HEADER, S.scanHeaderBytes);
  return MOVED;
}

/** Depth of one notification or result in BF2B{A0{…}} or BF2B{A2{…}}; a list that goes out as a whole lies higher. */
const ITEM_DEPTH: u32 = 3;

/** seqNumber of the forwarded notification (BF2F{80}) or EuiccPackageResult (BF51{A0{30{… 83}}}). */
function isSequenceNumber(): bool {
  if (S.forwardDepth != ITEM_DEPTH) return false;
  const depth = S.scanDepth;
  const tag = scanTagAt(depth);
  return (
    (tag == 0x80 && scanTagAt(depth - 1) == 0xbf2f) ||
    (HAS_ESIPA && tag == 0x83 && depth == ITEM_DEPTH + 3 && scanTagAt(ITEM_DEPTH) == 0xbf51)
  );
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
export function streamFailure(error: i32): i32 {
  networkAbort();
  return error;
}
