// SPDX-License-Identifier: Apache-2.0
// The lane to the network: a request of known length goes out window by window, its answer comes in window by window.
// Nothing here knows what the bytes mean or how they travel.

import { Action } from '../abi/actions';
import { ErrorCode } from '../abi/errors';
import { HAS_COAP, HAS_PUSH } from '../abi/features';
import { NETWORK_TX, O, S, WINDOW_BYTES } from '../abi/state';
import { ask } from './ask';
import { CoapState, NetworkState, PushState } from './lanes';

/** Asks the host; over CoAP the link sees by itself what is to be done (link/coap.ts). */
function askHost(action: u32): void {
  if (!HAS_COAP || !S.scheme) ask(action);
}

/** Nothing of a CoAP exchange is left. */
function forgetBlocks(): void {
  S.coapState = CoapState.Idle;
  S.coapOut = false;
  S.coapMore = false;
  S.coapNextAt = 0;
  S.coapFailed = false;
  S.coapRestarts = 0;
  S.coapBase = 0;
  S.coapOffset = 0;
  S.coapRequestSzx = O.coapBlockSzx;
  S.coapAnswerSzx = O.coapBlockSzx;
}

/** Starts a request of `total` bytes. */
export function networkBegin(total: u32): void {
  if (HAS_COAP) forgetBlocks();
  S.networkTotal = total;
  S.networkPut = 0;
  S.networkFill = 0;
  S.networkSourceAt = 0;
  S.networkSourceEnd = 0;
  S.networkState = NetworkState.Sending;
}

/**
 * What may lie behind a full window that is out, in the room that the head of a datagram takes elsewhere. A window is a whole number of
 * responses, and most requests have up to 24 bytes more in front of what is streamed than the card's answer has: then the rest of the response
 * that has filled the window fits, and the card gives the next one while the window is on its way.
 */
const BEHIND_BYTES: i32 = 24;

/** How many bytes networkPut takes now; a header may overhang by a few. */
export function networkRoom(): i32 {
  const state = S.networkState;
  if (HAS_COAP && S.scheme && state == NetworkState.WindowOut) return max<i32>(WINDOW_BYTES + BEHIND_BYTES - S.networkFill, 0);
  return state == NetworkState.Sending ? WINDOW_BYTES - <i32>S.networkFill : 0;
}

/** Adds bytes to the request; offers the window to the host when it is full or the request complete. */
export function networkPut(at: usize, length: u32): void {
  if (length > S.networkTotal - S.networkPut) return overflow();
  memory.copy(NETWORK_TX + S.networkFill, at, length);
  S.networkFill += length;
  S.networkPut += length;
  offerIfReady();
}

/** More comes than was announced: a card that answers a second time with more than the first time. */
function overflow(): void {
  networkAbort();
  S.networkState = NetworkState.Failed;
  S.networkError = ErrorCode.BadResponse;
  S.networkDetail = 0;
}

function offerIfReady(): void {
  if (S.networkFill < <u32>WINDOW_BYTES && S.networkPut < S.networkTotal) return;
  S.networkHandedOut = min<u32>(S.networkFill, WINDOW_BYTES);
  S.networkState = NetworkState.WindowOut;
  askHost(Action.NetworkSend);
}

/** The host has taken the window. */
export function networkSent(): void {
  S.networkFill -= S.networkHandedOut;
  memory.copy(NETWORK_TX, NETWORK_TX + S.networkHandedOut, S.networkFill);
  S.networkState = NetworkState.Sending;
  if (S.networkPut == S.networkTotal && !S.networkFill) networkAsk();
  else offerIfReady();
}

/** Asks for the next part of the answer. */
export function networkAsk(): void {
  S.networkState = NetworkState.Asked;
  if (S.networkFromHost) ask(Action.RequestRead);
  else askHost(Action.NetworkReceive);
}

/** Takes a part of the answer from `at` to `end`. */
export function networkPart(at: usize, end: usize, more: bool): void {
  S.networkAt = at;
  S.networkEnd = end;
  S.networkMore = more;
  S.networkState = NetworkState.Chunk;
}

/** The part is used up: asks for the next one, or the answer is complete. */
export function networkChunkTaken(): void {
  if (S.networkMore) networkAsk();
  else S.networkState = NetworkState.End;
}

/** Gives up the exchange, whatever its state; the peer stays selected. One that is being selected is not in the way of what the card has failed at. */
export function networkAbort(): void {
  const state = S.networkState;
  if (state >= NetworkState.Opening) return;
  const over =
    state == NetworkState.Idle ||
    state == NetworkState.End ||
    state == NetworkState.Failed ||
    (state == NetworkState.Chunk && !S.networkMore);
  S.networkState = NetworkState.Idle;
  S.actions &= ~((1 << Action.NetworkSend) | (1 << Action.NetworkReceive) | (1 << Action.RequestRead));
  if (!over && !S.networkFromHost) askHost(Action.NetworkAbort);
  S.networkFromHost = false;
  if (HAS_COAP) forgetBlocks();
  // what is still to come of the package is not wanted, but an answer is
  if (HAS_PUSH && S.pushState == PushState.Receiving) S.pushState = PushState.Working;
}
