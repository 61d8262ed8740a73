// SPDX-License-Identifier: Apache-2.0
// EimAcknowledgements (SGP.32 v1.2 §2.11.1.4): the results and notifications that an eUICC may forget.
import { integerContent, tlv } from '../../codec/ber.js';

/** Tag BF53 with these sequence numbers. */
export function eimAcknowledgements(seqNumbers: readonly number[]): Uint8Array {
  return tlv(0xbf53, ...seqNumbers.map((seqNumber) => tlv(0x80, integerContent(seqNumber))));
}
