// SPDX-License-Identifier: Apache-2.0
// Requests of ESipa, ES9+ and ES11 have one form: the function's tag around some short elements and, behind them, one that may
// be long and is streamed. They are written in the binding of the peer: bare for an eIM (SGP.32 v1.2 §6.3), in A2 for SM-DP+ and
// SM-DS (SGP.22 v2.5 §6.6), or as JSON.

import { S, SCRATCH, TRANSACTION_ID } from '../abi/state';
import { putHeader, putTlv, tlvBytes } from '../wire/der-write';
import { networkBegin, networkPut, networkRoom } from '../wire/network-lane';
import { jsonBegin, jsonPut } from './json-request';
import { isJson, isServer } from './peer';
import { PREFIX } from './prefix';
import { replyBegin } from './reply';

function putScratch(end: usize): void {
  networkPut(SCRATCH, end - SCRATCH);
}

/** Starts the request `tag`{elements from PREFIX to `end`, element of `restBytes`}; `wrap` is a tag around the last one in ASN.1, or 0. */
export function requestBegin(tag: u32, end: usize, wrap: u32, restBytes: u32): void {
  replyBegin(tag);
  if (isJson()) return jsonBegin(end, restBytes);
  const prefix = end - PREFIX;
  const length = prefix + (wrap ? tlvBytes(wrap, restBytes) : restBytes);
  const whole = tlvBytes(tag, length);
  const outer = isServer();
  networkBegin(outer ? tlvBytes(0xa2, whole) : whole);
  if (outer) putScratch(putHeader(SCRATCH, 0xa2, whole));
  putScratch(putHeader(SCRATCH, tag, length));
  networkPut(PREFIX, prefix);
  if (wrap) putScratch(putHeader(SCRATCH, wrap, restBytes));
}

/** Starts the request `tag`{80 transactionId, …}. */
export function sessionRequestBegin(tag: u32, wrap: u32, restBytes: u32): void {
  requestBegin(tag, putTlv(PREFIX, 0x80, TRANSACTION_ID, S.transactionIdLength), wrap, restBytes);
}

/** Lets the rest of the request come from memory, between `at` and `end`. */
export function requestRest(at: usize, end: usize): void {
  S.networkSourceAt = at;
  S.networkSourceEnd = end;
}

/** How many bytes requestPut takes now; a header may overhang by a few. */
export function requestRoom(): i32 {
  const room = networkRoom();
  return isJson() && room > 0 ? ((room * 3) >> 2) + 3 : room; // the window must get full
}

/** Adds bytes to the last element. */
export function requestPut(at: usize, length: u32): void {
  if (isJson()) jsonPut(at, length);
  else networkPut(at, length);
}

/** Feeds the last element from memory as far as the window takes it. */
export function requestFeed(): void {
  const room = requestRoom();
  const length = min<u32>(S.networkSourceEnd - S.networkSourceAt, room > 0 ? room : 0);
  if (!length) return;
  const at = S.networkSourceAt;
  S.networkSourceAt = at + length;
  requestPut(at, length);
}
