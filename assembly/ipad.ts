// SPDX-License-Identifier: Apache-2.0
// The IPAd (SGP.32 v1.2): every export of the module. How to drive it:
//
//   ipa_event(Command, …);  for (;;) { while ((action = ipa_poll(now)) != Idle) perform(action);  wait for an event or ipa_argument() ms; }
//
// Poll after every event. Extra polls do no harm. What an action points at stays as it is until its answering event.

import { Action } from './abi/actions';
import { ABI_VERSION, ErrorCode } from './abi/errors';
import { HAS_COAP, HAS_EMULATION } from './abi/features';
import {
  APDU,
  CARD_LINE,
  NETWORK_TX,
  REGION,
  REGION_BYTES,
  S,
  SCALARS,
  SCALARS_BEGIN,
  SCALARS_END,
  State,
  WINDOW_BYTES,
} from './abi/state';
import { emulationDataAt, emulationDataBytes } from './emulation/virtual-isdr';
import { takeEvent, windowBytes, windowOf } from './engine/events';
import { run, tick, untilNextTick } from './engine/run';
import { atLineLength } from './link/at-text';
import { datagram, datagramBytes } from './link/coap';

// for the build: where the scalars lie, and what stays WebAssembly where all else becomes bytecode (scripts/bytecode.ts)
export {
  copyLine as __copyLine,
  putHex as __putHex,
  skipTexts as __skipTexts,
  takeBase64 as __takeBase64,
  takeHex as __takeHex,
} from './wire/each-byte';
export { __data_end, __heap_base, SCALARS_BEGIN as __scalars_begin, SCALARS_END as __scalars_end };

/** Version of the interface. A host refuses a module whose version it does not know. */
export function ipa_abi_version(): i32 {
  return ABI_VERSION;
}

/** What to do next: an Action. `nowMs` is any clock that runs on, in milliseconds modulo 2^32. */
export function ipa_poll(nowMs: u32): i32 {
  tick(nowMs);
  const unfinished = run();
  const actions = S.actions;
  if (!actions) {
    S.actionLength = 0;
    S.actionArgument = unfinished ? 0 : untilNextTick();
    return Action.Idle;
  }
  // an exchange is given up, its peer dropped, and what is owed saved before anything new is sent; datagrams leave before the peer is
  // dropped or the modem reset
  const urgent = actions & ((1 << Action.NetworkAbort) | (1 << Action.NetworkClose) | (1 << Action.Persist));
  const datagram = HAS_COAP ? actions & (1 << Action.DatagramSend) : 0;
  const action = ctz(datagram ? datagram : urgent ? urgent : actions);
  S.actions = actions & ~(1 << action);
  describe(action);
  return action;
}

function offer(at: usize, length: u32): void {
  S.actionData = at;
  S.actionLength = length;
}

/** Fills in what ipa_argument, ipa_data and ipa_length say of an action. */
function describe(action: i32): void {
  S.actionArgument = 0;
  S.actionLength = 0;
  if (HAS_COAP && action == Action.DatagramSend) return offer(datagram(), datagramBytes());
  if (HAS_EMULATION && action >= Action.Sign) return offer(emulationDataAt(), emulationDataBytes());
  switch (action) {
    case Action.CardWrite:
      return offer(CARD_LINE, atLineLength());
    case Action.CardTransmit:
      return offer(APDU, S.apduLength);
    case Action.NetworkOpen:
    case Action.Consent:
      return offer(S.requestAt, S.requestEnd - S.requestAt);
    case Action.NetworkReceive:
    case Action.RequestRead:
      S.actionArgument = WINDOW_BYTES;
      return;
    case Action.Answer:
      S.actionArgument = S.responseMore ? 1 : 0;
      return offer(S.responseAt, S.responseEnd - S.responseAt);
    case Action.NetworkSend:
      S.actionArgument = S.networkTotal | ((S.replyOuter & 0xff) << 24);
      return offer(NETWORK_TX, S.networkHandedOut);
    case Action.Finished:
      S.running = false;
      S.actionArgument = S.error;
      return offer(NETWORK_TX, S.networkSourceEnd - NETWORK_TX);
  }
}

/** The argument of the last action; its meaning stands beside each Action. */
export function ipa_argument(): i32 {
  return S.actionArgument;
}

/** Address of the bytes of the last action. They are the module's; the host only reads them, until the event that answers the action. */
export function ipa_data(): usize {
  return S.actionData;
}

/** Number of these bytes. */
export function ipa_length(): i32 {
  return S.actionLength;
}

/** Address where the host puts the bytes of an event of this kind before it calls ipa_event. */
export function ipa_window(kind: i32): usize {
  return windowOf(kind);
}

/** How many bytes an event of this kind may bring. */
export function ipa_window_size(kind: i32): i32 {
  return windowBytes(kind);
}

/** Tells what happened. Returns the number of bytes taken, or a negative ErrorCode; then nothing has changed. */
export function ipa_event(kind: i32, argument: i32, length: i32): i32 {
  return takeEvent(kind, argument, length);
}

/** Address of the state region: save it after any call, put it into a fresh instance to go on. */
export function ipa_state(): usize {
  if (offsetof<State>() > SCALARS) ERROR('the scalars of State do not fit before the buffers');
  S.abiVersion = ABI_VERSION;
  return REGION;
}

/** Bytes of the state region. */
export function ipa_state_size(): i32 {
  return REGION_BYTES;
}
