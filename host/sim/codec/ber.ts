// SPDX-License-Identifier: Apache-2.0
// BER reading (over asn1js, keeping the received bytes) and DER writing, by tag. Tags are numbers as they stand in the bytes:
// 0x30, 0xBF36, 0x5F37.
// Reading accepts long definite lengths (ITU-T X.690 §8.1.3); the indefinite form, which no peer of SGP.22/SGP.32 sends, is refused.
import * as asn1js from 'asn1js';
import { concat } from './bytes.js';

/** Bytes that are not what the codec was asked to read, or a value it cannot write. */
export class CodecError extends Error {
  override readonly name = 'CodecError';
}

/** One tag-length-value as received. All byte fields are views into the bytes given to the reader. */
export interface Tlv {
  /** The identifier octets as one big-endian number: 0xBF36, 0x5F37, 0x30. */
  readonly tag: number;
  /** Identifier, length and contents, exactly as received; signatures are computed over this. */
  readonly raw: Uint8Array;
  /** The contents octets. */
  readonly value: Uint8Array;
  readonly constructed: boolean;
  /** Empty when primitive. */
  readonly children: readonly Tlv[];
}

const LIMITS = { maxDepth: 24, maxNodes: 200_000, copyInput: false };

/** Reads exactly one TLV; throws CodecError when the bytes are anything else. */
export function readTlv(bytes: Uint8Array): Tlv {
  const { tlv: read, end } = readAt(bytes, 0);
  if (end !== bytes.length) throw new CodecError(`${bytes.length - end} bytes follow the element with tag ${tagName(read.tag)}`);
  return read;
}

/** Reads TLVs until the bytes are used up; no bytes give an empty list. Throws CodecError. */
export function readTlvs(bytes: Uint8Array): Tlv[] {
  const list: Tlv[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const { tlv: read, end } = readAt(bytes, offset);
    list.push(read);
    offset = end;
  }
  return list;
}

function readAt(bytes: Uint8Array, offset: number): { tlv: Tlv; end: number } {
  const rest = bytes.subarray(offset);
  const parsed = parse(rest);
  return { tlv: wrap(parsed.result, rest.subarray(0, parsed.offset)), end: offset + parsed.offset };
}

function parse(bytes: Uint8Array): asn1js.FromBerResult {
  let parsed: asn1js.FromBerResult;
  try {
    parsed = asn1js.fromBER(bytes, LIMITS);
  } catch (cause) {
    throw new CodecError('not BER', { cause });
  }
  if (parsed.offset <= 0) throw new CodecError(`not BER: ${parsed.result.error || 'no element'}`);
  return parsed;
}

function wrap(block: asn1js.AsnType, raw: Uint8Array): Tlv {
  const tagBytes = tagLength(raw);
  const value = raw.subarray(headerLength(raw, tagBytes));
  // asn1js lets the last child reach past the end that its parent gives
  if (value.length !== declaredLength(raw, tagBytes)) throw new CodecError('an element whose content is not as long as it says');
  const constructed = (raw[0]! & 0x20) !== 0;
  let tag = 0;
  for (const byte of raw.subarray(0, tagBytes)) tag = tag * 256 + byte;
  return { tag, raw, value, constructed, children: constructed ? wrapChildren(block, value) : [] };
}

/** asn1js tells where its blocks end; cutting there keeps every element's received bytes. */
function wrapChildren(block: asn1js.AsnType, value: Uint8Array): Tlv[] {
  const inner = (block.valueBlock as { value?: unknown }).value;
  if (!Array.isArray(inner)) throw new CodecError('a constructed element without elements in it');
  let offset = 0;
  const children = (inner as asn1js.AsnType[]).map((child) => {
    const start = offset;
    offset += child.blockLength;
    return wrap(child, value.subarray(start, offset));
  });
  if (offset !== value.length) throw new CodecError('a constructed element is not filled by its elements');
  return children;
}

function tagLength(raw: Uint8Array): number {
  if ((raw[0]! & 0x1f) !== 0x1f) return 1;
  let length = 2;
  while ((raw[length - 1]! & 0x80) !== 0) length++;
  if (length > 4) throw new CodecError('a tag of more than four bytes');
  return length;
}

function headerLength(raw: Uint8Array, tagBytes: number): number {
  const first = raw[tagBytes]!;
  if (first === 0x80) throw new CodecError('indefinite length');
  return tagBytes + 1 + (first > 0x80 ? first & 0x7f : 0);
}

function declaredLength(raw: Uint8Array, tagBytes: number): number {
  const first = raw[tagBytes]!;
  return first < 0x80
    ? first
    : raw.subarray(tagBytes + 1, tagBytes + 1 + (first & 0x7f)).reduce((length, octet) => length * 256 + octet, 0);
}

