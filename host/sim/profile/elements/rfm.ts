// SPDX-License-Identifier: Apache-2.0
// PE-RFM: an application for remote file management (ETSI TS 102 226 §8).
import { tlv } from '../../codec/ber.js';
import { concat, fromHex } from '../../codec/bytes.js';
import { PROFILE_ELEMENT } from '../interoperable-format.js';
import { type NumberedElement, numbered } from './numbered.js';
import { MNO_SECURITY_DOMAIN_AID } from './security-domain.js';

/** Cryptographic checksum and ciphering, both required. */
const SECURITY_LEVEL = 0x16;
const FULL_ACCESS = Uint8Array.of(0);
/** Up to the toolkit application reference, which is the last but one part of an AID (ETSI TS 101 220 Annex D). */
const AID_PREFIX = fromHex('A0000000090005FFFFFFFF89');

/** @param reference toolkit application reference, 3 bytes. @param adf AID of the ADF it may write to besides the files of the UICC. */
export function remoteFileManagement(reference: Uint8Array, adf?: Uint8Array): NumberedElement {
  return numbered(
    PROFILE_ELEMENT.rfm,
    tlv(0x4f, concat(AID_PREFIX, reference, Uint8Array.of(0))),
    tlv(0x4f, MNO_SECURITY_DOMAIN_AID),
    tlv(0xa0, tlv(0x04, reference)),
    tlv(0x81, Uint8Array.of(SECURITY_LEVEL)),
    tlv(0x04, FULL_ACCESS),
    tlv(0x04, FULL_ACCESS),
    ...(adf ? [tlv(0x30, tlv(0x80, adf), tlv(0x81, FULL_ACCESS), tlv(0x82, FULL_ACCESS))] : []),
  );
}
