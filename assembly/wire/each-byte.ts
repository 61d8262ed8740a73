// SPDX-License-Identifier: Apache-2.0
// The loops that run for every byte between the modem, the card and the network. They call nothing, and are few: the entry file
// exports them, by which the build knows what stays WebAssembly where all else becomes bytecode (scripts/bytecode.ts).

import { S } from '../abi/state';

/** Copies bytes from `at` up to `end`, or to a carriage return or line feed before it. Returns where it stopped. */
export function copyLine(to: usize, at: usize, end: usize): usize {
  for (; at < end; at++) {
    const byte: u32 = load<u8>(at);
    if (byte == 0x0d || byte == 0x0a) break;
    store<u8>(to++, byte);
  }
  return at;
}

/** Puts hexadecimal digits from `at` up to `end`, or to the first other byte, behind the `digits` that are at `to`. Returns where it stopped. */
export function takeHex(to: usize, digits: u32, at: usize, end: usize): usize {
  for (; at < end; at++) {
    const byte: u32 = load<u8>(at);
    let value = byte - 0x30;
    if (value > 9) {
      value = (byte | 0x20) - 0x61;
      if (value > 5) break;
      value += 10;
    }
    const into = to + (digits >> 1);
    store<u8>(into, digits++ & 1 ? load<u8>(into) | value : value << 4);
  }
  return at;
}

/**
 * Writes `"<digits>"` and carriage return. Four digits at once: this is the longest call where an interpreter runs it. Behind an odd number of bytes
 * one too many is read and written, and written over.
 */
export function putHex(at: usize, from: usize, length: u32): usize {
  store<u8>(at++, 0x22);
  const end = at + 2 * length;
  for (; at < end; at += 4) {
    const pair: u32 = load<u16>(from);
    const nibbles = ((pair & 0xf0) >> 4) | ((pair & 0x0f) << 8) | ((pair & 0xf000) << 4) | ((pair & 0x0f00) << 16);
    store<u32>(at, nibbles + 0x30303030 + (((nibbles + 0x06060606) >> 4) & 0x01010101) * 7);
    from += 2;
  }
  store<u16>(end, 0x0d22);
  return end + 2;
}

/** Decodes base64 from `at` up to `end`, or to the first byte that is none of its alphabet. Returns where it stopped. */
export function takeBase64(to: usize, at: usize, end: usize): usize {
  let value = S.base64Value;
  let bits = S.base64Bits;
  for (; at < end; at++) {
    const byte: u32 = load<u8>(at);
    let sextet = (byte | 0x20) - 0x61;
    if (sextet < 26) sextet += byte & 0x20 ? 26 : 0;
    else if (byte - 0x30 < 10) sextet = byte + 4;
    else if (byte == 0x2b || byte == 0x2f) sextet = 62 + ((byte >> 2) & 1);
    else break;
    value = (value << 6) | sextet;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      store<u8>(to++, value >> bits);
    }
  }
  S.base64Value = value;
  S.base64Bits = bits;
  return at;
}

/** Address behind `count` texts, each of which ends in a zero byte; none are skipped where it is not above 0. */
export function skipTexts(at: usize, count: i32): usize {
  for (; count > 0; at++) if (!load<u8>(at)) count--;
  return at;
}
