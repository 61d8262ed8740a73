// SPDX-License-Identifier: Apache-2.0
// CoAP messages (RFC 7252 §3): reading one where it lies, as far as its parts matter here, and writing head and options.
// A reader leaves what it found in the coap… variables; they are scratch and hold until the next read.

import { HAS_PUSH } from '../abi/features';

/** Message types. */
export const enum Type {
  Confirmable = 0,
  NonConfirmable = 1,
  Acknowledgement = 2,
  Reset = 3,
}

/** Codes: class in the three high bits, detail in the others. */
export const enum Code {
  Empty = 0,
  Post = 0x02,
  Content = 0x45, // 2.05
  Continue = 0x5f, // 2.31
  BadOption = 0x82, // 4.02
  NotFound = 0x84, // 4.04
  MethodNotAllowed = 0x85, // 4.05
  RequestEntityIncomplete = 0x88, // 4.08
  RequestEntityTooLarge = 0x8d, // 4.13
  ServiceUnavailable = 0xa3, // 5.03
}

/** Options. */
export const enum CoapOption {
  UriHost = 3,
  UriPort = 7,
  UriPath = 11,
  Accept = 17,
  Block2 = 23,
  Block1 = 27,
  RequestTag = 292,
}

/** What the options are. */
export const enum Options {
  Good = 0,
  /** They cannot be read. */
  Malformed = 1,
  /** One that must be understood is not. */
  Unknown = 2,
}

/** Bit of a block option: more blocks follow. Below it stands the exponent of the size, above it the number. */
export const MORE: u32 = 8;
const MOST_TOKEN_BYTES: u32 = 8;
const HEAD_BYTES: u32 = 4;

export let coapType: u32 = 0;
export let coapCode: u32 = 0;
export let coapId: u32 = 0;
export let coapTokenAt: usize = 0;
export let coapTokenLength: u32 = 0;
/** The block options, -1 where there is none. */
export let coapBlock1: i32 = 0;
export let coapBlock2: i32 = 0;
/** Segments of the path that are right so far; more than there are when one is wrong. */
export let coapSegments: u32 = 0;
/** What tells the bodies apart: the bytes of Request-Tag as a number. */
export let coapRequestTag: u32 = 0;
export let coapPayloadAt: usize = 0;
export let coapEnd: usize = 0;
let optionAt: usize = 0;

/** gsma/rsp2/asn1 as three options (SGP.32 v1.2 §6.2; SPEC.md, N-1). */
// biome-ignore format: a segment a line
const PATH: usize = memory.data<u8>([
  0xb4, 0x67, 0x73, 0x6d, 0x61,
  0x04, 0x72, 0x73, 0x70, 0x32,
  0x04, 0x61, 0x73, 0x6e, 0x31,
]);
const PATH_BYTES: u32 = 15;
const SEGMENT_BYTES: u32 = 5;
/** Number of its segments. */
export const PATH_SEGMENTS: u32 = 3;

/** Reads the head of the `length` bytes at `at`. False when they are no CoAP message. */
export function readMessage(at: usize, length: u32): bool {
  const first: u32 = load<u8>(at);
  coapTokenAt = at + HEAD_BYTES;
  coapTokenLength = first & 15;
  coapEnd = at + length;
  coapType = (first >> 4) & 3;
  coapCode = load<u8>(at, 1);
  coapId = ((<u32>load<u8>(at, 2)) << 8) | load<u8>(at, 3);
  if (first >> 6 != 1 || coapTokenLength > MOST_TOKEN_BYTES || length < HEAD_BYTES + coapTokenLength) return false;
  return coapCode != 0 || length == HEAD_BYTES;
}

/** The number behind a nibble of an option's first byte, or a negative one. */
function readExtended(nibble: u32): i32 {
  if (nibble < 13) return nibble;
  if (nibble == 15 || coapEnd - optionAt < nibble - 12) return -1;
  const high: u32 = load<u8>(optionAt++);
  return nibble == 13 ? high + 13 : ((high << 8) | load<u8>(optionAt++)) + 269;
}

