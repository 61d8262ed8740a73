// SPDX-License-Identifier: Apache-2.0
// Profile elements, one by one, against bytes written out by hand from the ASN.1 of the Interoperable Format 2.3.1 and the files' specifications.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromHex, hex, utf8 } from '../../../host/sim/codec/bytes.js';
import { akaParameter } from '../../../host/sim/profile/elements/aka-parameter.js';
import { application } from '../../../host/sim/profile/elements/application.js';
import { pinCodes, pukCodes } from '../../../host/sim/profile/elements/codes.js';
import { genericFile } from '../../../host/sim/profile/elements/generic-file-management.js';
import { profileHeader } from '../../../host/sim/profile/elements/header.js';
import { isim } from '../../../host/sim/profile/elements/isim.js';
import { mf } from '../../../host/sim/profile/elements/mf.js';
import { optUsim } from '../../../host/sim/profile/elements/opt-usim.js';
import { remoteFileManagement } from '../../../host/sim/profile/elements/rfm.js';
import { securityDomain } from '../../../host/sim/profile/elements/security-domain.js';
import { type Subscription, USIM_AID } from '../../../host/sim/profile/elements/subscription.js';
import { telecom } from '../../../host/sim/profile/elements/telecom.js';
import { usim } from '../../../host/sim/profile/elements/usim.js';
import { endElement } from '../../../host/sim/profile/filler.js';
import { SeededBytes } from '../../../host/sim/profile/seeded-bytes.js';

const ICCID = '8900012345678901235';
const KEY = '000102030405060708090A0B0C0D0E0F';
const OPC = '101112131415161718191A1B1C1D1E1F';
const SUBSCRIPTION: Subscription = {
  iccid: ICCID,
  imsi: '001010123456789',
  mccMnc: '00101',
  serviceProviderName: 'Net',
  algorithm: 'milenage',
  key: fromHex(KEY),
  opc: fromHex(OPC),
};
const ACCESS_RULES = 'A109 82044221000B 800116 830A 8001019000 8001029700 820101 830B 800103A406830101950108';

function expectBytes(made: Uint8Array, known: string): void {
  expect(hex(made)).toBe(hex(fromHex(known)));
}

function ascii(text: string): string {
  return hex(utf8(text));
}

