// SPDX-License-Identifier: Apache-2.0
// ICCIDs and network identities between text and bytes (ITU-T E.118, 3GPP TS 24.008 §10.5.1.3).
import { hex } from '../codec/bytes.js';

const ICCID_BYTES = 10;

/** The value of tag 5A and of profile header tag 83, 10 bytes: digit pairs swapped, F filled. Throws RangeError unless 18 to 20 digits. */
export function iccidContent(iccid: string): Uint8Array {
  if (!/^\d{18,20}$/.test(iccid)) throw new RangeError(`an ICCID has 18 to 20 digits: ${iccid}`);
  const padded = iccid.padEnd(ICCID_BYTES * 2, 'F');
  return Uint8Array.from({ length: ICCID_BYTES }, (_, index) => Number.parseInt(padded[index * 2 + 1]! + padded[index * 2]!, 16));
}

/** The digits of an ICCID of any length as stored in tag 5A. */
export function readIccid(value: Uint8Array): string {
  return hex(value)
    .replace(/(.)(.)/g, '$2$1')
    .replace(/F+$/, '');
}

/** Three bytes of MCC and MNC from 5 or 6 digits: "26201" becomes 62 F2 10. Throws RangeError. */
export function mccMncContent(digits: string): Uint8Array {
  if (!/^\d{5,6}$/.test(digits)) throw new RangeError(`MCC and MNC have 5 or 6 digits together: ${digits}`);
  const [mcc1, mcc2, mcc3, mnc1, mnc2, mnc3 = 15] = [...digits].map(Number) as [number, number, number, number, number, number?];
  return Uint8Array.of((mcc2 << 4) | mcc1, (mnc3 << 4) | mcc3, (mnc2 << 4) | mnc1);
}
