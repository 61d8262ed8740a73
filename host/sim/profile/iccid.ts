// SPDX-License-Identifier: Apache-2.0
// ICCIDs and network identities between text and bytes (ITU-T E.118, 3GPP TS 24.008 §10.5.1.3).
import { hex } from '../codec/bytes.js';

const ICCID_BYTES = 10;
/** Type of identity IMSI with an odd number of digits. */
const ODD_IDENTITY = 0x09;

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

/** The contents of EF.IMSI, 9 bytes: length, parity, digit pairs swapped (3GPP TS 31.102 §4.2.2). Throws RangeError unless 15 digits. */
export function imsiContent(imsi: string): Uint8Array {
  if (!/^\d{15}$/.test(imsi)) throw new RangeError(`an IMSI has 15 digits here: ${imsi}`);
  const [first, ...others] = [...imsi].map(Number) as [number, ...number[]];
  const pairs = Array.from({ length: others.length / 2 }, (_, index) => (others[index * 2 + 1]! << 4) | others[index * 2]!);
  return Uint8Array.of(1 + pairs.length, (first << 4) | ODD_IDENTITY, ...pairs);
}

/** The digits in EF.IMSI; undefined when it holds none. */
export function readImsi(content: Uint8Array): string | undefined {
  const length = content[0] ?? 0;
  if (length === 0 || length >= content.length) return undefined;
  const digits = hex(content.subarray(1, 1 + length)).replace(/(.)(.)/g, '$2$1');
  const odd = ((content[1] ?? 0) & 0x08) !== 0;
  const imsi = odd ? digits.slice(1) : digits.slice(1, -1);
  return /^\d+$/.test(imsi) ? imsi : undefined;
}
