// SPDX-License-Identifier: Apache-2.0
// Functions with which the IPA itself changes the enabled profile: rollback, immediate enabling, fallback, emergency profile, memory reset
// (SGP.32 v1.2 §5.9.5, §5.9.15 to §5.9.17, §5.9.20 to §5.9.23).
import { describe, expect, test } from 'vitest';
import { child, need, readInteger, tlv } from '../../../host/sim/codec/ber.js';
import { hex } from '../../../host/sim/codec/bytes.js';
import { deleteEim } from '../../../host/sim/eim/packages/eco.js';
import { configureImmediateEnable, enable, getRat } from '../../../host/sim/eim/packages/psmo.js';
import type { PreinstalledProfile, SimulatedEuicc, SimulatedEuiccOptions } from '../../../host/sim/euicc/index.js';
import { type MetadataOptions, makeMetadata, notifyAll } from '../../../host/sim/profile/index.js';
import { ask, askHex, es10, openedEuicc, openIsdr, refused, SMDP_ADDRESS } from './support/card.js';
import { configuration, EIM_ID, managedEuicc, packageRequest, run, signedErrorCode, verified } from './support/eim.js';
import { authenticate, authenticateRequest, ICCID, prepare, prepareRequest, segments } from './support/server.js';

const A = ICCID;
const B = '89000123456789012358';

function profile(iccid: string, change: Partial<MetadataOptions> = {}): PreinstalledProfile {
  return { metadata: makeMetadata({ iccid, notifications: notifyAll(SMDP_ADDRESS), ...change }) };
}

function twoProfiles(changeB: Partial<MetadataOptions> = {}, options: Partial<SimulatedEuiccOptions> = {}): SimulatedEuicc {
  return managedEuicc({ profiles: [{ ...profile(A), state: 'enabled' }, profile(B, changeB)], ...options });
}

function enabled(euicc: SimulatedEuicc): string | undefined {
  return euicc.profiles.find((each) => each.state === 'enabled')?.iccid;
}

/** The single result code of a function with a refreshFlag. */
function code(euicc: SimulatedEuicc, tag: number): number {
  return readInteger(need(ask(euicc, tlv(tag, tlv(0x80, Uint8Array.of(0)))), 0x80));
}

describe('ProfileRollback', () => {
  const rollback = 'BF58038001FF';

  test('ok(0): the previous profile again, and a new result in place of the old one', () => {
    const euicc = twoProfiles();
    run(euicc, { psmos: [enable(B, { rollback: true })] });
    openIsdr(euicc);
    const response = ask(euicc, rollback);
    expect(readInteger(need(response, 0x02))).toBe(0);
    const data = verified(need(need(response, 0xbf51), 0xa0));
    expect(readInteger(need(data, 0x81))).toBe(11);
    expect(hex(need(data, 0x82).value)).toBe('0123456789ABCDEF');
    expect(hex(need(data, 0x30).raw)).toBe('30038C0100');
    expect(enabled(euicc)).toBe(A);
    const seqNumber = readInteger(need(data, 0x83));
    expect(euicc.packageResults.map((each) => each.seqNumber)).toEqual([seqNumber]);
    expect(euicc.notifications.map((each) => [each.event, each.iccid])).toEqual([
      ['disable', A],
      ['enable', B],
      ['disable', B],
      ['enable', A],
    ]);
    expect(euicc.refreshPending).toBe(true);
  });

  test('only once; the flag may also come as 01', () => {
    const euicc = twoProfiles();
    run(euicc, { psmos: [enable(B, { rollback: true })] });
    expect(readInteger(need(ask(euicc, 'BF58030101FF'), 0x02))).toBe(0);
    expect(askHex(euicc, rollback)).toBe('BF5803020101');
  });

  test('rollbackNotAllowed(1) without permission', () => {
    const euicc = twoProfiles();
    expect(askHex(euicc, rollback)).toBe('BF5803020101');
    run(euicc, { psmos: [enable(B)] });
    expect(askHex(euicc, rollback)).toBe('BF5803020101');
    expect(enabled(euicc)).toBe(B);
  });

  test('rollbackNotAllowed(1) after the next package, or when the result was delivered, or the eIM is gone', () => {
    const rollbackAfter = (change: (euicc: SimulatedEuicc) => void): string => {
      const euicc = twoProfiles();
      run(euicc, { psmos: [enable(B, { rollback: true })] });
      change(euicc);
      return askHex(euicc, rollback);
    };
    expect(rollbackAfter((euicc) => run(euicc, { psmos: [getRat()] }))).toBe('BF5803020101');
    expect(rollbackAfter((euicc) => run(euicc, { ecos: [deleteEim(EIM_ID)] }))).toBe('BF5803020101');
    expect(rollbackAfter((euicc) => askHex(euicc, 'BF3003800101'))).toBe('BF5803020101');
    expect(rollbackAfter((euicc) => askHex(euicc, 'BF640482020204'))).toBe('BF5803020101');
  });

  test('catBusy(5), and the permission stays', () => {
    const euicc = twoProfiles();
    run(euicc, { psmos: [enable(B, { rollback: true })] });
    euicc.setCatBusy(true);
    expect(askHex(euicc, rollback)).toBe('BF5803020105');
    euicc.setCatBusy(false);
    expect(readInteger(need(ask(euicc, rollback), 0x02))).toBe(0);
  });

  test('without refreshFlag: 6A80', () => {
    expect(refused(twoProfiles(), 'BF5800')).toBe('6A80');
  });
});