/** Writes a TLV whose contents are the concatenation of `contents`, in DER (minimal length). */
export function tlv(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const length = contents.reduce((sum, part) => sum + part.length, 0);
  return concat(unsigned(tag), lengthOctets(length), ...contents);
}

/** DER length octets (ITU-T X.690 §10.1) for a number of contents bytes. */
export function lengthOctets(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const digits = unsigned(length);
  return Uint8Array.of(0x80 | digits.length, ...digits);
}

function unsigned(value: number): Uint8Array {
  const digits: number[] = [];
  for (let rest = value; rest > 0 || digits.length === 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Uint8Array.from(digits);
}

/** The first child with this tag, if there is one. */
export function child(parent: Tlv, tag: number): Tlv | undefined {
  return parent.children.find((each) => each.tag === tag);
}

/** The first child with this tag; throws CodecError when there is none. */
export function need(parent: Tlv, tag: number): Tlv {
  const found = child(parent, tag);
  if (found === undefined) throw new CodecError(`no ${tagName(tag)} in ${tagName(parent.tag)}`);
  return found;
}

function tagName(tag: number): string {
  return tag.toString(16).toUpperCase().padStart(2, '0');
}

/** Minimal two's-complement contents octets of an INTEGER; `value` must be a safe integer. */
export function integerContent(value: number): Uint8Array {
  if (!Number.isSafeInteger(value)) throw new CodecError(`${value} cannot be written as an INTEGER`);
  const digits: number[] = [];
  let rest = value;
  do {
    digits.unshift(((rest % 256) + 256) % 256);
    rest = Math.floor(rest / 256);
  } while (!((rest === 0 && digits[0]! < 0x80) || (rest === -1 && digits[0]! >= 0x80)));
  return Uint8Array.from(digits);
}

/** The signed value of an INTEGER's contents, whatever its tag; throws CodecError when empty or longer than six bytes. */
export function readInteger(element: Tlv): number {
  const { value } = element;
  if (element.constructed || value.length === 0 || value.length > 6)
    throw new CodecError(`not an INTEGER of 1 to 6 bytes in ${tagName(element.tag)}`);
  let number = value[0]! >= 0x80 ? -1 : 0;
  for (const byte of value) number = number * 256 + byte;
  return number;
}

/** Contents octets of an OBJECT IDENTIFIER given in dotted form ("2.999.10"). */
export function oidContent(dotted: string): Uint8Array {
  const arcs = dotted.split('.').map(Number);
  const [first, second, ...others] = arcs;
  const legal = arcs.every((arc) => Number.isSafeInteger(arc) && arc >= 0);
  if (!legal || first === undefined || second === undefined || first > 2 || (first < 2 && second > 39)) {
    throw new CodecError(`${JSON.stringify(dotted)} is not an object identifier`);
  }
  return concat(...[first * 40 + second, ...others].map(base128));
}

function base128(arc: number): Uint8Array {
  const digits = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift(0x80 | (rest % 128));
  return Uint8Array.from(digits);
}

/** The dotted form of an OBJECT IDENTIFIER's contents, whatever its tag; throws CodecError. */
export function readOid(element: Tlv): string {
  const { value } = element;
  if (element.constructed || value.length === 0 || (value[value.length - 1]! & 0x80) !== 0)
    throw new CodecError('not an object identifier');
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of value) {
    arc = arc * 128 + (byte & 0x7f);
    if (!Number.isSafeInteger(arc)) throw new CodecError('an object identifier arc beyond 2^53');
    if ((byte & 0x80) !== 0) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [head, ...others] = arcs;
  const first = Math.min(2, Math.floor(head! / 40));
  return [first, head! - first * 40, ...others].join('.');
}

/** Contents octets of a named BIT STRING with these bit numbers set, trailing zero bits removed (DER). Bit 0 is the first bit. */
export function bitStringContent(bits: readonly number[]): Uint8Array {
  if (bits.length === 0) return Uint8Array.of(0);
  const last = Math.max(...bits);
  const contents = new Uint8Array(2 + Math.floor(last / 8));
  contents[0] = 7 - (last % 8);
  for (const bit of bits) contents[1 + Math.floor(bit / 8)]! |= 0x80 >> (bit % 8);
  return contents;
}

/** The numbers of the set bits of a BIT STRING's contents, ascending; untrimmed strings are accepted. Throws CodecError. */
export function readBits(element: Tlv): number[] {
  const unused = element.value[0];
  if (element.constructed || unused === undefined || unused > 7) throw new CodecError(`not a BIT STRING in ${tagName(element.tag)}`);
  const bits: number[] = [];
  const count = (element.value.length - 1) * 8 - unused;
  for (let bit = 0; bit < count; bit++) if ((element.value[1 + (bit >> 3)]! & (0x80 >> (bit % 8))) !== 0) bits.push(bit);
  return bits;
}
