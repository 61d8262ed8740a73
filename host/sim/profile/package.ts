// SPDX-License-Identifier: Apache-2.0
// Makes unprotected profile packages of any wanted size: profile elements as in the TCA (SIMalliance) eUICC Profile Package 2.3 format.
// The element and file structure is right and every key and content is seeded; no network would accept the subscription in it.
import { integerContent, oidContent, tlv } from '../codec/ber.js';
import { concat, utf8 } from '../codec/bytes.js';
import { iccidContent } from './iccid.js';
import { SeededBytes } from './seeded-bytes.js';

export interface ProfilePackageOptions {
  /** 18 to 20 digits. */
  readonly iccid: string;
  /** Exact size of the result, in bytes. */
  readonly sizeBytes: number;
  /** Seed of keys and filler; default 1. */
  readonly seed?: number;
}

/** Profile element tags (CHOICE ProfileElement). */
const PE = {
  header: 0xa0,
  genericFileManagement: 0xa1,
  pinCodes: 0xa2,
  pukCodes: 0xa3,
  akaParameter: 0xa4,
  end: 0xaa,
  mf: 0xb0,
  usim: 0xb3,
} as const;
const TEMPLATE_MF = '2.23.143.1.2.1';
const TEMPLATE_USIM = '2.23.143.1.2.4';
/** The largest filler element: an elementary file of some 32 KB. */
const FILLER_BYTES = 32_000;
/** No filler element can be smaller than this: headers, path, file control parameters and an empty file. */
const MIN_FILLER_BYTES = 64;

/** The package; throws RangeError when `sizeBytes` is less than the elements every profile has (about 500 bytes) or the ICCID is none. */
export function makeProfilePackage({ iccid, sizeBytes, seed = 1 }: ProfilePackageOptions): Uint8Array {
  const random = new SeededBytes(seed);
  const fixed = [header(iccid), mf(iccid), pukCodes(), pinCodes(), usim(random), akaParameter(random)];
  const fixedBytes = fixed.reduce((sum, element) => sum + element.length, 0);
  // The number in the end element depends on how many fillers there are; beyond 127 elements it takes a second byte.
  for (const endBytes of [9, 10]) {
    const fillers = fill(sizeBytes - fixedBytes - endBytes, fixed.length, random);
    const end = tlv(PE.end, elementHeader(fixed.length + fillers.length));
    if (end.length === endBytes) return concat(...fixed, ...fillers, end);
  }
  throw new RangeError(`a profile package of ${sizeBytes} bytes cannot be made`);
}

/** Filler elements, numbered from `firstNumber`, that take exactly `roomBytes`. */
function fill(roomBytes: number, firstNumber: number, random: SeededBytes): Uint8Array[] {
  if (roomBytes < MIN_FILLER_BYTES) throw new RangeError(`a profile package needs at least ${MIN_FILLER_BYTES - roomBytes} bytes more`);
  const elements: Uint8Array[] = [];
  for (let rest = roomBytes; rest > 0; rest -= elements.at(-1)!.length)
    elements.push(nextFiller(rest, firstNumber + elements.length, random));
  return elements;
}

/** An element of all of `restBytes`, or less with room for another one: no DER element has 130 bytes, and there are more such gaps. */
function nextFiller(restBytes: number, number: number, random: SeededBytes): Uint8Array {
  const whole = restBytes <= FILLER_BYTES ? filler(restBytes, number, random) : undefined;
  if (whole) return whole;
  for (let sizeBytes = Math.min(FILLER_BYTES, restBytes - MIN_FILLER_BYTES); sizeBytes >= MIN_FILLER_BYTES; sizeBytes--) {
    const element = filler(sizeBytes, number, random);
    if (element) return element;
  }
  throw new RangeError(`${restBytes} bytes of a profile package cannot be filled`);
}

/** PEHeader: mandated, identification. */
function elementHeader(identification: number): Uint8Array {
  return tlv(0xa0, tlv(0x80), tlv(0x81, integerContent(identification)));
}

/** ProfileHeader: version 2.3, type, ICCID, mandatory services usim and milenage, mandatory templates. */
function header(iccid: string): Uint8Array {
  return tlv(
    PE.header,
    tlv(0x80, Uint8Array.of(2)),
    tlv(0x81, Uint8Array.of(3)),
    tlv(0x82, utf8('Simulated generic profile')),
    tlv(0x83, iccidContent(iccid)),
    tlv(0xa5, tlv(0x81), tlv(0x84)),
    tlv(0xa6, tlv(0x06, oidContent(TEMPLATE_MF)), tlv(0x06, oidContent(TEMPLATE_USIM))),
  );
}

