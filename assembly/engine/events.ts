// SPDX-License-Identifier: Apache-2.0
// Events from the host. An event that nobody waits for changes nothing.

import { ErrorCode } from '../abi/errors';
import { ConsentAnswer, Event, NetworkFailure } from '../abi/events';
import { HAS_COAP, HAS_EMULATION, HAS_POLICY, HAS_PUSH } from '../abi/features';
import { CARD_WINDOW_BYTES, COAP_HEAD_BYTES } from '../abi/limits';
import { CardLink, Command } from '../abi/options';
import { CARD_WINDOW, HASH_CC, NETWORK_RX, O, RESPONSE, S, WINDOW_BYTES } from '../abi/state';
import { SIGNATURE, SIGNATURE_BYTES } from '../emulation/memory';
import { emulationEvent } from '../emulation/virtual-isdr';
import { atBytes, atCancel } from '../link/at';
import { takeDatagram } from '../link/coap';
import { coapFail, freeWindow } from '../link/coap-line';
import { jsonWindow } from '../rsp/json-reply';
import { isJson } from '../rsp/peer';
import { putTlv } from '../wire/der-write';
import { NetworkState } from '../wire/lanes';
import { networkPart, networkSent } from '../wire/network-lane';
import { beginCommand } from './command';
import { linkFailed, linkResponse } from './run';

/** Where the bytes of an event of this kind go. */
export function windowOf(kind: i32): usize {
  if (HAS_EMULATION && kind == Event.Signature) return SIGNATURE;
  if (HAS_COAP && kind == Event.Datagram) return freeWindow();
  return kind == Event.CardData ? CARD_WINDOW : kind == Event.CardResponse ? RESPONSE : NETWORK_RX;
}

/** How many bytes an event of this kind may bring. */
export function windowBytes(kind: i32): i32 {
  if (HAS_EMULATION && kind == Event.Signature) return SIGNATURE_BYTES;
  if (HAS_COAP && kind == Event.Datagram) return freeWindow() ? WINDOW_BYTES + COAP_HEAD_BYTES : 0;
  return kind == Event.CardData || kind == Event.CardResponse ? CARD_WINDOW_BYTES : WINDOW_BYTES;
}

function isKnown(kind: i32): bool {
  if (kind == Event.Datagram) return HAS_COAP;
  return kind >= Event.Command && kind <= (HAS_EMULATION ? Event.Verified : Event.Consent);
}

/** Takes an event. Returns the bytes taken, or an error. */
export function takeEvent(kind: i32, argument: i32, length: u32): i32 {
  if (!isKnown(kind)) return ErrorCode.UnknownEvent;
  if (length > <u32>windowBytes(kind)) return ErrorCode.WindowOverflow;
  if (kind == Event.Command) {
    const result = beginCommand(length);
    return result ? result : length;
  }
  if (kind == Event.CardData) {
    // bytes may come at any time: an unsolicited line is no misuse
    return S.running && O.cardLink != CardLink.Apdu ? atBytes(CARD_WINDOW, length) : length;
  }
  if (!S.running) return ErrorCode.UnexpectedEvent;
  if (HAS_COAP && kind == Event.Datagram) return datagramEvent(length);
  if (HAS_EMULATION && kind > Event.Consent) return emulationEvent(kind, argument, length);
  if (kind == Event.Consent) return consentEvent(argument, length);
  return kind <= Event.CardFailed ? cardEvent(kind, length) : networkEvent(kind, argument, length);
}

function cardEvent(kind: i32, length: u32): i32 {
  if (kind == Event.CardReady) {
    S.cardReady = true;
    S.cardGone = false;
    return 0;
  }
  if (kind == Event.CardFailed) {
    S.cardGone = true;
    if (S.apduOut) linkFailed(ErrorCode.CardLost, 0);
    atCancel(ErrorCode.CardLost);
    return 0;
  }
  if (!S.apduOut || O.cardLink != CardLink.Apdu) return ErrorCode.UnexpectedEvent;
  linkResponse(length);
  return length;
}

/** A datagram is no misuse, but one that has no place, or comes when no CoAP peer is open, is not taken. */
function datagramEvent(length: u32): i32 {
  const at = freeWindow();
  if (!S.scheme || !at) return ErrorCode.UnexpectedEvent;
  takeDatagram(at, length);
  return length;
}

function networkEvent(kind: i32, argument: i32, length: u32): i32 {
  const state = S.networkState;
  if (kind == Event.NetworkFailed) return networkFailed(argument);
  if (kind == Event.NetworkOpened) {
    if (state != NetworkState.Opening) return ErrorCode.UnexpectedEvent;
    S.networkState = NetworkState.Idle;
    return 0;
  }
  const fromHost = kind == Event.RequestData;
  // over CoAP there are only datagrams
  if (HAS_COAP && S.scheme && !fromHost) return ErrorCode.UnexpectedEvent;
  if (kind == Event.NetworkSent) {
    if (state != NetworkState.WindowOut) return ErrorCode.UnexpectedEvent;
    networkSent();
    return 0;
  }
  // that a reading was given up is not told to the host, so its answer is no misuse
  if (state != NetworkState.Asked || fromHost != S.networkFromHost) return fromHost ? length : ErrorCode.UnexpectedEvent;
  networkPart(NETWORK_RX, NETWORK_RX + length, argument != 0);
  if (isJson() && !fromHost) jsonWindow();
  return length;
}

const HASH_CC_BYTES: u32 = 32;

/** The answer to action Consent, with hashCc where the user has a confirmation code. */
function consentEvent(answer: u32, length: u32): i32 {
  if (!HAS_POLICY || S.consent >= 0 || answer > <u32>ConsentAnswer.Install || (length && length != HASH_CC_BYTES)) {
    return ErrorCode.UnexpectedEvent;
  }
  S.consent = answer;
  S.hashCcLength = length;
  if (length) putTlv(HASH_CC, 0x04, NETWORK_RX, length);
  return length;
}

/** The codes of NetworkFailure stand in the order of the network errors. */
function networkFailed(argument: i32): i32 {
  const state = S.networkState;
  const reason = argument & 0xff;
  const waits = state == NetworkState.WindowOut || state == NetworkState.Asked || state == NetworkState.Opening;
  // who listens sends nothing that would fail once more: it is kept while the card is still read
  const willListen = HAS_PUSH && O.command == Command.Listen && S.networkOpened && state == NetworkState.Idle;
  const isExpected = (waits && !S.networkFromHost) || willListen || (HAS_COAP && S.coapState);
  if (!isExpected || reason < NetworkFailure.Unreachable || reason > NetworkFailure.Malformed) return ErrorCode.UnexpectedEvent;
  const error = ErrorCode.NetworkUnreachable + 1 - reason;
  // what has come is used first
  if (HAS_COAP && S.coapState) coapFail(error, argument >> 8);
  else {
    S.networkState = willListen || state == NetworkState.Opening ? NetworkState.Unreached : NetworkState.Failed;
    S.networkError = error;
    S.networkDetail = argument >> 8;
  }
  return 0;
}
