// SPDX-License-Identifier: Apache-2.0
// Compact forms of what the eUICC signed (the Compact… types of SGP.32 v1.2): with minimizeEsipaBytes the IPA leaves out what the
// eIM knows already. Signatures are over the full structures, which the eIM restores; so each element left is copied as it came.

import { PeerKind } from '../abi/actions';
import { HAS_COMPACT } from '../abi/features';
import { EID, MESSAGE, MESSAGE_END, O, S } from '../abi/state';
import { isProfileAid, PROFILE_NUMBER_AT } from '../rsp/aid';
import { PREFIX } from '../rsp/prefix';
import { requestBegin, requestRest } from '../rsp/request';
import { Slot, slotAt } from '../rsp/slots';
import { backAt, backBegin, backByteTlv, backCopy, backHeader, backTlv } from '../wire/der-back';
import { derEnd, derLength, derStart, derValue, expectTlv, findTlv } from '../wire/der-read';

/** ipaFeatures bit 5, minimizeEsipaBytes. */
export const MINIMIZE_ESIPA_BYTES: u32 = 0x04;
const EID_BYTES: u32 = 16;
const PROFILE_NUMBER_BYTES: u32 = 2;

/** Whether what goes to the present peer is made compact. */
export function isCompacting(): bool {
  return HAS_COMPACT && (O.ipaFeatures & MINIMIZE_ESIPA_BYTES) != 0 && S.peerKind == PeerKind.Eim;
}

let signedAt: usize = 0;
let signedEnd: usize = 0;
let signatureAt: usize = 0;
let signatureEnd: usize = 0;

/** Opens `tag`{A0{30 …, 5F37 …}} between `at` and `end`. False for anything else, such as an error. */
function open(at: usize, end: usize, tag: u32): bool {
  if (expectTlv(at, end, tag) || expectTlv(derValue, derEnd, 0xa0)) return false;
  const last = derEnd;
  if (expectTlv(derValue, last, 0x30)) return false;
  signedAt = derValue;
  signedEnd = derEnd;
  if (expectTlv(signedEnd, last, 0x5f37)) return false;
  signatureAt = derStart;
  signatureEnd = derEnd;
  return true;
}

/** Whether there is room for another form of what lies in MESSAGE from `at` to `end`; it is then written from MESSAGE_END backwards. */
function beginBehind(at: usize, end: usize): bool {
  backBegin(MESSAGE_END);
  return MESSAGE_END - end >= end - at;
}

/** Makes `tag`{A2{…}} of what was written. */
function finish(tag: u32): bool {
  backHeader(0xa2, MESSAGE_END);
  backHeader(tag, MESSAGE_END);
  return true;
}

/** Puts the signature, and in front of it `signedTag` around the bytes from `at` to `end`. */
function backSigned(signedTag: u32, at: usize, end: usize): void {
  backCopy(signatureAt, signatureEnd);
  const mark = backAt;
  backCopy(at, end);
  backHeader(signedTag, mark);
}

/** BF38 in MESSAGE between `at` and `end`, made compact: extCardResource, and ctxParams1 where they are not the eIM's. False: to be sent as it is. */
export function compactAuthenticateResponse(at: usize, end: usize): bool {
  if (!beginBehind(at, end) || !open(at, end, 0xbf38)) return false;
  backCopy(signatureAt, signatureEnd);
  const mark = backAt;
  if (!slotAt(Slot.Context)) {
    if (findTlv(signedAt, signedEnd, 0xa0)) return false;
    backCopy(derStart, derEnd);
    backHeader(0xa2, mark);
  }
  if (findTlv(signedAt, signedEnd, 0xbf22) || findTlv(derValue, derEnd, 0x84)) return false;
  backCopy(derStart, derEnd);
  backHeader(0xa0, mark);
  return finish(0xbf38);
}

/** BF21 between `at` and `end`, made compact: euiccOtpk and hashCc without the transactionId. */
export function compactPrepareResponse(at: usize, end: usize): bool {
  if (!beginBehind(at, end) || !open(at, end, 0xbf21) || expectTlv(signedAt, signedEnd, 0x80)) return false;
  backSigned(0x30, derEnd, signedEnd);
  return finish(0xbf21);
}

/** BF41 between `at` and `end`, made compact: the reason. */
export function compactCancelResponse(at: usize, end: usize): bool {
  if (!beginBehind(at, end) || !open(at, end, 0xbf41) || findTlv(signedAt, signedEnd, 0x82) || derLength != 1) return false;
  const reason = load<u8>(derValue);
  backCopy(signatureAt, signatureEnd);
  const mark = backAt;
  backByteTlv(0x80, reason);
  backHeader(0x30, mark);
  return finish(0xbf41);
}

/** BF37 between `at` and `end`, made compact: A0{A0{transactionId, seqNumber, whether there is an ICCID, the result with two bytes of the AID}, 5F37}. */
export function compactInstallationResult(at: usize, end: usize): bool {
  if (!beginBehind(at, end) || expectTlv(at, end, 0xbf37)) return false;
  const last = derEnd;
  if (expectTlv(derValue, last, 0xbf27)) return false;
  const data = derValue;
  const dataEnd = derEnd;
  if (expectTlv(dataEnd, last, 0x5f37)) return false;
  backCopy(derStart, derEnd);
  const mark = backAt;
  if (findTlv(data, dataEnd, 0xa2)) return false;
  backFinalResult(derStart, derValue, derEnd);
  if (findTlv(data, dataEnd, 0xbf2f)) return false;
  const metadata = derValue;
  const metadataEnd = derEnd;
  if (findTlv(metadata, metadataEnd, 0x5a)) backByteTlv(0x01, 0);
  if (expectTlv(metadata, metadataEnd, 0x80)) return false;
  backTlv(0x02, derValue, derLength);
  if (expectTlv(data, dataEnd, 0x80)) return false;
  backCopy(derStart, derEnd);
  backHeader(0xa0, mark);
  backHeader(0xa0, MESSAGE_END);
  return true;
}

/** A2{A0{4F, 04}} with the AID shortened, anything else as it is. */
function backFinalResult(start: usize, at: usize, end: usize): void {
  if (expectTlv(at, end, 0xa0) || expectTlv(derValue, derEnd, 0x4f) || !isProfileAid(derValue, derLength)) return backCopy(start, end);
  const mark = backAt;
  const aid = derValue;
  backCopy(derEnd, end);
  backTlv(0x4f, aid + PROFILE_NUMBER_AT, PROFILE_NUMBER_BYTES);
  backHeader(0xa0, mark);
  backHeader(0xa2, mark);
}

/** Sends OtherSignedNotification without its certificates: BF3D{A0{A1{5A, BF2F, 5F37}}}; the last two lie in MESSAGE up to collectAt. */
export function sendCompactNotification(): void {
  backBegin(MESSAGE_END);
  backCopy(MESSAGE, S.collectAt);
  backTlv(0x5a, EID, EID_BYTES);
  backHeader(0xa1, MESSAGE_END);
  S.restIsResult = false;
  requestBegin(0xbf3d, PREFIX, 0xa0, MESSAGE_END - backAt);
  requestRest(backAt, MESSAGE_END);
}
