// SPDX-License-Identifier: Apache-2.0
// Elements of later versions in what an eIM sends: every SEQUENCE of SGP.32 may get some (EXTENSIBILITY IMPLIED), and an IPA has to pass over them.
import { readTlv, type Tlv, tlv } from '../codec/ber.js';
import { fromHex } from '../codec/bytes.js';

/** Where unknown elements stand in a SEQUENCE, seen from its known components. */
export type UnknownElementPlace = 'before' | 'between' | 'behind';

/** All places, as an eIM of v1.3 uses them. */
export const EVERY_PLACE: readonly UnknownElementPlace[] = ['before', 'between', 'behind'];

/** A whole answer with unknown elements in its SEQUENCEs. */
export function extendedAnswer(message: Uint8Array, places: readonly UnknownElementPlace[]): Uint8Array {
  // What GetEimPackage answers with is a package, which is extended by itself if it may be.
  if (places.length === 0 || (message[0] === 0xbf && message[1] === 0x4f)) return message;
  const answer = readTlv(message);
  return tlv(answer.tag, ...answer.children.map((each) => (isExtensible(each) ? extended(each, places) : each.raw)));
}

/** A package that nobody signs (data request, download trigger) with unknown elements. */
export function extendedPackage(bytes: Uint8Array, places: readonly UnknownElementPlace[]): Uint8Array {
  return places.length === 0 ? bytes : extended(readTlv(bytes), places);
}

/** The alternatives that are a SEQUENCE; of the others, acknowledgements are a list and errors a number. */
function isExtensible(alternative: Tlv): boolean {
  return [0xa0, 0xa1, 0x30].includes(alternative.tag);
}

function extended(sequence: Tlv, places: readonly UnknownElementPlace[]): Uint8Array {
  const last = sequence.children.length;
  const gap = (index: number): Uint8Array[] => (places.includes(placeOf(index, last)) ? [unknownElement(index)] : []);
  return tlv(sequence.tag, ...sequence.children.flatMap((component, index) => [...gap(index), component.raw]), ...gap(last));
}

function placeOf(index: number, last: number): UnknownElementPlace {
  if (index === last) return 'behind';
  return index === 0 ? 'before' : 'between';
}

/** In turn a primitive one, and one with elements inside whose tags are known elsewhere. */
function unknownElement(index: number): Uint8Array {
  return index % 2 === 0 ? tlv(0x9f6a, Uint8Array.of(index)) : tlv(0xbf6b, fromHex('8001FF3000020101'), fromHex('5F3700'));
}
