// SPDX-License-Identifier: Apache-2.0
// Made profile packages: exact sizes, elements in order and numbered, repeatable content; read by OpenSSL and asn1js as well.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as asn1js from 'asn1js';
import { describe, expect, it } from 'vitest';
import { need, readInteger, readTlvs, type Tlv } from '../../../host/sim/codec/ber.js';
import { equal, hex } from '../../../host/sim/codec/bytes.js';
import { makeProfilePackage, type ProfilePackageOptions } from '../../../host/sim/profile/index.js';

const ICCID = '89000123456789012341';
const FEWEST = [0xa0, 0xb0, 0xa3, 0xa2, 0xb3, 0xa4];
const ALL_KINDS = [0xa0, 0xb0, 0xa3, 0xa2, 0xb2, 0xa2, 0xb3, 0xb4, 0xa2, 0xa4, 0xb5, 0xa2, 0xa4, 0xa6, 0xa7, 0xa7];
const WITH_APPLICATION = [...ALL_KINDS, 0xa8];
const openssl = spawnSync('openssl', ['version']).status === 0;

function elementsOf(options: Omit<ProfilePackageOptions, 'iccid'>): Tlv[] {
  return readTlvs(makeProfilePackage({ iccid: ICCID, ...options }));
}

function identificationOf(element: Tlv): number {
  return readInteger(need(need(element, 0xa0), 0x81));
}

/** The content of a file in a profile element. */
function fileContent(elements: readonly Tlv[], element: number, file: number): string {
  return hex(need(need(elements.find(({ tag }) => tag === element)!, file), 0x83).value);
}