describe('profile elements', () => {
  it('ProfileHeader: the ICCID is not swapped, services are in order', () => {
    const made = profileHeader({ iccid: ICCID, profileType: 'T', services: ['milenage', 'usim'], templates: ['mf', 'usim'] });
    expectBytes(
      made,
      `A02D 800102 810103 820154 830A 8900012345678901235F A504 8100 8400
       A610 0606 67810F010201 0606 67810F010204`,
    );
  });

  it('PE-MF: EF.PL, EF.ICCID, EF.DIR, EF.ARR', () => {
    const made = mf({ iccid: ICCID, pins: [1], applications: [[USIM_AID, 'USIM']], languages: ['en'] })(1);
    expectBytes(
      made,
      `B07D A005 8000 810101 8106 67810F010201
       A205 A103 C60101
       A309 A103 800102 8302 656E
       A40C 830A 980010325476981032F5
       A523 A109 820442210016 800116 8316 6114 4F0C A0000000871002FF49FF0189 5004 5553494D
       A627 ${ACCESS_RULES}`,
    );
  });

  it('PE-PUKCodes', () => {
    expectBytes(pukCodes([[1, '11111111']])(2), 'A318 A005 8000 810102 A10F 300D 800101 8108 3131313131313131');
    expectBytes(pukCodes([[0x81, '12345678']])(2), 'A319 A005 8000 810102 A110 300E 80020081 8108 3132333435363738');
  });

  it('PE-PINCodes: filled with FF, key references above 7F take two bytes', () => {
    expectBytes(
      pinCodes([{ keyReference: 0x81, code: '9999', unblockedBy: 0x81 }])(3),
      'A222 A005 8000 810103 A119 A017 3015 80020081 8108 39393939FFFFFFFF 82020081 830106',
    );
    expectBytes(
      pinCodes([{ keyReference: 0x0a, code: '55555555' }])(3),
      'A21D A005 8000 810103 A114 A012 3010 80010A 8108 3535353535353535 830106',
    );
  });

  it('PE-TELECOM', () => {
    expectBytes(
      telecom([0x81, 1], 'Services')(4),
      `B25F A005 8000 810104 8106 67810F010203 A20A A108 83027F10 C6028101
       A327 ${ACCESS_RULES}
       A519 A10B 82024121 83026F54 80010A 830A 8508 5365727669636573`,
    );
  });

  it('PE-USIM with its mandatory files', () => {
    expectBytes(
      usim(SUBSCRIPTION, [1], false)(5),
      `B3819C A005 8000 810105 8106 67810F010204
       A217 A115 83027FD0 840C A0000000871002FF49FF0189 C60101
       A30B 8309 080910101032547698
       A427 ${ACCESS_RULES}
       A80C A103 800105 8305 0002040001
       AD13 8311 00 4E6574 FFFFFFFFFFFFFFFFFFFFFFFFFF
       AE03 8301 00
       B204 8302 0200
       B506 8304 00000002
       B606 8304 11F2FF00`,
    );
  });

  it('PE-USIM with the files a phone writes to', () => {
    const made = hex(usim({ ...SUBSCRIPTION, mccMnc: '310410', imsi: '310410123456780' }, [1], true)(5));
    const files = {
      keys: `A523 8321 07${'FF'.repeat(32)} A623 8321 07${'FF'.repeat(32)} A703 8301 05`,
      locations: `B110 830E FFFFFFFF FFFFFF 130014 FFFE FF 01 B204 8302 0001 B30E 830C ${'FF'.repeat(12)}
                  B40D 830B FFFFFFFF 130014 FFFE FF 01 B506 8304 00000003 B606 8304 11F2FF00
                  B814 8312 ${'FF'.repeat(12)} 130014 FFFE 01`,
      services: 'A812 A103 80010B 830B 0002170001060000000010',
    };
    for (const known of Object.values(files)) expect(made).toContain(hex(fromHex(known)));
  });

  it('PE-OPT-USIM', () => {
    expectBytes(
      optUsim(SUBSCRIPTION)(6),
      `B481AB A005 8000 810106 8106 67810F010205
       A213 A10B 82024121 83026F05 800104 8304 656E6465
       A511 A10B 82024121 83026F3E 800102 8302 01FF
       A611 A10B 82024121 83026F3F 800102 8302 02FF
       A733 A10D 820442210022 83026F40 800122 8322 ${'FF'.repeat(20)} 06 91 1032547698 ${'FF'.repeat(7)}
       B014 A10B 82024121 83026F61 800105 8305 00F110 4800
       B114 A10B 82024121 83026F62 800105 8305 00F110 4800`,
    );
  });

  it('PE-ISIM: identities from the IMSI', () => {
    const domain = ascii('ims.mnc001.mcc001.3gppnetwork.org');
    const user = ascii('001010123456789@');
    expectBytes(
      isim(SUBSCRIPTION, [0x81, 1])(10),
      `B5820111 A005 8000 81010A 8106 67810F010208
       A218 A116 83027FB0 840C A0000000871004FF49FF0189 C6028101
       A33A A103 800133 8333 8031 ${user} ${domain}
       A444 A109 820442210037 800137 8337 8035 ${ascii('sip:')} ${user} ${domain}
       A52A A103 800123 8323 8021 ${domain}
       A608 A103 800101 8301 01
       A705 8303 000000
       A827 ${ACCESS_RULES}`,
    );
  });

  it('PE-AKAParameter: Milenage, with its constants, with sequence numbers, and TUAK', () => {
    const keys = `810101 8210 ${KEY} 8310 ${OPC}`;
    const constants = `8405 4008284868 8550 ${['00', '10', '20', '40', '80'].map((last) => '00'.repeat(15) + last).join('')}`;
    expectBytes(akaParameter(SUBSCRIPTION, 'keys')(7), `A435 A005 8000 810107 A12C A12A 800101 ${keys}`);
    expectBytes(akaParameter(SUBSCRIPTION, 'constants')(7), `A48190 A005 8000 810107 A18186 A18183 800101 ${keys} ${constants}`);
    expectBytes(
      akaParameter(SUBSCRIPTION, 'sequenceNumbers')(7),
      `A482019C A005 8000 810107 A18186 A18183 800101 ${keys} ${constants}
       8306 000020000000 A5820100 ${'0406000000000001'.repeat(32)}`,
    );
    expectBytes(
      akaParameter({ ...SUBSCRIPTION, algorithm: 'tuak', opc: fromHex(OPC + OPC) }, 'constants')(7),
      `A448 A005 8000 810107 A13F A13D 800102 810109 8210 ${KEY} 8320 ${OPC}${OPC} 870102`,
    );
  });

  it('PE-GenericFileManagement', () => {
    const made = genericFile({ path: fromHex('7F10'), fileId: 0x4f00, content: fromHex('0102') })(0x12);
    expectBytes(made, 'A127 A005 8000 810112 A11E 301C 80027F10 6212 82024121 83024F00 8B032F0601 800102 8800 8102 0102');
  });

  it('PE-SecurityDomain: SCP80 keys of version 1, SCP81 keys of version 40 hex', () => {
    const bytes = new SeededBytes(3);
    const key = () => hex(bytes.take(16));
    const row = (usage: string, identifier: string, version: string, type: string) =>
      `3022 9501${usage} 8201${identifier} 8301${version} 3017 3015 8001${type} 8610 ${key()}`;
    expectBytes(
      securityDomain(new SeededBytes(3))(13),
      `A681F5 A005 8000 81010D
       A135 4F07 A0000001515350 4F08 A000000151535041 4F08 A000000151000000 820382DC00 83010F C90E 81028015 81028102 8201F0 8301F0
       A281B4 ${row('18', '01', '01', '88')} ${row('14', '02', '01', '88')} ${row('48', '03', '01', '88')}
       ${row('3C', '01', '40', '85')} ${row('48', '02', '40', '88')}`,
    );
  });

  it('PE-RFM', () => {
    expectBytes(
      remoteFileManagement(fromHex('B00010'), USIM_AID)(15),
      `A749 A005 8000 81010F 4F10 A0000000090005FFFFFFFF89 B00010 00 4F08 A000000151000000
       A005 0403B00010 810116 040100 040100 3014 800C A0000000871002FF49FF0189 810100 820100`,
    );
  });

  it('PE-Application: the components of a package, its hash, and one instance', () => {
    const code = hex(new SeededBytes(3).take(4));
    const block = `01 0011 DECAFFED 0102 04 0001 07 F053494D504B47
      02 001F 0011 001F 000C 000B 0000 0000 0004 0000 0000 0000 0000 000000000000 01 01 00
      04 000B 01 0001 07 A0000000620101
      03 000C 01 08 F053494D504B4701 0000
      07 0004 ${code}`;
    const hash = createHash('sha256').update(fromHex(block)).digest('hex');
    expectBytes(
      application(4, new SeededBytes(3))(16),
      `A881D9 A005 8000 810110
       A1819D 4F07 F053494D504B47 4F08 A000000151000000 C602005A C7020100 C8020100 C120 ${hash} C45A ${block}
       A230 302E 4F07 F053494D504B47 4F08 F053494D504B4701 4F08 F053494D504B4701 4F08 A000000151000000 8203000000 C900`,
    );
  });

  it('PE-End: 128 takes two bytes', () => {
    expectBytes(endElement(127), 'AA07 A005 8000 81017F');
    expectBytes(endElement(128), 'AA08 A006 8000 81020080');
  });
});