describe('ImmediateEnable', () => {
  function installed(euicc: SimulatedEuicc): SimulatedEuicc {
    for (const segment of segments(prepare(euicc))) es10(euicc, segment);
    return euicc;
  }

  test('ok(0) for the profile just installed, once', () => {
    const euicc = openedEuicc();
    expect(askHex(euicc, 'BF59028000')).toBe('BF5903800100');
    installed(euicc);
    expect(code(euicc, 0xbf5a)).toBe(0);
    expect(enabled(euicc)).toBe(ICCID);
    expect(code(euicc, 0xbf5a)).toBe(4);
  });

  test('immediateEnableNotAvailable(1) when not configured, or for another SM-DP+', () => {
    expect(code(installed(openedEuicc()), 0xbf5a)).toBe(1);
    const euicc = managedEuicc();
    run(euicc, { psmos: [configureImmediateEnable({ enable: true, smdpAddress: 'other.example.com' })] });
    expect(code(installed(euicc), 0xbf5a)).toBe(1);
    const byOid = managedEuicc();
    run(byOid, { psmos: [configureImmediateEnable({ enable: true, smdpOid: '2.999.11' })] });
    expect(code(installed(byOid), 0xbf5a)).toBe(1);
  });

  test('ok(0) for the configured SM-DP+', () => {
    const euicc = managedEuicc();
    run(euicc, { psmos: [configureImmediateEnable({ enable: true, smdpOid: '2.999.10', smdpAddress: SMDP_ADDRESS })] });
    expect(code(installed(euicc), 0xbf5a)).toBe(0);
  });

  test('noSessionContext(4) after a reset; catBusy(5)', () => {
    const euicc = openedEuicc();
    askHex(euicc, 'BF59028000');
    installed(euicc);
    euicc.setCatBusy(true);
    expect(code(euicc, 0xbf5a)).toBe(5);
    openIsdr(euicc);
    expect(code(euicc, 0xbf5a)).toBe(4);
  });

  test('ConfigureImmediateProfileEnabling: undefinedError(127) for an OID or address that can be none, and nothing is stored', () => {
    const euicc = openedEuicc();
    for (const request of ['BF590480008100', 'BF59058000810188', 'BF590480008200']) expect(askHex(euicc, request)).toBe('BF590380017F');
    expect(code(installed(euicc), 0xbf5a)).toBe(1);
  });

  test('ConfigureImmediateProfileEnabling: associatedEimAlreadyExists(2) once an eIM is there', () => {
    const euicc = managedEuicc();
    expect(askHex(euicc, 'BF59028000')).toBe('BF5903800102');
    expect(code(installed(euicc), 0xbf5a)).toBe(1);
  });
});

describe('fallback', () => {
  const FALLBACK: Partial<MetadataOptions> = { fallbackAllowed: true };
  const withFallback = (state: 'enabled' | 'disabled' = 'enabled') =>
    managedEuicc({
      profiles: [
        { ...profile(A), state },
        { ...profile(B, FALLBACK), fallbackAttribute: true },
      ],
    });

  test('there and back', () => {
    const euicc = withFallback();
    expect(code(euicc, 0xbf5d)).toBe(0);
    expect(enabled(euicc)).toBe(B);
    openIsdr(euicc);
    expect(code(euicc, 0xbf5d)).toBe(2);
    expect(code(euicc, 0xbf5e)).toBe(0);
    expect(enabled(euicc)).toBe(A);
    expect(code(euicc, 0xbf5e)).toBe(6);
  });

  test('an eUICC without fallback: fallbackNotAvailable(6)', () => {
    const euicc = openedEuicc({
      fallbackSupported: false,
      profiles: [
        { ...profile(A), state: 'enabled' },
        { ...profile(B, FALLBACK), fallbackAttribute: true },
      ],
    });
    expect(code(euicc, 0xbf5d)).toBe(6);
  });

  test('commandError(7) without an enabled profile, fallbackNotAvailable(6) without a fallback profile', () => {
    expect(code(withFallback('disabled'), 0xbf5d)).toBe(7);
    expect(code(twoProfiles(), 0xbf5d)).toBe(6);
    expect(code(twoProfiles(), 0xbf5e)).toBe(6);
  });

  test('catBusy(5) both ways', () => {
    const euicc = withFallback();
    euicc.setCatBusy(true);
    expect(code(euicc, 0xbf5d)).toBe(5);
    euicc.setCatBusy(false);
    code(euicc, 0xbf5d);
    euicc.setCatBusy(true);
    expect(code(euicc, 0xbf5e)).toBe(5);
  });

  test('it ends a permission to roll back; an enable ends the way back', () => {
    const euicc = withFallback();
    run(euicc, { psmos: [enable(B, { rollback: true })] });
    run(euicc, { psmos: [enable(A, { rollback: true })] });
    expect(code(euicc, 0xbf5d)).toBe(0);
    expect(askHex(euicc, 'BF58038001FF')).toBe('BF5803020101');
    run(euicc, { psmos: [enable(A)] });
    run(euicc, { psmos: [enable(B)] });
    expect(code(euicc, 0xbf5e)).toBe(6);
  });
});

