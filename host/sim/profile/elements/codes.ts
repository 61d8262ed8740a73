// SPDX-License-Identifier: Apache-2.0
// PE-PUKCodes and PE-PINCodes (Interoperable Format).
import { tlv } from '../../codec/ber.js';
import { utf8 } from '../../codec/bytes.js';
import { PROFILE_ELEMENT } from '../interoperable-format.js';
import { padded } from './file.js';
import { integerElement, type NumberedElement, numbered } from './numbered.js';

const CODE_BYTES = 8;
/** PIN enabled is bit 0, may be changed bit 1, may be disabled bit 2: disabled, and free to be changed and disabled. */
const PIN_ATTRIBUTES = 6;

export interface PinCode {
  readonly keyReference: number;
  /** 4 to 8 digits. */
  readonly code: string;
  /** Key reference of the PUK. */
  readonly unblockedBy?: number;
}

/** PUK codes by key reference, ten attempts each (the default). */
export function pukCodes(codes: readonly (readonly [number, string])[]): NumberedElement {
  const list = codes.map(([keyReference, code]) => tlv(0x30, integerElement(0x80, keyReference), tlv(0x81, utf8(code))));
  return numbered(PROFILE_ELEMENT.pukCodes, tlv(0xa1, ...list));
}

/** PIN codes of the file that was created last, three attempts each (the default). */
export function pinCodes(codes: readonly PinCode[]): NumberedElement {
  const list = codes.map(({ keyReference, code, unblockedBy }) =>
    tlv(
      0x30,
      integerElement(0x80, keyReference),
      tlv(0x81, padded(utf8(code), CODE_BYTES)),
      ...(unblockedBy === undefined ? [] : [integerElement(0x82, unblockedBy)]),
      integerElement(0x83, PIN_ATTRIBUTES),
    ),
  );
  return numbered(PROFILE_ELEMENT.pinCodes, tlv(0xa1, tlv(0xa0, ...list)));
}
