// SPDX-License-Identifier: Apache-2.0
// What an attacker or a faulty peer does to messages on their way.

import { child, readTlv, type Tlv, tlv } from '../../host/sim/codec/ber.js';
import { concat } from '../../host/sim/codec/bytes.js';

/** Turns over the last bit of the element that `path`, tags from the outside in, leads to. Lengths stay as they are. */
export function flipIn(message: Uint8Array, ...path: readonly number[]): Uint8Array {
  return replaceIn(message, path, (element) => {
    const raw = element.raw.slice();
    raw[raw.length - 1]! ^= 1;
    return raw;
  });
}

/** Puts something in the place of the element that `path` leads to; lengths around it are made anew. */
export function replaceIn(message: Uint8Array, path: readonly number[], replace: (element: Tlv) => Uint8Array): Uint8Array {
  return replaced(readTlv(message), path, replace);
}

function replaced(element: Tlv, [tag, ...inner]: readonly number[], replace: (element: Tlv) => Uint8Array): Uint8Array {
  if (tag === undefined || tag !== element.tag) throw new RangeError(`the path leads nowhere at ${element.tag.toString(16)}`);
  const next = inner[0];
  if (next === undefined) return replace(element);
  const wanted = child(element, next);
  if (wanted === undefined) throw new RangeError(`no element ${next.toString(16)}`);
  return tlv(tag, ...element.children.map((each) => (each === wanted ? replaced(each, inner, replace) : each.raw)));
}

/** Adds elements at the end of the element that `path` leads to. */
export function appendIn(message: Uint8Array, path: readonly number[], ...added: readonly Uint8Array[]): Uint8Array {
  return replaceIn(message, path, (element) => tlv(element.tag, concat(element.value, ...added)));
}
