// SPDX-License-Identifier: Apache-2.0
// What a compact form saves: the size of a message as received, and with the full form in its place.
import { lengthOctets, type Tlv } from '../codec/ber.js';

/** Bytes of a message in ASN.1. */
export interface MessageSizes {
  readonly receivedBytes: number;
  readonly fullBytes: number;
}

/** The sizes of a message when `part`, an element somewhere in it, is a compact form of `full`. */
export function sizesOf(message: Tlv, part: Tlv, full: Uint8Array): MessageSizes {
  return { receivedBytes: message.raw.length, fullBytes: lengthWith(message, part, full) };
}

function lengthWith(element: Tlv, part: Tlv, full: Uint8Array): number {
  if (element === part) return full.length;
  if (!element.constructed) return element.raw.length;
  const contentBytes = element.children.reduce((sum, each) => sum + lengthWith(each, part, full), 0);
  return tagBytes(element.tag) + lengthOctets(contentBytes).length + contentBytes;
}

function tagBytes(tag: number): number {
  return tag > 0xffff ? 3 : tag > 0xff ? 2 : 1;
}
