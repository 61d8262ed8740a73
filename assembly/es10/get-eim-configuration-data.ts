// SPDX-License-Identifier: Apache-2.0
// ES10b.GetEimConfigurationData (SGP.32 v1.2 §5.9.18): the list comes entry by entry through the scanner; each entry is
// looked at whole, the chosen one gives the eIM's identity, address and trust anchor (§2.11.1.1.1, EimConfigurationData).

import { Binding, PeerKind, Scheme } from '../abi/actions';
import { ErrorCode } from '../abi/errors';
import { HAS_COAP, HAS_DATA, HAS_DIRECT, HAS_JSON, HAS_PUSH, HAS_SELECTION } from '../abi/features';
import { Command } from '../abi/options';
import { ASSOCIATION_TOKEN, CI_PKID, EIM_ADDRESS, EIM_ID, MESSAGE_END, O, S, WANTED_EIM_ID } from '../abi/state';
import { cardSendEmpty } from '../wire/card-lane';
import { backAt, backBegin, backByteTlv, backCopy, backHeader, backTlv } from '../wire/der-back';
import { derCopy, derEnd, derEquals, derLength, derStart, derValue, expectTlv, findTlv } from '../wire/der-read';

const EIM_ID_TYPE_FQDN: u32 = 2;
const EIM_ID_BYTES: u32 = 128;
const CI_PKID_BYTES: u32 = 20;
const TOKEN_BYTES: u32 = 8;

/** Sends BF55 without criteria; the choice is made here (SPEC.md E-1). */
export function sendGetEimConfigurationData(): void {
  cardSendEmpty(0xbf55);
}

/** Whether the entry at `at` is the eIM that is wanted: the one already talked to, else the one named in the options, else any. A wire error when it cannot be read. */
export function isWantedEim(at: usize, end: usize): i32 {
  let result = expectTlv(at, end, 0x30);
  if (!result) result = findTlv(derValue, derEnd, 0x80);
  if (result) return result;
  if (derLength - 1 >= EIM_ID_BYTES) return ErrorCode.BadValue;
  let wanted: u32 = O.wantedEimIdLength;
  let id = WANTED_EIM_ID;
  if (HAS_DIRECT && S.eimIdLength) {
    wanted = S.eimIdLength;
    id = EIM_ID;
  }
  return !wanted || derEquals(id, wanted) ? 1 : 0;
}

/** FNV-1a: tells eIMs apart where an eimId would take too much room. */
function hashOf(at: usize, end: usize): u32 {
  let hash: u32 = 0x811c9dc5;
  for (; at < end; at++) hash = (hash ^ load<u8>(at)) * 0x01000193;
  return hash;
}

/** Keeps eimId and associationToken of the entry, and prepares at requestAt what action NetworkOpen tells: 81 address, A6 trust anchor. */
export function readEimEntry(at: usize, end: usize): i32 {
  expectTlv(at, end, 0x30);
  const first = derValue;
  findTlv(first, end, 0x80);
  S.eimIdLength = derCopy(EIM_ID);
  if (HAS_SELECTION) S.eimHash = hashOf(derValue, derEnd);
  if (HAS_DATA) S.associationTokenLength = 0;
  if (HAS_DATA && !findTlv(first, end, 0x84) && derLength <= TOKEN_BYTES) {
    S.associationTokenLength = derCopy(ASSOCIATION_TOKEN);
  }
  if (HAS_DIRECT) S.eimIndirect = !findTlv(first, end, 0x89);
  if (HAS_DIRECT) store<u8>(CI_PKID, 0);
  if (HAS_DIRECT && !findTlv(first, end, 0x88) && derLength == CI_PKID_BYTES) {
    store<u8>(CI_PKID, derCopy(CI_PKID + 1));
  }
  return prepareNetworkOpen(first, end);
}

/** Bits of eimSupportedProtocol (§2.11.1.1.1). */
const RETRIEVE_HTTPS: u32 = 0x80;
const RETRIEVE_COAPS: u32 = 0x40;

/** How the eIM of this entry is talked to: as the host says, else CoAP where the eIM has nothing else; pushes come over CoAP alone. */
function chooseScheme(first: usize, end: usize): u32 {
  if (HAS_PUSH && O.command == Command.Listen) return O.esipaScheme ? O.esipaScheme : Scheme.Coaps;
  if (O.hasEsipaScheme) return O.esipaScheme;
  const protocols: u32 = findTlv(first, end, 0x87) || derLength < 2 ? RETRIEVE_HTTPS : load<u8>(derValue, 1);
  return (protocols & (RETRIEVE_HTTPS | RETRIEVE_COAPS)) == RETRIEVE_COAPS ? Scheme.Coaps : Scheme.Https;
}

function prepareNetworkOpen(first: usize, end: usize): i32 {
  let address = EIM_ADDRESS;
  let length: u32 = O.eimAddressLength;
  if (!length && !findTlv(first, end, 0x81)) {
    address = derValue;
    length = derLength;
  }
  if (!length && !findTlv(first, end, 0x82) && load<u8>(derValue) == EIM_ID_TYPE_FQDN) {
    address = EIM_ID;
    length = S.eimIdLength;
  }
  if (!length) return ErrorCode.MissingElement;
  if (HAS_COAP) S.scheme = chooseScheme(first, end);
  const anchorBytes: u32 = findTlv(first, end, 0xa6) ? 0 : derEnd - derStart;
  if (MESSAGE_END - end < <usize>length + 15 + anchorBytes) return ErrorCode.MessageTooLong;
  if (HAS_DIRECT) S.peerKind = PeerKind.Eim;
  // CoAP has no JSON binding (SGP.32 v1.2 §6.2)
  if (HAS_JSON) S.binding = HAS_COAP && S.scheme ? Binding.Asn1 : O.esipaBinding;
  backBegin(MESSAGE_END);
  backCopy(derEnd - anchorBytes, derEnd);
  backTlv(0x81, address, length);
  // after a package the device is the one who has something to tell
  if (HAS_PUSH && O.command == Command.Listen && !S.packages) backHeader(0x84, backAt);
  if (HAS_COAP && S.scheme) backByteTlv(0x83, S.scheme);
  backByteTlv(0x82, HAS_JSON ? S.binding : 0);
  backByteTlv(0x80, PeerKind.Eim);
  S.requestAt = backAt;
  S.requestEnd = MESSAGE_END;
  return 0;
}
