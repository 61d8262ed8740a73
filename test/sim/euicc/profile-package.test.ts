// SPDX-License-Identifier: Apache-2.0
// Profile packages on the card: read as their bytes come, the interpreter's answer in the installation result, and what is there afterwards.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { need, readTlv, readTlvs, type Tlv, tlv } from '../../../host/sim/codec/ber.js';
import { concat, fromHex, hex } from '../../../host/sim/codec/bytes.js';
import type { SimulatedEuicc } from '../../../host/sim/euicc/index.js';
import { type Installation, InstallError } from '../../../host/sim/euicc/install/installation.js';
import { acceptProfileBytes, finishProfilePackage } from '../../../host/sim/euicc/install/profile-package.js';
import type { Euicc } from '../../../host/sim/euicc/state/euicc.js';
import { emptyMemory } from '../../../host/sim/euicc/state/non-volatile.js';
import { resolveSettings } from '../../../host/sim/euicc/state/settings.js';
import { iccidContent, makeMetadata, makeProfilePackage } from '../../../host/sim/profile/index.js';
import { SeededBytes } from '../../../host/sim/profile/seeded-bytes.js';
import { es10, makeEuicc, openedEuicc } from './support/card.js';
import { changed } from './support/profile-elements.js';
import { ICCID, type PackageOptions, prepare, segments } from './support/server.js';

const shared = process.env.IPA_SHARED;
const PUBLISHED = ['ts48/TS48v5_SAIP2.1A_NoBERTLV.der', 'ts48/TS48v5_SAIP2.3_NoBERTLV.der', 'pysim_bpp_upp.der'];
const PUBLISHED_ICCID = '89000123456789012341';

/** Installs; the finalResult, and how many segments it took to get it. */
function install(euicc: SimulatedEuicc, options: PackageOptions): { result: Tlv; taken: number; all: number } {
  const list = segments(prepare(euicc), options);
  for (const [index, segment] of list.entries()) {
    const { data } = es10(euicc, segment);
    if (data.length > 0) return { result: need(need(readTlv(data), 0xbf27), 0xa2).children[0]!, taken: index + 1, all: list.length };
  }
  throw new Error('no result');
}

/** A package with one of its elements changed. */
function packageWith(index: number, change: (element: Tlv) => Uint8Array, sizeBytes = 2_500): Uint8Array {
  const elements = readTlvs(makeProfilePackage({ iccid: ICCID, sizeBytes }));
  return concat(...elements.map((element, at) => (at === index ? change(element) : element.raw)));
}

