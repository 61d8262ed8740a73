// SPDX-License-Identifier: Apache-2.0
// The consumer eUICC (SGP.22 v2.5 §5.7.15 to §5.7.21): the ES10c functions with every result code, and that it knows nothing of SGP.32.
import { createPublicKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { need, tlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex, utf8 } from '../../../host/sim/codec/bytes.js';
import { verifyRs } from '../../../host/sim/crypto/ecdsa.js';
import type { PreinstalledProfile, SimulatedEuicc, SimulatedEuiccOptions } from '../../../host/sim/euicc/index.js';
import { type MetadataOptions, makeMetadata, notifyAll } from '../../../host/sim/profile/index.js';
import {
  ask,
  askHex,
  es10,
  IPAD,
  LPAD,
  makeEuicc,
  openedConsumerEuicc,
  openIsdr,
  pki,
  refused,
  SMDP_ADDRESS,
  send,
} from './support/card.js';
import { configuration } from './support/eim.js';
import { ICCID, prepare, segments } from './support/server.js';

const A = ICCID;
const B = '89000123456789012358';
const C = '89000123456789012366';

/** `5A…` of the three, of one that is not there, and `4F…` of the second ISD-P. */
const ID = {
  a: '5A0A98001032547698103214',
  b: '5A0A98001032547698103285',
  c: '5A0A98001032547698103266',
  unknown: '5A0A98001032547698109999',
  aidOfB: '4F10A0000005591010FFFFFFFF8900001100',
  unknownAid: '4F10A0000005591010FFFFFFFF8900009900',
};

const OWNER = { mccMnc: '26201' };

function profile(iccid: string, state: 'enabled' | 'disabled', change: Partial<MetadataOptions> = {}): PreinstalledProfile {
  return { state, metadata: makeMetadata({ iccid, notifications: notifyAll(SMDP_ADDRESS), ...change }) };
}

/** A enabled, B disabled. */
function twoProfiles(
  changeA: Partial<MetadataOptions> = {},
  changeB: Partial<MetadataOptions> = {},
  options: Partial<SimulatedEuiccOptions> = {},
): SimulatedEuicc {
  return openedConsumerEuicc({ profiles: [profile(A, 'enabled', changeA), profile(B, 'disabled', changeB)], ...options });
}

function enabled(euicc: SimulatedEuicc): string | undefined {
  return euicc.profiles.find((each) => each.state === 'enabled')?.iccid;
}

/** EnableProfile (BF31) or DisableProfile (BF32) with refreshFlag. */
function change(tag: 0xbf31 | 0xbf32, identifier: string, flag = 0xff): string {
  return hex(tlv(tag, tlv(0xa0, fromHex(identifier)), tlv(0x81, Uint8Array.of(flag))));
}

describe('what it says of itself', () => {
  test('the FCI has no E1, known answer', () => {
    const euicc = makeEuicc({ kind: 'consumer', inlineResponses: true });
    euicc.reset();
    expect(send(euicc, '00A4040010A0000005591010FFFFFFFF8900000100')).toBe(
      '6F1B8410A0000005591010FFFFFFFF8900000100A500E0058203020500' + '9000',
    );
  });

  test('EUICCInfo2 ends where SGP.32 begins', () => {
    const info = ask(openedConsumerEuicc(), 'BF2200');
    expect(info.children.map((each) => each.tag)).toEqual([
      0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0xa9, 0xaa, 0x8b, 0x99, 0x04, 0x0c,
    ]);
  });

  test.each([
    'BF5103810101',
    'BF5500',
    'BF5600',
    'BF5702A000',
    'BF58038001FF',
    'BF59028000',
    'BF5A038001FF',
    'BF5B038001FF',
    'BF5C038001FF',
    'BF5D038001FF',
    'BF5E038001FF',
    'BF5F00',
    'BF640482020780',
    'BF65028000',
  ])('%s of SGP.32: 6A88, or as set up', (request) => {
    expect(refused(openedConsumerEuicc(), request)).toBe('6A88');
    expect(refused(openedConsumerEuicc({ unknownFunctionStatus: 0x6d00 }), request)).toBe('6D00');
  });

  test('package results are no criterion of RetrieveNotificationsList: undefinedError(127)', () => {
    expect(askHex(openedConsumerEuicc(), 'BF2B04A0028200')).toBe('BF2B0381017F');
    expect(askHex(openedConsumerEuicc(), 'BF2B00')).toBe('BF2B02A000');
  });

  test('LpaeActivation: notSupported(1)', () => {
    expect(askHex(openedConsumerEuicc({ ipaeSupported: true }), 'BF420480020780')).toBe('BF4203800101');
  });

  test('it downloads a profile as an IoT eUICC does', () => {
    const euicc = openedConsumerEuicc();
    for (const segment of segments(prepare(euicc))) es10(euicc, segment);
    expect(euicc.profiles).toMatchObject([{ iccid: ICCID, state: 'disabled' }]);
  });
});

describe('EnableProfile', () => {
  test('ok(0) by ICCID, known answer; both events are notified and signed', () => {
    const euicc = twoProfiles();
    expect(askHex(euicc, 'BF3111A00C5A0A980010325476981032858101FF')).toBe('BF3103800100');
    expect(enabled(euicc)).toBe(B);
    expect(euicc.refreshPending).toBe(true);
    expect(euicc.notifications).toEqual([
      { seqNumber: 1, event: 'disable', address: SMDP_ADDRESS, iccid: A },
      { seqNumber: 2, event: 'enable', address: SMDP_ADDRESS, iccid: B },
    ]);
    const [notification] = need(ask(euicc, 'BF2B05A003800102'), 0xa0).children;
    const key = createPublicKey(pki.euicc.privateKey);
    expect(verifyRs(key, need(notification!, 0x5f37).value, need(notification!, 0xbf2f).raw)).toBe(true);
  });

  test('ok(0) by AID', () => {
    const euicc = twoProfiles();
    expect(askHex(euicc, change(0xbf31, ID.aidOfB))).toBe('BF3103800100');
    expect(enabled(euicc)).toBe(B);
  });

  test('only the events that the profile wants are notified', () => {
    const notifications = [{ events: ['enable' as const], address: 'other.example.com' }];
    const euicc = twoProfiles({ notifications: [] }, { notifications });
    askHex(euicc, change(0xbf31, ID.b));
    askHex(euicc, change(0xbf32, ID.b));
    expect(euicc.notifications.map((each) => [each.event, each.address])).toEqual([['enable', 'other.example.com']]);
  });

  test('iccidOrAidNotFound(1), profileNotInDisabledState(2)', () => {
    expect(askHex(twoProfiles(), change(0xbf31, ID.unknown))).toBe('BF3103800101');
    expect(askHex(twoProfiles(), change(0xbf31, ID.unknownAid))).toBe('BF3103800101');
    expect(askHex(twoProfiles(), change(0xbf31, ID.a))).toBe('BF3103800102');
  });

  test('disallowedByPolicy(3) when the enabled profile has PPR1', () => {
    const euicc = twoProfiles({ profilePolicyRules: ['ppr1'], owner: OWNER });
    expect(askHex(euicc, change(0xbf31, ID.b))).toBe('BF3103800103');
    expect(enabled(euicc)).toBe(A);
  });

  test('catBusy(5)', () => {
    const euicc = twoProfiles();
    euicc.setCatBusy(true);
    expect(askHex(euicc, change(0xbf31, ID.b))).toBe('BF3103800105');
    euicc.setCatBusy(false);
    expect(askHex(euicc, change(0xbf31, ID.b))).toBe('BF3103800100');
  });

  test.each([
    ['no refreshFlag', 'BF310EA00C5A0A98001032547698103285'],
    ['a refreshFlag of two bytes', 'BF3112A00C5A0A980010325476981032858102FFFF'],
    ['no identifier', 'BF31038101FF'],
    ['an empty identifier', 'BF3105A0008101FF'],
    ['an ICCID of nine bytes', 'BF3110A00B5A099800103254769810328101FF'],
    ['an AID of four bytes', 'BF310BA0064F04A00000058101FF'],
  ])('%s: 6A80, and nothing happens', (_, request) => {
    const euicc = twoProfiles();
    expect(refused(euicc, request)).toBe('6A80');
    expect(enabled(euicc)).toBe(A);
  });
});

describe('test profiles', () => {
  /** A operational and enabled, B a test profile, C operational. */
  const threeProfiles = (changeA: Partial<MetadataOptions> = {}): SimulatedEuicc =>
    openedConsumerEuicc({
      profiles: [profile(A, 'enabled', changeA), profile(B, 'disabled', { profileClass: 'test' }), profile(C, 'disabled')],
    });

  test('wrongProfileReenabling(4) for another profile than the one before', () => {
    const euicc = threeProfiles();
    expect(askHex(euicc, change(0xbf31, ID.b))).toBe('BF3103800100');
    expect(askHex(euicc, change(0xbf31, ID.c))).toBe('BF3103800104');
    expect(enabled(euicc)).toBe(B);
    expect(askHex(euicc, change(0xbf31, ID.a))).toBe('BF3103800100');
    expect(askHex(euicc, change(0xbf31, ID.c))).toBe('BF3103800100');
  });

  test('PPR1 does not hold a test profile up', () => {
    const euicc = threeProfiles({ profilePolicyRules: ['ppr1'], owner: OWNER });
    expect(askHex(euicc, change(0xbf31, ID.b))).toBe('BF3103800100');
    expect(askHex(euicc, change(0xbf31, ID.c))).toBe('BF3103800104');
  });

  test('disabling it brings the profile before it back, also after a reset', () => {
    const euicc = threeProfiles();
    askHex(euicc, change(0xbf31, ID.b));
    openIsdr(euicc, LPAD);
    expect(askHex(euicc, change(0xbf32, ID.b))).toBe('BF3203800100');
    expect(enabled(euicc)).toBe(A);
    expect(euicc.notifications.map((each) => [each.event, each.iccid])).toEqual([
      ['disable', A],
      ['enable', B],
      ['disable', B],
      ['enable', A],
    ]);
  });

  test('begun without a profile, it ends without one', () => {
    const euicc = openedConsumerEuicc({ profiles: [profile(A, 'disabled'), profile(B, 'disabled', { profileClass: 'test' })] });
    askHex(euicc, change(0xbf31, ID.b));
    expect(askHex(euicc, change(0xbf31, ID.a))).toBe('BF3103800104');
    expect(askHex(euicc, change(0xbf32, ID.b))).toBe('BF3203800100');
    expect(enabled(euicc)).toBeUndefined();
    expect(askHex(euicc, change(0xbf31, ID.a))).toBe('BF3103800100');
  });
});

describe('DisableProfile', () => {
  test('ok(0), known answer', () => {
    const euicc = twoProfiles();
    expect(askHex(euicc, 'BF3211A00C5A0A98001032547698103214810100')).toBe('BF3203800100');
    expect(enabled(euicc)).toBeUndefined();
    expect(euicc.notifications.map((each) => each.event)).toEqual(['disable']);
  });

  test('iccidOrAidNotFound(1), profileNotInEnabledState(2), disallowedByPolicy(3), catBusy(5)', () => {
    expect(askHex(twoProfiles(), change(0xbf32, ID.unknown))).toBe('BF3203800101');
    expect(askHex(twoProfiles(), change(0xbf32, ID.aidOfB))).toBe('BF3203800102');
    expect(askHex(twoProfiles({ profilePolicyRules: ['ppr1'], owner: OWNER }), change(0xbf32, ID.a))).toBe('BF3203800103');
    const busy = twoProfiles();
    busy.setCatBusy(true);
    expect(askHex(busy, change(0xbf32, ID.a))).toBe('BF3203800105');
  });

  test('without refreshFlag: 6A80', () => {
    expect(refused(twoProfiles(), 'BF320EA00C5A0A98001032547698103214')).toBe('6A80');
  });
});

describe('DeleteProfile', () => {
  test('ok(0) by ICCID and by AID, known answers; the room is free and the notification stays', () => {
    const euicc = twoProfiles();
    const before = euicc.freeMemoryBytes;
    expect(askHex(euicc, 'BF330C5A0A98001032547698103285')).toBe('BF3303800100');
    expect(euicc.profiles.map((each) => each.iccid)).toEqual([A]);
    expect(euicc.freeMemoryBytes).toBeGreaterThan(before);
    expect(euicc.refreshPending).toBe(false);
    expect(euicc.notifications).toEqual([{ seqNumber: 1, event: 'delete', address: SMDP_ADDRESS, iccid: B }]);
    expect(askHex(twoProfiles(), 'BF33124F10A0000005591010FFFFFFFF8900001100')).toBe('BF3303800100');
  });

  test('iccidOrAidNotFound(1), profileNotInDisabledState(2), disallowedByPolicy(3)', () => {
    expect(askHex(twoProfiles(), `BF330C${ID.unknown}`)).toBe('BF3303800101');
    expect(askHex(twoProfiles(), `BF330C${ID.a}`)).toBe('BF3303800102');
    expect(askHex(twoProfiles({}, { profilePolicyRules: ['ppr2'], owner: OWNER }), `BF330C${ID.b}`)).toBe('BF3303800103');
  });

  test('without an identifier: 6A80', () => {
    expect(refused(twoProfiles(), 'BF3300')).toBe('6A80');
  });
});

describe('SetNickname', () => {
  const profiles = [{ metadata: makeMetadata({ iccid: ICCID, serviceProviderName: 'SPN', profileName: 'Name' }) }];

  test('a nickname is stored and shown, and an empty one removed', () => {
    const euicc = openedConsumerEuicc({ profiles });
    expect(askHex(euicc, 'BF29105A0A9800103254769810321490024D65')).toBe('BF2903800100');
    expect(euicc.profiles[0]!.nickname).toBe('Me');
    openIsdr(euicc, LPAD);
    expect(askHex(euicc, 'BF2D035C0190')).toBe('BF2D08A006E30490024D65');
    askHex(euicc, 'BF290E5A0A980010325476981032149000');
    expect(askHex(euicc, 'BF2D035C0190')).toBe('BF2D04A002E300');
  });

  test('iccidNotFound(1); 6A80 for a nickname that is too long', () => {
    expect(askHex(openedConsumerEuicc(), 'BF290E5A0A980010325476981032149000')).toBe('BF2903800101');
    const tooLong = tlv(0xbf29, tlv(0x5a, fromHex('98001032547698103214')), tlv(0x90, new Uint8Array(65)));
    expect(refused(openedConsumerEuicc(), tooLong)).toBe('6A80');
  });
});

describe('GetProfilesInfo', () => {
  const metadata = makeMetadata({ iccid: ICCID, serviceProviderName: 'SPN', profileName: 'Name', fallbackAllowed: true });

  test('the default set, known answer', () => {
    expect(askHex(openedConsumerEuicc({ profiles: [{ metadata }] }), 'BF2D00')).toBe(
      'BF2D34A032E3305A0A980010325476981032144F10A0000005591010FFFFFFFF89000010009F700100910353504E92044E616D65950102',
    );
  });

  test.each(['BF2D045C029F7B', 'BF2D045C029F67', 'BF2D045C029F26', 'BF2D055C035A9F67', 'BF2D055C035ADF01'])(
    '%s, a tag it does not know: incorrectInputValues(1), or 6A80 when set up so',
    (request) => {
      expect(askHex(openedConsumerEuicc({ profiles: [{ metadata }] }), request)).toBe('BF2D03810101');
      expect(refused(openedConsumerEuicc({ unknownTagsByStatus: true }), request)).toBe('6A80');
    },
  );

  test('a tag list that ends within a tag, or a search that does not exist: incorrectInputValues(1)', () => {
    for (const request of ['BF2D035C01BF', 'BF2D05A003800101']) {
      expect(askHex(openedConsumerEuicc({ unknownTagsByStatus: true }), request)).toBe('BF2D03810101');
    }
  });

  test('by class, with a tag list', () => {
    const euicc = twoProfiles({}, { profileClass: 'test' });
    expect(askHex(euicc, 'BF2D0AA0039501005C035A9F70')).toBe('BF2D14A012E3105A0A980010325476981032859F700100');
  });
});

describe('eUICCMemoryReset and addresses', () => {
  test('its own kind each, preloaded test profiles stay, policy rules do not matter', () => {
    const euicc = twoProfiles(
      { profilePolicyRules: ['ppr1', 'ppr2'], owner: OWNER },
      { profileClass: 'test' },
      { defaultSmdpAddress: SMDP_ADDRESS },
    );
    expect(askHex(euicc, 'BF340482020640')).toBe('BF3403800101');
    expect(askHex(euicc, 'BF340482020520')).toBe('BF3403800100');
    expect(euicc.defaultSmdpAddress).toBeUndefined();
    expect(askHex(euicc, 'BF340482020780')).toBe('BF3403800100');
    expect(euicc.profiles.map((each) => each.iccid)).toEqual([B]);
    expect(euicc.notifications.map((each) => each.event)).toEqual(['disable', 'delete']);
    expect(euicc.refreshPending).toBe(true);
  });

  test('the options of SGP.32 mean nothing', () => {
    const euicc = twoProfiles({}, { profileClass: 'test' }, { eimConfigurations: [configuration()] });
    expect(askHex(euicc, 'BF34048202011E')).toBe('BF3403800101');
    expect(euicc.profiles).toHaveLength(2);
    expect(euicc.eimConfigurations).toHaveLength(1);
  });

  test('catBusy(5); 6A80 without options', () => {
    const euicc = twoProfiles();
    euicc.setCatBusy(true);
    expect(askHex(euicc, 'BF340482020780')).toBe('BF3403800105');
    expect(refused(euicc, 'BF3400')).toBe('6A80');
  });

  test('SetDefaultDpAddress', () => {
    const euicc = openedConsumerEuicc();
    expect(askHex(euicc, `BF3F128010${hex(utf8(SMDP_ADDRESS))}`)).toBe('BF3F03800100');
    expect(askHex(euicc, 'BF3C00')).toBe('BF3C238010736D64702E6578616D706C652E636F6D810F6C70612E64732E67736D612E636F6D');
    expect(askHex(euicc, 'BF3F028000')).toBe('BF3F03800100');
    expect(euicc.defaultSmdpAddress).toBeUndefined();
    expect(askHex(euicc, 'BF3F00')).toBe('BF3F0380017F');
  });
});

describe('which assistant was declared', () => {
  const ADDRESSES = 'BF3C00';
  const CHALLENGE = 'BF2E00';
  const EID_REQUEST = 'BF3E035C015A';

  function statuses(options: Partial<SimulatedEuiccOptions>, terminalCapability: string): string[] {
    return [ADDRESSES, CHALLENGE, EID_REQUEST].map((request) => {
      const euicc = makeEuicc(options);
      openIsdr(euicc, terminalCapability);
      return es10(euicc, fromHex(request)).status.toString(16).toUpperCase();
    });
  }

  test('consumer: an IPA in the device does not count, any part of an LPA does', () => {
    expect(statuses({ kind: 'consumer' }, IPAD)).toEqual(['6985', '6985', '6985']);
    for (const capability of ['A903830101', 'A903830102', 'A903830104']) {
      expect(statuses({ kind: 'consumer' }, capability)).toEqual(['9000', '9000', '9000']);
    }
    expect(statuses({ kind: 'consumer' }, 'A903830108')).toEqual(['6985', '6985', '6985']);
  });

  test('consumer, matching: LDSd for ES10a, LPDd for ES10b, LUId for ES10c', () => {
    const options = { kind: 'consumer', assistantCheck: 'matching' } as const;
    expect(statuses(options, 'A903830104')).toEqual(['9000', '6985', '6985']);
    expect(statuses(options, 'A903830102')).toEqual(['6985', '9000', '6985']);
    expect(statuses(options, 'A903830101')).toEqual(['6985', '6985', '9000']);
    expect(statuses(options, LPAD)).toEqual(['9000', '9000', '9000']);
  });

  test('IoT: an LPA is enough unless it has to be an IPA', () => {
    expect(statuses({}, 'A903830102')).toEqual(['9000', '9000', '9000']);
    expect(statuses({ assistantCheck: 'matching' }, LPAD)).toEqual(['6985', '6985', '6985']);
    expect(statuses({ assistantCheck: 'matching' }, IPAD)).toEqual(['9000', '9000', '9000']);
  });

  test('no check, and another status word', () => {
    expect(statuses({ assistantCheck: 'none' }, 'A903840100')).toEqual(['9000', '9000', '9000']);
    expect(statuses({ assistantMissingStatus: 0x6a80 }, 'A903840100')).toEqual(['6A80', '6A80', '6A80']);
  });
});
