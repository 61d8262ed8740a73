// SPDX-License-Identifier: Apache-2.0
// ES10b.AuthenticateServer (SGP.22 v2.5 §5.7.13): BF38 is put together from the signed elements exactly as they came and the
// ctxParams1 of the eIM, or our own. The eUICC's answer is streamed on to the server, not read here.

import { ErrorCode } from '../abi/errors';
import { HAS_ESIPA } from '../abi/features';
import { ACTIVATION_CODE, DEVICE_CAPABILITIES, IMEI, MESSAGE_END, O, S, TAC, TRANSACTION_ID } from '../abi/state';
import { runSlot, Slot, slotAt, slotEnd } from '../rsp/slots';
import { sameText } from '../wire/bytes';
import { cardNoRuns, cardRun, cardSendRuns } from '../wire/card-lane';
import { backAt, backBegin, backHeader, backTlv } from '../wire/der-back';
import { derCopy, derEnd, derLength, derValue, expectTlv, findTlv, readTlv } from '../wire/der-read';

const TRANSACTION_ID_BYTES: u32 = 16;
const MATCHING_ID_BYTES: u32 = 255;
const TAC_BYTES: u32 = 4;
/** ctxParamsForCommonAuthentication with the longest matchingId, deviceCapabilities and IMEI. */
const CONTEXT_BYTES: usize = 336;

/** Reads transactionId and serverAddress of the serverSigned1 in the answer. Returns 0, a wire error, or ServerAddressMismatch. */
export function readServerSigned1(): i32 {
  let result = expectTlv(slotAt(Slot.Signed), slotEnd(Slot.Signed), 0x30);
  if (result) return ErrorCode.MissingElement;
  const at = derValue;
  const end = derEnd;
  result = findTlv(at, end, 0x80);
  if (result) return result;
  if (derLength - 1 >= TRANSACTION_ID_BYTES) return ErrorCode.BadValue;
  S.transactionIdLength = derCopy(TRANSACTION_ID);
  result = findTlv(at, end, 0x83);
  if (result) return result;
  // SGP.22 v2.5 §3.0.1 step 9: the server that signed must be the one that was asked for, where we know it
  const wanted: u32 = S.smdpAddressLength;
  const same = derLength == wanted && sameText(derValue, ACTIVATION_CODE + S.smdpAddressAt, wanted);
  return !wanted || same ? 0 : ErrorCode.ServerAddressMismatch;
}

/** Writes SGP.22 DeviceInfo {80 tac, A1 deviceCapabilities, [82 imei]} backwards, with the given tag (A1 in ctxParams1, A9 in IpaEuiccData). */
export function backDeviceInfo(tag: u32): void {
  const end = backAt;
  if (O.imeiLength) backTlv(0x82, IMEI, O.imeiLength);
  backTlv(0xa1, DEVICE_CAPABILITIES, O.deviceCapabilitiesLength);
  backTlv(0x80, TAC, TAC_BYTES);
  backHeader(tag, end);
}

/** Adds ctxParams1: the eIM's when the answer holds them, else ours with the eIM's matchingId or the activation code's. */
function addContextParameters(): i32 {
  const given: usize = HAS_ESIPA ? slotAt(Slot.Context) : 0;
  if (given) {
    // A2 stands around them in ASN.1 alone
    const isWrapped = load<u8>(given) == 0xa2;
    readTlv(given, slotEnd(Slot.Context));
    cardRun(isWrapped ? derValue : given, derEnd);
    return 0;
  }
  let matchingId = ACTIVATION_CODE + S.matchingIdAt;
  let length: u32 = S.matchingIdLength;
  if (HAS_ESIPA && slotAt(Slot.MatchingId)) {
    readTlv(slotAt(Slot.MatchingId), slotEnd(Slot.MatchingId));
    matchingId = derValue;
    length = derLength;
  }
  if (length > MATCHING_ID_BYTES) return ErrorCode.BadValue;
  if (MESSAGE_END - S.collectAt < CONTEXT_BYTES) return ErrorCode.MessageTooLong;
  // A0{[80 matchingId], A1 deviceInfo}
  backBegin(MESSAGE_END);
  backDeviceInfo(0xa1);
  if (length) backTlv(0x80, matchingId, length);
  backHeader(0xa0, MESSAGE_END);
  cardRun(backAt, MESSAGE_END);
  return 0;
}

/** Starts BF38 from the elements of initiateAuthenticationOk in MESSAGE. Returns 0, MissingElement, BadValue or MessageTooLong. */
export function sendAuthenticateServer(): i32 {
  cardNoRuns();
  for (let slot: u32 = Slot.Signed; slot <= <u32>Slot.Certificate; slot++) {
    if (!runSlot(slot)) return ErrorCode.MissingElement;
  }
  const result = addContextParameters();
  if (!result) cardSendRuns(0xbf38);
  return result;
}
