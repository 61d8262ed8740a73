// SPDX-License-Identifier: Apache-2.0
// Profile metadata (BF25), as an eIM looks at them in the place of the IPA (IPA capability eimProfileMetadataVerification).
import { need, type Tlv } from '../codec/ber.js';
import { concat } from '../codec/bytes.js';

/** Each element of sequenceOf88 ends with this many bytes of MAC (SGP.22 v2.5 §2.5.4). */
const MAC_BYTES = 8;

/** The metadata inside a BoundProfilePackage: authenticated, but not encrypted. Throws CodecError. */
export function metadataOfBoundProfilePackage(boundProfilePackage: Tlv): Uint8Array {
  const pieces = need(boundProfilePackage, 0xa1).children.map((piece) => piece.value.subarray(0, -MAC_BYTES));
  return concat(...pieces);
}