/** Reads the options of the message just read, and finds its payload. Returns an Options. */
export function readOptions(): u32 {
  coapBlock1 = -1;
  coapBlock2 = -1;
  coapSegments = 0;
  coapRequestTag = 0;
  optionAt = coapTokenAt + coapTokenLength;
  let number: u32 = 0;
  let result: u32 = Options.Good;
  while (optionAt < coapEnd) {
    const first: u32 = load<u8>(optionAt++);
    if (first == 0xff) {
      coapPayloadAt = optionAt;
      return optionAt == coapEnd ? Options.Malformed : result;
    }
    const delta = readExtended(first >> 4);
    const length: u32 = readExtended(first & 15);
    number += delta;
    // a length that could not be read is larger than anything
    if (delta < 0 || number > 0xffff || length > coapEnd - optionAt) return Options.Malformed;
    const taken = takeOption(number, length);
    if (taken) result = taken;
    if (result == Options.Malformed) return result;
    optionAt += length;
  }
  coapPayloadAt = optionAt;
  return result;
}

/** An option of the number `number`, with its value at optionAt. */
function takeOption(number: u32, length: u32): u32 {
  if (number == CoapOption.Block2 || number == CoapOption.Block1) {
    const value = readNumber(length);
    if (length > 3 || (value & 7) == 7) return Options.Malformed;
    if (number == CoapOption.Block1) coapBlock1 = value;
    else coapBlock2 = value;
  } else if (HAS_PUSH && number == CoapOption.UriPath) {
    const isRight = length == 4 && coapSegments < PATH_SEGMENTS && load<u32>(optionAt) == load<u32>(PATH + SEGMENT_BYTES * coapSegments, 1);
    coapSegments = isRight ? coapSegments + 1 : PATH_SEGMENTS + 1;
  } else if (HAS_PUSH && number == CoapOption.RequestTag) coapRequestTag = readNumber(length) + length;
  // what is odd must be understood (RFC 7252 §5.4.1)
  else if (number & 1 && number != CoapOption.UriHost && number != CoapOption.UriPort && number != CoapOption.Accept)
    return Options.Unknown;
  return Options.Good;
}

function readNumber(length: u32): u32 {
  let value: u32 = 0;
  for (let i: u32 = 0; i < length; i++) value = (value << 8) | load<u8>(optionAt + i);
  return value;
}

/** Writes a block option for the block that begins `from` bytes from the beginning. Returns the address behind it. */
export function putBlock(at: usize, number: u32, from: u32, more: bool, szx: u32): usize {
  return putOption(at, number, ((from >> (4 + szx)) << 4) | (more ? MORE : 0) | szx);
}

/** Where the block of a block option begins. */
export function blockStart(block: u32): u32 {
  return (block >> 4) << (4 + (block & 7));
}

/** Writes a payload behind the options. Returns the address behind it. */
export function putPayload(at: usize, from: usize, length: u32): usize {
  store<u8>(at, 0xff);
  memory.copy(at + 1, from, length);
  return at + 1 + length;
}

let lastOption: u32 = 0;

/** Writes a head and begins the options. Returns the address behind it. */
export function putHead(at: usize, type: u32, code: u32, id: u32, tokenLength: u32): usize {
  store<u8>(at, 0x40 | (type << 4) | tokenLength);
  store<u8>(at, code, 1);
  store<u16>(at, bswap<u16>(<u16>id), 2);
  lastOption = 0;
  return at + HEAD_BYTES;
}

/** Writes Uri-Path. Returns the address behind it. */
export function putPath(at: usize): usize {
  memory.copy(at, PATH, PATH_BYTES);
  lastOption = CoapOption.UriPath;
  return at + PATH_BYTES;
}

/** Writes an option whose value is a number; options must come in the order of their numbers. Returns the address behind it. */
export function putOption(at: usize, number: u32, value: u32): usize {
  const delta = number - lastOption;
  lastOption = number;
  let length: u32 = value ? (39 - clz(value)) >> 3 : 0;
  if (delta == 269) {
    // from Block2 to Request-Tag: the only one that takes two bytes
    store<u32>(at, 0xe0 | length);
    at += 3;
  } else {
    store<u8>(at++, (min<u32>(delta, 13) << 4) | length);
    if (delta >= 13) store<u8>(at++, delta - 13);
  }
  while (length) store<u8>(at++, value >> (--length << 3));
  return at;
}
