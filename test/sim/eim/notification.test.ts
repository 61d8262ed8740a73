// SPDX-License-Identifier: Apache-2.0
// ESipa.HandleNotification (SGP.32 v1.2 §6.3.2.4) and notifications on other routes: what is verified, forwarded and settled.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTlv, tlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { EimService, psmo } from '../../../host/sim/eim/index.js';
import { decodePendingNotification } from '../../../host/sim/eim/results/pending-notification.js';
import { createTestPki } from '../../../host/sim/pki/index.js';
import { damageSignature, EID, ICCID, SMDP_ADDRESS, TestCard } from './support/card.js';
import { ask, getEimPackage, lastEvent, provideResult, serviceFor } from './support/messages.js';
import { Rig } from './support/rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
});
afterAll(() => rig.close());

const pendingNotification = (notification: Uint8Array) => tlv(0xbf3d, tlv(0xa0, notification));

async function handle(eim: EimService, message: Uint8Array): Promise<number> {
  const { status, body } = await eim.handle(message);
  expect(body.length).toBe(0);
  return status;
}

describe('other signed notifications', () => {
  test('verified by their own certificates, forwarded byte for byte', async () => {
    const eim = rig.service();
    const notification = rig.card.notification('enable', 10);
    expect(await handle(eim, pendingNotification(notification))).toBe(204);
    expect(lastEvent(eim, 'notification')).toMatchObject({
      verified: true,
      eid: EID,
      forwarded: 'taken',
      notification: { metadata: { seqNumber: 10, events: ['enable'], address: SMDP_ADDRESS, iccid: ICCID } },
    });
    expect(hex(rig.smdp.notifications.at(-1)!.raw)).toBe(hex(notification));
  });

  test('of a device that is not registered → forwarded all the same', async () => {
    const eim = new EimService({ pki: rig.pki });
    expect(await handle(eim, pendingNotification(rig.card.notification('delete', 11)))).toBe(204);
    expect(lastEvent(eim, 'notification')).toMatchObject({ verified: true, forwarded: 'none' });
    expect(lastEvent(eim, 'notification')).not.toHaveProperty('eid');
  });

  test('the device learns its certificates from it', async () => {
    const eim = new EimService({ pki: rig.pki });
    eim.register({ eid: EID });
    await handle(eim, pendingNotification(rig.card.notification('disable', 12)));
    expect(eim.device(EID)?.euiccCertificate).toBeDefined();
  });

  test("certificates of another CI → not verified, but not the eIM's to refuse", async () => {
    const eim = rig.service();
    const stranger = new TestCard(await createTestPki());
    expect(await handle(eim, pendingNotification(stranger.notification('enable', 1)))).toBe(204);
    expect(lastEvent(eim, 'notification')).toMatchObject({ verified: false, problem: expect.stringContaining('certificates') });
  });

  test('damaged signature → 400, not forwarded', async () => {
    const eim = rig.service();
    const notification = rig.card.notification('enable', 13);
    const at = hex(notification).indexOf('5F3740') / 2 + 30;
    notification[at]! ^= 1;
    expect(await handle(eim, pendingNotification(notification))).toBe(400);
    expect(lastEvent(eim, 'notification')).toMatchObject({ verified: false, forwarded: 'none', problem: 'the eUICC signature is wrong' });
  });
});

describe('installation results', () => {
  test('without a session: the signature tells the device', async () => {
    const eim = rig.service();
    expect(await handle(eim, pendingNotification(rig.card.installationResult(fromHex('0102'))))).toBe(204);
    expect(lastEvent(eim, 'notification')).toMatchObject({ verified: true, eid: EID });
  });

  test('nobody has signed it → not verified, forwarded for the SM-DP+ to judge', async () => {
    const eim = rig.service();
    expect(await handle(eim, pendingNotification(damageSignature(rig.card.installationResult(fromHex('0102')))))).toBe(204);
    expect(lastEvent(eim, 'notification')).toMatchObject({
      verified: false,
      problem: 'no registered device has signed it',
      forwarded: 'taken',
    });
  });
});

