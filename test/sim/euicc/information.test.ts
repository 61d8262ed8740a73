// SPDX-License-Identifier: Apache-2.0
// Functions that only tell something: EUICCInfo, addresses, certificates, profiles, and the small ES10c functions.
import { describe, expect, test } from 'vitest';
import { child, need, tlv } from '../../../host/sim/codec/ber.js';
import { equal, fromHex, hex, utf8 } from '../../../host/sim/codec/bytes.js';
import { makeMetadata } from '../../../host/sim/profile/index.js';
import { ask, askHex, makeEuicc, openedEuicc, openIsdr, pki, refused, SMDP_ADDRESS, send } from './support/card.js';
import { strangePki } from './support/certificates.js';

const ICCID = '89000123456789012341';
const CI = hex(pki.ciPkId);

describe('EUICCInfo', () => {
  test('EUICCInfo1, known answer', () => {
    expect(askHex(openedEuicc(), 'BF2000')).toBe(`BF2035820302 0500A9160414${CI}AA160414${CI}`.replace(/ /g, ''));
  });

  test('EUICCInfo1 lists every trusted CI for verification', () => {
    const euicc = openedEuicc({ trustedCiCertificates: [strangePki.ci.certificate] });
    const info = ask(euicc, 'BF2000');
    expect(need(info, 0xa9).children).toHaveLength(2);
    expect(need(info, 0xaa).children).toHaveLength(1);
  });

  test('EUICCInfo2, known answer', () => {
    expect(askHex(openedEuicc(), 'BF2200')).toBe(
      'BF22818E810302030182030205008303010000840D81010082040016E360830224008505077B261B8086030F00008703020300880204D' +
        `0A9160414${CI}AA160414${CI}8B010299010004030100000C0E53494D2D45554943432D30303031900100B40BA005040301020081008200`,
    );
  });

  test('EUICCInfo2 has the SGP.32 elements, and memory that shrinks', () => {
    const info = ask(openedEuicc({ profiles: [{ iccid: ICCID, sizeBytes: 500_000 }] }), 'BF2200');
    expect(info.children.map((each) => each.tag)).toEqual([
      0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0xa9, 0xaa, 0x8b, 0x99, 0x04, 0x0c, 0x90, 0xb4,
    ]);
    expect(hex(need(info, 0x84).value)).toBe('8101018204000F424083022400');
    expect(hex(need(info, 0xb4).raw)).toBe('B40BA005040301020081008200');
    expect(hex(need(info, 0x90).value)).toBe('00');
  });

  test('EUICCInfo2 reflects the settings', () => {
    const info = ask(openedEuicc({ svn: Uint8Array.of(2, 6, 1), testProfileSupport: false, forbiddenProfilePolicyRules: [1] }), 'BF2200');
    expect(hex(need(info, 0x82).value)).toBe('020601');
    expect(hex(need(info, 0x88).value)).toBe('06C0');
    expect(hex(need(info, 0x99).value)).toBe('0640');
  });
});

describe('addresses', () => {
  test('GetEuiccConfiguredAddresses, known answers', () => {
    expect(askHex(openedEuicc(), 'BF3C00')).toBe('BF3C11810F6C70612E64732E67736D612E636F6D');
    expect(askHex(openedEuicc({ defaultSmdpAddress: SMDP_ADDRESS }), 'BF3C00')).toBe(
      'BF3C238010736D64702E6578616D706C652E636F6D810F6C70612E64732E67736D612E636F6D',
    );
  });

  test('SetDefaultDpAddress', () => {
    const euicc = openedEuicc();
    expect(askHex(euicc, `BF65128010${hex(utf8(SMDP_ADDRESS))}`)).toBe('BF6503800100');
    expect(euicc.defaultSmdpAddress).toBe(SMDP_ADDRESS);
    expect(askHex(euicc, 'BF6500')).toBe('BF650380017F');
    expect(askHex(euicc, 'BF65028000')).toBe('BF6503800100');
    expect(euicc.defaultSmdpAddress).toBeUndefined();
  });

  test('SetDefaultDpAddress under the tag of SGP.22', () => {
    const euicc = openedEuicc();
    expect(askHex(euicc, `BF3F128010${hex(utf8(SMDP_ADDRESS))}`)).toBe('BF3F03800100');
    expect(euicc.defaultSmdpAddress).toBe(SMDP_ADDRESS);
    expect(askHex(euicc, 'BF3F00')).toBe('BF3F0380017F');
  });
});

describe('GetCerts', () => {
  test('certificates stand under A5 and A6 without their own tag', () => {
    const certs = need(ask(openedEuicc(), 'BF5600'), 0xa0);
    expect(certs.children.map((each) => each.tag)).toEqual([0xa5, 0xa6]);
    expect(equal(tlv(0x30, need(certs, 0xa5).value), pki.eum.certificate)).toBe(true);
    expect(equal(tlv(0x30, need(certs, 0xa6).value), pki.euicc.certificate)).toBe(true);
  });

  test('the CI may be named by 80 or 04; an unknown one is invalidCiPKId(1)', () => {
    expect(child(ask(openedEuicc(), tlv(0xbf56, tlv(0x80, pki.ciPkId))), 0xa0)).toBeDefined();
    expect(child(ask(openedEuicc(), tlv(0xbf56, tlv(0x04, pki.ciPkId))), 0xa0)).toBeDefined();
    expect(hex(ask(openedEuicc(), tlv(0xbf56, tlv(0x80, strangePki.ciPkId))).raw)).toBe('BF5603810101');
  });
});

