// SPDX-License-Identifier: Apache-2.0
// What eIMs of other versions of SGP.32 do differently, so that an IPA can be tried against them.
import { readTlv, type Tlv, tlv } from '../codec/ber.js';
import { fromHex } from '../codec/bytes.js';
import type { EimItem } from './packages/items.js';

/** The version of SGP.32 that an eIM speaks. */
export type EimVersion = '1.0' | '1.2' | '1.3';

/** Operations that came after v1.0. */
const OPERATIONS_AFTER_1_0 = ['setFallbackAttribute', 'unsetFallbackAttribute', 'setDefaultDpAddress'];

/** Throws RangeError for an item with an operation that this version does not know. */
export function checkItem(item: EimItem, version: EimVersion): void {
  if (version !== '1.0' || item.kind !== 'euiccPackage' || !('psmos' in item)) return;
  const late = item.psmos.find(({ operation }) => OPERATIONS_AFTER_1_0.includes(operation));
  if (late !== undefined) throw new RangeError(`${late.operation} is not known in version 1.0`);
}

/** A whole answer as this version writes it: v1.3 stands for all later ones, with elements that nobody knows yet. */
export function answerOfVersion(message: Uint8Array, version: EimVersion): Uint8Array {
  // What GetEimPackage answers with is a package, whose extensions are its own business.
  if (version !== '1.3' || (message[0] === 0xbf && message[1] === 0x4f)) return message;
  const answer = readTlv(message);
  return tlv(
    answer.tag,
    ...answer.children.map((alternative) => (isExtensible(alternative) ? withUnknownElements(alternative) : alternative.raw)),
  );
}

/** A package that nobody signs (data request, download trigger) as this version writes it. */
export function packageOfVersion(bytes: Uint8Array, version: EimVersion): Uint8Array {
  return version === '1.3' ? withUnknownElements(readTlv(bytes)) : bytes;
}

/** The alternatives that are a SEQUENCE; of the others, acknowledgements are a list and errors a number. */
function isExtensible(alternative: Tlv): boolean {
  return [0xa0, 0xa1, 0x30].includes(alternative.tag);
}

/** A SEQUENCE with unknown elements before, between and behind its components (SGP.32 v1.2 annex: EXTENSIBILITY IMPLIED). */
function withUnknownElements(sequence: Tlv): Uint8Array {
  const spread = sequence.children.flatMap((component, index) => [unknownElement(index), component.raw]);
  return tlv(sequence.tag, ...spread, unknownElement(sequence.children.length));
}

/** In turn a primitive one, and one with elements inside whose tags are known elsewhere. */
function unknownElement(index: number): Uint8Array {
  return index % 2 === 0 ? tlv(0x9f6a, Uint8Array.of(index)) : tlv(0xbf6b, fromHex('8001FF3000020101'), fromHex('5F3700'));
}
