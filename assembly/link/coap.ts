// SPDX-License-Identifier: Apache-2.0
// The network lane over CoAP: requests and answers block by block (RFC 7959). What is sent lies in the window NETWORK_TX; a block of
// the answer is used where it lies in its datagram, and while it goes to the card the next one is asked for and comes into the
// other window.

import { Action } from '../abi/actions';
import { ErrorCode } from '../abi/errors';
import { HAS_PUSH } from '../abi/features';
import { COAP_CONTROL, NETWORK_TX, S } from '../abi/state';
import { ask } from '../wire/ask';
import { CoapState, NetworkState } from '../wire/lanes';
import { networkPart, networkSent } from '../wire/network-lane';
import { random } from '../wire/random';
import { awaitSeparate, coapFail, freeWindow, handOver, messageArrived, messageTick, sendControl, sendMessage } from './coap-line';
import {
  blockStart,
  CoapOption,
  Code,
  coapBlock1,
  coapBlock2,
  coapCode,
  coapEnd,
  coapId,
  coapPayloadAt,
  coapTokenAt,
  coapTokenLength,
  coapType,
  MORE,
  putBlock,
  putHead,
  putOption,
  putPath,
  putPayload,
  readMessage,
  readOptions,
  Type,
} from './coap-message';
import { isPeersTurn, movePush, pushTick, putAnswer, settleAnswer, takeRequest } from './coap-push';

/** Times a body is sent from its beginning again, in smaller blocks or because the server has lost some. */
const MOST_RESTARTS: u32 = 4;
/** As many as the generator draws, so that none comes twice: a separate response is known by its token alone (SPEC.md, N-4). */
const TOKEN_BYTES: u32 = 4;

let datagramLength: u32 = 0;

/** Where the datagram lies that action DatagramSend brings; datagramBytes() tells how long it is. */
export function datagram(): usize {
  datagramLength = S.coapControlBytes;
  if (datagramLength) {
    S.coapControlBytes = 0;
    if (S.coapOut) ask(Action.DatagramSend);
    return COAP_CONTROL;
  }
  // what was to be sent may be over meanwhile; and a peer that sends on before it was answered has taken the place
  const at = S.coapOut ? freeWindow() : 0;
  S.coapOut = false;
  if (!at) return COAP_CONTROL;
  datagramLength = (HAS_PUSH && S.pushIsAnswer ? putAnswer(at) : putRequest(at)) - at;
  if (HAS_PUSH && !S.coapState) settleAnswer();
  return at;
}

/** Bytes of that datagram. */
export function datagramBytes(): u32 {
  return datagramLength;
}

/** Bytes of the block of the request that is out. */
function requestBlockBytes(): u32 {
  return min<u32>(S.networkHandedOut - S.coapOffset, 16 << S.coapRequestSzx);
}

function isLastBlock(): bool {
  return S.coapBase + S.coapOffset + requestBlockBytes() == S.networkTotal;
}

/** Writes the request that is out: a block of the body, or the question for the next block of the answer. */
function putRequest(at: usize): usize {
  at = putHead(at, Type.Confirmable, Code.Post, S.coapMessageId, TOKEN_BYTES);
  store<u32>(at, S.coapToken);
  at = putPath(at + TOKEN_BYTES);
  const asks = S.networkState != NetworkState.WindowOut;
  const last = isLastBlock();
  const inBlocks = S.networkTotal > <u32>(16 << S.coapRequestSzx);
  if (asks || last) at = putBlock(at, CoapOption.Block2, asks ? S.coapOffset : 0, false, S.coapAnswerSzx);
  if (inBlocks && !asks) at = putBlock(at, CoapOption.Block1, S.coapBase + S.coapOffset, !last, S.coapRequestSzx);
  // the tag belongs to what the answer is kept by, too (RFC 9175 §3.2; SPEC.md, N-3)
  if (inBlocks) at = putOption(at, CoapOption.RequestTag, S.coapTag);
  return asks ? at : putPayload(at, NETWORK_TX + S.coapOffset, requestBlockBytes());
}

/** Moves the lane on: begins what can be sent, and hands over what has come. */
export function coapMove(): void {
  const state = S.networkState;
  const asked = state == NetworkState.Asked;
  if (asked && S.coapNextAt) {
    networkPart(S.coapNextAt, S.coapNextEnd, S.coapNextMore);
    S.coapNextAt = 0;
  } else if (S.coapFailure && (asked || state == NetworkState.WindowOut)) {
    S.networkError = S.coapFailure;
    S.networkDetail = S.coapDetail;
    S.coapFailure = 0;
    S.networkState = NetworkState.Failed;
  }
  if (HAS_PUSH && S.pushState) return movePush();
  if (S.coapState || S.coapFailure) return;
  if (S.networkState != NetworkState.WindowOut) {
    if (!S.coapMore || S.coapNextAt) return;
    S.coapMore = false;
  } else if (!S.coapBase && !S.coapOffset) S.coapTag = random() & 0xffff;
  if (HAS_PUSH) S.pushIsAnswer = false;
  sendMessage();
}

