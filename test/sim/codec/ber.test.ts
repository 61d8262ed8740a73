// SPDX-License-Identifier: Apache-2.0
// BER reading and DER writing (ITU-T X.690), including what must be refused.
import { describe, expect, it } from 'vitest';
import {
  bitStringContent,
  CodecError,
  child,
  integerContent,
  lengthOctets,
  need,
  oidContent,
  readBits,
  readInteger,
  readOid,
  readTlv,
  readTlvs,
  type Tlv,
  tlv,
} from '../../../host/sim/codec/ber.js';
import { concat, fromHex, hex } from '../../../host/sim/codec/bytes.js';

const element = (contents: string): Tlv => readTlv(tlv(0x80, fromHex(contents)));

describe('readTlv', () => {
  it('keeps the received bytes of every element', () => {
    const whole = fromHex('BF36 81 0B 30 81 03 02 01 05 5F37 02 AABB');
    const read = readTlv(whole);
    expect([read.tag, read.constructed, read.children.length]).toEqual([0xbf36, true, 2]);
    expect(read.children.map(({ tag, raw, value }) => [tag, hex(raw), hex(value)])).toEqual([
      [0x30, '308103020105', '020105'],
      [0x5f37, '5F3702AABB', 'AABB'],
    ]);
    expect(readInteger(need(read.children[0]!, 0x02))).toBe(5);
  });

  it.each([
    ['8100', 0x81],
    ['E300', 0xe3],
    ['9F7B01FF', 0x9f7b],
    ['5F8100 00', 0x5f8100],
    ['BF5500', 0xbf55],
  ])('reads the tag of %s', (bytes, tag) => {
    expect(readTlv(fromHex(bytes))).toMatchObject({ tag });
  });

  it.each(['80 82 0000', '80 83 000001 FF', '30 82 0003 80 81 00'])('accepts the long length of %s', (bytes) => {
    expect(hex(readTlv(fromHex(bytes)).raw)).toBe(hex(fromHex(bytes)));
  });

  it('does not look into the contents of primitive elements', () => {
    expect(readTlv(fromHex('04 04 30 02 05 00'))).toMatchObject({ constructed: false, children: [] });
    expect(readTlv(fromHex('0C 01 FF')).value).toEqual(Uint8Array.of(0xff));
  });

  it.each([
    ['nothing', ''],
    ['a tag alone', '30'],
    ['a tag that does not end', '9F81'],
    ['a length beyond the end', '80 05 00'],
    ['a long length beyond the end', '80 84 FFFFFFFF'],
    ['an element that leaves its parent', '30 03 80 05 00'],
    ['a parent its elements do not fill', '30 03 80 00 80'],
    ['the indefinite form', '30 80 00 00'],
    ['the indefinite form inside', '30 06 A0 80 80 00 00 00'],
    ['a tag of five bytes', '9F 81 81 81 01 00'],
    ['a constructed end of contents', '20 00'],
    ['bytes after the element', '80 00 00'],
  ])('refuses %s', (_name, bytes) => {
    expect(() => readTlv(fromHex(bytes))).toThrow(CodecError);
  });

  it('refuses nesting that would exhaust the stack', () => {
    let nested = tlv(0x30);
    for (let depth = 0; depth < 5000; depth++) nested = tlv(0x30, nested);
    expect(() => readTlv(nested)).toThrow(CodecError);
  });

  it('reads a thousand elements of a thousand bytes', () => {
    const parts = Array.from({ length: 1000 }, () => tlv(0x86, new Uint8Array(1000)));
    expect(readTlv(tlv(0xa3, ...parts)).children.length).toBe(1000);
  });
});

describe('readTlvs', () => {
  it('reads a row, and nothing from nothing', () => {
    expect(readTlvs(fromHex('810108 8200 8302AABB')).map(({ tag }) => tag)).toEqual([0x81, 0x82, 0x83]);
    expect(readTlvs(new Uint8Array())).toEqual([]);
  });

  it('refuses a row that breaks off', () => {
    expect(() => readTlvs(fromHex('8100 8205'))).toThrow(CodecError);
  });
});

