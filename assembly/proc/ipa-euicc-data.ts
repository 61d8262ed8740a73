// SPDX-License-Identifier: Apache-2.0
// IpaEuiccDataRequest and its answer (SGP.32 v1.2 §2.11.1.2, §2.11.2.2). The answer can be larger than any buffer, so it is
// made in two passes over the same objects: one adds up their lengths, the other streams them from the card to the eIM.

import { ErrorCode } from '../abi/errors';
import { HAS_COAP, HAS_COMPACT, HAS_DATA, HAS_PUSH } from '../abi/features';
import { ASSOCIATION_TOKEN, EIM_TRANSACTION_ID, MESSAGE, O, S, SCRATCH, SCRATCH_END } from '../abi/state';
import { backDeviceInfo } from '../es10/authenticate-server';
import { sendRetrieveByCriterion, sendRetrieveResults } from '../es10/retrieve-notifications-list';
import { MINIMIZE_ESIPA_BYTES } from '../esipa/compact';
import { beginProvideResult } from '../esipa/provide-eim-package-result';
import { PREFIX } from '../rsp/prefix';
import { requestPut } from '../rsp/request';
import { cardSendBack, cardSendEmpty } from '../wire/card-lane';
import { backBegin, backHeader, backTlv } from '../wire/der-back';
import { derEnd, derLength, derValue, findTlv } from '../wire/der-read';
import { putHeader, tlvBytes } from '../wire/der-write';
import { Do, Go } from './functions';

namespace Step {
  export const Measure: u8 = 1;
  export const Begin: u8 = 2;
  export const Send: u8 = 3;
  export const FinishResponse: u8 = 4;
  export const OweDataError: u8 = 5;
  export const OweTagListError: u8 = 6;
  export const SendOwed: u8 = 7;
  export const RemoveAcknowledged: u8 = 8;
}

// biome-ignore format: a row a line
export const DATA: usize = HAS_DATA ? memory.data<u8>([
  /* 0 */ Do.ReadDataRequest, Step.Measure, Step.OweTagListError,
  /* 1 */ Do.MeasureDataObject, Step.Begin, Step.OweDataError,
  /* 2 */ Do.BeginDataResponse, Step.Send, Go.End,
  /* 3 */ Do.SendDataObject, Step.FinishResponse, Step.OweDataError,
  /* 4 */ Do.FinishDataResponse, Step.RemoveAcknowledged, Go.End,
  /* 5 */ Do.OweDataError, Step.SendOwed, Go.End,
  /* 6 */ Do.OweTagListError, Step.SendOwed, Go.End,
  /* 7 */ Do.SendOwed, Go.Retrieval, Go.End,
  /* 8 the eIM has what was in the answer */ Do.RemoveAcknowledged, Go.Retrieval, Go.End,
]) : 0;

/** The objects in the order of IpaEuiccData. */
const enum DataObject {
  Notifications = 0,
  DefaultSmdpAddress = 1,
  PackageResults = 2,
  EuiccInfo1 = 3,
  EuiccInfo2 = 4,
  RootSmdsAddress = 5,
  AssociationToken = 6,
  EumCertificate = 7,
  EuiccCertificate = 8,
  EimTransactionId = 9,
  IpaCapabilities = 10,
  DeviceInfo = 11,
}

/** Number of objects. */
export const DATA_OBJECTS: u32 = 12;

/** tagList element of each object, high byte first; 0: not asked for by tag. */
// biome-ignore format: a row a line
const OBJECT_TAGS: usize = HAS_DATA ? memory.data<u8>([
  0, 0xa0, 0, 0x81, 0, 0xa2, 0xbf, 0x20, 0xbf, 0x22, 0, 0x83, 0, 0x84, 0, 0xa5, 0, 0xa6, 0, 0, 0, 0xa8, 0, 0xa9,
]) : 0;

const NOTIFICATIONS_BY_THEIR_FUNCTION: u32 = 0xbf2b; // SPEC.md, I-8

function objectOf(tag: u32): i32 {
  if (tag == NOTIFICATIONS_BY_THEIR_FUNCTION) return DataObject.Notifications;
  for (let object: u32 = 0; object < DATA_OBJECTS; object++) {
    if (tag == (((<u32>load<u8>(OBJECT_TAGS + 2 * object)) << 8) | load<u8>(OBJECT_TAGS + 2 * object, 1))) return object;
  }
  return -1;
}

/** Reads BF52{5C tagList, …} in MESSAGE into dataWanted. Returns 0, or an error when a tag is not one of the list of §2.11.1.2. */
export function readDataRequest(): i32 {
  S.keepEnd = S.collectAt;
  S.dataWanted = 0;
  const result = findTlv(MESSAGE, S.collectAt, 0x5c);
  if (result) return result;
  for (let at = derValue; at < derEnd; ) {
    let tag: u32 = load<u8>(at++);
    if ((tag & 0x1f) == 0x1f) {
      if (at == derEnd) return ErrorCode.Truncated;
      tag = (tag << 8) | load<u8>(at++);
    }
    const object = tag ? objectOf(tag) : -1;
    if (object < 0) return ErrorCode.BadValue;
    S.dataWanted |= 1 << object;
  }
  if (S.eimTransactionIdLength) S.dataWanted |= 1 << DataObject.EimTransactionId;
  beginDataPass(true);
  return 0;
}