describe('the installation result', () => {
  test('says which element failed and how, at the segment that completes it', () => {
    const profile = packageWith(3, (pins) => changed(pins, ['A1', 'A0', '30', '82'], () => fromHex('820107')));
    const { result, taken, all } = install(openedEuicc(), { profile, segmentBytes: 200 });
    expect(hex(result.raw)).toBe(hex(fromHex('A116 800105 81010C 820E 300C A008 3006 800106 810103 8100')));
    expect(taken).toBeLessThan(all);
  });

  test('names no element when the header failed, or the package ends too early', () => {
    const header = packageWith(0, (element) => changed(element, ['80'], () => fromHex('800109')));
    expect(hex(install(openedEuicc(), { profile: header }).result.raw)).toBe(
      hex(fromHex('A113 800105 81010C 820B 3009 A005 3003 80011F 8100')),
    );
    const profile = makeProfilePackage({ iccid: ICCID, sizeBytes: 2_500 });
    for (const cut of [1, 9, 100]) {
      const { result, taken, all } = install(openedEuicc(), { profile: profile.subarray(0, profile.length - cut) });
      expect(hex(result.raw)).toBe(hex(fromHex('A113 800105 81010C 820B 3009 A005 3003 800105 8100')));
      expect(taken).toBe(all);
    }
  });

  test('refuses bytes behind the end, and lengths that no element has', () => {
    const profile = makeProfilePackage({ iccid: ICCID, sizeBytes: 2_500 });
    for (const more of ['00', 'AA07A00580008101 7F', 'A080', 'A085FFFFFFFFFF']) {
      const { result } = install(openedEuicc(), { profile: concat(profile, fromHex(more)) });
      expect(hex(need(result, 0x81).value)).toBe('0C');
    }
  });

  test('has a warning for an element left out, and the profile is installed', () => {
    const euicc = openedEuicc();
    const unknown = (element: Tlv) => changed(readTlv(tlv(0xaf, element.value)), ['A0', '80'], () => new Uint8Array(0));
    const { result } = install(euicc, { profile: packageWith(14, unknown) });
    expect(hex(need(result, 0x04).value)).toBe(hex(fromHex('300A A008 3006 800101 81010E')));
    expect(euicc.profiles).toHaveLength(1);
  });

  test('another ICCID than in the metadata: dataMismatch(13) as soon as the header is read', () => {
    const profile = makeProfilePackage({ iccid: '8900012345678901235', sizeBytes: 20_000 });
    const { result, taken, all } = install(openedEuicc(), { profile });
    expect(hex(result.raw)).toBe('A106' + '800105' + '81010D');
    expect(taken).toBe(all - 19);
  });

  test('no room: insufficientMemory(10) as soon as the length of an element is known', () => {
    const profile = makeProfilePackage({ iccid: ICCID, sizeBytes: 40_000 });
    const { result, taken, all } = install(openedEuicc({ memoryBytes: 30_000 }), { profile });
    expect(hex(result.raw)).toBe(hex(fromHex('A113 800105 81010A 820B 3009 A005 3003 800104 8100')));
    expect(taken).toBeLessThan(all - 25);
  });

  test('no room for what a file declares: insufficientMemory(10) and the element', () => {
    const large = (element: Tlv) => changed(element, ['A5', 'A1', '80'], () => fromHex('8003020000'));
    const { result } = install(openedEuicc({ memoryBytes: 100_000 }), { profile: packageWith(4, large) });
    expect(hex(result.raw)).toBe(hex(fromHex('A116 800105 81010A 820E 300C A008 3006 800104 810104 8100')));
  });
});

describe('damaged packages', () => {
  const euicc = { settings: resolveSettings({}), memory: emptyMemory() } as Euicc;

  /** errorReason, or 0 when the package was carried out. */
  function reasonOf(bytes: Uint8Array): number {
    const installation = { metadata: { iccid: iccidContent(ICCID) } } as Installation;
    try {
      acceptProfileBytes(euicc, installation, bytes);
      finishProfilePackage(installation);
      return 0;
    } catch (error) {
      if (error instanceof InstallError) return error.reason;
      throw error;
    }
  }

  test('end with a reason and nothing else, whatever byte is wrong', () => {
    const whole = makeProfilePackage({ iccid: ICCID, sizeBytes: 2_500 });
    const reasons = new Set<number>();
    const seed = 5;
    const random = new SeededBytes(seed);
    // Every fourth byte of the elements before the filler, with a random other value.
    for (let at = 0; at < 2_200; at += 4) {
      const damaged = whole.slice();
      damaged[at] = damaged[at]! ^ (random.take(1)[0]! | 1);
      reasons.add(reasonOf(damaged));
    }
    expect(
      [...reasons].sort((a, b) => a - b),
      `seed ${seed}`,
    ).toEqual([0, 12, 13]);
  });
});

