// SPDX-License-Identifier: Apache-2.0
// The module's two TLV readers and its writer, against an oracle and the simulators' codec, on many inputs (SPEC.md, W-1).

import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../host/abi.js';
import { readTlv as readWithCodec, type Tlv, tlv } from '../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../host/sim/codec/bytes.js';
import { seededRandom } from '../../host/wrap/seeded-random.js';
import { DerInputs } from './support/der-inputs.js';
import { type JudgedElement, judgeStream, judgeWhole, MODULE_LIMITS, type ReaderLimits } from './support/der-oracle.js';
import { Internals } from './support/internals.js';

const SEED = Number(process.env.IPA_SEED ?? 20_260_101);
const INPUTS = 120_000;
/** What the simulators' codec takes: longer forms than the module, more depth. */
const CODEC_LIMITS: ReaderLimits = { lengthBytes: 8, tagBytes: 4, depth: 24 };

const parts = new Internals();

/** Runs a check on every input of the seed; the seed and the input are in the message of a failure. */
function onInputs(count: number, check: (bytes: Uint8Array, inputs: DerInputs) => void): void {
  const inputs = new DerInputs(seededRandom(SEED));
  for (let i = 0; i < count; i++) {
    const bytes = inputs.next();
    try {
      check(bytes, inputs);
    } catch (cause) {
      throw new Error(`IPA_SEED=${SEED}, input ${i}: ${hex(bytes)}: ${(cause as Error).message}`, { cause });
    }
  }
}

