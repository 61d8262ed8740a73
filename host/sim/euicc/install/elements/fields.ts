// SPDX-License-Identifier: Apache-2.0
// Reads the fields of profile elements; what is missing or has a wrong length is a request that is not well formed.
import { CodecError, child, readInteger, type Tlv } from '../../../codec/ber.js';
import { hex } from '../../../codec/bytes.js';
import { ELEMENT_STATUS, ElementError } from './status.js';

/** A field that must be there. Throws ElementError invalidRequestFormat. */
export function field(parent: Tlv, tag: number): Tlv {
  const found = child(parent, tag);
  if (found === undefined) throw malformed(`no ${tag.toString(16)} in ${parent.tag.toString(16)}`);
  return found;
}

/** The contents of a field that has one of these lengths. Throws ElementError invalidRequestFormat. */
export function sized(element: Tlv, ...lengths: readonly number[]): Uint8Array {
  if (!lengths.includes(element.value.length)) throw malformed(`${element.value.length} bytes in ${element.tag.toString(16)}`);
  return element.value;
}

/** An AID of 5 to 16 bytes, in hexadecimal. Throws ElementError invalidRequestFormat. */
export function aidOf(element: Tlv): string {
  if (element.value.length < 5 || element.value.length > 16) throw malformed(`an AID of ${element.value.length} bytes`);
  return hex(element.value);
}

/** An INTEGER from 0 to `maximum`. Throws ElementError: invalidRequestFormat when it is none, badValues beyond. */
export function integerUpTo(element: Tlv, maximum: number): number {
  const value = integer(element);
  if (value < 0 || value > maximum) throw new ElementError(ELEMENT_STATUS.badValues, `${value} in ${element.tag.toString(16)}`);
  return value;
}

/** The integer of an optional field. */
export function optionalInteger(parent: Tlv, tag: number, maximum: number): number | undefined {
  const found = child(parent, tag);
  return found && integerUpTo(found, maximum);
}

export function malformed(what: string): ElementError {
  return new ElementError(ELEMENT_STATUS.invalidRequestFormat, what);
}

export function badValue(what: string): ElementError {
  return new ElementError(ELEMENT_STATUS.badValues, what);
}

/** Something that the element refers to is not there. */
export function unknownReference(what: string): ElementError {
  return new ElementError(ELEMENT_STATUS.invalidParameter, what);
}

function integer(element: Tlv): number {
  try {
    return readInteger(element);
  } catch (error) {
    throw error instanceof CodecError ? malformed(error.message) : error;
  }
}
