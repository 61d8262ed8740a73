// SPDX-License-Identifier: Apache-2.0
// Known answers of the package builders, written out by hand from the tag tables of SGP.32 v1.2.
import { describe, expect, test } from 'vitest';
import { fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { encodeEimConfigurationData } from '../../../host/sim/eim/configuration-data.js';
import { ipaEuiccDataRequest } from '../../../host/sim/eim/packages/data-request.js';
import { profileDownloadTriggerRequest } from '../../../host/sim/eim/packages/download-trigger.js';
import * as eco from '../../../host/sim/eim/packages/eco.js';
import { associationTokenDataObject, euiccPackageSigned } from '../../../host/sim/eim/packages/euicc-package.js';
import * as psmo from '../../../host/sim/eim/packages/psmo.js';

const ICCID = '89000123456789012341';
const ICCID_DO = '5A0A98001032547698103214';

describe('PSMO (§2.11.1.1.3)', () => {
  test.each([
    ['enable', psmo.enable(ICCID), `A30C${ICCID_DO}`],
    ['enable with rollback', psmo.enable(ICCID, { rollback: true }), `A30E${ICCID_DO}0500`],
    ['disable', psmo.disable(ICCID), `A40C${ICCID_DO}`],
    ['delete', psmo.deleteProfile(ICCID), `A50C${ICCID_DO}`],
    ['listProfileInfo', psmo.listProfileInfo(), 'BF2D00'],
    ['listProfileInfo with tags', psmo.listProfileInfo({ tags: [0x5a, 0x4f, 0x9f70] }), 'BF2D065C045A4F9F70'],
    [
      'listProfileInfo with tags of v1.3',
      psmo.listProfileInfo({ tags: [0x5a], iotSpecificTags: [0x80, 0xbf64] }),
      'BF2D085C015A5D0380BF64',
    ],
    ['listProfileInfo by ICCID', psmo.listProfileInfo({ search: { iccid: ICCID } }), `BF2D0EA00C${ICCID_DO}`],
    ['listProfileInfo by AID', psmo.listProfileInfo({ search: { isdpAid: fromHex('A000000559') } }), 'BF2D09A0074F05A000000559'],
    ['listProfileInfo by class', psmo.listProfileInfo({ search: { profileClass: 2 }, tags: [0x5a] }), 'BF2D08A0039501025C015A'],
    ['getRAT', psmo.getRat(), 'A600'],
    ['configureImmediateEnable off', psmo.configureImmediateEnable(), 'A700'],
    [
      'configureImmediateEnable',
      psmo.configureImmediateEnable({ enable: true, smdpOid: '2.999.10', smdpAddress: 'a.b' }),
      'A70C8000810388370A8203612E62',
    ],
    ['setFallbackAttribute', psmo.setFallbackAttribute(ICCID), `A80C${ICCID_DO}`],
    ['unsetFallbackAttribute', psmo.unsetFallbackAttribute(), 'A900'],
    ['setDefaultDpAddress', psmo.setDefaultDpAddress('a.b'), 'BF65058003612E62'],
  ])('%s', (_name, built, expected) => {
    expect(hex(built.bytes)).toBe(expected);
  });

  test('an ICCID with letters → RangeError', () => {
    expect(() => psmo.enable('8900012345678901234X')).toThrow(RangeError);
  });
});

describe('eCO (§2.11.1.1.2)', () => {
  const spki = fromHex('3008300602010102010203');
  test.each([
    ['addEim', eco.addEim({ eimId: 'e', counterValue: 1, associationToken: -1 }), 'A8098001658301018401FF'],
    ['deleteEim', eco.deleteEim('e'), 'A903800165'],
    ['updateEim', eco.updateEim({ eimId: 'e', eimFqdn: 'f' }), 'AA06800165810166'],
    ['listEim', eco.listEim(), 'AB00'],
  ])('%s', (_name, built, expected) => {
    expect(hex(built.bytes)).toBe(expected);
  });

  test('EimConfigurationData with every field', () => {
    const encoded = encodeEimConfigurationData({
      eimId: 'e',
      eimFqdn: 'f:1',
      eimIdType: 2,
      counterValue: 8_388_607,
      associationToken: -1,
      eimPublicKeyData: { spki: spki.subarray(0, 10) },
      trustedPublicKeyDataTls: { certificate: fromHex('3003020105') },
      eimSupportedProtocol: [0, 1],
      euiccCiPkId: fromHex('0102'),
      indirectProfileDownload: true,
    });
    const parts = ['800165', '8103663A31', '820102', '83037FFFFF', '8401FF', 'A50AA0083006020101020102', 'A605A103020105', '870206C0'];
    expect(hex(encoded)).toBe(`3030${parts.join('')}880201028900`);
  });
});

describe('EuiccPackageSigned (§2.11.1.1)', () => {
  const fields = { eimId: 'e', eid: '89049032123451234512345678901235', counterValue: 128 };
  const head = '8001655A108904903212345123451234567890123581020080';

  test('PSMO list with transaction and fields unknown to the receiver', () => {
    const signed = euiccPackageSigned({
      ...fields,
      eimTransactionId: fromHex('0123'),
      operations: { psmos: [psmo.getRat(), psmo.unsetFallbackAttribute()] },
      extraFields: [fromHex('9F7B01FF')],
    });
    expect(hex(signed)).toBe(`3027${head}82020123A004A600A9009F7B01FF`);
  });

  test('eCO list without a transaction', () => {
    expect(hex(euiccPackageSigned({ ...fields, operations: { ecos: [eco.listEim()] } }))).toBe(`301D${head}A102AB00`);
  });

  test.each([
    [0, '840100'],
    [1, '840101'],
    [128, '84020080'],
    [-1, '8401FF'],
  ])('association token %i', (token, expected) => {
    expect(hex(associationTokenDataObject(token))).toBe(expected);
  });
});

describe('IpaEuiccDataRequest (§2.11.1.2)', () => {
  test('one- and two-byte tags and every criterion', () => {
    const request = ipaEuiccDataRequest({
      tags: [0xa0, 0xbf20],
      euiccCiPkId: fromHex('0102'),
      notifications: { seqNumber: 7 },
      packageResults: { seqNumber: 8 },
      eimTransactionId: fromHex('0A'),
    });
    expect(hex(request)).toBe('BF52165C03A0BF2004020102A103800107A20380010883010A');
  });

  test('notifications by event', () => {
    expect(hex(ipaEuiccDataRequest({ tags: [0xa0], notifications: { events: [1, 2] } }))).toBe('BF52095C01A0A10481020560');
  });
});

describe('ProfileDownloadTriggerRequest (§2.11.1.3)', () => {
  test.each([
    ['activation code', { activationCode: '1$a$b' }, 'BF540CA0078005312461246282010A'],
    ['default SM-DP+', { contactDefaultSmdp: true } as const, 'BF5407A002810082010A'],
    ['SM-DS', { contactSmds: { smdsAddress: 'a' } }, 'BF540AA005A20380016182010A'],
    ['root SM-DS', { contactSmds: {} }, 'BF5407A002A20082010A'],
    ['data held by the eIM', undefined, 'BF540382010A'],
  ])('%s', (_name, data, expected) => {
    expect(hex(profileDownloadTriggerRequest(data, fromHex('0A')))).toBe(expected);
  });
});
