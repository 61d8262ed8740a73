// SPDX-License-Identifier: Apache-2.0
// A profile element that has a PEHeader: every one but the profile header.
import { integerContent, tlv } from '../../codec/ber.js';

/** Makes a profile element once its identification is known. */
export type NumberedElement = (identification: number) => Uint8Array;

/** An element of `contents` behind `A0 {80 mandated, 81 identification}`. */
export function numbered(tag: number, ...contents: readonly Uint8Array[]): NumberedElement {
  return (identification) => tlv(tag, tlv(0xa0, tlv(0x80), integerElement(0x81, identification)), ...contents);
}

/** An INTEGER under any tag. */
export function integerElement(tag: number, value: number): Uint8Array {
  return tlv(tag, integerContent(value));
}
