// SPDX-License-Identifier: Apache-2.0
// Tag lists (tag 5C): BER tags one after another without separators.

/** The identifier octets of a tag given as a number: 0x5A → 5A, 0xBF20 → BF 20. */
export function tagBytes(tag: number): Uint8Array {
  return tag > 0xff ? Uint8Array.of(tag >> 8, tag & 0xff) : Uint8Array.of(tag);
}
