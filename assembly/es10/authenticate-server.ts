// SPDX-License-Identifier: Apache-2.0
// ES10b.AuthenticateServer (SGP.22 v2.5 §5.7.13): BF38 is put together from the signed elements exactly as they came and the
// ctxParams1 of the eIM, or our own. The eUICC's answer is streamed on to the eIM, not read here.

import { ErrorCode } from '../abi/errors';
import { ACTIVATION_CODE, DEVICE_CAPABILITIES, IMEI, MESSAGE, MESSAGE_END, S, TAC, TRANSACTION_ID } from '../abi/state';
import { sameText } from '../wire/bytes';
import { cardSendWrapped } from '../wire/card-lane';
import { derEnd, derLength, derStart, derValue, expectTlv, findTlv } from '../wire/der-read';
import { putHeader, putTlv, tlvBytes } from '../wire/der-write';

const TRANSACTION_ID_BYTES: u32 = 16;
const MATCHING_ID_BYTES: u32 = 255;
const TAC_BYTES: u32 = 4;

/** Reads transactionId and serverAddress of the serverSigned1 between `at` and `end`. */
function readServerSigned1(at: usize, end: usize): i32 {
  let result = findTlv(at, end, 0x80);
  if (result) return result;
  if (derLength - 1 >= TRANSACTION_ID_BYTES) return ErrorCode.BadValue;
  S.transactionIdLength = derLength;
  memory.copy(TRANSACTION_ID, derValue, derLength);
  result = findTlv(at, end, 0x83);
  if (result) return result;
  // SGP.22 v2.5 §3.0.1 step 9: the server that signed must be the one that was asked for, where we know it
  const wanted: u32 = S.smdpAddressLength;
  const same = derLength == wanted && sameText(derValue, ACTIVATION_CODE + S.smdpAddressAt, wanted);
  return !wanted || same ? 0 : ErrorCode.ServerAddressMismatch;
}

/** Bytes of deviceInfo's contents: tac, deviceCapabilities, imei. */
function deviceInfoBytes(): u32 {
  const imei: u32 = S.imeiLength;
  return tlvBytes(0x80, TAC_BYTES) + tlvBytes(0xa1, S.deviceCapabilitiesLength) + (imei ? tlvBytes(0x82, imei) : 0);
}

/** Writes SGP.22 DeviceInfo with the given tag (A1 in ctxParams1, A9 in IpaEuiccData). */
export function putDeviceInfo(at: usize, tag: u32): usize {
  at = putHeader(at, tag, deviceInfoBytes());
  at = putTlv(at, 0x80, TAC, TAC_BYTES);
  at = putTlv(at, 0xa1, DEVICE_CAPABILITIES, S.deviceCapabilitiesLength);
  const imei: u32 = S.imeiLength;
  return imei ? putTlv(at, 0x82, IMEI, imei) : at;
}

/** Writes our own ctxParamsForCommonAuthentication: A0{[80 matchingId], A1 deviceInfo}. */
function putContextParameters(at: usize): usize {
  const matchingId: u32 = S.matchingIdLength;
  const matchingIdBytes = matchingId ? tlvBytes(0x80, matchingId) : 0;
  at = putHeader(at, 0xa0, matchingIdBytes + tlvBytes(0xa1, deviceInfoBytes()));
  if (matchingId) at = putTlv(at, 0x80, ACTIVATION_CODE + S.matchingIdAt, matchingId);
  return putDeviceInfo(at, 0xa1);
}

/** Puts ctxParams1 at `at`: the eIM's when the answer holds them (A2), else ours with the eIM's matchingId (0C) or the activation code's. */
function appendContextParameters(at: usize, end: usize): usize {
  let result = findTlv(at, end, 0xa2);
  if (!result) {
    const length = derLength;
    memory.copy(at, derValue, length);
    return at + length;
  }
  if (result == ErrorCode.MissingElement) result = findTlv(at, end, 0x0c);
  if (!result && derLength <= MATCHING_ID_BYTES) {
    S.matchingIdAt = 0;
    S.matchingIdLength = derLength;
    memory.copy(ACTIVATION_CODE, derValue, derLength);
  }
  return putContextParameters(at);
}

/**
 * Prepares BF38 from the contents of initiateAuthenticationOkEsipa in MESSAGE up to collectAt, and starts the command.
 * Returns 0, a wire error, ServerAddressMismatch or MessageTooLong.
 */
export function sendAuthenticateServer(): i32 {
  const end = S.collectAt;
  let result = findTlv(MESSAGE, end, 0x30);
  if (result) return result;
  const signed = derStart;
  const afterSigned = derEnd;
  result = readServerSigned1(derValue, derEnd);
  if (!result) result = expectTlv(afterSigned, end, 0x5f37);
  if (!result) result = expectTlv(derEnd, end, 0x04);
  if (!result) result = expectTlv(derEnd, end, 0x30);
  if (result) return result;
  const afterCertificate = derEnd;
  if (MESSAGE_END - end < <usize>deviceInfoBytes() + MATCHING_ID_BYTES + 16) return ErrorCode.MessageTooLong;
  const requestEnd = appendContextParameters(afterCertificate, end);
  S.smdpAddressLength = 0; // checked; its place may hold the eIM's matchingId now
  cardSendWrapped(0xbf38, signed, requestEnd);
  return 0;
}
