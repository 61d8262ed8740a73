// SPDX-License-Identifier: Apache-2.0
// What an eUICC may answer instead: results with their names and advice, and responses that are malformed, which are refused by field.

import { describe, expect, it } from 'vitest';
import * as functions from '../../../host/es10/index.js';
import { tlv } from '../../../host/sim/codec/ber.js';
import { concat, fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { seededRandom } from '../../../host/wrap/seeded-random.js';

type Any = functions.Es10Function<never, unknown>;
const t = (tag: number, ...parts: readonly string[]): string => hex(tlv(tag, ...parts.map(fromHex)));
const byte = (number: number): string => number.toString(16).toUpperCase().padStart(2, '0');

/** The error of a response. */
function refusal(es10Function: Any, response: string): functions.Es10Error {
  try {
    es10Function.decode(fromHex(response));
  } catch (error) {
    if (error instanceof functions.Es10Error) return error;
    throw error;
  }
  throw new Error('no refusal');
}

const REFRESHING: Readonly<Record<number, string>> = { 5: 'catBusy', 127: 'undefinedError' };
const PROFILE = { 1: 'iccidOrAidNotFound', 3: 'disallowedByPolicy', 127: 'undefinedError' };

/** All results that are none of success, by function, tag of the response and of the result. */
const RESULTS: readonly (readonly [Any, tag: number, resultTag: number, Readonly<Record<number, string>>])[] = [
  [functions.setDefaultDpAddress, 0xbf3f, 0x80, { 127: 'undefinedError' }],
  [functions.setDefaultDpAddressIot, 0xbf65, 0x80, { 127: 'undefinedError' }],
  [functions.getProfilesInfo, 0xbf2d, 0x81, { 1: 'incorrectInputValues', 11: 'profileChangeOngoing', 127: 'undefinedError' }],
  [functions.enableProfile, 0xbf31, 0x80, { ...PROFILE, 2: 'profileNotInDisabledState', 4: 'wrongProfileReenabling', 5: 'catBusy' }],
  [functions.disableProfile, 0xbf32, 0x80, { ...PROFILE, 2: 'profileNotInEnabledState', 5: 'catBusy' }],
  [functions.deleteProfile, 0xbf33, 0x80, { ...PROFILE, 2: 'profileNotInDisabledState' }],
  [functions.setNickname, 0xbf29, 0x80, { 1: 'iccidNotFound', 127: 'undefinedError' }],
  [functions.listNotification, 0xbf28, 0x81, { 127: 'undefinedError' }],
  [functions.retrieveNotificationsList, 0xbf2b, 0x81, { 127: 'undefinedError' }],
  [functions.removeNotificationFromList, 0xbf30, 0x80, { 127: 'undefinedError' }],
  [functions.euiccMemoryReset, 0xbf34, 0x80, { 5: 'catBusy', 127: 'undefinedError' }],
  [functions.euiccMemoryResetIot, 0xbf64, 0x80, { 5: 'catBusy', 104: 'ecallActive', 127: 'undefinedError' }],
  [functions.getCerts, 0xbf56, 0x81, { 1: 'invalidCiPKId', 127: 'undefinedError' }],
  [
    functions.loadCrl,
    0xbf35,
    0x81,
    {
      1: 'invalidSignature',
      2: 'invalidCRLFormat',
      3: 'notEnoughMemorySpace',
      4: 'verificationKeyNotFound',
      5: 'fresherCrlAlreadyLoaded',
      6: 'baseCrlMissing',
      127: 'undefinedError',
    },
  ],
  [
    functions.addInitialEim,
    0xbf57,
    0x81,
    {
      1: 'insufficientMemory',
      2: 'associatedEimAlreadyExists',
      3: 'ciPKUnknown',
      5: 'invalidAssociationToken',
      6: 'counterValueOutOfRange',
      7: 'commandError',
      127: 'undefinedError',
    },
  ],
  [functions.ipaeActivation, 0xbf42, 0x80, { 1: 'notSupported' }],
  [functions.immediateEnable, 0xbf5a, 0x80, { ...REFRESHING, 1: 'immediateEnableNotAvailable', 4: 'noSessionContext' }],
  [
    functions.configureImmediateProfileEnabling,
    0xbf59,
    0x80,
    { 1: 'insufficientMemory', 2: 'associatedEimAlreadyExists', 127: 'undefinedError' },
  ],
  [functions.profileRollback, 0xbf58, 0x02, { ...REFRESHING, 1: 'rollbackNotAllowed', 7: 'commandError' }],
  [
    functions.executeFallbackMechanism,
    0xbf5d,
    0x80,
    { ...REFRESHING, 2: 'profileNotInDisabledState', 6: 'fallbackNotAvailable', 7: 'commandError', 104: 'ecallActive' },
  ],
  [functions.returnFromFallback, 0xbf5e, 0x80, { ...REFRESHING, 6: 'fallbackNotAvailable', 7: 'commandError' }],
  [functions.enableEmergencyProfile, 0xbf5b, 0x80, { ...REFRESHING, 2: 'profileNotInDisabledState', 8: 'ecallNotAvailable' }],
  [functions.disableEmergencyProfile, 0xbf5c, 0x80, { ...REFRESHING, 2: 'profileNotInEnabledState' }],
  [functions.getConnectivityParameters, 0xbf5f, 0x81, { 1: 'parametersNotAvailable', 127: 'undefinedError' }],
];

describe('results', () => {
  const rows = RESULTS.flatMap(([es10Function, tag, resultTag, names]) =>
    Object.entries(names).map(([number, code]) => [es10Function.name, code, Number(number), es10Function, tag, resultTag] as const),
  );

  it.each(rows)('%s: %s', (functionName, code, number, es10Function, tag, resultTag) => {
    const error = refusal(es10Function, t(tag, t(resultTag, byte(number))));
    expect(error).toMatchObject({ name: 'Es10Error', functionName, code, number });
    expect(error.message).toContain(`${functionName}: `);
    expect(error.message).toContain(code);
    expect(error.advice).toMatch(/^.{20,}$/);
    expect(error.advice).not.toContain('look the result up');
  });

  it.each(RESULTS)('of no name are told by their number: %o', (es10Function, tag, resultTag) => {
    expect(refusal(es10Function, t(tag, t(resultTag, '59')))).toMatchObject({ code: 'unknownResult', number: 0x59 });
    expect(refusal(es10Function, t(tag, t(resultTag, 'FF')))).toMatchObject({ code: 'unknownResult', number: -1 });
  });

  it('of a reset tell how each part went', () => {
    expect(refusal(functions.euiccMemoryResetIot, 'BF6409800100810102820101')).toMatchObject({
      code: 'eimResetNotSupported',
      number: 2,
      field: 'response.resetEimResult',
      message:
        'EuiccMemoryReset: resetResult ok, resetEimResult eimResetNotSupported, resetImmediateEnableConfigResult resetIECNotSupported',
    });
    expect(refusal(functions.euiccMemoryResetIot, 'BF640680010182017F')).toMatchObject({ code: 'undefinedError' });
  });
});

describe('malformed responses', () => {
  it.each<[Any, string, string, string]>([
    [functions.getEid, '', 'response', 'no bytes'],
    [functions.getEid, 'BF2D00', 'response', 'has tag BF2D, not BF3E'],
    [functions.getEid, 'BF3E00', 'response.eidValue', 'is missing'],
    [functions.getEid, 'BF3E035A0189', 'response.eidValue', 'has 1 bytes, not 16'],
    [functions.getEid, 'BF3E80', 'response', ''],
    [functions.getEid, 'BF3E8000000000', 'response', 'indefinite'],
    [functions.getEid, 'BF3E0000', 'response', '1 bytes follow|not BER'],
    [functions.getProfilesInfo, 'BF2D00', 'response.profileInfoListOk', 'is missing'],
    [
      functions.getProfilesInfo,
      t(0xbf2d, t(0xa0, 'E300', t(0xe3, '5A0198'))),
      'response.profileInfoListOk.profileInfo[1].iccid',
      'has 1 bytes',
    ],
    [
      functions.getProfilesInfo,
      t(0xbf2d, t(0xa0, t(0xe3, '9101FF'))),
      'response.profileInfoListOk.profileInfo[0].serviceProviderName',
      'UTF-8',
    ],
    [
      functions.getProfilesInfo,
      t(0xbf2d, t(0xa0, t(0xe3, '99020980'))),
      'response.profileInfoListOk.profileInfo[0].profilePolicyRules',
      'BIT',
    ],
    [
      functions.getProfilesInfo,
      t(0xbf2d, t(0xa0, t(0xe3, '9F2600'))),
      'response.profileInfoListOk.profileInfo[0].fallbackAttribute',
      'BOOL',
    ],
    [functions.getProfilesInfo, t(0xbf2d, '8100'), 'response.profileInfoListError', 'is no INTEGER'],
    [functions.getEuiccInfo1, 'BF20058203020500', 'response.euiccCiPKIdListForVerification', 'is missing'],
    [functions.getEuiccInfo1, t(0xbf20, '82020205'), 'response.svn', 'has 2 bytes, not 3'],
    [functions.enableProfile, 'BF3100', 'response.enableResult', 'is missing'],
    [functions.enableProfile, t(0xbf31, '800700000000000000'), 'response.enableResult', 'is no INTEGER'],
    [
      functions.getEimConfigurationData,
      t(0xbf55, t(0xa0, t(0x30, '800141', 'A500'))),
      'response.eimConfigurationDataList.eimConfigurationData[0].eimPublicKeyData',
      'empty',
    ],
    [
      functions.getRat,
      t(0xbf43, t(0xa0, t(0x30, '80020560', t(0xa1, '30048002AABB')))),
      'response.rat.rule[0].allowedOperators.operatorId[0].mccMnc',
      '2 bytes',
    ],
    [
      functions.retrieveNotificationsList,
      t(0xbf2b, t(0xa0, '3000')),
      'response.notificationList.pendingNotification[0].tbsOtherNotification',
      'missing',
    ],
    [
      functions.getProfilesInfo,
      t(0xbf2d, t(0xa0, t(0xe3, t(0xb8, '8001AA')))),
      'response.profileInfoListOk.profileInfo[0].dpProprietaryData.dpOid',
      'OBJECT',
    ],
  ])('%o %s: %s %s', (es10Function, response, field, words) => {
    const error = refusal(es10Function, response);
    expect(error).toMatchObject({ code: 'malformedResponse', number: -1, functionName: es10Function.name, field });
    expect(error.message).toMatch(new RegExp(`^${es10Function.name}: .*(${words})`));
    expect(error.message).toContain(field);
  });

  it('never do anything but be refused, whatever is wrong in them', () => {
    const seed = 32;
    const random = seededRandom(seed);
    const all = Object.values(functions).filter((value) => typeof value === 'object') as Any[];
    const inner = t(0xa0, t(0xe3, '9F700101', '910141'), t(0x30, '800141', '81020780', '0C0141'), t(0xbf2f, '800101'), '84017F');
    for (let round = 0; round < 3_000; round++) {
      const es10Function = all[round % all.length]!;
      const tag = es10Function.name.startsWith('Get') && round % 2 ? 0xbf2d : Number.parseInt(hex(responseTag(es10Function)), 16);
      const bytes = tlv(tag, fromHex(inner), fromHex('80017F820103'));
      for (let flips = 0; flips < 3; flips++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      const cut = bytes.subarray(0, random() < 0.3 ? Math.floor(random() * bytes.length) : bytes.length);
      try {
        es10Function.decode(cut);
      } catch (error) {
        expect(error, `seed ${seed}, round ${round}: ${es10Function.name} ${hex(concat(cut))}`).toBeInstanceOf(functions.Es10Error);
      }
    }
  });
});

/** The tag of a function, as an empty response of another tag is refused by it. */
function responseTag(es10Function: Any): Uint8Array {
  const [, name] = /not ([0-9A-F]{4})$/.exec(refusal(es10Function, '0500').message)!;
  return fromHex(name!);
}
