// SPDX-License-Identifier: Apache-2.0
// The other direction: the eIM is the client and pushes a package (SGP.32 v1.2 §3.1.1.2), the module the server. The body of the
// request comes into the network lane as an answer would, and what the lane sends is the response. A request is answered in its
// acknowledgement; when the eIM repeats it before the answer is there, the answer becomes a message of its own (RFC 7252 §5.2.2).

import { ErrorCode } from '../abi/errors';
import { Command } from '../abi/options';
import { NETWORK_TX, O, PUSH_TOKEN, S } from '../abi/state';
import { NetworkState, PushState } from '../wire/lanes';
import { networkSent } from '../wire/network-lane';
import { coapFail, emit, freeWindow, handOver, messageArrived, peerDeadline, sendControl, sendControlFor, sendMessage } from './coap-line';
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
  coapRequestTag,
  coapSegments,
  coapTokenAt,
  coapTokenLength,
  coapType,
  MORE,
  PATH_SEGMENTS,
  putBlock,
  putHead,
  putOption,
  putPayload,
  readOptions,
  Type,
} from './coap-message';

/** Waits for a package for the time that the command allows. */
export function awaitPush(): void {
  S.pushState = PushState.None;
  S.networkState = NetworkState.Asked;
  S.coapDeadlineMs = S.nowMs + O.listenMs;
}

/** The push will stay without an answer: the peer is told at least that it need not repeat it, before the network goes. */
export function leavePush(): void {
  sendControlFor(S.pushId - 1, Type.Acknowledgement, Code.Empty);
  S.pushState = PushState.None;
}

/** Whether a first block may come. */
function isListening(): bool {
  return !S.pushState && O.command == Command.Listen && S.networkState == NetworkState.Asked && S.replyOuter == 0xbf4e;
}

/** Takes a request of the peer: a push, a block of one, or the question for the next block of the answer. */
export function takeRequest(): void {
  // what is not confirmed could be lost without anybody knowing
  if (coapType != Type.Confirmable) return;
  if (coapId + 1 == S.pushId) return takeAgain();
  const options = readOptions();
  const refusal =
    coapCode != Code.Post ? Code.MethodNotAllowed : options ? Code.BadOption : coapSegments != PATH_SEGMENTS ? Code.NotFound : takePush();
  if (refusal) return sendControl(Type.Acknowledgement, refusal);
  // what was out before answered an earlier request
  messageArrived();
  S.pushId = coapId + 1;
  S.pushTokenLength = coapTokenLength;
  memory.copy(PUSH_TOKEN, coapTokenAt, coapTokenLength);
  S.pushBlock1 = coapBlock1;
  S.pushIsAnswer = false;
  S.pushIsSeparate = false;
  S.pushOwed = true;
}

/** The request last taken comes a second time: its answer was lost, or is not ready. */
function takeAgain(): void {
  if (S.pushIsAnswer && !S.pushIsSeparate) return emit();
  S.pushIsSeparate = true;
  sendControl(Type.Acknowledgement, Code.Empty);
}

/** Whether the message read began one of the last two pushes: a copy that was long on its way. */
function hasBegun(): bool {
  const id = coapId + 1;
  return S.pushBegun >> 16 == id || (S.pushBegun & 0xffff) == id;
}

/** Takes what the request brings or asks for. Returns the code to refuse it with, or 0. */
function takePush(): u32 {
  const isQuestion = coapBlock2 >> 4 > 0;
  if (S.pushState == PushState.Answering) return isQuestion ? takeQuestion() : Code.ServiceUnavailable;
  if (isQuestion) return Code.RequestEntityIncomplete;
  const more = coapBlock1 >= 0 && (coapBlock1 & MORE) != 0;
  const block: u32 = max(coapBlock1, 0);
  const size: u32 = 16 << (block & 7);
  const from = blockStart(block);
  const length = coapEnd - coapPayloadAt;
  if (more && length != size) return Code.BadOption;
  const isFirst = !from;
  if (isFirst) {
    if (!isListening() || hasBegun()) return Code.ServiceUnavailable;
    S.pushBegun = (S.pushBegun << 16) | (coapId + 1);
    S.coapOffset = 0;
    S.pushTag = coapRequestTag;
  } else if (!S.pushState || coapRequestTag != S.pushTag) return Code.RequestEntityIncomplete;
  const isEarly = S.pushState == PushState.Working;
  if (!isEarly && from != S.coapOffset) return Code.RequestEntityIncomplete;
  S.pushSzx = coapBlock2 >= 0 ? min<u32>(coapBlock2 & 7, O.coapBlockSzx) : O.coapBlockSzx;
  // the answer is there before all of the body came: what is still to come does not matter
  if (isEarly) return 0;
  S.coapOffset += length;
  S.pushState = more ? PushState.Receiving : PushState.Working;
  handOver(more);
  return 0;
}

