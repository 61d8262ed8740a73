// SPDX-License-Identifier: Apache-2.0
// Functions that only tell something: EUICCInfo, addresses, certificates, profiles, and the small ES10c functions.
import { describe, expect, test } from 'vitest';
import { child, need, tlv } from '../../../host/sim/codec/ber.js';
import { equal, fromHex, hex, utf8 } from '../../../host/sim/codec/bytes.js';
import { makeMetadata } from '../../../host/sim/profile/index.js';
import { ask, askHex, openedEuicc, pki, refused, SMDP_ADDRESS } from './support/card.js';
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
      'BF22818C810302030182030205008303010000840D81010082040016E360830224008505077B261B8086030F000087030203008802049' +
        `0A9160414${CI}AA160414${CI}8B010299010004030100000C0E53494D2D45554943432D30303031900100B409A00504030102008200`,
    );
  });

  test('EUICCInfo2 has the SGP.32 elements, and memory that shrinks', () => {
    const info = ask(openedEuicc({ profiles: [{ iccid: ICCID, sizeBytes: 500_000 }] }), 'BF2200');
    expect(info.children.map((each) => each.tag)).toEqual([
      0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0xa9, 0xaa, 0x8b, 0x99, 0x04, 0x0c, 0x90, 0xb4,
    ]);
    expect(hex(need(info, 0x84).value)).toBe('8101018204000F424083022400');
    expect(hex(need(info, 0xb4).raw)).toBe('B409A005040301020082 00'.replace(/ /g, ''));
    expect(hex(need(info, 0x90).value)).toBe('00');
  });

  test('EUICCInfo2 reflects the settings', () => {
    const info = ask(openedEuicc({ svn: Uint8Array.of(2, 6, 1), testProfileSupport: false, forbiddenProfilePolicyRules: [1] }), 'BF2200');
    expect(hex(need(info, 0x82).value)).toBe('020601');
    expect(hex(need(info, 0x88).value)).toBe('0780');
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

describe('GetProfilesInfo and SetNickname', () => {
  const profiles = [{ metadata: makeMetadata({ iccid: ICCID, serviceProviderName: 'SPN', profileName: 'Name' }) }];

  test('no profiles, known answer', () => {
    expect(askHex(openedEuicc(), 'BF2D00')).toBe('BF2D02A000');
  });

  test('the default set, known answer', () => {
    expect(askHex(openedEuicc({ profiles }), 'BF2D00')).toBe(
      'BF2D34A032E3305A0A980010325476981032144F10A0000005591010FFFFFFFF89000010009F700100910353504E92044E616D65950102',
    );
  });

  test('a nickname is shown, and an empty one removed', () => {
    const euicc = openedEuicc({ profiles });
    expect(askHex(euicc, 'BF29105A0A98001032547698103214 90024D65'.replace(/ /g, ''))).toBe('BF2903800100');
    expect(euicc.profiles[0]!.nickname).toBe('Me');
    expect(askHex(euicc, 'BF2D035C0190')).toBe('BF2D08A006E30490024D65');
    askHex(euicc, 'BF290E5A0A980010325476981032149000');
    expect(askHex(euicc, 'BF2D035C0190')).toBe('BF2D04A002E300');
  });

  test('SetNickname: iccidNotFound(1), 6A80 for a nickname that is too long', () => {
    expect(askHex(openedEuicc(), 'BF290E5A0A980010325476981032149000')).toBe('BF2903800101');
    const tooLong = tlv(0xbf29, tlv(0x5a, fromHex('98001032547698103214')), tlv(0x90, new Uint8Array(65)));
    expect(refused(openedEuicc(), tooLong)).toBe('6A80');
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

  test('GetConnectivityParameters: parametersNotAvailable(1)', () => {
    expect(askHex(openedEuicc(), 'BF5F00')).toBe('BF5F03810101');
  });
});