/** Starts a pass over the objects. */
function beginDataPass(counting: bool): void {
  S.networkCounting = counting;
  S.dataObject = 0;
  if (counting) S.dataTotal = 0;
}

/** Starts BF50{5A, BF52{A0{…}}} with the measured length. */
export function beginDataResponse(): void {
  const data = S.dataTotal;
  const inner = tlvBytes(0xa0, data);
  beginProvideResult(tlvBytes(0xbf52, inner));
  requestPut(PREFIX, putHeader(putHeader(PREFIX, 0xbf52, inner), 0xa0, data) - PREFIX);
  beginDataPass(false);
}

/** The criterion inside the element `tag` of the request, or nothing. */
function findCriterion(tag: u32): bool {
  return !findTlv(MESSAGE, S.keepEnd, tag) && derLength > 0 && derLength <= 16;
}

function sendGetCerts(): void {
  if (findTlv(MESSAGE, S.keepEnd, 0x04) || derLength > 20) return cardSendEmpty(0xbf56);
  backBegin(SCRATCH_END);
  backTlv(0x80, derValue, derLength);
  cardSendBack(0xbf56);
}

/**
 * Where the card has each object: second byte of the function's tag, 0 for what is no matter of the card; depth and tag of the element in the
 * answer, 0 for the answer itself; and the tag it gets, 0 for its own.
 */
const SOURCE_BYTES: u32 = 4;
// biome-ignore format: a row a line
const SOURCES: usize = HAS_DATA ? memory.data<u8>([
  /* Notifications */ 0x2b, 2, 0xa0, 0,
  /* DefaultSmdpAddress */ 0x3c, 2, 0x80, 0x81,
  /* PackageResults */ 0x2b, 2, 0xa2, 0,
  /* EuiccInfo1 */ 0x20, 1, 0, 0,
  /* EuiccInfo2 */ 0x22, 1, 0, 0,
  /* RootSmdsAddress */ 0x3c, 2, 0x81, 0x83,
  /* AssociationToken */ 0, 0, 0, 0,
  /* EumCertificate */ 0x56, 3, 0xa5, 0,
  /* EuiccCertificate */ 0x56, 3, 0xa6, 0,
  /* EimTransactionId, IpaCapabilities, DeviceInfo */ 0, 0, 0, 0, 0, 0, 0, 0, 0,
]) : 0;

const GET_CERTS: u32 = 0xbf56;
const RETRIEVE_NOTIFICATIONS: u32 = 0xbf2b;
const RESULTS: u32 = 0xa2;

/** Asks the card for the present object. False when the object is no matter of the card. */
export function sendDataObjectRequest(): bool {
  const source = SOURCES + S.dataObject * SOURCE_BYTES;
  if (!load<u8>(source)) return false;
  const tag: u32 = load<u8>(source, 2);
  const outer: u32 = 0xbf00 | load<u8>(source);
  S.selectIndex = 0;
  S.selectOuter = outer;
  S.selectDepth = load<u8>(source, 1);
  S.selectTag = tag ? tag : outer;
  S.retag = load<u8>(source, 3);
  if (outer == GET_CERTS) sendGetCerts();
  // criteria have the tags A1 and A2
  else if (outer == RETRIEVE_NOTIFICATIONS && findCriterion(tag == RESULTS ? RESULTS : 0xa1)) sendRetrieveByCriterion(derValue, derEnd);
  else if (tag == RESULTS) sendRetrieveResults();
  else cardSendEmpty(outer);
  return true;
}

/** Writes the present object, one that the IPA knows itself, from backAt to SCRATCH_END; nothing when there is none. */
export function putOwnDataObject(): void {
  const token: u32 = S.associationTokenLength;
  backBegin(SCRATCH_END);
  switch (S.dataObject) {
    case DataObject.AssociationToken:
      if (token) backTlv(0x84, ASSOCIATION_TOKEN, token);
      return;
    case DataObject.EimTransactionId:
      return backTlv(0x87, EIM_TRANSACTION_ID, S.eimTransactionIdLength);
    case DataObject.IpaCapabilities:
      return backCapabilities();
    default:
      return backDeviceInfo(0xa9);
  }
}

/** retrieveHttps, retrieveCoaps, injectCoaps. */
const PROTOCOLS: u32 = HAS_PUSH ? 0xd0 : HAS_COAP ? 0xc0 : 0x80;

/** A8{80 ipaFeatures, 81 ipaSupportedProtocols}: named bits, trailing zero bits left out. */
function backCapabilities(): void {
  backBits(0x81, PROTOCOLS);
  backBits(0x80, HAS_COMPACT ? O.ipaFeatures : O.ipaFeatures & ~MINIMIZE_ESIPA_BYTES);
  backHeader(0xa8, SCRATCH_END);
}

function backBits(tag: u32, bits: u32): void {
  // what is written ends at the other end of SCRATCH
  store<u16>(SCRATCH, (ctz(bits | 0x100) & 7) | (bits << 8));
  backTlv(tag, SCRATCH, 2);
}
