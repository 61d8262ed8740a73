// SPDX-License-Identifier: Apache-2.0
// BER of the eUICC and of the module read over asn1js with every element's received bytes kept, and DER written. Tags are numbers as they
// stand in the bytes: 0x30, 0xBF2D. The simulators have a codec of their own, so that neither is tested against itself.

import { type AsnType, type FromBerResult, fromBER } from 'asn1js';

/** Bytes that are no BER of definite length. */
export class TlvError extends Error {
  override readonly name = 'TlvError';
}

/** One element as received; the byte fields are views into what was read. */
export interface Tlv {
  readonly tag: number;
  /** Identifier, length and contents. */
  readonly raw: Uint8Array;
  /** The contents. */
  readonly value: Uint8Array;
  /** Empty when primitive. */
  readonly children: readonly Tlv[];
}

const LIMITS = { maxDepth: 24, maxNodes: 200_000, copyInput: false };
const MOST_TAG_BYTES = 4;

/** Reads elements until the bytes are used up. @throws TlvError */
export function readTlvs(bytes: Uint8Array): Tlv[] {
  const found: Tlv[] = [];
  for (let offset = 0; offset < bytes.length; offset += found.at(-1)!.raw.length) found.push(readFirst(bytes.subarray(offset)));
  return found;
}

/** Reads exactly one element. @throws TlvError */
export function readTlv(bytes: Uint8Array): Tlv {
  const [first, ...others] = readTlvs(bytes);
  if (!first) throw new TlvError('no bytes');
  if (others.length > 0) throw new TlvError(`${bytes.length - first.raw.length} bytes follow the element ${tagName(first.tag)}`);
  return first;
}

function readFirst(bytes: Uint8Array): Tlv {
  const { offset, result } = parse(bytes);
  return wrap(result, bytes.subarray(0, offset));
}

function parse(bytes: Uint8Array): FromBerResult {
  let parsed: FromBerResult;
  try {
    parsed = fromBER(bytes, LIMITS);
  } catch (cause) {
    throw new TlvError('not BER', { cause });
  }
  if (parsed.offset <= 0) throw new TlvError(`not BER: ${parsed.result.error || 'no element'}`);
  return parsed;
}

function wrap(block: AsnType, raw: Uint8Array): Tlv {
  const { idBlock, lenBlock } = block;
  if (lenBlock.isIndefiniteForm) throw new TlvError('an indefinite length');
  if (idBlock.blockLength > MOST_TAG_BYTES) throw new TlvError(`a tag of more than ${MOST_TAG_BYTES} bytes`);
  const tag = raw.subarray(0, idBlock.blockLength).reduce((number, byte) => number * 256 + byte, 0);
  const value = raw.subarray(idBlock.blockLength + lenBlock.blockLength);
  // asn1js lets the last child reach past the end that its parent gives
  if (value.length !== lenBlock.length) throw new TlvError(`the content of ${tagName(tag)} is not as long as it says`);
  return { tag, raw, value, children: idBlock.isConstructed ? wrapChildren(block, value, tag) : [] };
}

/** asn1js tells where its blocks end; cutting there keeps the received bytes. */
function wrapChildren(block: AsnType, value: Uint8Array, tag: number): Tlv[] {
  const inner = (block.valueBlock as { value?: unknown }).value;
  const children: Tlv[] = [];
  let offset = 0;
  for (const child of (Array.isArray(inner) ? inner : []) as AsnType[]) {
    children.push(wrap(child, value.subarray(offset, offset + child.blockLength)));
    offset += child.blockLength;
  }
  if (offset !== value.length) throw new TlvError(`${tagName(tag)} is not filled by its elements`);
  return children;
}

/** A tag as it is written in specifications: "BF2D". */
export function tagName(tag: number): string {
  return tag.toString(16).toUpperCase().padStart(2, '0');
}

/** Writes an element whose contents are these parts one after the other, in DER. */
export function tlv(tag: number, ...contents: readonly ArrayLike<number>[]): Uint8Array {
  const length = contents.reduce((sum, part) => sum + part.length, 0);
  const lengthBytes = length < 0x80 ? [length] : [0x80 + bigEndian(length).length, ...bigEndian(length)];
  const bytes = new Uint8Array(bigEndian(tag).length + lengthBytes.length + length);
  let at = 0;
  for (const part of [bigEndian(tag), lengthBytes, ...contents]) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function bigEndian(number: number): number[] {
  const bytes: number[] = [];
  for (let rest = number; rest > 0 || bytes.length === 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return bytes;
}
