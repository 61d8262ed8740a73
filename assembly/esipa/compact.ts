// SPDX-License-Identifier: Apache-2.0
// Compact forms of what the eUICC signed (the Compact… types of SGP.32 v1.2): with minimizeEsipaBytes the IPA leaves out what the
// eIM knows already. Signatures are over the full structures, which the eIM restores; so each element left is copied as it came.

import { PeerKind } from '../abi/actions';
import { HAS_COMPACT } from '../abi/features';
import { MESSAGE, MESSAGE_END, O, S } from '../abi/state';
import { isProfileAid, PROFILE_NUMBER_AT } from '../rsp/aid';
import { PREFIX } from '../rsp/prefix';
import { requestBegin, requestRest } from '../rsp/request';
import { Slot, slotAt } from '../rsp/slots';
import { derEnd, derLength, derStart, derValue, expectTlv, findTlv } from '../wire/der-read';
import { putHeader, tlvBytes } from '../wire/der-write';
import { putEid } from './get-eim-package';

/** ipaFeatures bit 5, minimizeEsipaBytes. */
const MINIMIZE_ESIPA_BYTES: u32 = 0x04;
const EID_TLV_BYTES: u32 = 18;

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

function copy(to: usize, at: usize, end: usize): usize {
  memory.copy(to, at, end - at);
  return to + (end - at);
}

/** Writes `tag`{A2{`signedTag`{… `length` bytes to follow}, 5F37}} without these bytes. Returns where they go. */
function putOuter(to: usize, tag: u32, signedTag: u32, length: u32): usize {
  const inner = tlvBytes(signedTag, length) + (signatureEnd - signatureAt);
  to = putHeader(putHeader(to, tag, tlvBytes(0xa2, inner)), 0xa2, inner);
  return putHeader(to, signedTag, length);
}

/** BF38 in MESSAGE between `at` and `end`, compact behind it: extCardResource, and ctxParams1 where they are not the eIM's. Returns the end, or 0 to send it as it is. */
export function compactAuthenticateResponse(at: usize, end: usize): usize {
  if (MESSAGE_END - end < end - at || !open(at, end, 0xbf38)) return 0;
  let context: usize = 0;
  let contextBytes: u32 = 0;
  if (!slotAt(Slot.Context)) {
    if (findTlv(signedAt, signedEnd, 0xa0)) return 0;
    context = derStart;
    contextBytes = derEnd - derStart;
  }
  if (findTlv(signedAt, signedEnd, 0xbf22) || findTlv(derValue, derEnd, 0x84)) return 0;
  const resource = derStart;
  const resourceEnd = derEnd;
  let to = putOuter(end, 0xbf38, 0xa0, resourceEnd - resource + (contextBytes ? tlvBytes(0xa2, contextBytes) : 0));
  to = copy(to, resource, resourceEnd);
  if (contextBytes) to = copy(putHeader(to, 0xa2, contextBytes), context, context + contextBytes);
  return copy(to, signatureAt, signatureEnd);
}

/** BF21 between `at` and `end`, compact behind it: euiccOtpk and hashCc without the transactionId. Returns the end, or 0. */
export function compactPrepareResponse(at: usize, end: usize): usize {
  if (MESSAGE_END - end < end - at || !open(at, end, 0xbf21) || expectTlv(signedAt, signedEnd, 0x80)) return 0;
  const rest = derEnd;
  const to = putOuter(end, 0xbf21, 0x30, signedEnd - rest);
  return copy(copy(to, rest, signedEnd), signatureAt, signatureEnd);
}

/** BF41 between `at` and `end`, compact behind it: the reason. Returns the end, or 0. */
export function compactCancelResponse(at: usize, end: usize): usize {
  if (!open(at, end, 0xbf41) || findTlv(signedAt, signedEnd, 0x82) || derLength != 1) return 0;
  const reason = load<u8>(derValue);
  const inner: u32 = 5 + (signatureEnd - signatureAt);
  const to = putHeader(putHeader(end, 0xbf41, tlvBytes(0xa2, inner)), 0xa2, inner);
  store<u32>(to, 0x01800330); // 30 03 80 01
  store<u8>(to, reason, 4);
  return copy(to + 5, signatureAt, signatureEnd);
}

/** BF37 between `at` and `end`, compact behind it: transactionId, seqNumber, whether there is an ICCID, and the result with two bytes of the AID. Returns the end, or 0. */
export function compactInstallationResult(at: usize, end: usize): usize {
  if (MESSAGE_END - end < end - at || expectTlv(at, end, 0xbf37)) return 0;
  const last = derEnd;
  if (expectTlv(derValue, last, 0xbf27)) return 0;
  const data = derValue;
  const dataEnd = derEnd;
  signatureAt = derEnd;
  if (expectTlv(signatureAt, last, 0x5f37)) return 0;
  signatureEnd = derEnd;
  // the parts come first behind the message, then they move behind their headers
  let to = end;
  if (expectTlv(data, dataEnd, 0x80)) return 0;
  to = copy(to, derStart, derEnd);
  if (expectTlv(derEnd, dataEnd, 0xbf2f)) return 0;
  const metadata = derValue;
  const metadataEnd = derEnd;
  if (expectTlv(metadata, metadataEnd, 0x80)) return 0;
  const sequence = to;
  to = copy(to, derStart, derEnd);
  store<u8>(sequence, 0x02);
  if (findTlv(metadata, metadataEnd, 0x5a)) {
    store<u32>(to, 0x000101); // 01 01 00
    to += 3;
  }
  if (findTlv(data, dataEnd, 0xa2)) return 0;
  to = putFinalResult(to, derStart, derValue, derEnd);
  const length = to - end;
  const inner = tlvBytes(0xa0, length) + (signatureEnd - signatureAt);
  const header: usize = tlvBytes(0xa0, inner) - inner + (tlvBytes(0xa0, length) - length);
  memory.copy(end + header, end, length);
  putHeader(putHeader(end, 0xa0, inner), 0xa0, length);
  return copy(to + header, signatureAt, signatureEnd);
}

/** A2{A0{4F, 04}} with the AID shortened, anything else as it is. */
function putFinalResult(to: usize, start: usize, at: usize, end: usize): usize {
  if (expectTlv(at, end, 0xa0) || expectTlv(derValue, derEnd, 0x4f) || !isProfileAid(derValue, derLength)) return copy(to, start, end);
  const aid = derValue;
  const rest = derEnd;
  const length: u32 = 4 + (end - rest);
  to = putHeader(putHeader(putHeader(to, 0xa2, length + 2), 0xa0, length), 0x4f, 2);
  return copy(copy(to, aid + PROFILE_NUMBER_AT, aid + PROFILE_NUMBER_AT + 2), rest, end);
}

/** Sends OtherSignedNotification without its certificates: BF3D{A0{A1{5A, BF2F, 5F37}}}; the last two lie in MESSAGE up to collectAt. */
export function sendCompactNotification(): void {
  const length = S.collectAt - MESSAGE;
  const to = putEid(putHeader(S.collectAt, 0xa1, EID_TLV_BYTES + length));
  const end = copy(to, MESSAGE, S.collectAt);
  S.restIsResult = false;
  requestBegin(0xbf3d, PREFIX, 0xa0, end - S.collectAt);
  requestRest(S.collectAt, end);
}