/** Cheaper than expect() for a hundred thousand comparisons. */
function same(actual: unknown, expected: unknown, what: string): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${what}: ${left}, not ${right}`);
}

describe('reading elements', () => {
  it.each([
    ['', ErrorCode.Truncated],
    ['80', ErrorCode.Truncated],
    ['BF', ErrorCode.Truncated],
    ['BF36', ErrorCode.Truncated],
    ['8081', ErrorCode.Truncated],
    ['80820001', ErrorCode.Overrun],
    ['8001', ErrorCode.Overrun],
    ['808000', ErrorCode.BadEncoding],
    ['308000000000', ErrorCode.BadEncoding],
    ['808400000000', ErrorCode.BadEncoding],
    ['BF8136', ErrorCode.BadEncoding],
    ['800000', ErrorCode.TrailingBytes],
    ['30038002FF', ErrorCode.Overrun],
    ['300180', ErrorCode.Overrun],
    ['3003800000', ErrorCode.Overrun],
    ['8000', 0],
    ['80830000 01 AA', 0],
    ['BF2B04A0028200', 0],
  ])('says of %s: %i', (text, expected) => {
    const bytes = fromHex(text);
    expect(parts.checkTlv(bytes)).toBe(expected);
    expect(judgeWhole(bytes, MODULE_LIMITS).error, 'the oracle').toBe(expected);
  });

  it('tells tag, length and place of the first element', () => {
    expect(parts.readTlv(fromHex('BF368201020000'))).toBe(ErrorCode.Overrun);
    expect(parts.readTlv(fromHex('5F378102AABBCC'))).toEqual({ tag: 0x5f37, length: 2, valueOffset: 4, endOffset: 6 });
  });

  it.each([
    [16, 0],
    [17, ErrorCode.TooDeep],
  ])('follows %i elements in one another: %i', (depth, expected) => {
    let bytes = new Uint8Array();
    for (let i = 0; i < depth; i++) bytes = Uint8Array.from(tlv(0x30, bytes));
    expect(parts.checkTlv(bytes)).toBe(expected);
    expect(parts.scan(bytes)).toMatchObject({ error: expected, done: expected === 0 });
  });

  it(`agrees with the oracle on ${INPUTS} inputs`, () => {
    let accepted = 0;
    onInputs(INPUTS, (bytes) => {
      const verdict = judgeWhole(bytes, MODULE_LIMITS);
      same(parts.checkTlv(bytes), verdict.error, 'checkTlv');
      if (verdict.error === 0) accepted++;
      const outer = verdict.elements[0];
      if (!outer || verdict.error === ErrorCode.Overrun) return;
      const { tag, length, valueOffset, endOffset } = outer;
      same(parts.readTlv(bytes), { tag, length, valueOffset, endOffset }, 'readTlv');
    });
    expect(accepted).toBeGreaterThan(INPUTS / 4);
    expect(accepted).toBeLessThan((INPUTS * 3) / 4);
  });
});

describe('the simulators’ codec', () => {
  /** All elements with their places, in the order of the bytes. */
  function flatten(element: Tlv, start: number, depth: number): JudgedElement[] {
    const valueOffset = start + element.raw.length - element.value.length;
    const own = { tag: element.tag, length: element.value.length, depth, valueOffset, endOffset: start + element.raw.length };
    let at = valueOffset;
    return [
      own,
      ...element.children.flatMap((child) => {
        const from = at;
        at += child.raw.length;
        return flatten(child, from, depth + 1);
      }),
    ];
  }

  /** Whether it reads by TLV rules alone: of the universal class, the codec's library also looks into the content. */
  const isPlain = (bytes: Uint8Array, offsets: readonly number[]) =>
    offsets.every((at) => bytes[at] === undefined || bytes[at] === 0x30 || bytes[at]! >= 0x40);

  it('refuses an element whose child reaches past it', () => {
    expect(() => readWithCodec(fromHex('A303 8C05 94 8FDF51 44'))).toThrow();
  });

  it('reads the same elements at the same places, within its wider limits', () => {
    let compared = 0;
    let bothAccept = 0;
    onInputs(INPUTS * 1.25, (bytes) => {
      const verdict = judgeWhole(bytes, CODEC_LIMITS);
      if (!isPlain(bytes, verdict.tagOffsets)) return;
      compared++;
      let read: JudgedElement[] | undefined;
      try {
        read = flatten(readWithCodec(bytes), 0, 1);
      } catch {
        read = undefined;
      }
      same(read, verdict.error === 0 ? verdict.elements : undefined, 'codec');
      if (!read || judgeWhole(bytes, MODULE_LIMITS).error !== 0) return;
      bothAccept++;
      same(
        parts.scan(bytes).headers,
        read.map(({ tag, length, depth }) => ({ tag, length, depth })),
        'scanner',
      );
    });
    expect(compared).toBeGreaterThan(100_000);
    expect(bothAccept).toBeGreaterThan(30_000);
  });
});

describe('scanning elements', () => {
  /** What the scanner must have seen: headers, all value bytes, ends. */
  function expectation(bytes: Uint8Array) {
    const { error, incomplete, elements } = judgeStream(bytes, MODULE_LIMITS);
    return {
      error,
      done: elements.length > 0 && !incomplete && (error === 0 || error === ErrorCode.TrailingBytes),
      headers: elements.map(({ tag, length, depth }) => ({ tag, length, depth })),
    };
  }

  const seen = (bytes: Uint8Array, cuts?: Iterable<number>) => {
    const { error, done, headers } = parts.scan(bytes, cuts);
    return { error, done, headers };
  };

  it('agrees with the oracle, whole and byte by byte', () => {
    onInputs(INPUTS, (bytes) => {
      const expected = expectation(bytes);
      same(seen(bytes), expected, 'whole');
      same(seen(bytes, bytes.keys()), expected, 'byte by byte');
    });
  });

  it('agrees with the oracle at every split', () => {
    onInputs(INPUTS / 12, (bytes) => {
      const expected = expectation(bytes);
      for (let cut = 1; cut < bytes.length; cut++) same(seen(bytes, [cut]), expected, `cut at ${cut}`);
    });
  });

  it('accepts what checkTlv accepts, and nothing else', () => {
    onInputs(INPUTS, (bytes) => {
      const { error, done } = parts.scan(bytes);
      same(error === 0 && done, parts.checkTlv(bytes) === 0, 'accepted');
    });
  });

  it('tells every value byte once, and every end in order', () => {
    const bytes = fromHex('30 0A 80 02 AABB A1 04 81 02 CCDD');
    for (const cuts of [[], [5], [...bytes.keys()]]) {
      const { values, ends } = parts.scan(bytes, cuts);
      expect(hex(values)).toBe('AABBCCDD');
      expect(ends).toEqual([2, 3, 2, 1]);
    }
  });
});

describe('writing elements', () => {
  it.each([
    [0x80, 0, '8000'],
    [0x30, 127, '307F'],
    [0x30, 128, '308180'],
    [0x5f37, 255, '5F3781FF'],
    [0xbf36, 256, 'BF36820100'],
    [0xbf36, 65_535, 'BF3682FFFF'],
    [0xbf36, 65_536, 'BF3683010000'],
    [0xbf36, 0xff_ff_ff, 'BF3683FFFFFF'],
  ])('writes the header of %i with %i bytes: %s', (tag, length, expected) => {
    const { bytes, announced } = parts.putHeader(tag, length);
    expect(hex(bytes)).toBe(expected);
    expect(announced).toBe(bytes.length);
  });

  it('writes what the codec writes', () => {
    for (const tag of [0x80, 0x5a, 0x5f37, 0xbf51])
      for (const length of [0, 1, 127, 128, 255, 256, 1000, 3000]) {
        const value = new Uint8Array(length).fill(0xa5);
        expect(hex(parts.putTlv(tag, value))).toBe(hex(tlv(tag, value)));
      }
  });
});
