// SPDX-License-Identifier: Apache-2.0
// Requests and responses of every ES10 function, their bytes written by hand after the tables of SGP.22 v2.5 and SGP.32 v1.2.

import { describe, expect, it } from 'vitest';
import * as functions from '../../../host/es10/index.js';
import { tlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../../host/sim/codec/bytes.js';

const ICCID = '89000123456789012341';
const ICCID_TLV = '5A0A98001032547698103214';
const AID = 'A0000005591010FFFFFFFF8900001100';
const CI = 'F54172BDF98A95D65CBEB88A38A1C11D800A85C3';
const ADDRESS = '736D64702E6578616D706C652E636F6D';

type Any = functions.Es10Function<never, unknown>;
type Row = readonly [what: string, es10Function: Any, input: unknown, request: string, response: string, output: unknown];

/** An element of hexadecimal parts, its length counted by the codec of the simulators. */
const t = (tag: number, ...parts: readonly string[]): string => hex(tlv(tag, ...parts.map(fromHex)));

const SIGNED = t(0x30, t(0xbf2f, '80010A', '81020640', '0C03612E62'), '5F370100', '3000', '3000');
const INSTALLED = t(0xbf37, t(0xbf27, '800101', t(0xbf2f, '80010B', '81020780', '0C03612E62'), '060388370A', 'A200'), '5F370100');
const METADATA = { seqNumber: 10, events: ['enable'], address: 'a.b', iccid: undefined };

const NOTHING_OF_A_PROFILE = {
  iccid: undefined,
  isdpAid: undefined,
  state: undefined,
  nickname: undefined,
  serviceProviderName: undefined,
  profileName: undefined,
  iconType: undefined,
  icon: undefined,
  profileClass: undefined,
  notificationConfigurations: undefined,
  owner: undefined,
  smdpOid: undefined,
  policyRules: undefined,
  ecallIndication: undefined,
  fallbackAttribute: undefined,
  fallbackAllowed: undefined,
};

const ROWS: readonly Row[] = [
  ['GetEID', functions.getEid, undefined, 'BF3E035C015A', 'BF3E125A1089049032123451234512345678901235', '89049032123451234512345678901235'],
  [
    'GetEUICCInfo1',
    functions.getEuiccInfo1,
    undefined,
    'BF2000',
    t(0xbf20, '8203020500', `A9160414${CI}`, `AA160414${CI}`),
    { svn: '2.5.0', euiccCiPKIdListForVerification: [CI], euiccCiPKIdListForSigning: [CI] },
  ],
  [
    'GetEUICCInfo2',
    functions.getEuiccInfo2,
    undefined,
    'BF2200',
    t(
      0xbf22,
      '8103020301',
      '8203020500',
      '8303010203',
      '840D810108820400045BF883022419',
      '8505067F36F3C0',
      '86030D0000',
      '8703020300',
      '88020398',
      `A9160414${CI}`,
      'AA00',
      '8B0102',
      '99020640',
      '0403000001',
      '0C0441432D31',
      t(0xac, '80024142', '8103612E62'),
      '900101',
      '9303030000',
      t(0xb4, 'A0050403010200', '8200'),
      '9F7F0101',
    ),
    {
      profileVersion: '2.3.1',
      svn: '2.5.0',
      euiccFirmwareVersion: '1.2.3',
      resource: { installedApplications: 8, freeNonVolatileBytes: 285_688, freeVolatileBytes: 9_241 },
      uiccCapabilities: [
        ...['usimSupport', 'isimSupport', 'csimSupport', 'akaMilenage', 'akaCave', 'akaTuak128', 'akaTuak256'],
        ...['gbaAuthenUsim', 'gbaAuthenISim', 'eapClient', 'javacard'],
        ...['multipleUsimSupport', 'multipleIsimSupport', 'multipleCsimSupport', 'berTlvFileSupport', 'getIdentity', 'profileAX25519'],
        ...['profileBP256', 'suciCalculatorApi'],
      ],
      ts102241Version: '13.0.0',
      globalplatformVersion: '2.3.0',
      rspCapabilities: ['additionalProfile', 'testProfileSupport', 'deviceInfoExtensibilitySupport'],
      euiccCategory: 'mediumEuicc',
      forbiddenProfilePolicyRules: ['ppr1'],
      ppVersion: '0.0.1',
      sasAccreditationNumber: 'AC-1',
      platformLabel: 'AB',
      discoveryBaseUrl: 'a.b',
      ipaMode: 'ipae',
      highestSvn: '3.0.0',
      iotVersions: ['1.2.0'],
      ecallSupported: false,
      fallbackSupported: true,
      euiccCiPKIdListForVerification: [CI],
      euiccCiPKIdListForSigning: [],
    },
  ],
  [
    'GetEuiccConfiguredAddresses',
    functions.getEuiccConfiguredAddresses,
    undefined,
    'BF3C00',
    `BF3C238010${ADDRESS}810F6C70612E64732E67736D612E636F6D`,
    { defaultSmdpAddress: 'smdp.example.com', rootSmdsAddress: 'lpa.ds.gsma.com' },
  ],
  [
    '… without a default',
    functions.getEuiccConfiguredAddresses,
    undefined,
    'BF3C00',
    'BF3C0780008103612E62',
    {
      defaultSmdpAddress: undefined,
      rootSmdsAddress: 'a.b',
    },
  ],
  ['SetDefaultDpAddress of SGP.22', functions.setDefaultDpAddress, 'smdp.example.com', `BF3F128010${ADDRESS}`, 'BF3F03800100', undefined],
  ['… to remove it', functions.setDefaultDpAddress, '', 'BF3F028000', 'BF3F03800100', undefined],
  [
    'SetDefaultDpAddress of SGP.32',
    functions.setDefaultDpAddressIot,
    'smdp.example.com',
    `BF65128010${ADDRESS}`,
    'BF6503800100',
    undefined,
  ],
  ['GetProfilesInfo', functions.getProfilesInfo, undefined, 'BF2D00', 'BF2D02A000', []],
  [
    '… of one profile',
    functions.getProfilesInfo,
    { iccid: ICCID, fields: ['iccid', 'state', 'fallbackAttribute'] },
    `BF2D15A00C${ICCID_TLV}5C055A9F709F26`,
    t(0xbf2d, t(0xa0, t(0xe3, ICCID_TLV, '9F700101', '9F2601FF', '9F7F0100'))),
    [{ ...NOTHING_OF_A_PROFILE, iccid: ICCID, state: 'enabled', fallbackAttribute: true }],
  ],
  [
    '… by AID, with all there is',
    functions.getProfilesInfo,
    { isdpAid: AID },
    `BF2D14A0124F10${AID}`,
    t(
      0xbf2d,
      t(
        0xa0,
        t(
          0xe3,
          `4F10${AID}`,
          '9F700100',
          '900141',
          '910142',
          '920143',
          '930101',
          '940289AB',
          '950102',
          t(0xb6, t(0x30, '80020640', `8110${ADDRESS}`)),
          'B708800362F2108101AA',
          'B805800388370A',
          '99020560',
          '9F7B0100',
          '9F670101',
          'BF2200',
        ),
      ),
    ),
    [
      {
        ...NOTHING_OF_A_PROFILE,
        isdpAid: AID,
        state: 'disabled',
        nickname: 'A',
        serviceProviderName: 'B',
        profileName: 'C',
        iconType: 'png',
        icon: Uint8Array.of(0x89, 0xab),
        profileClass: 'operational',
        notificationConfigurations: [{ events: ['enable'], address: 'smdp.example.com' }],
        owner: { mccMnc: '26201', gid1: 'AA', gid2: undefined },
        smdpOid: '2.999.10',
        policyRules: ['ppr1', 'ppr2'],
        ecallIndication: false,
        fallbackAllowed: true,
      },
    ],
  ],
  ['… of a class', functions.getProfilesInfo, { profileClass: 'provisioning' }, 'BF2D05A003950101', 'BF2D02A000', []],
  ['EnableProfile', functions.enableProfile, { iccid: ICCID, refresh: true }, `BF3111A00C${ICCID_TLV}8101FF`, 'BF3103800100', undefined],
  ['DisableProfile', functions.disableProfile, { isdpAid: AID }, `BF3217A0124F10${AID}810100`, 'BF3203800100', undefined],
  ['DeleteProfile', functions.deleteProfile, { iccid: ICCID }, `BF330C${ICCID_TLV}`, 'BF3303800100', undefined],
  ['SetNickname', functions.setNickname, { iccid: ICCID, nickname: 'Büro' }, `BF2913${ICCID_TLV}900542C3BC726F`, 'BF2903800100', undefined],
  [
    'ListNotification',
    functions.listNotification,
    undefined,
    'BF2800',
    t(
      0xbf28,
      t(
        0xa0,
        t(0xbf2f, '80010A', '81020640', `0C10${ADDRESS}`),
        t(0xbf2f, '80020080', '81020410', '0C03612E62', '5A0A980010325476981032F4'),
      ),
    ),
    [
      { seqNumber: 10, events: ['enable'], address: 'smdp.example.com', iccid: undefined },
      { seqNumber: 128, events: ['delete'], address: 'a.b', iccid: '8900012345678901234' },
    ],
  ],
  ['… of events', functions.listNotification, ['install', 'delete'], 'BF280481020490', 'BF2802A000', []],
  [
    'RetrieveNotificationsList',
    functions.retrieveNotificationsList,
    undefined,
    'BF2B00',
    'BF2B02A000',
    { notifications: [], euiccPackageResults: [] },
  ],
  [
    '… by number',
    functions.retrieveNotificationsList,
    { seqNumber: 7 },
    'BF2B05A003800107',
    t(0xbf2b, t(0xa0, SIGNED, INSTALLED, 'A000', 'A100', 'BF7F00')),
    {
      notifications: [
        { kind: 'otherSignedNotification', metadata: METADATA, bytes: fromHex(SIGNED) },
        { kind: 'profileInstallationResult', metadata: { ...METADATA, seqNumber: 11, events: ['install'] }, bytes: fromHex(INSTALLED) },
        { kind: 'compact', metadata: undefined, bytes: fromHex('A000') },
        { kind: 'compact', metadata: undefined, bytes: fromHex('A100') },
        { kind: 'unknown', metadata: undefined, bytes: fromHex('BF7F00') },
      ],
      euiccPackageResults: [],
    },
  ],
  [
    '… of packages',
    functions.retrieveNotificationsList,
    { euiccPackageResults: true },
    'BF2B04A0028200',
    'BF2B0AA208BF5100BF5102A000',
    { notifications: [], euiccPackageResults: [fromHex('BF5100'), fromHex('BF5102A000')] },
  ],
  ['RemoveNotificationFromList', functions.removeNotificationFromList, 10, 'BF300380010A', 'BF3003800100', true],
  ['… that is not there', functions.removeNotificationFromList, 128, 'BF300480020080', 'BF3003800101', false],
  [
    'EuiccMemoryReset of SGP.22',
    functions.euiccMemoryReset,
    ['deleteOperationalProfiles', 'resetDefaultSmdpAddress'],
    'BF3404820205A0',
    'BF3403800100',
    { profiles: true, eimConfiguration: undefined, immediateEnableConfiguration: undefined },
  ],
  [
    'EuiccMemoryReset of SGP.32',
    functions.euiccMemoryResetIot,
    ['deleteOperationalProfiles', 'resetEimConfigData'],
    'BF640482020284',
    'BF6406800101810100',
    { profiles: false, eimConfiguration: true, immediateEnableConfiguration: undefined },
  ],
  [
    'GetRAT',
    functions.getRat,
    undefined,
    'BF4300',
    t(
      0xbf43,
      t(
        0xa0,
        t(0x30, '80020560', t(0xa1, t(0x30, '800362F210', '8101AA', '8200'), '30058003EEEEEE'), '82020780'),
        t(0x30, '80020520', 'A100', '820100'),
      ),
    ),
    [
      {
        policyRules: ['ppr1', 'ppr2'],
        allowedOperators: [
          { mccMnc: '26201', gid1: 'AA', gid2: '' },
          { mccMnc: 'EEEEEE', gid1: undefined, gid2: undefined },
        ],
        consentRequired: true,
      },
      { policyRules: ['ppr2'], allowedOperators: [], consentRequired: false },
    ],
  ],
  [
    'GetCerts',
    functions.getCerts,
    CI,
    `BF56168014${CI}`,
    'BF560EA00CA5050203010203A603020105',
    { eum: fromHex('30050203010203'), euicc: fromHex('3003020105') },
  ],
  [
    '… nested',
    functions.getCerts,
    undefined,
    'BF5600',
    t(0xbf56, t(0xa0, t(0xa5, '3003020103'), 'A603020105')),
    {
      eum: fromHex('3003020103'),
      euicc: fromHex('3003020105'),
    },
  ],
  ['LoadCRL', functions.loadCrl, fromHex('3003020101'), 'BF3505A003020101', 'BF3502A000', []],
  ['… in parts', functions.loadCrl, fromHex('3003020101'), 'BF3505A003020101', 'BF350AA008A006020102020103', [2, 3]],
  ['GetEimConfigurationData', functions.getEimConfigurationData, undefined, 'BF5500', 'BF5502A000', []],
  [
    '… of one eIM',
    functions.getEimConfigurationData,
    'eim',
    'BF5507A005800365696D',
    t(
      0xbf55,
      t(
        0xa0,
        t(
          0x30,
          '800365696D',
          '8103612E62',
          '820102',
          '84020080',
          t(0xa5, t(0xa0, '0203010203')),
          t(0xa6, t(0xa1, '020105')),
          '87020780',
          '8900',
          '9F7F0101',
        ),
        '300480024142',
      ),
    ),
    [
      {
        eimId: 'eim',
        eimFqdn: 'a.b',
        eimIdType: 'fqdn',
        counterValue: undefined,
        associationToken: 128,
        publicKey: { kind: 'publicKey', bytes: fromHex('30050203010203') },
        trustedKeyTls: { kind: 'certificate', bytes: fromHex('3003020105') },
        supportedProtocols: ['eimRetrieveHttps'],
        euiccCiPKId: undefined,
        indirectProfileDownload: true,
      },
      {
        eimId: 'AB',
        eimFqdn: undefined,
        eimIdType: 'proprietary',
        counterValue: undefined,
        associationToken: undefined,
        publicKey: undefined,
        trustedKeyTls: undefined,
        supportedProtocols: undefined,
        euiccCiPKId: undefined,
        indirectProfileDownload: false,
      },
    ],
  ],
  ['AddInitialEim', functions.addInitialEim, [fromHex('3003800141')], 'BF5707A0053003800141', 'BF5707A0050500840101', [undefined, 1]],
  ['… as it is', functions.addInitialEim, fromHex('BF5702A000'), 'BF5702A000', 'BF5705A003840101', [1]],
  ['IpaeActivation', functions.ipaeActivation, undefined, 'BF420480020780', 'BF4203800100', undefined],
  ['ImmediateEnable', functions.immediateEnable, { refresh: true }, 'BF5A038001FF', 'BF5A03800100', undefined],
  [
    'ConfigureImmediateProfileEnabling',
    functions.configureImmediateProfileEnabling,
    { enabled: true, smdpOid: '2.999.10', smdpAddress: 'a.b' },
    'BF590C8000810388370A8203612E62',
    'BF5903800100',
    undefined,
  ],
  ['… off', functions.configureImmediateProfileEnabling, { enabled: false }, 'BF5900', 'BF5903800100', undefined],
  ['ProfileRollback', functions.profileRollback, { refresh: true }, 'BF58038001FF', 'BF5808020100BF5102A000', fromHex('BF5102A000')],
  ['ExecuteFallbackMechanism', functions.executeFallbackMechanism, undefined, 'BF5D03800100', 'BF5D03800100', undefined],
  ['ReturnFromFallback', functions.returnFromFallback, {}, 'BF5E03800100', 'BF5E03800100', undefined],
  ['EnableEmergencyProfile', functions.enableEmergencyProfile, { refresh: true }, 'BF5B038001FF', 'BF5B03800100', undefined],
  ['DisableEmergencyProfile', functions.disableEmergencyProfile, { refresh: false }, 'BF5C03800100', 'BF5C03800100', undefined],
  ['GetConnectivityParameters', functions.getConnectivityParameters, undefined, 'BF5F00', 'BF5F06A0048102ABCD', fromHex('ABCD')],
  ['… that are none', functions.getConnectivityParameters, undefined, 'BF5F00', 'BF5F02A000', undefined],
];

describe('requests', () => {
  it.each(ROWS)('%s', (_, es10Function, input, request) => {
    expect(hex(es10Function.encode(input as never))).toBe(request);
  });
});

describe('responses', () => {
  it.each(ROWS)('%s', (_, es10Function, _input, _request, response, output) => {
    expect(es10Function.decode(fromHex(response))).toEqual(output);
  });
});

describe('functions', () => {
  it('have a row each', () => {
    const all = Object.values(functions).filter((value) => typeof value === 'object') as Any[];
    expect(all.length).toBeGreaterThan(25);
    expect(all.filter((each) => !ROWS.some(([, es10Function]) => es10Function === each)).map(({ name }) => name)).toEqual([]);
  });
});

describe('input that cannot be written', () => {
  it.each<[Any, unknown]>([
    [functions.enableProfile, { iccid: '12' }],
    [functions.deleteProfile, { isdpAid: 'A00' }],
    [functions.setNickname, { iccid: ICCID, nickname: 'ü'.repeat(33) }],
    [functions.getProfilesInfo, { iccid: ICCID, profileClass: 'test' }],
    [functions.removeNotificationFromList, -1],
    [functions.retrieveNotificationsList, { seqNumber: 1.5 }],
    [functions.getCerts, 'XY'],
    [functions.loadCrl, fromHex('0201')],
    [functions.loadCrl, fromHex('020101')],
    [functions.addInitialEim, fromHex('BF5502A000')],
    [functions.addInitialEim, [fromHex('3003')]],
    [functions.configureImmediateProfileEnabling, { enabled: true, smdpOid: 'smdp' }],
  ])('is a RangeError', (es10Function, input) => {
    expect(() => es10Function.encode(input as never)).toThrow(RangeError);
  });
});
