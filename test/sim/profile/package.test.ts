// SPDX-License-Identifier: Apache-2.0
// Made profile packages: exact sizes, plausible profile elements, repeatable content.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { need, readInteger, readTlvs } from '../../../host/sim/codec/ber.js';
import { equal, hex } from '../../../host/sim/codec/bytes.js';
import { makeProfilePackage } from '../../../host/sim/profile/index.js';

const ICCID = '89000123456789012341';
const openssl = spawnSync('openssl', ['version']).status === 0;

describe('makeProfilePackage', () => {
  it.each([520, 600, 2048, 10_240, 32_500, 65_536, 102_400, 524_288, 1 << 20])('makes %i bytes of profile elements', (sizeBytes) => {
    const made = makeProfilePackage({ iccid: ICCID, sizeBytes });
    const elements = readTlvs(made);
    expect(made.length).toBe(sizeBytes);
    expect(elements.slice(0, 6).map(({ tag }) => tag)).toEqual([0xa0, 0xb0, 0xa3, 0xa2, 0xb3, 0xa4]);
    expect(elements.slice(6, -1).every(({ tag }) => tag === 0xa1)).toBe(true);
    expect(elements.at(-1)!.tag).toBe(0xaa);
    expect(elements.slice(1).map((element) => readInteger(need(need(element, 0xa0), 0x81)))).toEqual(
      elements.slice(1).map((_, index) => index + 1),
    );
  });

  it('makes every size, also around the steps of DER lengths', () => {
    for (let sizeBytes = 520; sizeBytes < 1100; sizeBytes++) {
      const made = makeProfilePackage({ iccid: ICCID, sizeBytes });
      expect(made.length).toBe(sizeBytes);
      readTlvs(made);
    }
    for (const sizeBytes of [32_514, 32_516, 32_526, 32_645, 64_516, 64_660])
      expect(makeProfilePackage({ iccid: ICCID, sizeBytes }).length).toBe(sizeBytes);
  });

  it('numbers more than 127 elements', () => {
    const elements = readTlvs(makeProfilePackage({ iccid: ICCID, sizeBytes: 4_200_000 }));
    expect(elements.length).toBeGreaterThan(128);
    expect(readInteger(need(need(elements.at(-1)!, 0xa0), 0x81))).toBe(elements.length - 1);
  });

  it('names the ICCID in the header', () => {
    const [header] = readTlvs(makeProfilePackage({ iccid: ICCID, sizeBytes: 1000 }));
    expect(hex(need(header!, 0x83).value)).toBe('98001032547698103214');
  });

  it('is frozen for a seed', () => {
    const made = makeProfilePackage({ iccid: ICCID, sizeBytes: 4096, seed: 7 });
    expect(createHash('sha256').update(made).digest('hex')).toBe('fc07f27d045f990cd6f1892cd633625ec957490b0619415c31288a8a0edd8d02');
    expect(equal(made, makeProfilePackage({ iccid: ICCID, sizeBytes: 4096, seed: 8 }))).toBe(false);
  });

  it('refuses impossible wishes', () => {
    expect(() => makeProfilePackage({ iccid: ICCID, sizeBytes: 100 })).toThrow(/bytes more/);
    expect(() => makeProfilePackage({ iccid: '89', sizeBytes: 1000 })).toThrow(RangeError);
  });
});

describe.skipIf(!openssl)('the openssl command line', () => {
  it('reads every element', () => {
    for (const element of readTlvs(makeProfilePackage({ iccid: ICCID, sizeBytes: 3000 }))) {
      const { status, stderr } = spawnSync('openssl', ['asn1parse', '-inform', 'der'], { input: element.raw, encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
    }
  });
});