describe('forwarding', () => {
  test('SM-DP+ cannot be reached → 503, so that the eUICC keeps it', async () => {
    const eim = rig.service();
    rig.smdp.failNext('handleNotification', 503);
    const message = pendingNotification(rig.card.notification('enable', 14));
    expect(await handle(eim, message)).toBe(503);
    expect(lastEvent(eim, 'notification').forwarded).toBe('unreachable');
    expect(await handle(eim, message)).toBe(204);
  });

  test('SM-DP+ refuses for good → settled', async () => {
    const eim = rig.service();
    rig.smdp.failNext('handleNotification', 400);
    expect(await handle(eim, pendingNotification(rig.card.notification('enable', 15)))).toBe(204);
    expect(lastEvent(eim, 'notification').forwarded).toBe('refused');
  });

  test('an address that leads nowhere → settled', async () => {
    const eim = rig.service();
    expect(await handle(eim, pendingNotification(rig.card.notification('enable', 16, 'gone.example.com')))).toBe(204);
    expect(lastEvent(eim, 'notification').forwarded).toBe('none');
  });

  test('beside a package result: what could not be forwarded is not acknowledged', async () => {
    const eim = rig.service();
    const item = eim.queue(EID, { kind: 'euiccPackage', psmos: [psmo.enable(ICCID)] });
    await ask(eim, getEimPackage());
    const result = rig.card.packageResult({ counterValue: 1, eimTransactionId: item.eimTransactionId!, seqNumber: 20 });
    rig.smdp.failNext('handleNotification', 500);
    const list = tlv(0xa0, rig.card.notification('disable', 21), rig.card.notification('enable', 22));
    expect(hex((await ask(eim, provideResult(tlv(0x30, result, list)))).raw)).toBe('BF5009BF5306800114800116');
  });
});

describe('results without an answer (BF50 inside BF3D)', () => {
  async function triggered(): Promise<{ eim: EimService; tid: Uint8Array }> {
    const eim = rig.service();
    const item = eim.queue(EID, { kind: 'download', contactDefaultSmdp: true });
    await ask(eim, getEimPackage());
    return { eim, tid: item.eimTransactionId! };
  }

  test('direct download installed: verified, finished, not forwarded (the IPA does that)', async () => {
    const { eim, tid } = await triggered();
    const before = rig.smdp.notifications.length;
    const report = tlv(0xbf54, tlv(0x82, tid), rig.card.installationResult(fromHex('0A')));
    expect(await handle(eim, tlv(0xbf3d, provideResult(report)))).toBe(204);
    expect(lastEvent(eim, 'downloadResult')).toMatchObject({
      verified: true,
      installation: { outcome: { success: true } },
      item: { status: 'finished' },
    });
    expect(rig.smdp.notifications.length).toBe(before);
  });

  test('direct download with a forged result → logged as such', async () => {
    const { eim, tid } = await triggered();
    const report = tlv(0xbf54, tlv(0x82, tid), damageSignature(rig.card.installationResult(fromHex('0A'))));
    expect(await handle(eim, tlv(0xbf3d, provideResult(report)))).toBe(204);
    expect(lastEvent(eim, 'downloadResult')).toMatchObject({ verified: false, problem: 'the eUICC signature is wrong' });
  });

  test('without transaction: about what was fetched last', async () => {
    const { eim } = await triggered();
    expect(await handle(eim, tlv(0xbf3d, provideResult(tlv(0xbf54, fromHex('300380017F')))))).toBe(204);
    expect(lastEvent(eim, 'downloadResult')).toMatchObject({ error: { reason: 127 }, item: { status: 'finished' } });
  });

  test('a package result, delivered late', async () => {
    const eim = rig.service();
    const item = eim.queue(EID, { kind: 'euiccPackage', psmos: [psmo.enable(ICCID)] });
    await ask(eim, getEimPackage());
    const result = rig.card.packageResult({ counterValue: 1, eimTransactionId: item.eimTransactionId!, seqNumber: 30 });
    expect(await handle(eim, tlv(0xbf3d, provideResult(result)))).toBe(204);
    expect(item.status).toBe('finished');
  });

  test('from an unknown device → 400', async () => {
    const { eim } = await triggered();
    const report = tlv(0xbf54, fromHex('300380017F'));
    expect(await handle(eim, tlv(0xbf3d, provideResult(report, '89044045116727494800000004479366')))).toBe(400);
  });
});

describe('malformed', () => {
  test.each([
    ['nothing in it', 'BF3D00'],
    ['an empty notification', 'BF3D02A000'],
    ['an unknown kind', 'BF3D04A0028100'],
    ['an installation result without its data', 'BF3D06A004BF370100'],
    ['a notification without certificates', 'BF3D1DA01B3019BF2F0E80010A810206400C05612E62632E5F3704000000003000'],
  ])('%s → 400', async (_name, bytes) => {
    expect((await serviceFor(rig.pki).handle(fromHex(bytes))).status).toBe(400);
  });

  test('a notification of several events, without ICCID', () => {
    const metadata = tlv(0xbf2f, fromHex('800101810204F00C0161'));
    const notification = tlv(0x30, metadata, tlv(0x5f37, new Uint8Array(64)), fromHex('30003000'));
    expect(decodePendingNotification(readTlv(notification)).metadata).toEqual({
      seqNumber: 1,
      events: ['install', 'enable', 'disable', 'delete'],
      address: 'a',
    });
  });
});
