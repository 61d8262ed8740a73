// SPDX-License-Identifier: Apache-2.0
// Wrappers around modem lines: tracing, counting, cutting. None changes the bytes.

import { describe, expect, it } from 'vitest';
import { chunkLine } from '../../../host/wrap/chunk-line.js';
import { type ChunkPolicy, createChunker } from '../../../host/wrap/chunk-policy.js';
import { countLine } from '../../../host/wrap/count-line.js';
import { seededRandom } from '../../../host/wrap/seeded-random.js';
import { traceLine } from '../../../host/wrap/trace-line.js';
import { FakeLine } from './fake-line.js';

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');

describe('traceLine', () => {
  it('writes one record for each thing that passes', async () => {
    const fake = new FakeLine();
    const records: string[] = [];
    let clock = 100;
    const line = traceLine(fake, (json) => records.push(json), { nowMs: () => clock++ });
    const seen: string[] = [];
    line.onData((bytes) => seen.push(Buffer.from(bytes).toString('latin1')));
    line.onClose((reason) => seen.push(reason.message));
    line.write(latin1('AT\r'));
    fake.feed(latin1('\r\nOK\r\n\x00\xff'));
    fake.drop(new Error('unplugged'));
    await line.close();
    expect(records).toEqual([
      '{"timeMs":100,"lane":"card","direction":"out","event":"bytes","text":"AT<CR>","bytes":"41540D"}',
      '{"timeMs":101,"lane":"card","direction":"in","event":"bytes","text":"<CR><LF>OK<CR><LF><00><FF>","bytes":"0D0A4F4B0D0A00FF"}',
      '{"timeMs":102,"lane":"card","direction":"in","event":"broken","reason":"unplugged"}',
      '{"timeMs":103,"lane":"card","direction":"out","event":"close"}',
    ]);
    expect([fake.written, seen, fake.closed, line.name]).toEqual([['AT\r'], ['\r\nOK\r\n\x00\xff', 'unplugged'], true, 'fake:']);
  });

  it('has a clock of its own', () => {
    const records: string[] = [];
    traceLine(new FakeLine(), (json) => records.push(json)).write(latin1('A'));
    expect(JSON.parse(records[0]!)).toMatchObject({ timeMs: expect.any(Number), bytes: '41' });
  });
});

describe('countLine', () => {
  it('counts both directions', async () => {
    const fake = new FakeLine();
    const line = countLine(fake);
    const closed: string[] = [];
    line.onData(() => {});
    line.onClose((reason) => closed.push(reason.message));
    line.write(latin1('AT\r'));
    line.write(latin1('ATZ\r'));
    fake.feed(latin1('OK'));
    fake.drop(new Error('gone'));
    await line.close();
    expect(line.counters).toEqual({ writes: 2, bytesOut: 7, chunks: 1, bytesIn: 2 });
    expect([closed, fake.closed, line.name]).toEqual([['gone'], true, 'fake:']);
  });
});

describe('chunkLine', () => {
  it('cuts both directions and passes the rest on', async () => {
    const fake = new FakeLine();
    const line = chunkLine(fake, { kind: 'every', bytes: 2 });
    const seen: string[] = [];
    line.onData((bytes) => seen.push(Buffer.from(bytes).toString('latin1')));
    line.onClose((reason) => seen.push(reason.message));
    line.write(latin1('AT+CSIM'));
    fake.feed(latin1('ERROR'));
    fake.drop(new Error('gone'));
    await line.close();
    expect(fake.written).toEqual(['AT', '+C', 'SI', 'M']);
    expect([seen, fake.closed, line.name]).toEqual([['ER', 'RO', 'R', 'gone'], true, 'fake:']);
  });

  it.each<ChunkPolicy>([
    { kind: 'whole' },
    { kind: 'every', bytes: 1 },
    { kind: 'every', bytes: 7 },
    { kind: 'splitAt', offset: 1 },
    { kind: 'splitAt', offset: 999 },
    { kind: 'random', seed: 7, maxBytes: 5 },
  ])('never changes the bytes: %o', (policy) => {
    const chunker = createChunker(policy);
    for (let size = 0; size < 40; size += 1) {
      const block = Uint8Array.from({ length: size }, (_, index) => index);
      const pieces = chunker(block);
      expect(pieces.every((piece) => piece.length > 0)).toBe(true);
      expect(Uint8Array.from(pieces.flatMap((piece) => [...piece]))).toEqual(block);
    }
  });

  it('cuts at random the same way for the same seed', () => {
    const sizes = (seed: number): number[] =>
      createChunker({ kind: 'random', seed, maxBytes: 4 })(new Uint8Array(20)).map((piece) => piece.length);
    expect(sizes(1)).toEqual([3, 1, 3, 4, 4, 2, 3]);
    expect(sizes(1)).toEqual(sizes(1));
    expect(sizes(2)).not.toEqual(sizes(1));
  });

  it.each<ChunkPolicy>([
    { kind: 'every', bytes: 0 },
    { kind: 'splitAt', offset: 1.5 },
    { kind: 'random', seed: 1, maxBytes: -1 },
  ])('refuses sizes that are none: %o', (policy) => {
    expect(() => createChunker(policy)).toThrow(RangeError);
  });
});

describe('seededRandom', () => {
  it('is the same everywhere', () => {
    const random = seededRandom(1);
    expect([random(), random(), random()].map((value) => Math.floor(value * 1e9))).toEqual([627073940, 2735721, 527447039]);
  });
});