describe('makeProfilePackage', () => {
  it.each([
    [600, FEWEST],
    [1_900, FEWEST],
    [2_000, ALL_KINDS],
    [5_000, ALL_KINDS],
    [8_192, WITH_APPLICATION],
    [10_240, WITH_APPLICATION],
    [65_536, WITH_APPLICATION],
    [102_400, WITH_APPLICATION],
    [524_288, WITH_APPLICATION],
    [1 << 20, WITH_APPLICATION],
  ])('makes %i bytes of profile elements', (sizeBytes, kinds) => {
    const elements = elementsOf({ sizeBytes });
    expect(elements.reduce((sum, { raw }) => sum + raw.length, 0)).toBe(sizeBytes);
    expect(elements.slice(0, kinds.length).map(({ tag }) => tag)).toEqual(kinds);
    expect(elements.slice(kinds.length, -1).every(({ tag }) => tag === 0xa1)).toBe(true);
    expect(elements.at(-1)!.tag).toBe(0xaa);
    expect(elements.slice(1).map(identificationOf)).toEqual(elements.slice(1).map((_, index) => index + 1));
  });

  it('makes every size, also around the steps of DER lengths', () => {
    for (const first of [600, 1_990, 2_240, 8_180])
      for (let sizeBytes = first; sizeBytes < first + 300; sizeBytes++) {
        const made = makeProfilePackage({ iccid: ICCID, sizeBytes });
        expect(made.length).toBe(sizeBytes);
        readTlvs(made);
      }
    for (const sizeBytes of [32_514, 32_516, 32_526, 32_645, 64_516, 64_660])
      expect(makeProfilePackage({ iccid: ICCID, sizeBytes }).length).toBe(sizeBytes);
  });

  it('numbers more than 127 elements', () => {
    const elements = elementsOf({ sizeBytes: 4_200_000 });
    expect(elements.length).toBeGreaterThan(128);
    expect(identificationOf(elements.at(-1)!)).toBe(elements.length - 1);
  });

  it('names the ICCID in the header as it is written, and in EF.ICCID with swapped digits', () => {
    const elements = elementsOf({ sizeBytes: 1000 });
    expect(hex(need(elements[0]!, 0x83).value)).toBe('89000123456789012341');
    expect(fileContent(elements, 0xb0, 0xa4)).toBe('98001032547698103214');
  });

  it('makes the IMSI of network and ICCID, or takes the one that is given', () => {
    expect(fileContent(elementsOf({ sizeBytes: 600 }), 0xb3, 0xa3)).toBe('080910107698103214');
    expect(fileContent(elementsOf({ sizeBytes: 3000, mccMnc: '310410' }), 0xb3, 0xa3)).toBe('083901147098103214');
    expect(fileContent(elementsOf({ sizeBytes: 3000, mccMnc: '310410', imsi: '310410000000001' }), 0xb3, 0xa3)).toBe('083901140000000010');
  });

  it('has TUAK on request, also among the services of the header', () => {
    const elements = elementsOf({ sizeBytes: 3000, algorithm: 'tuak' });
    expect(hex(need(elements[0]!, 0xa5).value)).toBe('810082008500');
    const aka = elements.filter(({ tag }) => tag === 0xa4).map((element) => need(need(element, 0xa1), 0xa1));
    expect(aka.map((each) => [readInteger(need(each, 0x80)), need(each, 0x83).value.length])).toEqual([
      [2, 32],
      [2, 32],
    ]);
  });

  it('is frozen for a seed', () => {
    const made = makeProfilePackage({ iccid: ICCID, sizeBytes: 4096, seed: 7 });
    expect(createHash('sha256').update(made).digest('hex')).toBe('29db5b0fa7563d099753abec4d228e06c5d51ca626d400a8700047a4c53dc877');
    expect(equal(made, makeProfilePackage({ iccid: ICCID, sizeBytes: 4096, seed: 8 }))).toBe(false);
  });

  it('refuses impossible wishes', () => {
    const make = (options: Partial<ProfilePackageOptions>) => () => makeProfilePackage({ iccid: ICCID, sizeBytes: 3000, ...options });
    expect(make({ sizeBytes: 100 })).toThrow(/at least some 600 bytes/);
    expect(make({ sizeBytes: 9_000_000 })).toThrow(/more than 8 MB/);
    expect(make({ iccid: '89' })).toThrow(/18 to 20 digits/);
    expect(make({ mccMnc: '1' })).toThrow(/5 or 6 digits/);
    expect(make({ imsi: '123' })).toThrow(/15 digits/);
    expect(make({ imsi: '262010123456789' })).toThrow(/network 00101/);
    expect(make({ serviceProviderName: 'x'.repeat(17) })).toThrow(/16 ASCII/);
    expect(make({ profileType: '' })).toThrow(/profile type/);
  });
});

describe('readers that share nothing with the writer', () => {
  const sizes = [600, 2_000, 8_192, 100_000, 1 << 20];

  it.skipIf(!openssl).each(sizes)('openssl asn1parse reads all of %i bytes', (sizeBytes) => {
    const made = makeProfilePackage({ iccid: ICCID, sizeBytes });
    const { status, stdout, stderr } = spawnSync('openssl', ['asn1parse', '-inform', 'der'], { input: made, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    const roots = [...stdout.matchAll(/^ *(\d+):d=0 +hl=(\d+) l= *(\d+) cons: cont \[ (\d+) ]/gm)].map((match) =>
      match.slice(1).map(Number),
    );
    expect(roots.map(([, , , number]) => number)).toEqual(readTlvs(made).map(({ tag }) => tag & 0x1f));
    const [offset, header, length] = roots.at(-1)!;
    expect(offset! + header! + length!).toBe(sizeBytes);
  });

  it.each(sizes)('asn1js reads %i bytes and writes them again', (sizeBytes) => {
    const made = makeProfilePackage({ iccid: ICCID, sizeBytes });
    for (let rest = made; rest.length > 0; ) {
      const { offset, result } = asn1js.fromBER(rest, { maxNodes: 200_000 });
      expect(offset).toBeGreaterThan(0);
      expect(equal(new Uint8Array(result.toBER()), rest.subarray(0, offset))).toBe(true);
      rest = rest.subarray(offset);
    }
  });
});
