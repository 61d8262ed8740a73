// SPDX-License-Identifier: Apache-2.0
// Writing TLVs: DER, definite minimal lengths (SGP.22 v2.5 §2.6). Lengths are computed first, so nothing is moved afterwards.

/** Bytes that tag and length of an element with `length` bytes of value take. */
export function headerBytes(tag: u32, length: u32): u32 {
  return (tag > 0xff ? 2 : 1) + (length < 0x80 ? 1 : length < 0x100 ? 2 : length < 0x10000 ? 3 : 4);
}

/** Bytes of a whole element. */
export function tlvBytes(tag: u32, length: u32): u32 {
  return headerBytes(tag, length) + length;
}

/** Writes tag and length. Returns the address behind them. */
export function putHeader(at: usize, tag: u32, length: u32): usize {
  if (tag > 0xff) store<u8>(at++, tag >> 8);
  store<u8>(at++, tag);
  let count: u32 = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
  if (count) store<u8>(at++, 0x80 | count);
  else return putByte(at, length);
  while (count) store<u8>(at++, length >> (--count << 3));
  return at;
}

/** Writes one byte. Returns the address behind it. */
function putByte(at: usize, byte: u32): usize {
  store<u8>(at, byte);
  return at + 1;
}

/** Writes an element with the `length` bytes at `value`. Returns the address behind it. */
export function putTlv(at: usize, tag: u32, value: usize, length: u32): usize {
  at = putHeader(at, tag, length);
  memory.copy(at, value, length);
  return at + length;
}

/** Writes an element with a one-byte value. Returns the address behind it. */
export function putByteTlv(at: usize, tag: u32, byte: u32): usize {
  return putByte(putHeader(at, tag, 1), byte);
}