/** The peer asks for a block of the answer: one of the window that is out, or the first behind it. */
function takeQuestion(): u32 {
  const wanted = blockStart(coapBlock2);
  const from = wanted - S.coapBase;
  if (wanted < S.coapBase || from > S.networkHandedOut || wanted >= S.networkTotal) return Code.RequestEntityIncomplete;
  S.pushSzx = min<u32>(S.pushSzx, coapBlock2 & 7);
  if (from == S.networkHandedOut && S.networkState == NetworkState.WindowOut) {
    S.coapBase = wanted;
    S.coapOffset = 0;
    networkSent();
  } else S.coapOffset = from;
  return 0;
}

/** Answers the request that was taken, as soon as there is something to say. */
export function movePush(): void {
  if (!S.pushOwed) return;
  if (S.pushState == PushState.Receiving) {
    // the next block needs a place
    if (freeWindow()) answer(Code.Continue);
  } else if (S.networkState == NetworkState.WindowOut) {
    S.pushState = PushState.Answering;
    answer(Code.Content);
  }
}

function answer(code: u32): void {
  S.pushOwed = false;
  S.pushIsAnswer = true;
  S.pushCode = code;
  if (S.pushIsSeparate) sendMessage();
  else emit();
}

function answerBlockBytes(): u32 {
  return min<u32>(S.networkHandedOut - S.coapOffset, 16 << S.pushSzx);
}

/** Writes the answer that is out. Returns the address behind it. */
export function putAnswer(at: usize): usize {
  const isSeparate = S.pushIsSeparate;
  at = putHead(
    at,
    isSeparate ? Type.Confirmable : Type.Acknowledgement,
    S.pushCode,
    isSeparate ? S.coapMessageId : S.pushId - 1,
    S.pushTokenLength,
  );
  memory.copy(at, PUSH_TOKEN, S.pushTokenLength);
  at += S.pushTokenLength;
  const isContent = S.pushCode == Code.Content;
  const length = answerBlockBytes();
  const from = S.coapBase + S.coapOffset;
  const more = from + length < S.networkTotal;
  if (isContent && (from || more)) at = putBlock(at, CoapOption.Block2, from, more, S.pushSzx);
  if (S.pushBlock1 >= 0) at = putOption(at, CoapOption.Block1, S.pushBlock1);
  return isContent ? putPayload(at, NETWORK_TX + S.coapOffset, length) : at;
}

/** The answer that was out is with the peer, as far as can be known. After the last block the exchange is over. */
export function settleAnswer(): void {
  if (S.pushState != PushState.Answering || S.coapBase + S.coapOffset + answerBlockBytes() < S.networkTotal) return;
  S.pushState = PushState.None;
  S.networkState = NetworkState.End;
}

/** Whether the next thing is the peer's to do. */
export function isPeersTurn(): bool {
  return isListening() || (!S.pushOwed && !S.coapState && (S.pushState == PushState.Receiving || S.pushState == PushState.Answering));
}

/** Gives up a peer that does not go on; its time begins when it is its turn. */
export function pushTick(): void {
  if (isPeersTurn()) {
    if (<i32>(S.nowMs - S.coapDeadlineMs) >= 0) coapFail(ErrorCode.NetworkTimeout, 0);
  } else if (!S.coapState) S.coapDeadlineMs = peerDeadline();
}
