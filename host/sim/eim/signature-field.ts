// SPDX-License-Identifier: Apache-2.0
// Signatures and key identifiers in ES9+ JSON come with or without their tag (SGP.22 v2.5 §6.5.2); in ESipa they always have it.
import { tlv } from '../codec/ber.js';

const PLAIN_SIGNATURE_BYTES = 64;
const KEY_IDENTIFIER_BYTES = 20;

/** The signature as a 5F37 TLV. */
export function signatureTlv(field: Uint8Array): Uint8Array {
  return field.length === PLAIN_SIGNATURE_BYTES ? tlv(0x5f37, field) : field;
}

/** The CI key identifier as a 04 TLV. */
export function keyIdentifierTlv(field: Uint8Array): Uint8Array {
  return field.length === KEY_IDENTIFIER_BYTES ? tlv(0x04, field) : field;
}
