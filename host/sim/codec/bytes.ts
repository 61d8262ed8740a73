// SPDX-License-Identifier: Apache-2.0
// Small helpers on byte strings, shared by all simulators.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Upper-case hexadecimal, two digits per byte, without separators. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex').toUpperCase();
}

/** The bytes of a hexadecimal text; white space is ignored. Throws RangeError unless it is an even number of hexadecimal digits. */
export function fromHex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, '');
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) throw new RangeError('not an even number of hexadecimal digits');
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}

/** One new byte string of all parts, in order. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** The UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The text of UTF-8 bytes; what is not UTF-8 becomes U+FFFD. */
export function text(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Whether two byte strings have the same length and content. Not constant in time: simulators hold no secrets worth it. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