describe('child and need', () => {
  it('find the first element with the tag', () => {
    const parent = readTlv(fromHex('3006 8001AA 8001BB'));
    expect(child(parent, 0x80)?.value).toEqual(Uint8Array.of(0xaa));
    expect(child(parent, 0x81)).toBeUndefined();
    expect(() => need(parent, 0x5f37)).toThrow('no 5F37 in 30');
  });
});

describe('tlv', () => {
  it('writes minimal lengths around each step', () => {
    expect([0, 127, 128, 255, 256, 65535, 65536].map((length) => hex(lengthOctets(length)))).toEqual([
      '00',
      '7F',
      '8180',
      '81FF',
      '820100',
      '82FFFF',
      '83010000',
    ]);
    expect(hex(tlv(0xbf36, fromHex('8000'), fromHex('8100')))).toBe('BF360480008100');
  });
});

describe('INTEGER', () => {
  it.each([
    [0, '00'],
    [1, '01'],
    [127, '7F'],
    [128, '0080'],
    [255, '00FF'],
    [256, '0100'],
    [8_388_607, '7FFFFF'],
    [8_388_608, '00800000'],
    [2 ** 40, '010000000000'],
    [-1, 'FF'],
    [-128, '80'],
    [-129, 'FF7F'],
  ])('%i is %s', (value, contents) => {
    expect(hex(integerContent(value))).toBe(contents);
    expect(readInteger(element(contents))).toBe(value);
  });

  it('accepts a long form and refuses what is none', () => {
    expect(readInteger(element('0000000005'))).toBe(5);
    expect(() => readInteger(element(''))).toThrow(CodecError);
    expect(() => readInteger(element('00000000000001'))).toThrow(CodecError);
    expect(() => readInteger(readTlv(fromHex('A0 03 02 01 05')))).toThrow(CodecError);
    expect(() => integerContent(0.5)).toThrow(CodecError);
  });
});

describe('OBJECT IDENTIFIER', () => {
  it.each([
    ['2.999', '8837'],
    ['2.999.10', '88370A'],
    ['2.23.146.1.2.1.4', '67811201020104'],
    ['1.2.840.10045.3.1.7', '2A8648CE3D030107'],
    ['0.39', '27'],
    ['2.5.29.30', '551D1E'],
  ])('%s is %s', (dotted, contents) => {
    expect(hex(oidContent(dotted))).toBe(contents);
    expect(readOid(element(contents))).toBe(dotted);
  });

  it.each(['', '1', '3.1', '1.40', '1.-1', 'a.b', '1.2.x'])('cannot be %j', (dotted) => {
    expect(() => oidContent(dotted)).toThrow(CodecError);
  });

  it.each(['', '88378A', 'FFFFFFFFFFFFFFFFFF7F'])('is not in %j', (contents) => {
    expect(() => readOid(element(contents))).toThrow(CodecError);
  });
});

describe('BIT STRING', () => {
  it.each([
    [[], '00'],
    [[0], '0780'],
    [[1], '0640'],
    [[2], '0520'],
    [[3], '0410'],
    [[0, 5], '0284'],
    [[0, 8], '078080'],
  ])('%j is %s', (bits, contents) => {
    expect(hex(bitStringContent(bits))).toBe(contents);
    expect(readBits(element(contents))).toEqual(bits);
  });

  it('accepts untrimmed strings and refuses what is none', () => {
    expect(readBits(element('0080'))).toEqual([0]);
    expect(readBits(element('0250'))).toEqual([1, 3]);
    expect(() => readBits(element(''))).toThrow(CodecError);
    expect(() => readBits(element('0880'))).toThrow(CodecError);
  });

  it('ignores bits that are declared unused', () => {
    expect(readBits(element('07FF'))).toEqual([0]);
    expect(readBits(readTlv(concat(fromHex('0302'), fromHex('0600'))))).toEqual([]);
  });
});
