// SPDX-License-Identifier: Apache-2.0
// The frames between host and shell: bytes written out, and every way of cutting them.

import { describe, expect, it } from 'vitest';
import { encodeRequest, FrameType, ReplyReader } from '../../host/core/frames.js';

describe('requests', () => {
  it('are type, argument, length and bytes, little endian', () => {
    expect(Buffer.from(encodeRequest(3, -2, new Uint8Array([0xaa, 0xbb]))).toString('hex')).toBe('03feffffff0200aabb');
    expect(Buffer.from(encodeRequest(FrameType.Poll, 0xffff_ffff)).toString('hex')).toBe('00ffffffff0000');
  });
});

describe('replies', () => {
  const stream = Buffer.from('05fbffffff0300010203' + '00000000000000' + '0b100000000100ff', 'hex');
  const expected = [
    { kind: 5, argument: -5, bytes: new Uint8Array([1, 2, 3]) },
    { kind: 0, argument: 0, bytes: new Uint8Array() },
    { kind: 11, argument: 16, bytes: new Uint8Array([0xff]) },
  ];

  it('are the same whole and cut in two anywhere', () => {
    for (let split = 0; split <= stream.length; split++) {
      const reader = new ReplyReader();
      expect([...reader.push(stream.subarray(0, split)), ...reader.push(stream.subarray(split))], `split at ${split}`).toEqual(expected);
    }
  });

  it('are the same byte by byte', () => {
    const reader = new ReplyReader();
    expect([...stream].flatMap((byte) => reader.push(new Uint8Array([byte])))).toEqual(expected);
  });
});