describe('emergency profile', () => {
  const ECALL: Partial<MetadataOptions> = { ecallIndication: true };

  test('there and back', () => {
    const euicc = twoProfiles(ECALL);
    expect(code(euicc, 0xbf5b)).toBe(0);
    expect(enabled(euicc)).toBe(B);
    expect(code(euicc, 0xbf5b)).toBe(2);
    expect(code(euicc, 0xbf5c)).toBe(0);
    expect(enabled(euicc)).toBe(A);
    expect(code(euicc, 0xbf5c)).toBe(2);
  });

  test('back to no profile', () => {
    const euicc = openedEuicc({ profiles: [profile(B, ECALL)] });
    code(euicc, 0xbf5b);
    expect(code(euicc, 0xbf5c)).toBe(0);
    expect(enabled(euicc)).toBeUndefined();
  });

  test('ecallNotAvailable(8), catBusy(5)', () => {
    expect(code(twoProfiles(), 0xbf5b)).toBe(8);
    const euicc = twoProfiles(ECALL);
    euicc.setCatBusy(true);
    expect(code(euicc, 0xbf5b)).toBe(5);
    euicc.setCatBusy(false);
    code(euicc, 0xbf5b);
    euicc.setCatBusy(true);
    expect(code(euicc, 0xbf5c)).toBe(5);
  });

  test('while it is in use, fallback and memory reset answer ecallActive(104)', () => {
    const euicc = openedEuicc({
      profiles: [{ ...profile(A, { fallbackAllowed: true }), state: 'enabled', fallbackAttribute: true }, profile(B, ECALL)],
    });
    code(euicc, 0xbf5b);
    expect(code(euicc, 0xbf5d)).toBe(104);
    expect(askHex(euicc, 'BF640482020780')).toBe('BF6403800168');
  });

  /** After BF5B the profile with ecallIndication is enabled. */
  const emergency = (): SimulatedEuicc => openedEuicc({ eimConfigurations: [configuration()], profiles: [profile(B, ECALL)] });

  test('packages: ecallActive(104), signed; again possible when it is over', () => {
    const euicc = emergency();
    code(euicc, 0xbf5b);
    expect(signedErrorCode(euicc, packageRequest(euicc, { psmos: [getRat()] }))).toBe(104);
    code(euicc, 0xbf5c);
    expect(run(euicc, { psmos: [getRat()] })).toHaveLength(1);
  });

  test('downloads: AuthenticateServer and PrepareDownload answer ecallActive(104)', () => {
    const error = (euicc: SimulatedEuicc, request: Uint8Array): number => readInteger(need(need(ask(euicc, request), 0xa1), 0x02));
    const euicc = emergency();
    code(euicc, 0xbf5b);
    expect(error(euicc, authenticateRequest(euicc))).toBe(104);
    code(euicc, 0xbf5c);
    const signature = authenticate(euicc);
    code(euicc, 0xbf5b);
    expect(error(euicc, prepareRequest(signature))).toBe(104);
    code(euicc, 0xbf5c);
    expect(need(ask(euicc, prepareRequest(signature)), 0xa0)).toBeDefined();
  });

  test('a profile just installed is not enabled at once: undefinedError(127)', () => {
    const euicc = openedEuicc({ profiles: [profile(B, ECALL)] });
    askHex(euicc, 'BF59028000');
    for (const segment of segments(prepare(euicc))) es10(euicc, segment);
    code(euicc, 0xbf5b);
    expect(code(euicc, 0xbf5a)).toBe(127);
    code(euicc, 0xbf5c);
    expect(code(euicc, 0xbf5a)).toBe(0);
  });

  test('an eUICC without emergency profiles: ecallNotAvailable(8), and nothing is refused for one', () => {
    const euicc = openedEuicc({ ecallSupported: false, profiles: [profile(B, ECALL)] });
    expect(code(euicc, 0xbf5b)).toBe(8);
    expect(enabled(euicc)).toBeUndefined();
    const enabledAlready = managedEuicc({ ecallSupported: false, profiles: [{ ...profile(B, ECALL), state: 'enabled' }] });
    expect(run(enabledAlready, { psmos: [getRat()] })).toHaveLength(1);
  });
});

