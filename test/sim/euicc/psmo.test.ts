// SPDX-License-Identifier: Apache-2.0
// Profile state management operations (SGP.32 v1.2 §3.4): each result code, the switch, and its notifications.
import { createPublicKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { need, tlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { verifyRs } from '../../../host/sim/crypto/ecdsa.js';
import {
  configureImmediateEnable,
  deleteProfile,
  disable,
  enable,
  getRat,
  listProfileInfo,
  type Psmo,
  setDefaultDpAddress,
  setFallbackAttribute,
  unsetFallbackAttribute,
} from '../../../host/sim/eim/packages/psmo.js';
import type { PreinstalledProfile, SimulatedEuicc } from '../../../host/sim/euicc/index.js';
import { type MetadataOptions, makeMetadata, notifyAll } from '../../../host/sim/profile/index.js';
import { ask, askHex, openIsdr, pki, refused, SMDP_ADDRESS, send } from './support/card.js';
import { codes, managedEuicc, run } from './support/eim.js';

const A = '89000123456789012341';
const B = '89000123456789012358';
const C = '8900012345678901236';
const UNKNOWN = '89000123456789019999';

function profile(iccid: string, state: 'enabled' | 'disabled', change: Partial<MetadataOptions> = {}): PreinstalledProfile {
  return { state, metadata: makeMetadata({ iccid, notifications: notifyAll(SMDP_ADDRESS), ...change }) };
}

/** A enabled, B disabled. */
function twoProfiles(changeA: Partial<MetadataOptions> = {}, changeB: Partial<MetadataOptions> = {}): SimulatedEuicc {
  return managedEuicc({ profiles: [profile(A, 'enabled', changeA), profile(B, 'disabled', changeB)] });
}

function states(euicc: SimulatedEuicc): Record<string, string> {
  return Object.fromEntries(euicc.profiles.map((each) => [each.iccid, each.state]));
}

function resultOf(euicc: SimulatedEuicc, ...psmos: Psmo[]): number[][] {
  return codes(run(euicc, { psmos }));
}

const OWNER = { mccMnc: '26201' };

describe('enable', () => {
  test('ok(0): the other profile is disabled, and both events are notified after the result', () => {
    const euicc = twoProfiles();
    expect(resultOf(euicc, enable(B))).toEqual([[0x83, 0]]);
    expect(states(euicc)).toEqual({ [A]: 'disabled', [B]: 'enabled' });
    expect(euicc.packageResults.map((each) => each.seqNumber)).toEqual([1]);
    expect(euicc.notifications).toEqual([
      { seqNumber: 2, event: 'disable', address: SMDP_ADDRESS, iccid: A },
      { seqNumber: 3, event: 'enable', address: SMDP_ADDRESS, iccid: B },
    ]);
  });

  test('notifications are signed and carry both certificates', () => {
    const euicc = twoProfiles();
    resultOf(euicc, enable(B));
    const [notification] = need(ask(euicc, 'BF2B05A003800103'), 0xa0).children;
    expect(notification!.children.map((each) => each.tag)).toEqual([0xbf2f, 0x5f37, 0x30, 0x30]);
    const metadata = need(notification!, 0xbf2f);
    expect(hex(metadata.raw)).toBe('BF2F25800103810206400C10736D64702E6578616D706C652E636F6D5A0A98001032547698103285');
    const key = createPublicKey(pki.euicc.privateKey);
    expect(verifyRs(key, need(notification!, 0x5f37).value, metadata.raw)).toBe(true);
    const certificates = notification!.children.slice(2).map((each) => hex(each.raw));
    expect(certificates).toEqual([hex(pki.euicc.certificate), hex(pki.eum.certificate)]);
  });

  test('iccidOrAidNotFound(1), profileNotInDisabledState(2)', () => {
    expect(resultOf(twoProfiles(), enable(UNKNOWN))).toEqual([[0x83, 1]]);
    expect(resultOf(twoProfiles(), enable(A))).toEqual([[0x83, 2]]);
  });

  test('disallowedByPolicy(3) when the enabled profile may not be disabled', () => {
    const euicc = twoProfiles({ profilePolicyRules: ['ppr1'], owner: OWNER });
    expect(resultOf(euicc, enable(B))).toEqual([[0x83, 3]]);
    expect(states(euicc)).toEqual({ [A]: 'enabled', [B]: 'disabled' });
  });

  test('catBusy(5) while a proactive session is open', () => {
    const euicc = twoProfiles();
    euicc.setCatBusy(true);
    expect(resultOf(euicc, enable(B))).toEqual([[0x83, 5]]);
    euicc.setCatBusy(false);
    expect(resultOf(euicc, enable(B))).toEqual([[0x83, 0]]);
  });

  test('rollbackNotAvailable(20) when no profile is enabled, or it was deleted before', () => {
    const euicc = managedEuicc({ profiles: [profile(B, 'disabled')] });
    expect(resultOf(euicc, enable(B, { rollback: true }))).toEqual([[0x83, 20]]);
    expect(resultOf(twoProfiles(), disable(A), deleteProfile(A), enable(B, { rollback: true }))).toEqual([
      [0x84, 0],
      [0x85, 0],
      [0x83, 20],
    ]);
  });

  test('undefinedError(127) for a second enable or an ICCID of another length', () => {
    expect(resultOf(twoProfiles(), enable(B), enable(A))).toEqual([
      [0x83, 0],
      [0x83, 127],
    ]);
    expect(resultOf(twoProfiles(), { operation: 'enable', bytes: fromHex('A3035A0189') })).toEqual([[0x83, 127]]);
  });

  test('the switch shows in refreshPending until the reset', () => {
    const euicc = twoProfiles();
    expect(euicc.refreshPending).toBe(false);
    resultOf(euicc, enable(B));
    expect(euicc.refreshPending).toBe(true);
    expect(askHex(euicc, 'BF3E035C015A')).toMatch(/^BF3E/);
    openIsdr(euicc);
    expect(euicc.refreshPending).toBe(false);
  });

  test('refuseUntilReset: ES10 answers 6985 after the switch', () => {
    const euicc = managedEuicc({ refuseUntilReset: true, profiles: [profile(A, 'enabled'), profile(B, 'disabled')] });
    expect(resultOf(euicc, getRat(), enable(B))).toEqual([[0xa6], [0x83, 0]]);
    expect(refused(euicc, 'BF3E035C015A')).toBe('6985');
    openIsdr(euicc);
    expect(send(euicc, '81E2910006BF3E035C015A')).toBe('6115');
  });
});

describe('disable', () => {
  test('ok(0)', () => {
    const euicc = twoProfiles();
    expect(resultOf(euicc, disable(A))).toEqual([[0x84, 0]]);
    expect(states(euicc)).toEqual({ [A]: 'disabled', [B]: 'disabled' });
    expect(euicc.notifications.map((each) => each.event)).toEqual(['disable']);
  });

  test('followed by enable, with rollback', () => {
    const euicc = twoProfiles();
    expect(resultOf(euicc, disable(A), enable(B, { rollback: true }))).toEqual([
      [0x84, 0],
      [0x83, 0],
    ]);
    expect(states(euicc)).toEqual({ [A]: 'disabled', [B]: 'enabled' });
  });

  test('iccidOrAidNotFound(1), profileNotInEnabledState(2), disallowedByPolicy(3), catBusy(5)', () => {
    expect(resultOf(twoProfiles(), disable(UNKNOWN))).toEqual([[0x84, 1]]);
    expect(resultOf(twoProfiles(), disable(B))).toEqual([[0x84, 2]]);
    expect(resultOf(twoProfiles({ profilePolicyRules: ['ppr1'], owner: OWNER }), disable(A))).toEqual([[0x84, 3]]);
    const busy = twoProfiles();
    busy.setCatBusy(true);
    expect(resultOf(busy, disable(A))).toEqual([[0x84, 5]]);
  });

  test('undefinedError(127) twice, after an enable, or without an ICCID', () => {
    expect(resultOf(twoProfiles(), disable(A), disable(A)).at(-1)).toEqual([0x84, 127]);
    expect(resultOf(twoProfiles(), enable(B), disable(B)).at(-1)).toEqual([0x84, 127]);
    expect(resultOf(twoProfiles(), { operation: 'disable', bytes: fromHex('A400') })).toEqual([[0x84, 127]]);
  });
});

describe('delete', () => {
  test('ok(0): the profile is gone, its room is free, its notification stays', () => {
    const euicc = twoProfiles();
    const before = euicc.freeMemoryBytes;
    expect(resultOf(euicc, deleteProfile(B))).toEqual([[0x85, 0]]);
    expect(Object.keys(states(euicc))).toEqual([A]);
    expect(euicc.freeMemoryBytes).toBeGreaterThan(before);
    expect(euicc.notifications).toEqual([{ seqNumber: 2, event: 'delete', address: SMDP_ADDRESS, iccid: B }]);
    expect(euicc.refreshPending).toBe(false);
  });

  test('iccidOrAidNotFound(1), profileNotInDisabledState(2), disallowedByPolicy(3)', () => {
    expect(resultOf(twoProfiles(), deleteProfile(UNKNOWN))).toEqual([[0x85, 1]]);
    expect(resultOf(twoProfiles(), deleteProfile(A))).toEqual([[0x85, 2]]);
    expect(resultOf(twoProfiles({}, { profilePolicyRules: ['ppr2'], owner: OWNER }), deleteProfile(B))).toEqual([[0x85, 3]]);
  });

  test('undefinedError(127) without an ICCID', () => {
    expect(resultOf(twoProfiles(), { operation: 'delete', bytes: fromHex('A500') })).toEqual([[0x85, 127]]);
  });

  test('rollbackNotAvailable(20) for the profile a rollback would need', () => {
    expect(resultOf(twoProfiles(), enable(B, { rollback: true }), deleteProfile(A))).toEqual([
      [0x83, 0],
      [0x85, 20],
    ]);
    expect(resultOf(twoProfiles(), enable(B), deleteProfile(A))).toEqual([
      [0x83, 0],
      [0x85, 0],
    ]);
  });

  test('returnFallbackProfile(21) for the profile to return to', () => {
    const euicc = managedEuicc({
      profiles: [profile(A, 'enabled'), { ...profile(B, 'disabled', { fallbackAllowed: true }), fallbackAttribute: true }],
    });
    expect(askHex(euicc, 'BF5D038001FF')).toBe('BF5D03800100');
    expect(resultOf(euicc, deleteProfile(A))).toEqual([[0x85, 21]]);
  });

  test('disable, delete and list in one package: the list shows what was marked', () => {
    const euicc = twoProfiles();
    const [, , list] = run(euicc, { psmos: [disable(A), deleteProfile(A), listProfileInfo({ tags: [0x5a, 0x9f70] })] });
    expect(hex(list!.raw)).toBe('BF2D14A012E3105A0A980010325476981032859F700100');
  });
});

describe('listProfileInfo', () => {
  test('without tags: the default set of the operation, known answer', () => {
    const euicc = managedEuicc({
      profiles: [{ ...profile(A, 'enabled', { fallbackAllowed: true, ecallIndication: false }), fallbackAttribute: true }],
    });
    const [list] = run(euicc, { psmos: [listProfileInfo()] });
    expect(hex(list!.raw)).toBe(
      'BF2D5CA05AE3585A0A980010325476981032144F10A0000005591010FFFFFFFF89000010009F700101' +
        '911253696D756C61746564204F70657261746F72921153696D756C617465642050726F66696C65950102' +
        '9F7B01009F2601FF9F6701FF',
    );
  });

  test('fallbackAttribute FALSE is its default and left out', () => {
    const [list] = run(twoProfiles(), { psmos: [listProfileInfo({ tags: [0x9f26] })] });
    expect(hex(list!.raw)).toBe('BF2D06A004E300E300');
  });

  test('by ICCID, by AID, by class; nothing found is an empty list', () => {
    const tags = [0x5a];
    const list = (search: NonNullable<Parameters<typeof listProfileInfo>[0]>['search'] & object) =>
      hex(run(twoProfiles(), { psmos: [listProfileInfo({ search, tags })] })[0]!.raw);
    const onlyB = 'BF2D10A00EE30C5A0A98001032547698103285';
    expect(list({ iccid: B })).toBe(onlyB);
    expect(list({ isdpAid: fromHex('A0000005591010FFFFFFFF8900001100') })).toBe(onlyB);
    expect(list({ profileClass: 0 })).toBe('BF2D02A000');
    expect(list({ iccid: UNKNOWN })).toBe('BF2D02A000');
  });

  test('incorrectInputValues(1) for a tag list or search that cannot be read', () => {
    for (const bytes of ['BF2D035C01BF', 'BF2D05A003800101', 'BF2D02A000']) {
      expect(hex(run(twoProfiles(), { psmos: [{ operation: 'list', bytes: fromHex(bytes) }] })[0]!.raw)).toBe('BF2D03810101');
    }
  });
});

describe('other operations', () => {
  test('getRAT gives the table', () => {
    const table = '301580020560A10B30098003EEEEEE8100820082020780';
    expect(hex(run(managedEuicc(), { psmos: [getRat()] })[0]!.raw)).toBe(`A617${table}`);
    expect(askHex(managedEuicc(), 'BF4300')).toBe(`BF4319A017${table}`);
  });

  test('getRAT and GetRAT give the table that was set up, known answers', () => {
    const rulesAuthorisationTable = fromHex('301180020640A1073005800362F210820205 00'.replace(' ', ''));
    const euicc = managedEuicc({ rulesAuthorisationTable });
    expect(askHex(euicc, 'BF4300')).toBe('BF4315A013301180020640A1073005800362F21082020500');
    expect(hex(run(euicc, { psmos: [getRat()] })[0]!.raw)).toBe('A613301180020640A1073005800362F21082020500');
    expect(askHex(managedEuicc({ rulesAuthorisationTable: new Uint8Array(0) }), 'BF4300')).toBe('BF4302A000');
  });

  test('setDefaultDpAddress sets, and an empty address deletes', () => {
    const euicc = managedEuicc();
    expect(hex(run(euicc, { psmos: [setDefaultDpAddress(SMDP_ADDRESS)] })[0]!.raw)).toBe('BF6503800100');
    expect(euicc.defaultSmdpAddress).toBe(SMDP_ADDRESS);
    run(euicc, { psmos: [setDefaultDpAddress('')] });
    expect(euicc.defaultSmdpAddress).toBeUndefined();
    const broken = { operation: 'setDefaultDpAddress', bytes: fromHex('BF6500') };
    expect(run(euicc, { psmos: [broken, getRat()] }).map((each) => hex(each.raw))).toEqual(['BF650380017F']);
  });

  test('configureImmediateEnable', () => {
    const euicc = managedEuicc();
    expect(resultOf(euicc, configureImmediateEnable({ enable: true, smdpOid: '2.999.10', smdpAddress: SMDP_ADDRESS }))).toEqual([
      [0x87, 0],
    ]);
    expect(askHex(euicc, 'BF5A038001FF')).toBe('BF5A03800104');
    expect(resultOf(euicc, configureImmediateEnable())).toEqual([[0x87, 0]]);
    expect(askHex(euicc, 'BF5A038001FF')).toBe('BF5A03800101');
    for (const bytes of ['A70480008100', 'A70480008200']) {
      expect(resultOf(euicc, { operation: 'configureImmediateEnable', bytes: fromHex(bytes) }, getRat())).toEqual([[0x87, 7]]);
    }
  });

  test('setFallbackAttribute: 0, 1, fallbackNotAllowed(2), fallbackProfileEnabled(3), 127', () => {
    const euicc = managedEuicc({
      profiles: [
        profile(A, 'enabled', { fallbackAllowed: true }),
        profile(B, 'disabled', { fallbackAllowed: true }),
        profile(C, 'disabled'),
      ],
    });
    expect(resultOf(euicc, setFallbackAttribute(UNKNOWN))).toEqual([[0x8d, 1]]);
    expect(resultOf(euicc, setFallbackAttribute(C))).toEqual([[0x8d, 2]]);
    expect(resultOf(euicc, { operation: 'set', bytes: fromHex('A800') })).toEqual([[0x8d, 127]]);
    expect(resultOf(euicc, setFallbackAttribute(B), setFallbackAttribute(B), setFallbackAttribute(A))).toEqual([
      [0x8d, 0],
      [0x8d, 0],
      [0x8d, 0],
    ]);
    expect(resultOf(euicc, setFallbackAttribute(B))).toEqual([[0x8d, 3]]);
    expect(euicc.profiles.map((each) => each.fallbackAttribute)).toEqual([true, false, false]);
  });

  test('setFallbackAttribute is not for the emergency profile', () => {
    const euicc = twoProfiles({}, { fallbackAllowed: true, ecallIndication: true });
    expect(resultOf(euicc, setFallbackAttribute(B))).toEqual([[0x8d, 2]]);
  });

  test('unsetFallbackAttribute: 0, noFallbackAttribute(2), fallbackProfileEnabled(3)', () => {
    const euicc = twoProfiles({ fallbackAllowed: true }, { fallbackAllowed: true });
    expect(resultOf(euicc, unsetFallbackAttribute())).toEqual([[0x8e, 2]]);
    expect(resultOf(euicc, setFallbackAttribute(B), unsetFallbackAttribute())).toEqual([
      [0x8d, 0],
      [0x8e, 0],
    ]);
    expect(resultOf(euicc, setFallbackAttribute(A), unsetFallbackAttribute())).toEqual([
      [0x8d, 0],
      [0x8e, 3],
    ]);
  });

  test('an operation with damaged contents ends the package', () => {
    const damagedSearch = { operation: 'list', bytes: tlv(0xbf2d, tlv(0xa0, tlv(0x95))) };
    expect(hex(run(twoProfiles(), { psmos: [damagedSearch] })[0]!.raw)).toBe('BF2D03810101');
  });
});