/** Looks at the clock. */
export function coapTick(): void {
  if (HAS_PUSH) pushTick();
  messageTick();
}

/** Milliseconds until the clock matters again, or -1. */
export function coapUntilTick(): i32 {
  return S.coapState || (HAS_PUSH && isPeersTurn()) ? max<i32>(S.coapDeadlineMs - S.nowMs, 0) : -1;
}

function malformed(): void {
  coapFail(ErrorCode.NetworkMalformed, coapCode);
}

function hasOurToken(): bool {
  return coapTokenLength == TOKEN_BYTES && load<u32>(coapTokenAt) == S.coapToken;
}

/** Takes a datagram of `length` bytes at `at`. What is no answer to anything changes nothing. */
export function takeDatagram(at: usize, length: u32): void {
  if (!readMessage(at, length)) return;
  if (coapType >= <u32>Type.Acknowledgement) {
    if (S.coapState == CoapState.Sent && coapId == S.coapMessageId) takeAcknowledgement();
  } else if (HAS_PUSH && coapCode - 1 < 0x1f) takeRequest();
  else if (coapCode >> 5 >= 2 && S.coapState && hasOurToken() && !(HAS_PUSH && S.pushIsAnswer)) {
    if (coapType == Type.Confirmable) sendControl(Type.Acknowledgement, Code.Empty);
    S.coapResponseId = coapId;
    takeResponse();
  } else if (coapType == Type.Confirmable) {
    sendControl(coapCode && coapId == S.coapResponseId ? Type.Acknowledgement : Type.Reset, Code.Empty);
  }
}

function takeAcknowledgement(): void {
  if (coapType == Type.Reset) return coapFail(ErrorCode.CoapRefused, 0);
  if (HAS_PUSH && S.pushIsAnswer) {
    messageArrived();
    settleAnswer();
  } else if (!coapCode) awaitSeparate();
  else if (hasOurToken()) takeResponse();
}

/** The answer to the message that was out. */
function takeResponse(): void {
  messageArrived();
  if (readOptions()) return malformed();
  if (S.networkState == NetworkState.WindowOut) {
    const last = isLastBlock();
    if (coapCode == Code.Continue) return last ? malformed() : goOn();
    if (isToRestart()) return;
    if (coapCode >> 5 == 2) {
      if (!last) return malformed();
      networkSent();
      S.coapOffset = 0;
    }
  }
  if (coapCode >> 5 != 2) return coapFail(ErrorCode.CoapRefused, coapCode);
  takeBlock();
}

/** 2.31: the server wants the next block, which may have to be smaller. */
function goOn(): void {
  const szx: u32 = coapBlock1 & 7;
  if (coapBlock1 < 0 || (szx == S.coapRequestSzx && blockStart(coapBlock1) != S.coapBase + S.coapOffset)) return malformed();
  S.coapOffset += requestBlockBytes();
  S.coapRequestSzx = min(S.coapRequestSzx, szx);
  if (S.coapOffset < S.networkHandedOut) return;
  S.coapBase += S.coapOffset;
  S.coapOffset = 0;
  networkSent();
}

/** 4.13 wants smaller blocks, 4.08 all of them again: possible while the beginning of the body is still in the window. */
function isToRestart(): bool {
  const szx: u32 = coapBlock1 & 7;
  const wantsSmaller = coapCode == Code.RequestEntityTooLarge && coapBlock1 >= 0 && szx < S.coapRequestSzx;
  if ((!wantsSmaller && coapCode != Code.RequestEntityIncomplete) || S.coapBase || S.coapRestarts++ == MOST_RESTARTS) return false;
  if (wantsSmaller) S.coapRequestSzx = szx;
  S.coapOffset = 0;
  return true;
}

/** A block of the answer: the one that was asked for, of the size that was agreed on or a smaller one. */
function takeBlock(): void {
  const length = coapEnd - coapPayloadAt;
  let more = false;
  if (coapBlock2 >= 0) {
    const szx: u32 = coapBlock2 & 7;
    const size: u32 = 16 << szx;
    more = (coapBlock2 & MORE) != 0;
    const isWanted = blockStart(coapBlock2) == S.coapOffset && szx <= S.coapAnswerSzx;
    if (!isWanted || length > size || (more && length != size)) return malformed();
    S.coapAnswerSzx = szx;
  } else if (S.coapOffset) return malformed();
  S.coapOffset += length;
  S.coapMore = more;
  handOver(more);
}