describe('eUICCMemoryReset', () => {
  test('each option deletes its own kind, and what is asked for is answered', () => {
    const euicc = openedEuicc({
      defaultSmdpAddress: SMDP_ADDRESS,
      eimConfigurations: [configuration()],
      profiles: [
        { ...profile(A), state: 'enabled' },
        profile(B, { profileClass: 'provisioning' }),
        profile('8900012345678901236', { profileClass: 'test' }),
      ],
    });
    expect(askHex(euicc, 'BF640482020640')).toBe('BF6403800101');
    expect(askHex(euicc, 'BF640482020410')).toBe('BF6403800100');
    expect(askHex(euicc, 'BF640482020308')).toBe('BF6403800100');
    expect(askHex(euicc, 'BF640482020520')).toBe('BF6403800100');
    expect(euicc.defaultSmdpAddress).toBeUndefined();
    expect(euicc.profiles.map((each) => each.iccid)).toEqual([A]);
    expect(askHex(euicc, 'BF640482020186')).toBe('BF6409800100810100820100');
    expect(euicc.profiles).toEqual([]);
    expect(euicc.eimConfigurations).toEqual([]);
    expect(euicc.refreshPending).toBe(true);
    expect(askHex(euicc, 'BF640482020186')).toBe('BF6409800101810101820100');
  });

  test('a test profile that was downloaded is field-loaded', () => {
    const euicc = openedEuicc();
    const metadata = makeMetadata({ iccid: ICCID, profileClass: 'test' });
    for (const segment of segments(prepare(euicc), { metadata })) es10(euicc, segment);
    expect(askHex(euicc, 'BF640482020410')).toBe('BF6403800101');
    expect(askHex(euicc, 'BF640482020640')).toBe('BF6403800100');
  });

  test('deleted profiles are notified, policy rules do not matter', () => {
    const euicc = openedEuicc({
      profiles: [{ ...profile(A, { profilePolicyRules: ['ppr1', 'ppr2'], owner: { mccMnc: '26201' } }), state: 'enabled' }],
    });
    expect(askHex(euicc, 'BF640482020780')).toBe('BF6403800100');
    expect(euicc.notifications.map((each) => each.event)).toEqual(['disable', 'delete']);
  });

  test('eimResetNotSupported(2), resetIECNotSupported(1), and nothing is forgotten', () => {
    const euicc = openedEuicc({ eimResetSupported: false, immediateEnableResetSupported: false, eimConfigurations: [configuration()] });
    expect(askHex(euicc, 'BF640482020106')).toBe('BF6409800101810102820101');
    expect(euicc.eimConfigurations).toHaveLength(1);
  });

  test('each of the seven options alone', () => {
    const euicc = openedEuicc({
      defaultSmdpAddress: SMDP_ADDRESS,
      eimConfigurations: [configuration()],
      profiles: [profile(A), profile(B, { profileClass: 'provisioning' }), profile('8900012345678901236', { profileClass: 'test' })],
    });
    const answers = ['0780', '0640', '0520', '0410', '0308', '0204', '0102'].map((options) => askHex(euicc, `BF64048202${options}`));
    expect(answers).toEqual([
      'BF6403800100',
      'BF6403800101',
      'BF6403800100',
      'BF6403800100',
      'BF6403800100',
      'BF6406800101810100',
      'BF6406800101820100',
    ]);
    expect(euicc.profiles).toEqual([]);
    expect(euicc.defaultSmdpAddress).toBeUndefined();
    expect(euicc.eimConfigurations).toEqual([]);
  });

  test('catBusy(5); 6A80 without options', () => {
    const euicc = openedEuicc();
    euicc.setCatBusy(true);
    expect(askHex(euicc, 'BF640482020780')).toBe('BF6403800105');
    expect(refused(euicc, 'BF6400')).toBe('6A80');
  });

  test('notifications stay', () => {
    const euicc = twoProfiles();
    run(euicc, { psmos: [enable(B)] });
    askHex(euicc, 'BF640482020186');
    expect(child(ask(euicc, 'BF2B00'), 0xa0)!.children.length).toBeGreaterThan(2);
  });
});
