// SPDX-License-Identifier: Apache-2.0
// The EID as text and as bytes (SGP.29 for its check digits).
import { hex } from '../codec/bytes.js';

const EID_DIGITS = /^[0-9]{32}$/;

/** The 16 bytes of an EID of 32 digits, two digits per byte in reading order. Throws RangeError for any other text. */
export function eidToBytes(eid: string): Uint8Array {
  if (!EID_DIGITS.test(eid)) throw new RangeError(`${JSON.stringify(eid)} is not an EID of 32 digits`);
  return Uint8Array.from(Buffer.from(eid, 'hex'));
}

/** The EID in these bytes, or undefined when they are not 16 bytes of decimal digits. */
export function eidFromBytes(bytes: Uint8Array): string | undefined {
  const digits = hex(bytes);
  return EID_DIGITS.test(digits) ? digits : undefined;
}

/** Whether the last two digits of an EID are right: the whole number modulo 97 is 1. */
export function hasValidCheckDigits(eid: string): boolean {
  return EID_DIGITS.test(eid) && BigInt(eid) % 97n === 1n;
}
