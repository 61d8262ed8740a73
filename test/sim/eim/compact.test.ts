// SPDX-License-Identifier: Apache-2.0
// Compact forms (IPA capability minimizeEsipaBytes): restored so exactly that the SM-DP+ finds every signature right.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { child, need, readTlv, type Tlv, tlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../../host/sim/codec/bytes.js';
import type { EimService } from '../../../host/sim/eim/index.js';
import { ctxParams1, EID, extCardResource, SMDP_ADDRESS } from './support/card.js';
import { ask, codeIn, lastEvent } from './support/messages.js';
import { IndirectDownload, ok, Rig } from './support/rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
});
afterAll(() => rig.close());

async function started(eim: EimService, matchingId: string, generate = false): Promise<IndirectDownload> {
  const deviceInfo = { tac: fromHex('35290611') };
  const source = { kind: 'download', activationCode: `1$${SMDP_ADDRESS}$${matchingId}`, eimHoldsData: true } as const;
  const download = await IndirectDownload.trigger(eim, rig.card, generate ? { ...source, deviceInfo } : source);
  await download.initiate();
  return download;
}

/** CompactAuthenticateResponseOk of a full response. */
function compactAuthentication(full: Uint8Array, options: { signed1?: boolean; certificates?: boolean; ctxParams1?: boolean }): Uint8Array {
  const okPart = need(readTlv(full), 0xa0);
  const [signed1, euicc, eum] = okPart.children.filter((field) => field.tag === 0x30) as [Tlv, Tlv, Tlv];
  const ctx = options.ctxParams1 ? [tlv(0xa2, need(signed1, 0xa0).raw)] : [];
  const short = options.signed1 ? signed1.raw : tlv(0xa0, tlv(0x84, extCardResource(1_000_000)), ...ctx);
  const certificates = options.certificates ? [tlv(0xa1, euicc.value), tlv(0xa2, eum.value)] : [];
  return tlv(0xbf38, tlv(0xa2, short, need(okPart, 0x5f37).raw, ...certificates));
}

describe('AuthenticateClient', () => {
  test.each([
    ['full euiccSigned1, no certificates', { signed1: true }, false],
    ['compact euiccSigned1 with ctxParams1 and certificates', { certificates: true, ctxParams1: true }, false],
    ['compact euiccSigned1, ctxParams1 made by the eIM', {}, true],
  ])('%s', async (_name, options, generate) => {
    const matchingId = rig.order();
    const eim = rig.service();
    eim.device(EID)!.euiccInfo2 = rig.card.euiccInfo2();
    const download = await started(eim, matchingId, generate);
    const given = child(download.started!, 0xa2)?.children[0]?.raw ?? ctxParams1(matchingId);
    const full = rig.card.authenticateServer(download.started!, given, 1_000_000);
    ok(await ask(eim, download.authenticateWith(compactAuthentication(full, options))));
  });

  test('something left out that the eIM does not know → undefinedError', async () => {
    const download = await started(rig.service(), 'x');
    const full = rig.card.authenticateServer(download.started!, ctxParams1('x'));
    expect(codeIn(await ask(download.eim, download.authenticateWith(compactAuthentication(full, {}))), 0x82)).toBe(127);
    expect(lastEvent(download.eim, 'authenticateClient').problem).toMatch(/leaves out the EUICCInfo2/);
  });
});

describe('after authentication', () => {
  async function authenticated(): Promise<IndirectDownload> {
    const matchingId = rig.order();
    const download = await started(rig.service(), matchingId);
    await download.authenticate(matchingId);
    return download;
  }

  test('GetBoundProfilePackage', async () => {
    const download = await authenticated();
    const signed2 = rig.card.euiccSigned2(download.authenticated!);
    const signature = rig.card.signature(signed2, need(download.authenticated!, 0x5f37).raw);
    const short = tlv(0x30, need(readTlv(signed2), 0x5f49).raw);
    ok(await ask(download.eim, download.bindMessage(tlv(0xbf21, tlv(0xa2, short, signature)))));
  });

  test('GetBoundProfilePackage without the one-time key, which nobody knows → undefinedError', async () => {
    const download = await authenticated();
    const response = tlv(0xbf21, tlv(0xa2, fromHex('3000'), rig.card.signature()));
    expect(codeIn(await ask(download.eim, download.bindMessage(response)), 0x81)).toBe(127);
  });

  test.each([
    ['with reason', '3003800104', 4],
    ['without: undefinedReason', '3000', 127],
  ])('CancelSession %s', async (_name, short, reason) => {
    const download = await authenticated();
    const signature = rig.card.signature(rig.card.cancelSigned(download.transactionId, reason));
    const message = tlv(0xbf41, tlv(0x80, download.transactionId), tlv(0xa1, tlv(0xa2, fromHex(short), signature)));
    expect(hex((await ask(download.eim, message)).raw)).toBe('BF4102A000');
    expect(lastEvent(download.eim, 'cancelSession').cancelReason).toBe(reason);
  });

  test.each([
    ['success', false, 'A20AA0084F02001104023000'],
    ['failure', true, 'A208A10680010281010A'],
  ])('installation result: %s', async (_name, failed, finalResult) => {
    const download = await authenticated();
    await download.bind();
    const data = rig.card.installationData(download.transactionId, { seqNumber: 9, failed });
    const short = tlv(0xa0, tlv(0x80, download.transactionId), fromHex('020109'), fromHex(finalResult));
    const message = tlv(0xbf3d, tlv(0xa0, tlv(0xa0, short, rig.card.signature(data))));
    expect((await download.eim.handle(message)).status).toBe(204);
    expect(lastEvent(download.eim, 'notification')).toMatchObject({ verified: true, forwarded: 'taken' });
    expect(rig.smdp.notifications.at(-1)).toMatchObject({ verified: true });
  });

  test('installation result of an unknown session → 400', async () => {
    const data = tlv(0xa0, fromHex('800101020101A206A104800102810100'));
    const message = tlv(0xbf3d, tlv(0xa0, tlv(0xa0, data, rig.card.signature())));
    expect((await rig.service().handle(message)).status).toBe(400);
  });
});

describe('other notifications', () => {
  test('with the EID: certificates restored, forwarded in full', async () => {
    const eim = rig.service();
    const message = tlv(0xbf3d, tlv(0xa0, rig.card.compactNotification('enable', 17, EID)));
    expect((await eim.handle(message)).status).toBe(204);
    expect(lastEvent(eim, 'notification')).toMatchObject({ verified: true, eid: EID, forwarded: 'taken' });
    expect(rig.smdp.notifications.at(-1)).toMatchObject({ verified: true, metadata: { seqNumber: 17 } });
  });

  test('without the EID: nobody can tell whose it is → 400', async () => {
    const message = tlv(0xbf3d, tlv(0xa0, rig.card.compactNotification('enable', 18)));
    expect((await rig.service().handle(message)).status).toBe(400);
  });
});
