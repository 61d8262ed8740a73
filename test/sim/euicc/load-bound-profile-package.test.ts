// SPDX-License-Identifier: Apache-2.0
// LoadBoundProfilePackage (SGP.22 v2.5 §2.5.3 to §2.5.6, §5.7.6): installation, each way to fail, and interruption.
import { createPublicKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { child, need, readInteger, readOid, readTlv, type Tlv, tlv } from '../../../host/sim/codec/ber.js';
import { concat, fromHex, hex, text, utf8 } from '../../../host/sim/codec/bytes.js';
import { verifyRs } from '../../../host/sim/crypto/ecdsa.js';
import type { SimulatedEuicc } from '../../../host/sim/euicc/index.js';
import { makeMetadata, makeProfilePackage, notifyAll } from '../../../host/sim/profile/index.js';
import { ask, askHex, damaged, es10, openedEuicc, openIsdr, pki, refused, SMDP_ADDRESS } from './support/card.js';
import {
  challengeOf,
  controlWith,
  ICCID,
  METADATA,
  type PackageOptions,
  PROFILE,
  prepare,
  REPLACE_SESSION_KEYS,
  segments,
  TRANSACTION_ID,
} from './support/server.js';

const EUICC_KEY = createPublicKey(pki.euicc.privateKey);

const COMMAND = { initialiseSecureChannel: 0, configureIsdp: 1, storeMetadata: 2, replaceSessionKeys: 4, loadProfileElements: 5 };

/** Sends segments until one answers; the ProfileInstallationResult, or undefined when none did. */
function load(euicc: SimulatedEuicc, list: readonly Uint8Array[]): Tlv | undefined {
  for (const segment of list) {
    const { data, status } = es10(euicc, segment);
    expect(status).toBe(0x9000);
    if (data.length > 0) return readTlv(data);
  }
  return undefined;
}

function install(euicc: SimulatedEuicc, options: PackageOptions = {}): Tlv {
  return load(euicc, segments(prepare(euicc), options))!;
}

/** [bppCommandId, errorReason] of a result whose signature and metadata are right. */
function failureOf(result: Tlv | undefined): [number, number] {
  const data = need(result!, 0xbf27);
  expect(verifyRs(EUICC_KEY, need(result!, 0x5f37).value, data.raw)).toBe(true);
  expect(hex(need(data, 0x80).value)).toBe(hex(TRANSACTION_ID));
  const error = need(need(data, 0xa2), 0xa1);
  return [readInteger(need(error, 0x80)), readInteger(need(error, 0x81))];
}

describe('installation', () => {
  test('the result names ISD-P, SM-DP+ and ICCID and is signed', () => {
    const euicc = openedEuicc();
    const result = install(euicc);
    const data = need(result, 0xbf27);
    expect(data.children.map((each) => each.tag)).toEqual([0x80, 0xbf2f, 0x06, 0xa2]);
    expect(hex(need(data, 0xbf2f).raw)).toBe('BF2F25800101810207800C10736D64702E6578616D706C652E636F6D5A0A98001032547698103214');
    expect(readOid(need(data, 0x06))).toBe('2.999.10');
    expect(hex(need(data, 0xa2).raw)).toBe('A21FA01D4F10A0000005591010FFFFFFFF890000100004093007A0053003800100');
    expect(verifyRs(EUICC_KEY, need(result, 0x5f37).value, data.raw)).toBe(true);
  });

  test('the profile is there, disabled, and takes room', () => {
    const euicc = openedEuicc();
    const before = euicc.freeMemoryBytes;
    install(euicc);
    const sizeBytes = PROFILE.length + 512;
    expect(euicc.profiles).toEqual([
      {
        iccid: ICCID,
        aid: 'A0000005591010FFFFFFFF8900001000',
        state: 'disabled',
        name: 'Simulated Profile',
        serviceProviderName: 'Simulated Operator',
        nickname: undefined,
        profileClass: 'operational',
        fallbackAttribute: false,
        sizeBytes,
        imsi: '001016789012341',
      },
    ]);
    expect(before - euicc.freeMemoryBytes).toBe(sizeBytes);
  });

  test('the result is the install notification of the SM-DP+; other addresses get their own', () => {
    const euicc = openedEuicc();
    const metadata = makeMetadata({
      iccid: ICCID,
      notifications: [...notifyAll(SMDP_ADDRESS), { events: ['install', 'delete'], address: 'hub.example.com' }],
    });
    const result = install(euicc, { metadata });
    expect(euicc.notifications).toEqual([
      { seqNumber: 1, event: 'install', address: SMDP_ADDRESS, iccid: ICCID },
      { seqNumber: 2, event: 'install', address: 'hub.example.com', iccid: ICCID },
    ]);
    expect(hex(need(ask(euicc, 'BF2B05A003800101'), 0xa0).value)).toBe(hex(result.raw));
    const other = need(ask(euicc, 'BF2B05A003800102'), 0xa0).children[0]!;
    expect(verifyRs(EUICC_KEY, need(other, 0x5f37).value, need(other, 0xbf2f).raw)).toBe(true);
  });

  test('with replaced session keys, and small segments', () => {
    const euicc = openedEuicc();
    expect(child(need(need(install(euicc, { replaceSessionKeys: REPLACE_SESSION_KEYS }), 0xbf27), 0xa2), 0xa0)).toBeDefined();
    const profile = makeProfilePackage({ iccid: '8900012345678901235', sizeBytes: 2_000 });
    const metadata = makeMetadata({ iccid: '8900012345678901235' });
    install(euicc, { replaceSessionKeys: REPLACE_SESSION_KEYS, profile, metadata, segmentBytes: 100 });
    expect(euicc.profiles.map((each) => each.aid.slice(-8))).toEqual(['00001000', '00001100']);
  });

  test('metadata of several elements (icon), a profile class, and the data of ConfigureISDP are kept', () => {
    const euicc = openedEuicc();
    const icon = new Uint8Array(1024).fill(0x55);
    const metadata = makeMetadata({ iccid: ICCID, profileClass: 'test', icon: { type: 'png', bytes: icon } });
    install(euicc, { metadata, configureIsdp: fromHex('BF2407B80580038837 0A'.replace(/ /g, '')) });
    const [profile] = need(ask(euicc, 'BF2D055C039394B8'), 0xa0).children;
    expect(hex(need(profile!, 0x93).value)).toBe('01');
    expect(hex(need(profile!, 0x94).value)).toBe(hex(icon));
    expect(hex(need(profile!, 0xb8).raw)).toBe('B805800388370A');
    expect(euicc.profiles[0]!.profileClass).toBe('test');
  });

  test('segments of 1036 bytes, as some servers make them, are accepted', () => {
    const euicc = openedEuicc();
    const list = segments(prepare(euicc), { segmentBytes: 1023 });
    expect(list.at(-2)!.length).toBe(1036);
    expect(child(need(need(load(euicc, list)!, 0xbf27), 0xa2), 0xa0)).toBeDefined();
  });

  test('a large profile', () => {
    const euicc = openedEuicc();
    const profile = makeProfilePackage({ iccid: ICCID, sizeBytes: 200_000 });
    install(euicc, { profile });
    expect(euicc.profiles[0]!.sizeBytes).toBe(200_512);
  });
});

describe('InitialiseSecureChannel refused', () => {
  const cases: readonly [string, number, PackageOptions][] = [
    ['another remote operation', 5, { control: controlWith(tlv(0x82, Uint8Array.of(2))) }],
    ['another transaction', 3, { control: controlWith(tlv(0x80, Uint8Array.of(1, 2))) }],
    ['a key type other than AES', 4, { control: controlWith(fromHex('A609 800180 810110 840161')) }],
    ['another key length', 4, { control: controlWith(fromHex('A609 800188 810120 840161')) }],
    ['no hostId', 1, { control: controlWith(fromHex('A606 800188 810110')) }],
    ['a point that is not on the curve', 1, { smdpPoint: Uint8Array.of(4, ...new Uint8Array(64)) }],
    ['a point that is too short', 1, { smdpPoint: Uint8Array.of(4, 1) }],
    ['another signer', 2, { signer: pki.dpAuth }],
  ];
  test.each(cases)('%s: errorReason %i', (_, reason, options) => {
    const euicc = openedEuicc();
    expect(failureOf(install(euicc, options))).toEqual([COMMAND.initialiseSecureChannel, reason]);
    expect(euicc.notifications).toEqual([{ seqNumber: 1, event: 'install', address: SMDP_ADDRESS, iccid: undefined }]);
    expect(euicc.profiles).toEqual([]);
  });

  test('a package header without InitialiseSecureChannel', () => {
    const euicc = openedEuicc();
    prepare(euicc);
    expect(failureOf(load(euicc, [fromHex('BF36820100')]))).toEqual([COMMAND.initialiseSecureChannel, 1]);
  });

  test('no download prepared: 6985', () => {
    const euicc = openedEuicc();
    expect(refused(euicc, 'BF3600')).toBe('6985');
    expect(refused(euicc, 'A100')).toBe('6985');
    const list = segments(prepare(euicc));
    expect(refused(euicc, list[1]!)).toBe('6985');
    load(euicc, list.slice(0, 1));
    expect(refused(euicc, list[0]!)).toBe('6985');
  });
});

describe('protected parts refused', () => {
  /** Installs with one segment changed. */
  function withSegment(index: number, change: (segment: Uint8Array) => Uint8Array, options: PackageOptions = {}): [number, number] {
    const euicc = openedEuicc();
    const list = segments(prepare(euicc), options);
    const at = index < 0 ? list.length + index : index;
    const failure = failureOf(load(euicc, [...list.slice(0, at), change(list[at]!)]));
    expect(euicc.profiles).toEqual([]);
    expect(euicc.lastFault).toBeUndefined();
    return failure;
  }

  test('a wrong MAC at each step: scp03tSecurityError(8)', () => {
    expect(withSegment(1, damaged)).toEqual([COMMAND.configureIsdp, 8]);
    expect(withSegment(3, damaged)).toEqual([COMMAND.storeMetadata, 8]);
    expect(withSegment(4, damaged, { replaceSessionKeys: REPLACE_SESSION_KEYS })).toEqual([COMMAND.replaceSessionKeys, 8]);
    expect(withSegment(-1, damaged)).toEqual([COMMAND.loadProfileElements, 8]);
  });

  test('parts out of order or of another kind: scp03tStructureError(7)', () => {
    expect(withSegment(1, (segment) => Uint8Array.of(0xa2, ...segment.subarray(1)))).toEqual([COMMAND.configureIsdp, 7]);
    expect(withSegment(1, () => fromHex('A000'))).toEqual([COMMAND.configureIsdp, 7]);
    expect(withSegment(2, () => fromHex('A30A'))).toEqual([COMMAND.storeMetadata, 7]);
    expect(withSegment(2, (segment) => concat(segment, Uint8Array.of(0x88)))).toEqual([COMMAND.storeMetadata, 7]);
    expect(withSegment(2, () => fromHex('A100'))).toEqual([COMMAND.storeMetadata, 7]);
    expect(withSegment(2, () => fromHex('A1837FFFFF'))).toEqual([COMMAND.storeMetadata, 7]);
    expect(withSegment(3, (segment) => Uint8Array.of(0x86, ...segment.subarray(1)))).toEqual([COMMAND.storeMetadata, 7]);
    expect(withSegment(4, () => fromHex('A110'))).toEqual([COMMAND.loadProfileElements, 7]);
    expect(withSegment(-1, () => fromHex('8603010203'))).toEqual([COMMAND.loadProfileElements, 7]);
    expect(withSegment(-1, (segment) => segment.subarray(0, segment.length - 1))).toEqual([COMMAND.loadProfileElements, 7]);
  });

  test('more or fewer bytes than announced: scp03tStructureError(7)', () => {
    const resized = (segment: Uint8Array, by: number) =>
      concat(segment.subarray(0, 4), Uint8Array.of(segment[4]! + by), segment.subarray(5));
    for (const by of [1, -1]) {
      const euicc = openedEuicc();
      const list = segments(prepare(euicc), { segmentBytes: 1000 });
      expect(hex(list[0]!.subarray(0, 3))).toBe('BF3682');
      expect(failureOf(load(euicc, [resized(list[0]!, by), ...list.slice(1)]))).toEqual([COMMAND.loadProfileElements, 7]);
    }
  });

  test('segments in another order fail their MAC', () => {
    const euicc = openedEuicc();
    const list = segments(prepare(euicc), { segmentBytes: 500 });
    const swapped = [...list.slice(0, -3), list.at(-2)!, list.at(-3)!, list.at(-1)!];
    expect(failureOf(load(euicc, swapped))).toEqual([COMMAND.loadProfileElements, 8]);
  });
});

describe('contents refused', () => {
  const cases: readonly [string, [number, number], PackageOptions][] = [
    ['ConfigureISDP with another tag', [COMMAND.configureIsdp, 1], { configureIsdp: fromHex('BF2500') }],
    ['ConfigureISDP that is no TLV', [COMMAND.configureIsdp, 1], { configureIsdp: fromHex('BF24') }],
    ['metadata with another tag', [COMMAND.storeMetadata, 1], { metadata: fromHex('BF2400') }],
    ['metadata without ICCID', [COMMAND.storeMetadata, 1], { metadata: fromHex('BF2504 9100 9200') }],
    ['a name that is too long', [COMMAND.storeMetadata, 1], { metadata: metadataWith(tlv(0x91, new Uint8Array(33).fill(0x41))) }],
    ['an icon that is too long', [COMMAND.storeMetadata, 1], { metadata: metadataWith(tlv(0x94, new Uint8Array(1025))) }],
    ['a notification without events', [COMMAND.storeMetadata, 1], { metadata: metadataWith(fromHex('B607 3005 8103 612E62')) }],
    ['a class that does not exist', [COMMAND.storeMetadata, 6], { metadata: metadataWith(fromHex('950107')) }],
    ['a PPR without owner', [COMMAND.storeMetadata, 15], { metadata: makeMetadata({ iccid: ICCID, profilePolicyRules: ['ppr1'] }) }],
    ['a PPR that does not exist', [COMMAND.storeMetadata, 15], { metadata: metadataWith(fromHex('99020310')) }],
    ['session keys of another length', [COMMAND.replaceSessionKeys, 1], { replaceSessionKeys: badKeys() }],
    ['a profile that is no sequence of elements', [COMMAND.loadProfileElements, 12], { profile: utf8('not a profile at all') }],
    ['a profile cut short', [COMMAND.loadProfileElements, 12], { profile: PROFILE.subarray(0, PROFILE.length - 3) }],
    ['a profile without end', [COMMAND.loadProfileElements, 12], { profile: PROFILE.subarray(0, PROFILE.length - 9) }],
    ['a profile header without ICCID', [COMMAND.loadProfileElements, 12], { profile: fromHex('A003800102 AA00') }],
    [
      'a profile with another ICCID than its metadata',
      [COMMAND.loadProfileElements, 13],
      { profile: makeProfilePackage({ iccid: '8900012345678901235', sizeBytes: 2_000 }) },
    ],
  ];

  function metadataWith(element: Uint8Array): Uint8Array {
    const { tag } = readTlv(element);
    return tlv(0xbf25, ...readTlv(METADATA).children.map((each) => (each.tag === tag ? new Uint8Array(0) : each.raw)), element);
  }

  function badKeys(): Uint8Array {
    return tlv(0xbf26, tlv(0x80, new Uint8Array(16)), tlv(0x81, new Uint8Array(16)), tlv(0x82, new Uint8Array(15)));
  }

  test.each(cases)('%s', (_, failure, options) => {
    const euicc = openedEuicc();
    // Replaced keys that are no keys cannot protect a profile: stop at the segment that carries them.
    const badReplacement = options.replaceSessionKeys !== undefined;
    const list = segments(prepare(euicc), badReplacement ? { ...options, profile: new Uint8Array(0) } : options);
    expect(failureOf(load(euicc, list))).toEqual(failure);
    expect(euicc.profiles).toEqual([]);
    expect(euicc.lastFault).toBeUndefined();
  });

  test('the ICCID is installed already: 9, and the result names it', () => {
    const euicc = openedEuicc();
    install(euicc);
    expect(failureOf(install(euicc))).toEqual([COMMAND.storeMetadata, 9]);
    expect(euicc.notifications.map((each) => each.iccid)).toEqual([ICCID, ICCID]);
  });

  test('no room: 10, as soon as it does not fit', () => {
    const euicc = openedEuicc({ memoryBytes: 100_000 });
    const profile = makeProfilePackage({ iccid: ICCID, sizeBytes: 150_000 });
    const list = segments(prepare(euicc), { profile });
    expect(failureOf(load(euicc, list.slice(0, 110)))).toEqual([COMMAND.loadProfileElements, 10]);
    expect(euicc.freeMemoryBytes).toBe(100_000);
  });

  test('test profiles where they are not supported: 6', () => {
    const euicc = openedEuicc({ testProfileSupport: false });
    const metadata = makeMetadata({ iccid: ICCID, profileClass: 'test' });
    expect(failureOf(install(euicc, { metadata }))).toEqual([COMMAND.storeMetadata, 6]);
  });
});

describe('profile policy rules', () => {
  const rule = (mccMnc: string, gid1 = '') => {
    const operator = tlv(0x30, tlv(0x80, fromHex(mccMnc)), ...(gid1 ? [tlv(0x81, fromHex(gid1))] : []));
    return tlv(0x30, fromHex('80020640'), tlv(0xa1, operator), fromHex('82020700'));
  };
  const installWith = (table: Uint8Array, options: { gid1?: Uint8Array; forbidden?: number[] } = {}): number => {
    const euicc = openedEuicc({ rulesAuthorisationTable: table, forbiddenProfilePolicyRules: options.forbidden ?? [] });
    const owner = { mccMnc: '26201', ...(options.gid1 ? { gid1: options.gid1 } : {}) };
    const metadata = makeMetadata({ iccid: ICCID, owner, profilePolicyRules: ['ppr1'] });
    const finalResult = need(need(install(euicc, { metadata }), 0xbf27), 0xa2);
    return child(finalResult, 0xa0) ? 0 : readInteger(need(need(finalResult, 0xa1), 0x81));
  };

  test('granted to the owner, or with wildcard digits', () => {
    expect(installWith(rule('62F210'))).toBe(0);
    expect(installWith(rule('62FEEE'))).toBe(0);
  });

  test('not granted: another network, another group, no entry, or forbidden', () => {
    expect(installWith(rule('62F220'))).toBe(15);
    expect(installWith(rule('62F210', '01'))).toBe(15);
    expect(installWith(rule('62F210'), { gid1: fromHex('01') })).toBe(15);
    expect(installWith(new Uint8Array(0))).toBe(15);
    expect(installWith(rule('62F210'), { forbidden: [1] })).toBe(15);
  });

  test('the same group is granted', () => {
    expect(installWith(rule('62F210', '01'), { gid1: fromHex('01') })).toBe(0);
  });

  test('PPR1 is refused when an operational profile is there', () => {
    const euicc = openedEuicc({ profiles: [{ iccid: '8900012345678901235' }] });
    const metadata = makeMetadata({ iccid: ICCID, owner: { mccMnc: '26201' }, profilePolicyRules: ['ppr1'] });
    expect(failureOf(install(euicc, { metadata }))).toEqual([COMMAND.storeMetadata, 15]);
  });
});

describe('interruption', () => {
  test('after every segment, a reset makes a signed result with installFailedDueToInterruption(11)', () => {
    const total = segments(prepare(openedEuicc()), { replaceSessionKeys: REPLACE_SESSION_KEYS }).length;
    for (let sent = 1; sent < total; sent++) {
      const euicc = openedEuicc();
      const list = segments(prepare(euicc), { replaceSessionKeys: REPLACE_SESSION_KEYS });
      expect(load(euicc, list.slice(0, sent))).toBeUndefined();
      euicc.powerOff();
      openIsdr(euicc);
      expect(euicc.notifications).toHaveLength(1);
      const [result] = need(ask(euicc, 'BF2B00'), 0xa0).children;
      expect(failureOf(result)[1]).toBe(11);
      expect(text(need(need(need(result!, 0xbf27), 0xbf2f), 0x0c).value)).toBe(SMDP_ADDRESS);
      expect(refused(euicc, list[sent]!)).toBe('6985');
      openIsdr(euicc);
      expect(euicc.notifications).toHaveLength(1);
      expect(euicc.profiles).toEqual([]);
    }
  });

  test('a new challenge ends the installation in the same way', () => {
    const euicc = openedEuicc();
    load(euicc, segments(prepare(euicc)).slice(0, 3));
    challengeOf(euicc);
    expect(failureOf(need(ask(euicc, 'BF2B00'), 0xa0).children[0])).toEqual([COMMAND.storeMetadata, 11]);
  });

  test('other commands in between do not disturb it', () => {
    const euicc = openedEuicc();
    for (const segment of segments(prepare(euicc))) {
      es10(euicc, segment);
      expect(askHex(euicc, 'BF3E035C015A')).toMatch(/^BF3E/);
    }
    expect(euicc.profiles).toHaveLength(1);
  });

  test('the one-time key can be bound to again afterwards', () => {
    const euicc = openedEuicc();
    const otpk = prepare(euicc);
    load(euicc, segments(otpk).slice(0, 4));
    openIsdr(euicc);
    expect(hex(prepare(euicc, { bppEuiccOtpk: otpk }))).toBe(hex(otpk));
    load(euicc, segments(otpk));
    expect(euicc.profiles).toHaveLength(1);
  });
});
