// SPDX-License-Identifier: Apache-2.0
// Elements that many ES10 functions read or write alike.
import { CodecError, child, integerContent, readInteger, readTlv, type Tlv, tlv } from '../../codec/ber.js';
import { utf8 } from '../../codec/bytes.js';

/** An INTEGER under any tag. */
export function integerElement(tag: number, value: number): Uint8Array {
  return tlv(tag, integerContent(value));
}

/** A UTF8String under any tag. */
export function textElement(tag: number, value: string): Uint8Array {
  return tlv(tag, utf8(value));
}

/** The signature data object `5F37 40 r||s`. */
export function signatureElement(signature: Uint8Array): Uint8Array {
  return tlv(0x5f37, signature);
}

/** The data object that eIM and eUICC sign together with a package or result; `84 01 00` when no token is assigned (SGP.32 v1.2 §2.11.1.1). */
export function associationTokenElement(token: number | undefined): Uint8Array {
  return integerElement(0x84, token ?? 0);
}

/** The contents of a certificate or key under another tag, which replaces 30 (implicit tagging). */
export function retagged(tag: number, der: Uint8Array): Uint8Array {
  return tlv(tag, readTlv(der).value);
}

/** Zero or one element: nothing for undefined. */
export function optional<T>(value: T | undefined, encode: (value: T) => Uint8Array): Uint8Array {
  return value === undefined ? new Uint8Array(0) : encode(value);
}

/** The contents of a child, with its length checked; throws CodecError when absent or of another length. */
export function octets(parent: Tlv, tag: number, minimumBytes: number, maximumBytes = minimumBytes): Uint8Array {
  const value = child(parent, tag)?.value;
  if (value === undefined || value.length < minimumBytes || value.length > maximumBytes) {
    throw new CodecError(`element ${tag.toString(16)} is missing or has a length it cannot have`);
  }
  return value;
}

/** A TransactionId: 1 to 16 bytes. */
export function transactionIdOf(parent: Tlv): Uint8Array {
  return octets(parent, 0x80, 1, 16);
}

/** The integer in a child if it has one; undefined when the child is absent or no INTEGER. */
export function tryInteger(parent: Tlv, tag: number): number | undefined {
  const element = child(parent, tag);
  try {
    return element && readInteger(element);
  } catch {
    return undefined;
  }
}
