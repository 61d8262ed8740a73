// SPDX-License-Identifier: Apache-2.0
// The message layer of CoAP (RFC 7252 §4): one message of ours is out at a time, repeated with growing pauses until it is
// acknowledged; and the windows that datagrams come into.

import { Action } from '../abi/actions';
import { ErrorCode } from '../abi/errors';
import { COAP_CONTROL, NETWORK_RX, NETWORK_TX, O, S } from '../abi/state';
import { ask } from '../wire/ask';
import { CoapState, NetworkState, PushState } from '../wire/lanes';
import { networkPart } from '../wire/network-lane';
import { random } from '../wire/random';
import { coapEnd, coapId, coapPayloadAt, coapTokenAt, coapTokenLength, putHead } from './coap-message';

/** Times a message is repeated (RFC 7252 §4.8). */
const MAX_RETRANSMIT: u32 = 4;
/**
 * No repetition later than this after the first sending: the peer may have forgotten the message ID by then and take it for another request
 * (EXCHANGE_LIFETIME less MAX_LATENCY, §4.8.2).
 */
const MOST_SPAN_MS: u32 = 147_000;
/** A clock that is so much late tells that the host has slept; nothing of before is on its way any more (MAX_LATENCY). */
const SLEPT_MS: i32 = 100_000;
/** A separate response is waited for so long: the eIM may have to ask an SM-DP+ first. */
const SEPARATE_MS: u32 = 120_000;
/** The longest ACK_TIMEOUT that round trips can lead to. */
const MOST_ACK_MS: u32 = 30_000;

/** Where the next datagram goes, 0: nowhere. The window that is read, and the one that is sent from, are taken. */
export function freeWindow(): usize {
  if (S.coapNextAt) return 0;
  const state = S.networkState;
  if (state == NetworkState.Chunk) return S.networkEnd > NETWORK_RX ? NETWORK_TX : NETWORK_RX;
  // between exchanges a request may be prepared at NETWORK_RX
  const isBetween = state == NetworkState.Idle || state >= NetworkState.End;
  return isBetween ? NETWORK_TX : NETWORK_RX;
}

/** The payload just read is used where it lies, now or when the part before it is used up. */
export function handOver(more: bool): void {
  if (S.networkState == NetworkState.Asked) return networkPart(coapPayloadAt, coapEnd, more);
  S.coapNextAt = coapPayloadAt;
  S.coapNextEnd = coapEnd;
  S.coapNextMore = more;
}

/** Asks the host to send the message that is out. */
export function emit(): void {
  S.coapOut = true;
  // what only repeats an answer begins no time of its own
  if (S.coapState) S.coapDeadlineMs = S.nowMs + S.coapWaitMs;
  ask(Action.DatagramSend);
}

/** Begins a message of our own: it is repeated until it is acknowledged. */
export function sendMessage(): void {
  S.coapMessageId = (S.coapMessageId + 1) & 0xffff;
  // as unique as the ID, and another number for those who cannot see the line
  S.coapToken = (S.coapMessageId ^ O.seed) & 0xffff;
  S.coapState = CoapState.Sent;
  S.coapTries = 0;
  S.coapSentMs = S.nowMs;
  S.coapAckMs = max(S.coapAckMs, O.ackTimeoutMs);
  // ACK_RANDOM_FACTOR 1.5
  S.coapWaitMs = S.coapAckMs + (random() % ((S.coapAckMs >> 1) + 1));
  emit();
}

/** Queues a message without payload that answers the one just read: ACK, RST, or a refusal with its token. */
export function sendControl(type: u32, code: u32): void {
  sendControlFor(coapId, type, code);
}

/** The same for the message with this ID; a refusal is for the one just read. */
export function sendControlFor(id: u32, type: u32, code: u32): void {
  const tokenLength = code ? coapTokenLength : 0;
  const end = putHead(COAP_CONTROL, type, code, id, tokenLength);
  memory.copy(end, coapTokenAt, tokenLength);
  S.coapControlBytes = end - COAP_CONTROL + tokenLength;
  ask(Action.DatagramSend);
}

/** The message that was out is acknowledged or answered. When that was is known as soon as the host tells the time. */
export function messageArrived(): void {
  if (S.coapState == CoapState.Sent) S.coapArrived = true;
  S.coapState = CoapState.Idle;
  S.coapOut = false;
}

/** ACK_TIMEOUT follows the round trip; after a repetition it may be that of either. */
function followRoundTrip(): void {
  const elapsed = S.nowMs - S.coapSentMs;
  const wanted = (S.coapAckMs + (S.coapTries ? elapsed : elapsed + (elapsed >> 1))) >> 1;
  S.coapAckMs = max(min(wanted, MOST_ACK_MS), O.ackTimeoutMs);
}

/** The answer will be a message of its own. */
export function awaitSeparate(): void {
  messageArrived();
  S.coapState = CoapState.Acknowledged;
}

/** When what the peer has to do next is too late. */
export function peerDeadline(): u32 {
  return S.nowMs + SEPARATE_MS;
}

/** Nothing more will come. What has come is used first. */
export function coapFail(error: i32, detail: i32): void {
  S.coapState = CoapState.Idle;
  S.coapMore = false;
  S.coapOut = false;
  S.coapFailed = true;
  S.networkError = error;
  S.networkDetail = detail;
  S.pushState = PushState.None;
}

/** Looks at the clock: repeats the message that is out, gives it up in the end. */
export function messageTick(): void {
  if (S.coapArrived) {
    S.coapArrived = false;
    followRoundTrip();
    S.coapDeadlineMs = S.nowMs + SEPARATE_MS;
  }
  if (!S.coapState) return;
  // the host may have slept before it sent the datagram
  if (S.coapOut) S.coapDeadlineMs = S.nowMs + S.coapWaitMs;
  const late = <i32>(S.nowMs - S.coapDeadlineMs);
  if (late < 0) return;
  if (late > SLEPT_MS) return sendMessage();
  const isOld = S.nowMs - S.coapSentMs > MOST_SPAN_MS;
  if (S.coapState == CoapState.Acknowledged || S.coapTries == MAX_RETRANSMIT || isOld) return coapFail(ErrorCode.NetworkTimeout, 0);
  S.coapTries++;
  S.coapWaitMs <<= 1;
  emit();
}
