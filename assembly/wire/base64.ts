// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 4648 §4) of bytes that come in any pieces, both ways. The bits that are left over stand in the state region.

import { S, SCRATCH } from '../abi/state';
import { networkPut } from './network-lane';

const PAD: u32 = 0x3d;

/** Forgets bits left over. */
export function base64Start(): void {
  S.base64Value = 0;
  S.base64Bits = 0;
}

/** The character for 6 bits. */
function character(bits: u32): u32 {
  if (bits < 26) return bits + 0x41;
  if (bits < 52) return bits + 71;
  if (bits < 62) return bits - 4;
  return bits == 62 ? 0x2b : 0x2f;
}

/** The 6 bits of a character; 64 for padding, -1 for anything else. */
function bitsOf(byte: u32): i32 {
  if (byte - 0x41 < 26) return byte - 0x41;
  if (byte - 0x61 < 26) return byte - 71;
  if (byte - 0x30 < 10) return byte + 4;
  return byte == 0x2b ? 62 : byte == 0x2f ? 63 : byte == PAD ? 64 : -1;
}

function putCharacter(byte: u32): void {
  store<u8>(SCRATCH, byte);
  networkPut(SCRATCH, 1);
}

/** Encodes bytes into the request. */
export function base64Put(at: usize, length: u32): void {
  for (const end = at + length; at < end; at++) {
    S.base64Value = (S.base64Value << 8) | load<u8>(at);
    S.base64Bits += 8;
    while (S.base64Bits >= 6) {
      S.base64Bits -= 6;
      putCharacter(character((S.base64Value >> S.base64Bits) & 63));
    }
  }
}

/** Encodes what is left over, with padding. */
export function base64Flush(): void {
  const bits = S.base64Bits;
  if (!bits) return;
  putCharacter(character((S.base64Value << (6 - bits)) & 63));
  putCharacter(PAD);
  if (bits == 2) putCharacter(PAD);
}

/** Takes one character. Returns the byte that is complete with it, -1 when none is yet, or -2 when it is none of the alphabet. */
export function base64Take(byte: u32): i32 {
  const bits = bitsOf(byte);
  if (bits < 0) return -2;
  // what stands behind padding, and bits that padding leaves over, are not looked at
  if (bits == 64) {
    S.base64Bits = 0;
    return -1;
  }
  S.base64Value = (S.base64Value << 6) | bits;
  S.base64Bits += 6;
  if (S.base64Bits < 8) return -1;
  S.base64Bits -= 8;
  return (S.base64Value >> S.base64Bits) & 0xff;
}
