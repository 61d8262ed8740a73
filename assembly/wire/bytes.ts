// SPDX-License-Identifier: Apache-2.0
// Bytes in memory: comparing, letter case, decimal. Knows nothing of tags.

/** True when the `length` bytes at `a` and `b` are the same. */
export function sameBytes(a: usize, b: usize, length: usize): bool {
  for (let i: usize = 0; i < length; i++) {
    if (load<u8>(a + i) != load<u8>(b + i)) return false;
  }
  return true;
}

/** The lower-case form of an ASCII letter; other bytes as they are. */
export function lowerCase(byte: u32): u32 {
  return byte - 0x41 < 26 ? byte + 32 : byte;
}

/** Like sameBytes, but ASCII letters match in either case (host names, RFC 4343). */
export function sameText(a: usize, b: usize, length: usize): bool {
  for (let i: usize = 0; i < length; i++) {
    if (lowerCase(load<u8>(a + i)) != lowerCase(load<u8>(b + i))) return false;
  }
  return true;
}

/** Writes `value` (0 to 999) in decimal without leading zeros. Returns the address behind it. */
export function putDecimal(at: usize, value: u32): usize {
  if (value >= 100) store<u8>(at++, 0x30 + value / 100);
  if (value >= 10) store<u8>(at++, 0x30 + ((value / 10) % 10));
  store<u8>(at++, 0x30 + (value % 10));
  return at;
}

/** The value of a hexadecimal digit, or -1. */
export function hexValue(byte: u32): i32 {
  if (byte - 0x30 < 10) return byte - 0x30;
  byte = lowerCase(byte) - 0x61;
  return byte < 6 ? byte + 10 : -1;
}

/** The digit of a value 0 to 15, upper case. */
export function hexDigit(value: u32): u32 {
  return value < 10 ? 0x30 + value : 0x37 + value;
}
