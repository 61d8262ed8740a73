// SPDX-License-Identifier: Apache-2.0
// The class Euicc against the simulated eUICC, whose codec is another one; functions that an IoT eUICC does not have against bytes.

import { describe, expect, it } from 'vitest';
import { Es10Error, Euicc } from '../../../host/es10/index.js';
import type { CardSlot, Transport } from '../../../host/interfaces.js';
import { fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { encodeEimConfigurationData } from '../../../host/sim/eim/index.js';
import { DEFAULT_EID } from '../../../host/sim/pki/index.js';
import { makeMetadata, notifyAll } from '../../../host/sim/profile/index.js';
import { es10, openedEuicc, pki } from '../../sim/euicc/support/card.js';
import { cardInstance } from './card-instance.js';

const [FIRST, SECOND] = ['89000123456789012341', '89000123456789012358'];
const card: CardSlot = { reset: () => new Uint8Array(), powerOff: () => {}, transmit: () => new Uint8Array() };
const transport = {} as Transport;

function simulated(options: Parameters<typeof openedEuicc>[0] = {}) {
  const sim = openedEuicc({
    profiles: [
      { metadata: makeMetadata({ iccid: FIRST, profileName: 'First', notifications: notifyAll('smdp.example.com') }), state: 'enabled' },
      { metadata: makeMetadata({ iccid: SECOND, profileName: 'Zweites Ö', serviceProviderName: 'Acme' }) },
    ],
    ...options,
  });
  const instance = cardInstance((request) => {
    const { data, status } = es10(sim, request);
    if (status !== 0x9000) throw new Error(`status word ${status.toString(16)} for ${hex(request)}`);
    return data;
  });
  return { sim, instance, euicc: new Euicc({ instance, card, transport }) };
}

/** An eUICC that answers these bytes, and what it was asked. */
function answering(response: string, options: ConstructorParameters<typeof Euicc>[1] = {}) {
  const instance = cardInstance(() => fromHex(response));
  return { euicc: new Euicc({ instance, card, transport }, options), asked: () => instance.requests.map(hex) };
}

describe('the simulated eUICC', () => {
  it('tells what it is', async () => {
    const { euicc } = simulated({ defaultSmdpAddress: 'smdp.example.com' });
    expect(await euicc.eid()).toBe(DEFAULT_EID);
    const info1 = await euicc.info1();
    expect(info1.euiccCiPKIdListForSigning).toEqual([hex(pki.ciPkId)]);
    expect(await euicc.info2()).toMatchObject({ ...info1, ipaMode: 'ipad', iotVersions: [expect.stringMatching(/^1\.\d\.\d$/)] });
    expect((await euicc.info2()).resource.freeNonVolatileBytes).toBeGreaterThan(10_000);
    expect(await euicc.configuredAddresses()).toMatchObject({ defaultSmdpAddress: 'smdp.example.com' });
    const certificates = await euicc.certificates();
    expect(hex(certificates.euicc)).toBe(hex(pki.euicc.certificate));
    expect(hex(certificates.eum)).toBe(hex(pki.eum.certificate));
    expect(await euicc.rat()).toBeInstanceOf(Array);
  });

  it('tells its profiles, all fields when asked', async () => {
    const { euicc } = simulated();
    expect(await euicc.profiles()).toMatchObject([
      { iccid: FIRST, state: 'enabled', profileName: 'First', profileClass: 'operational' },
      { iccid: SECOND, state: 'disabled', profileName: 'Zweites Ö', serviceProviderName: 'Acme' },
    ]);
    const fields = ['iccid', 'notificationConfigurations', 'fallbackAttribute', 'fallbackAllowed'] as const;
    const [first] = await euicc.profiles({ iccid: FIRST, fields });
    expect(first).toMatchObject({ iccid: FIRST, fallbackAttribute: undefined, profileName: undefined });
    expect(first!.notificationConfigurations!.map(({ address }) => address)).toContain('smdp.example.com');
    expect(await euicc.profiles({ profileClass: 'test' })).toEqual([]);
  });

  it('takes and forgets a default SM-DP+', async () => {
    const { euicc, sim } = simulated();
    await euicc.setDefaultSmdpAddress('dp.example.com:8443');
    expect(sim.defaultSmdpAddress).toBe('dp.example.com:8443');
    expect(await euicc.reset('resetDefaultSmdpAddress')).toMatchObject({ profiles: true });
    expect(sim.defaultSmdpAddress).toBeUndefined();
    expect(await euicc.reset('resetDefaultSmdpAddress')).toMatchObject({ profiles: false });
  });

  it('takes its first eIM, tells it, and refuses another', async () => {
    const { euicc } = simulated();
    expect(await euicc.eims()).toEqual([]);
    const eim = encodeEimConfigurationData({
      eimId: 'eim.example.com',
      counterValue: 0,
      associationToken: -1,
      eimPublicKeyData: { certificate: pki.eimSign.certificate },
    });
    expect(await euicc.addInitialEim([eim])).toEqual([1]);
    const [known] = await euicc.eims();
    expect(known).toMatchObject({ eimId: 'eim.example.com', associationToken: 1, counterValue: undefined });
    expect(hex(known!.publicKey!.bytes)).toBe(hex(pki.eimSign.certificate));
    const error = await euicc.addInitialEim([eim]).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Es10Error);
    expect(error).toMatchObject({ code: 'associatedEimAlreadyExists', advice: expect.stringContaining('reset of the eIM configuration') });
    expect(await euicc.reset('resetEimConfigData')).toMatchObject({ eimConfiguration: true });
    expect(await euicc.eims()).toEqual([]);
  });

  it('goes to its fallback profile and returns, and the notifications of that can be read and removed', async () => {
    const notifying = { notifications: notifyAll('smdp.example.com') };
    const { euicc, sim } = simulated({
      profiles: [
        { metadata: makeMetadata({ iccid: FIRST, ...notifying }), state: 'enabled' },
        { metadata: makeMetadata({ iccid: SECOND, fallbackAllowed: true, ...notifying }), fallbackAttribute: true },
      ],
    });
    await expect(euicc.returnFromFallback()).rejects.toMatchObject({ code: 'fallbackNotAvailable' });
    await euicc.executeFallback();
    expect(sim.profiles.map(({ state }) => state)).toEqual(['disabled', 'enabled']);
    await expect(euicc.executeFallback()).rejects.toMatchObject({ code: 'profileNotInDisabledState' });
    await euicc.returnFromFallback();
    expect(sim.profiles.map(({ state }) => state)).toEqual(['enabled', 'disabled']);
    const listed = await euicc.notifications();
    expect(listed.map(({ events, iccid }) => [events.join(), iccid])).toEqual([
      ['disable', FIRST],
      ['enable', SECOND],
      ['disable', SECOND],
      ['enable', FIRST],
    ]);
    const { seqNumber } = listed[0]!;
    const { notifications } = await euicc.retrieveNotifications({ seqNumber });
    expect(notifications).toMatchObject([{ kind: 'otherSignedNotification', metadata: listed[0] }]);
    expect(await euicc.removeNotification(seqNumber)).toBe(true);
    expect(await euicc.removeNotification(seqNumber)).toBe(false);
    expect(await euicc.notifications()).toHaveLength(3);
    expect(await euicc.notifications(['enable'])).toHaveLength(2);
  });

  it('refuses what it cannot do now by name', async () => {
    const { euicc } = simulated();
    await expect(euicc.rollback()).rejects.toMatchObject({ functionName: 'ProfileRollback', code: 'rollbackNotAllowed' });
    await expect(euicc.immediateEnable()).rejects.toBeInstanceOf(Es10Error);
    await expect(euicc.enableEmergencyProfile()).rejects.toMatchObject({ code: 'ecallNotAvailable' });
    await expect(euicc.connectivityParameters()).rejects.toMatchObject({ code: 'parametersNotAvailable' });
    await euicc.configureImmediateEnabling({ enabled: true, smdpAddress: 'smdp.example.com' });
  });
});