describe('memory', () => {
  test('is what the package has, or what its files declare when that is more', () => {
    const euicc = openedEuicc();
    install(euicc, { profile: packageWith(4, (element) => changed(element, ['A5', 'A1', '80'], () => fromHex('8003010000'))) });
    expect(euicc.profiles[0]!.sizeBytes).toBeGreaterThan(65_536 + 512);
    expect(euicc.profiles[0]!.sizeBytes).toBeLessThan(65_536 + 512 + 2_000);
  });

  test('of the interpreter is one element, however the bytes are cut', () => {
    const whole = makeProfilePackage({ iccid: ICCID, sizeBytes: 200_000 });
    const largest = Math.max(...readTlvs(whole).map(({ raw }) => raw.length));
    const euicc = { settings: resolveSettings({}), memory: emptyMemory() } as Euicc;
    for (const pieceBytes of [1, 7, 1007, 65_536, whole.length]) {
      const installation = { metadata: { iccid: iccidContent(ICCID) } } as Installation;
      let held = 0;
      for (let offset = 0; offset < whole.length; offset += pieceBytes) {
        acceptProfileBytes(euicc, installation, whole.subarray(offset, offset + pieceBytes));
        held = Math.max(held, installation.profile!.pieceBytes);
      }
      expect(held).toBeLessThan(largest);
      expect(finishProfilePackage(installation)).toMatchObject({ sizeBytes: 200_512, simaResponse: fromHex('3007A0053003800100') });
    }
  });
});

describe('an installed profile', () => {
  test('has its files: ICCID, IMSI, service provider name', () => {
    const euicc = openedEuicc();
    const profile = makeProfilePackage({ iccid: ICCID, sizeBytes: 3_000, mccMnc: '26201', serviceProviderName: 'Test' });
    install(euicc, { profile });
    expect(euicc.profiles[0]!.imsi).toBe(`26201${ICCID.slice(-10)}`);
    expect(hex(euicc.profileFile(ICCID, '2FE2')!)).toBe(hex(iccidContent(ICCID)));
    expect(hex(euicc.profileFile(ICCID, '7fd06f46')!)).toBe(hex(fromHex('00 54657374 FFFFFFFFFFFFFFFFFFFFFFFF')));
    expect(hex(euicc.profileFile(ICCID, '7FD06F31')!)).toBe('05');
    expect(euicc.profileFile(ICCID, '7FD06FFF')).toBeUndefined();
    expect(euicc.profileFile('8900012345678901235', '2FE2')).toBeUndefined();
  });

  test('keeps them without power', () => {
    const euicc = openedEuicc();
    install(euicc, { profile: makeProfilePackage({ iccid: ICCID, sizeBytes: 3_000 }) });
    const again = makeEuicc();
    again.restoreNonVolatile(euicc.saveNonVolatile());
    expect(again.profiles).toEqual(euicc.profiles);
    expect(again.profileFile(ICCID, '7FD06F07')).toEqual(euicc.profileFile(ICCID, '7FD06F07'));
  });

  test('that was there from the start has none', () => {
    const euicc = makeEuicc({ profiles: [{ iccid: ICCID }] });
    expect(euicc.profiles[0]!.imsi).toBeUndefined();
    expect(euicc.profileFile(ICCID, '2FE2')).toBeUndefined();
  });
});

describe.skipIf(!shared)('published test profiles', () => {
  test.each(PUBLISHED)('%s is installed', (file) => {
    const euicc = openedEuicc();
    const profile = new Uint8Array(readFileSync(path.join(shared!, 'vectors', file)));
    const { result } = install(euicc, { profile, metadata: makeMetadata({ iccid: PUBLISHED_ICCID, profileClass: 'test' }) });
    expect(hex(need(result, 0x04).value)).toBe('3007A0053003800100');
    expect(euicc.profiles[0]!.imsi).toMatch(/^00101\d{10}$/);
    expect(hex(euicc.profileFile(PUBLISHED_ICCID, '2FE2')!)).toBe(hex(iccidContent(PUBLISHED_ICCID)));
  });

  test.each(PUBLISHED)('%s is refused when its last element but one is damaged', (file) => {
    const elements = readTlvs(new Uint8Array(readFileSync(path.join(shared!, 'vectors', file))));
    const damaged = changed(elements.at(-2)!, ['81'], () => new Uint8Array(0));
    const profile = concat(...elements.slice(0, -2).map(({ raw }) => raw), damaged, elements.at(-1)!.raw);
    const { result } = install(openedEuicc(), { profile, metadata: makeMetadata({ iccid: PUBLISHED_ICCID }) });
    expect(hex(need(result, 0x81).value)).toBe('0C');
  });
});
