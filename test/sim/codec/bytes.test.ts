// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { concat, equal, fromHex, hex, text, utf8 } from '../../../host/sim/codec/bytes.js';

it('hex and fromHex are inverse, whatever the view', () => {
  const bytes = fromHex('00 ff\n7F');
  expect(hex(bytes)).toBe('00FF7F');
  expect(hex(bytes.subarray(1))).toBe('FF7F');
  expect(hex(new Uint8Array())).toBe('');
});

it('fromHex refuses what is not pairs of digits', () => {
  for (const bad of ['0', '0G', '0x00']) expect(() => fromHex(bad)).toThrow(RangeError);
});

it('concat joins in order and gives a copy', () => {
  const part = Uint8Array.of(1, 2);
  const whole = concat(part, new Uint8Array(), Uint8Array.of(3));
  part[0] = 9;
  expect(whole).toEqual(Uint8Array.of(1, 2, 3));
});

it('utf8 and text are inverse; text never throws', () => {
  expect(text(utf8('Größe €'))).toBe('Größe €');
  expect(text(Uint8Array.of(0x41, 0xff))).toBe('A\uFFFD');
});

it('equal compares length and content', () => {
  expect(equal(Uint8Array.of(1), Uint8Array.of(1))).toBe(true);
  expect(equal(Uint8Array.of(1), Uint8Array.of(1, 2))).toBe(false);
  expect(equal(Uint8Array.of(1), Uint8Array.of(2))).toBe(false);
});