function mf(iccid: string): Uint8Array {
  const directory = tlv(0x61, tlv(0x4f, Uint8Array.of(0xa0, 0, 0, 0, 0x87, 0x10, 0x02)), tlv(0x50, utf8('USIM')));
  return tlv(
    PE.mf,
    elementHeader(1),
    tlv(0x81, oidContent(TEMPLATE_MF)),
    file(0xa2, [tlv(0x8b, Uint8Array.of(0x2f, 0x06, 0x01)), tlv(0xc6, Uint8Array.of(0x01, 0x0a, 0x0b))]),
    file(0xa4, [tlv(0x83, Uint8Array.of(0x2f, 0xe2))], iccidContent(iccid)),
    file(0xa5, [tlv(0x82, Uint8Array.of(0x42, 0x21, 0, directory.length)), tlv(0x83, Uint8Array.of(0x2f, 0))], directory),
  );
}

function pukCodes(): Uint8Array {
  const codes = [0x01, 0x81].map((reference) =>
    tlv(0x30, tlv(0x80, Uint8Array.of(reference)), tlv(0x81, utf8('11111111')), tlv(0x82, Uint8Array.of(0xaa))),
  );
  return tlv(PE.pukCodes, elementHeader(2), tlv(0xa1, ...codes));
}

function pinCodes(): Uint8Array {
  const pin = tlv(
    0x30,
    tlv(0x80, Uint8Array.of(1)),
    tlv(0x81, concat(utf8('0000'), new Uint8Array(4).fill(0xff))),
    tlv(0x82, Uint8Array.of(1)),
    tlv(0x83, Uint8Array.of(6)),
  );
  return tlv(PE.pinCodes, elementHeader(3), tlv(0xa1, tlv(0xa0, pin)));
}

function usim(random: SeededBytes): Uint8Array {
  const imsi = concat(
    Uint8Array.of(8, 0x09, 0x10, 0x10),
    random.take(5).map((byte) => (((byte >> 4) % 10) << 4) | ((byte & 0x0f) % 10)),
  );
  return tlv(
    PE.usim,
    elementHeader(4),
    tlv(0x81, oidContent(TEMPLATE_USIM)),
    file(0xa2, [
      tlv(0x83, Uint8Array.of(0x7f, 0xd0)),
      tlv(0x84, Uint8Array.of(0xa0, 0, 0, 0, 0x87, 0x10, 0x02, 0xff, 0x49, 0xff, 0x05, 0x89)),
    ]),
    file(0xa3, [tlv(0x82, Uint8Array.of(0x41, 0x21)), tlv(0x83, Uint8Array.of(0x6f, 0x07))], imsi),
    file(0xa5, [tlv(0x83, Uint8Array.of(0x6f, 0x38))], random.take(14)),
  );
}

/** Milenage (algorithmID 1) with a 4-byte RES; Ki and OPc seeded. */
function akaParameter(random: SeededBytes): Uint8Array {
  const milenage = tlv(
    0xa1,
    tlv(0x80, Uint8Array.of(1)),
    tlv(0x81, Uint8Array.of(1)),
    tlv(0x82, random.take(16)),
    tlv(0x83, random.take(16)),
  );
  return tlv(PE.akaParameter, elementHeader(5), tlv(0xa1, milenage));
}

/** File: a file descriptor (fcp) and its content. */
function file(tag: number, descriptor: Uint8Array[], content?: Uint8Array): Uint8Array {
  return tlv(tag, tlv(0xa1, ...descriptor), ...(content ? [tlv(0x83, content)] : []));
}

/**
 * A genericFileManagement element of exactly `sizeBytes` that creates and fills a transparent file below DF TELECOM; undefined when
 * DER has none of that size.
 */
function filler(sizeBytes: number, number: number, random: SeededBytes): Uint8Array | undefined {
  const contentBytes = lengthForSize(sizeBytes, (length) => fileManagement(number, new Uint8Array(length)).length);
  return contentBytes === undefined ? undefined : fileManagement(number, random.take(contentBytes));
}

/** The argument for which `size` (growing) gives `sizeBytes`, if there is one; at most some 80 bytes are not content. */
function lengthForSize(sizeBytes: number, size: (length: number) => number): number | undefined {
  for (let length = Math.max(1, sizeBytes - 80); length < sizeBytes; length++) {
    const reached = size(length);
    if (reached >= sizeBytes) return reached === sizeBytes ? length : undefined;
  }
  return undefined;
}

/** fileManagementCMD: path, createFCP (62), fillFileContent (81). */
function fileManagement(number: number, content: Uint8Array): Uint8Array {
  const fcp = tlv(
    0x62,
    tlv(0x82, Uint8Array.of(0x41, 0x21)),
    tlv(0x83, Uint8Array.of(0x4f, number & 0xff)),
    tlv(0x8b, Uint8Array.of(0x6f, 0x06, 0x02)),
    tlv(0x80, Uint8Array.of(content.length >> 8, content.length & 0xff)),
  );
  const commands = tlv(0x30, tlv(0x80, Uint8Array.of(0x7f, 0x10)), fcp, tlv(0x81, content));
  return tlv(PE.genericFileManagement, elementHeader(number), tlv(0xa1, commands));
}
