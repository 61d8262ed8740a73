// SPDX-License-Identifier: Apache-2.0
// Fills a profile package up to an exact size with elementary files, and ends it.

import { genericFile } from './elements/generic-file-management.js';
import { numbered } from './elements/numbered.js';
import { PROFILE_ELEMENT } from './interoperable-format.js';
import type { SeededBytes } from './seeded-bytes.js';

export interface FillerPlace {
  /** Identification of the first filler; the others follow. */
  readonly firstIdentification: number;
  /** Directory the files go to: file identifiers below the MF. */
  readonly path: Uint8Array;
}

/** The largest filler element: an elementary file of some 32 KB. */
const LARGEST_BYTES = 32_000;
/** No filler element can be smaller than this: headers, path, file control parameters and an empty file. */
const SMALLEST_BYTES = 64;
const FIRST_FILE_ID = 0x4f00;
const MOST_FILES = 0x100;

/** PE-End. */
export function endElement(identification: number): Uint8Array {
  return numbered(PROFILE_ELEMENT.end)(identification);
}

/** Filler elements that take exactly `roomBytes`; undefined when there is too little room. Throws RangeError when there is too much. */
export function fillers(roomBytes: number, place: FillerPlace, random: SeededBytes): Uint8Array[] | undefined {
  if (roomBytes < SMALLEST_BYTES) return undefined;
  const elements: Uint8Array[] = [];
  for (let rest = roomBytes; rest > 0; rest -= elements.at(-1)!.length) {
    if (elements.length === MOST_FILES) throw new RangeError('a profile package of more than 8 MB cannot be made');
    elements.push(nextFiller(rest, elements.length, place, random));
  }
  return elements;
}

/** An element of all of `restBytes`, or less with room for another one: no DER element has 130 bytes, and there are more such gaps. */
function nextFiller(restBytes: number, index: number, place: FillerPlace, random: SeededBytes): Uint8Array {
  const whole = restBytes <= LARGEST_BYTES ? filler(restBytes, index, place, random) : undefined;
  if (whole) return whole;
  for (let sizeBytes = Math.min(LARGEST_BYTES, restBytes - SMALLEST_BYTES); sizeBytes >= SMALLEST_BYTES; sizeBytes--) {
    const element = filler(sizeBytes, index, place, random);
    if (element) return element;
  }
  throw new RangeError(`${restBytes} bytes of a profile package cannot be filled`);
}

/** An element of exactly `sizeBytes`; undefined when DER has none of that size. */
function filler(sizeBytes: number, index: number, { firstIdentification, path }: FillerPlace, random: SeededBytes): Uint8Array | undefined {
  const file = (content: Uint8Array): Uint8Array =>
    genericFile({ path, fileId: FIRST_FILE_ID + index, content })(firstIdentification + index);
  const contentBytes = lengthForSize(sizeBytes, (length) => file(new Uint8Array(length)).length);
  return contentBytes === undefined ? undefined : file(random.take(contentBytes));
}

/** The argument for which `size` (growing) gives `sizeBytes`, if there is one; at most some 80 bytes are not content. */
function lengthForSize(sizeBytes: number, size: (length: number) => number): number | undefined {
  for (let length = Math.max(1, sizeBytes - 80); length < sizeBytes; length++) {
    const reached = size(length);
    if (reached >= sizeBytes) return reached === sizeBytes ? length : undefined;
  }
  return undefined;
}