describe('a consumer eUICC', () => {
  it('is asked by the functions of SGP.22', async () => {
    const lpad = { assistant: 'lpad' } as const;
    const address = answering('BF3F03800100', lpad);
    await address.euicc.setDefaultSmdpAddress('a.b');
    expect(address.asked()).toEqual(['BF3F058003612E62']);
    const reset = answering('BF3403800100', lpad);
    await reset.euicc.reset('deleteOperationalProfiles');
    expect(reset.asked()).toEqual(['BF340482020780']);
  });

  it('enables, disables, deletes and names profiles', async () => {
    const enable = answering('BF3103800100');
    await enable.euicc.enable(FIRST);
    await enable.euicc.enable({ isdpAid: 'A0000005591010FFFFFFFF8900001100' }, { refresh: true });
    expect(enable.asked()).toEqual(['BF3111A00C5A0A98001032547698103214810100', 'BF3117A0124F10A0000005591010FFFFFFFF89000011008101FF']);
    const disable = answering('BF3203800105');
    await expect(disable.euicc.disable(FIRST)).rejects.toMatchObject({ code: 'catBusy', advice: expect.stringContaining('wait') });
    const remove = answering('BF3303800100');
    await remove.euicc.delete(FIRST);
    expect(remove.asked()).toEqual(['BF330C5A0A98001032547698103214']);
    const nickname = answering('BF2903800100');
    await nickname.euicc.setNickname(FIRST, 'x');
    expect(nickname.asked()).toEqual(['BF290F5A0A98001032547698103214900178']);
  });

  it('refuses in words what it is asked wrongly', async () => {
    await expect(answering('').euicc.enable('12')).rejects.toThrow(RangeError);
    await expect(answering('').euicc.eid()).rejects.toMatchObject({ code: 'malformedResponse' });
  });
});