describe('GetEID', () => {
  test('asks for the EID only', () => {
    expect(refused(openedEuicc(), 'BF3E00')).toBe('6A80');
    expect(refused(openedEuicc(), 'BF3E035C0142')).toBe('6A80');
  });
});

describe('GetProfilesInfo', () => {
  const profiles = [{ metadata: makeMetadata({ iccid: ICCID, serviceProviderName: 'SPN', profileName: 'Name' }) }];

  test('no profiles, known answer', () => {
    expect(askHex(openedEuicc(), 'BF2D00')).toBe('BF2D02A000');
  });

  test('the default set, known answer', () => {
    expect(askHex(openedEuicc({ profiles }), 'BF2D00')).toBe(
      'BF2D34A032E3305A0A980010325476981032144F10A0000005591010FFFFFFFF89000010009F700100910353504E92044E616D65950102',
    );
  });

  test('incorrectInputValues(1)', () => {
    for (const request of ['BF2D035C01BF', 'BF2D05A003800101', 'BF2D04A0029500']) {
      expect(askHex(openedEuicc({ profiles }), request)).toBe('BF2D03810101');
    }
  });
});

describe('commands that are no function', () => {
  test.each(['BF7E00', 'BF3100', 'BF3400', '3000', '5A00', '8700', 'BF'])('%s: 6A80', (request) => {
    const euicc = openedEuicc();
    expect(refused(euicc, request)).toBe('6A80');
    expect(euicc.lastFault).toBeUndefined();
  });

  test('bytes after the command: 6A80', () => {
    expect(refused(openedEuicc(), 'BF2E0000')).toBe('6A80');
  });
});

describe('the functions of an LPA for the user are none of an IPA', () => {
  const profiles = [{ iccid: ICCID }];
  test.each([
    ['SetNickname', 'BF29105A0A9800103254769810321490024D65'],
    ['EnableProfile', 'BF3111A00C5A0A980010325476981032148101FF'],
    ['DisableProfile', 'BF3211A00C5A0A980010325476981032148101FF'],
    ['DeleteProfile', 'BF330C5A0A98001032547698103214'],
    ['eUICCMemoryReset of SGP.22', 'BF340482020780'],
  ])('%s: 6A80, and nothing happens', (_, request) => {
    const euicc = openedEuicc({ profiles });
    expect(refused(euicc, request)).toBe('6A80');
    expect(euicc.profiles).toMatchObject([{ iccid: ICCID, state: 'disabled', nickname: undefined }]);
  });

  test('another status word for unknown functions', () => {
    expect(refused(openedEuicc({ unknownFunctionStatus: 0x6d00 }), 'BF3100')).toBe('6D00');
  });
});

describe('GetConnectivityParameters', () => {
  const httpParams = fromHex('35010347 0908696E7465726E6574');

  test('parametersNotAvailable(1) without parameters, or without an enabled profile', () => {
    expect(askHex(openedEuicc({ profiles: [{ state: 'enabled' }] }), 'BF5F00')).toBe('BF5F03810101');
    expect(askHex(openedEuicc({ httpParams, profiles: [{}] }), 'BF5F00')).toBe('BF5F03810101');
  });

  test('those of the enabled profile, known answer; others get those of the settings', () => {
    const profiles = [{ state: 'enabled' as const, httpParams }];
    expect(askHex(openedEuicc({ profiles }), 'BF5F00')).toBe('BF5F12A010810E350103470908696E7465726E6574');
    const euicc = openedEuicc({ profiles: [{ state: 'enabled' }], httpParams: Uint8Array.of(0x35, 1, 3) });
    expect(askHex(euicc, 'BF5F00')).toBe('BF5F07A0058103350103');
  });
});

describe('IpaeActivation', () => {
  test('notSupported(1), and for another option', () => {
    expect(askHex(openedEuicc(), 'BF420480020780')).toBe('BF4203800101');
    expect(askHex(openedEuicc({ ipaeSupported: true }), 'BF420480020640')).toBe('BF4203800101');
    expect(refused(openedEuicc(), 'BF4200')).toBe('6A80');
  });

  test('ok(0), also without an assistant in the device; then ES10 is not for the device until it is reset', () => {
    const euicc = makeEuicc({ ipaeSupported: true });
    openIsdr(euicc, 'A903840100');
    expect(refused(euicc, 'BF3E035C015A')).toBe('6985');
    expect(askHex(euicc, 'BF420480020780')).toBe('BF4203800100');
    send(euicc, '80AA000005A903840101');
    expect(refused(euicc, 'BF3E035C015A')).toBe('6985');
    openIsdr(euicc);
    expect(askHex(euicc, 'BF3E035C015A')).toBe('BF3E125A1089049032123451234512345678901235');
  });

  test('E1 of the FCI tells that there is one', () => {
    const euicc = makeEuicc({ ipaeSupported: true, profiles: [{ state: 'enabled' }], inlineResponses: true });
    euicc.reset();
    expect(send(euicc, '00A4040010A0000005591010FFFFFFFF8900000100')).toBe(
      '6F218410A0000005591010FFFFFFFF8900000100A500E0058203020500E104800206C09000',
    );
  });
});

describe('what the eUICC has', () => {
  test('EUICCInfo2 without CRL, emergency and fallback', () => {
    const euicc = openedEuicc({ crlSupport: false, ecallSupported: false, fallbackSupported: false });
    const info = ask(euicc, 'BF2200');
    expect(hex(need(info, 0x88).value)).toBe('0490');
    expect(hex(need(info, 0xb4).raw)).toBe('B407A0050403010200');
    expect(refused(euicc, 'BF3502A000')).toBe('6A80');
    expect(askHex(euicc, 'BF5B038001FF')).toBe('BF5B03800108');
  });
});
