// SPDX-License-Identifier: Apache-2.0
// Members of JSON requests as the components of ESipa messages that they stand for (SGP.32 v1.2 §6.4.1).
import { CodecError, integerContent, readTlv, type Tlv, tlv } from '../../codec/ber.js';
import { fromHex, utf8 } from '../../codec/bytes.js';

/** Turns the value of a member into whole TLVs; throws CodecError that says what is wrong with it. */
export type ReadValue = (value: unknown) => Uint8Array;

const NOTHING = new Uint8Array(0);
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** TransactionId: upper-case hexadecimal of 1 to 16 bytes. */
export function transactionId(tag: number): ReadValue {
  return (value) => {
    const digits = textOf(value);
    if (!/^(?:[0-9A-F]{2}){1,16}$/.test(digits)) throw new CodecError('not 2 to 32 upper-case hexadecimal digits');
    return tlv(tag, fromHex(digits));
  };
}

/** eidValue: digits. How many of them are right is for the function to say, which has error codes for it. */
export function eid(value: unknown): Uint8Array {
  const digits = textOf(value);
  if (!/^[0-9]{32}$/.test(digits)) throw new CodecError('not 32 decimal digits');
  return tlv(0x5a, fromHex(digits));
}

/** UTF8String. */
export function characters(tag: number): ReadValue {
  return (value) => tlv(tag, utf8(textOf(value)));
}

/** INTEGER. */
export function integer(tag: number): ReadValue {
  return (value) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new CodecError('not an integer');
    return tlv(tag, integerContent(value));
  };
}

/** NULL: true when it is there. */
export function flag(tag: number): ReadValue {
  return (value) => {
    if (typeof value !== 'boolean') throw new CodecError('neither true nor false');
    return value ? tlv(tag) : NOTHING;
  };
}

/** Base64 of the contents alone, this many bytes. */
export function contents(tag: number, length: number): ReadValue {
  return (value) => {
    const bytes = base64Of(value);
    if (bytes.length !== length) throw new CodecError(`${bytes.length} bytes instead of ${length}`);
    return tlv(tag, bytes);
  };
}

/** rPLMN: 3 bytes, whose form the clause leaves open: hexadecimal, or base64 with or without tag and length. */
export function plmn(tag: number): ReadValue {
  return (value) => {
    const digits = textOf(value);
    if (/^[0-9A-F]{6}$/.test(digits)) return tlv(tag, fromHex(digits));
    const bytes = base64Of(value);
    return bytes.length === 5 ? expectTag(readTlv(bytes), [tag]).raw : contents(tag, 3)(value);
  };
}

/** Base64 of one DER element with one of these tags, which becomes the component as it is. */
export function element(...tags: readonly number[]): ReadValue {
  return (value) => expectTag(readTlv(base64Of(value)), tags).raw;
}

/** Base64 of one DER element that stands inside a component with this tag (explicit tagging). */
export function elementInside(outerTag: number, ...tags: readonly number[]): ReadValue {
  return (value) => tlv(outerTag, element(...tags)(value));
}

/** Base64 of one DER element whose tag the component replaces by its own (implicit tagging). */
export function elementAs(outerTag: number, tag: number): ReadValue {
  return (value) => tlv(outerTag, expectTag(readTlv(base64Of(value)), [tag]).value);
}

function expectTag(read: Tlv, tags: readonly number[]): Tlv {
  if (!tags.includes(read.tag)) throw new CodecError(`an element with tag ${read.tag.toString(16).toUpperCase()}`);
  return read;
}

function base64Of(value: unknown): Uint8Array {
  const characters = textOf(value);
  if (characters === '' || !BASE64.test(characters)) throw new CodecError('not base64');
  return new Uint8Array(Buffer.from(characters, 'base64'));
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new CodecError('not a text');
  return value;
}
