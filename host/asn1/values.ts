// SPDX-License-Identifier: Apache-2.0
// Contents of elements from and to the values that people write: digits, hexadecimal text, names of bits, dotted object identifiers.

import { ObjectIdentifier } from 'asn1js';

/** Upper-case hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}

/** Bytes of hexadecimal digits. @throws RangeError for anything else */
export function hexBytes(name: string, text: string): Uint8Array {
  if (!/^([0-9A-Fa-f]{2})*$/.test(text)) throw new RangeError(`${name} must be hexadecimal digits in pairs, not "${text}"`);
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** Two digits per byte with the first in the low half and F at the end, as ICCID and IMEI have them (ITU-T E.118). */
export function swappedDigits(digits: string, bytes: number): Uint8Array {
  const filled = digits.padEnd(2 * bytes, 'F');
  return Uint8Array.from({ length: bytes }, (_, i) => Number.parseInt(`${filled[2 * i + 1]}${filled[2 * i]}`, 16));
}

/** The digits of swapped halves, fillers left out. */
export function digitsOfSwapped(bytes: Uint8Array): string {
  return hex(bytes)
    .replace(/(.)(.)/g, '$2$1')
    .replace(/F+$/, '');
}

const ICCID_BYTES = 10;

/** The 10 bytes of an ICCID of 18 to 20 digits. @throws RangeError */
export function iccidBytes(iccid: string): Uint8Array {
  if (!/^\d{18,20}$/.test(iccid)) throw new RangeError(`iccid must be 18 to 20 digits, not "${iccid}"`);
  return swappedDigits(iccid, ICCID_BYTES);
}

/** MCC and MNC, "26201", "262/01" or "310-260", as the 3 bytes of 3GPP TS 24.008 §10.5.1.3. @throws RangeError */
export function plmnBytes(name: string, text: string): Uint8Array {
  const [, mcc, mnc] = /^(\d{3})[/-]?(\d{2,3})$/.exec(text) ?? [];
  if (mcc === undefined || mnc === undefined) throw new RangeError(`${name} must be MCC and MNC, such as 262/01, not "${text}"`);
  const [mnc1, mnc2, mnc3 = 'F'] = mnc;
  return Uint8Array.from(Buffer.from(`${mcc[1]}${mcc[0]}${mnc3}${mcc[2]}${mnc2}${mnc1}`, 'hex'));
}

/** MCC and MNC of 3 bytes without a separator, "26201"; E, which stands for any digit in rules (SGP.22 v2.5 §2.9.3.1), stays E. */
export function plmnText(bytes: Uint8Array): string {
  const [mcc2, mcc1, mnc3, mcc3, mnc2, mnc1] = hex(bytes);
  return [mcc1, mcc2, mcc3, mnc1, mnc2, mnc3 === 'F' ? '' : mnc3].join('');
}

/** Contents of an INTEGER that is not negative. @throws RangeError */
export function integerContents(name: string, value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${name} must be a whole number from 0 on, not ${value}`);
  const digits = value.toString(16);
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
  return Uint8Array.from(bytes[0]! >= 0x80 ? [0, ...bytes] : bytes);
}

/** Contents of a named BIT STRING: unused bits, then the bits without trailing zeros; `names` from bit 0 on. */
export function bitContents<Name extends string>(names: readonly Name[], set: readonly Name[]): Uint8Array {
  const numbers = set.map((name) => names.indexOf(name));
  const last = Math.max(-1, ...numbers);
  const bytes = new Uint8Array(1 + Math.ceil((last + 1) / 8));
  bytes[0] = 8 * (bytes.length - 1) - (last + 1);
  for (const bit of numbers) bytes[1 + (bit >> 3)]! |= 0x80 >> (bit & 7);
  return bytes;
}

/** The names of the bits that are set in such contents; a bit without a name is "bit<number>". */
export function bitNames<Name extends string>(names: readonly Name[], contents: Uint8Array): (Name | `bit${number}`)[] {
  const bits = [...contents.subarray(1)].flatMap((byte, at) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((i) => byte & (0x80 >> i)).map((i) => 8 * at + i),
  );
  return bits.map((bit) => names[bit] ?? (`bit${bit}` as const));
}

/** Contents of an OBJECT IDENTIFIER in dotted form. @throws RangeError */
export function oidContents(name: string, dotted: string): Uint8Array {
  if (!/^[0-2](\.\d+)+$/.test(dotted)) throw new RangeError(`${name} must be a dotted object identifier, not "${dotted}"`);
  return new Uint8Array(new ObjectIdentifier({ value: dotted }).valueBlock.toBER());
}

/** The dotted form of such contents; undefined when they are none. */
export function oidText(contents: Uint8Array): string | undefined {
  const identifier = new ObjectIdentifier();
  const end = identifier.valueBlock.fromBER(contents, 0, contents.length);
  return contents.length > 0 && end === contents.length ? identifier.valueBlock.toString() : undefined;
}
