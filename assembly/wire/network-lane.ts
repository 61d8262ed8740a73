// SPDX-License-Identifier: Apache-2.0
// The lane to the network: a request of known length goes out window by window, its answer comes in window by window.
// Nothing here knows what the bytes mean or how they travel.

import { Action } from '../abi/actions';
import { ErrorCode } from '../abi/errors';
import { NETWORK_WINDOW_BYTES } from '../abi/limits';
import { NETWORK_RX, NETWORK_TX, S } from '../abi/state';
import { ask } from './ask';
import { NetworkState } from './lanes';

/** Starts a request of `total` bytes. */
export function networkBegin(total: u32): void {
  S.networkTotal = total;
  S.networkPut = 0;
  S.networkFill = 0;
  S.networkSourceAt = 0;
  S.networkSourceEnd = 0;
  S.networkState = NetworkState.Sending;
}

/** How many bytes networkPut takes now; a header may overhang by a few. */
export function networkRoom(): i32 {
  return S.networkState == NetworkState.Sending ? NETWORK_WINDOW_BYTES - <i32>S.networkFill : 0;
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
  if (S.networkFill < <u32>NETWORK_WINDOW_BYTES && S.networkPut < S.networkTotal) return;
  S.networkHandedOut = min<u32>(S.networkFill, NETWORK_WINDOW_BYTES);
  S.networkState = NetworkState.WindowOut;
  ask(Action.NetworkSend);
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
  ask(S.networkFromHost ? Action.RequestRead : Action.NetworkReceive);
}

/** Takes a part of the answer, `length` bytes at NETWORK_RX. */
export function networkData(length: u32, more: bool): void {
  S.networkAt = NETWORK_RX;
  S.networkEnd = NETWORK_RX + length;
  S.networkMore = more;
  S.networkState = NetworkState.Chunk;
}

/** The part is used up: asks for the next one, or the answer is complete. */
export function networkChunkTaken(): void {
  if (S.networkMore) networkAsk();
  else S.networkState = NetworkState.End;
}

/** Gives up the exchange, whatever its state; the peer stays selected. */
export function networkAbort(): void {
  const state = S.networkState;
  const over =
    state == NetworkState.Idle ||
    state == NetworkState.End ||
    state == NetworkState.Failed ||
    (state == NetworkState.Chunk && !S.networkMore);
  S.networkState = NetworkState.Idle;
  S.actions &= ~((1 << Action.NetworkSend) | (1 << Action.NetworkReceive) | (1 << Action.RequestRead));
  if (!over && !S.networkFromHost) ask(Action.NetworkAbort);
  S.networkFromHost = false;
}
