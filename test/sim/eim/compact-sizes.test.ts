// SPDX-License-Identifier: Apache-2.0
// Compact forms in the log: verified over what the eUICC signed in full, with the bytes of the message and of its full form.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { child, need, readTlv, type Tlv, tlv } from '../../../host/sim/codec/ber.js';
import { fromHex } from '../../../host/sim/codec/bytes.js';
import type { DeviceRegistration, EimService } from '../../../host/sim/eim/index.js';
import { EimService as Service } from '../../../host/sim/eim/index.js';
import { ctxParams1, EID, extCardResource, SMDP_ADDRESS } from './support/card.js';
import { ask, codeIn, lastEvent } from './support/messages.js';
import { IndirectDownload, ok, Rig } from './support/rig.js';

const COMPACTING = { features: ['indirectRspServerCommunication', 'minimizeEsipaBytes'] } as const;
let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
});
afterAll(() => rig.close());

/** An eIM that was told beforehand what the device leaves out. */
function informed(more: Partial<DeviceRegistration> = {}): EimService {
  const resolveSmdp = () => ({ host: '127.0.0.1', port: rig.smdp.port });
  const eim = new Service({ pki: rig.pki, resolveSmdp });
  const { euicc, eum } = rig.pki;
  eim.register({
    eid: EID,
    euiccCertificate: euicc.certificate,
    eumCertificate: eum.certificate,
    euiccInfo1: rig.card.euiccInfo1(),
    euiccInfo2: rig.card.euiccInfo2(),
    ipaCapabilities: COMPACTING,
    ...more,
  });
  return eim;
}

async function started(eim: EimService): Promise<{ download: IndirectDownload; matchingId: string }> {
  const matchingId = rig.order();
  const download = await IndirectDownload.trigger(eim, rig.card, {
    kind: 'download',
    activationCode: `1$${SMDP_ADDRESS}$${matchingId}`,
    eimHoldsData: true,
  });
  await download.initiate();
  return { download, matchingId };
}

/** CompactAuthenticateResponseOk with as little as can be. */
function compactAuthentication(full: Uint8Array, freeBytes: number): Uint8Array {
  const okPart = need(readTlv(full), 0xa0);
  const given = need(need(okPart, 0x30), 0xa0);
  const signed = tlv(0xa0, tlv(0x84, extCardResource(freeBytes)), tlv(0xa2, given.raw));
  return tlv(0xbf38, tlv(0xa2, signed, need(okPart, 0x5f37).raw));
}

function messageBytes(message: Uint8Array, full: Uint8Array): { receivedBytes: number; fullBytes: number } {
  return { receivedBytes: message.length, fullBytes: full.length };
}

test('a whole download in compact forms: every step verified, both sizes told', async () => {
  const eim = informed();
  const { download, matchingId } = await started(eim);

  const authentication = rig.card.authenticateServer(download.started!, ctxParams1(matchingId), 900_000);
  const short = download.authenticateWith(compactAuthentication(authentication, 900_000));
  download.authenticated = ok(await ask(eim, short));
  const { sizes, ...authenticated } = lastEvent(eim, 'authenticateClient');
  expect(authenticated).toMatchObject({ verified: true, eid: EID });
  expect(authenticated).not.toHaveProperty('problem');
  expect(sizes).toEqual(messageBytes(short, download.authenticateWith(authentication)));
  expect(sizes!.fullBytes - sizes!.receivedBytes).toBeGreaterThan(1000);

  const signed2 = rig.card.euiccSigned2(download.authenticated!);
  const signature2 = rig.card.signature(signed2, need(download.authenticated!, 0x5f37).raw);
  const bind = download.bindMessage(tlv(0xbf21, tlv(0xa2, tlv(0x30, need(readTlv(signed2), 0x5f49).raw), signature2)));
  ok(await ask(eim, bind));
  const fullBind = download.bindMessage(tlv(0xbf21, tlv(0xa0, signed2, signature2)));
  expect(lastEvent(eim, 'getBoundProfilePackage')).toMatchObject({ verified: true, sizes: messageBytes(bind, fullBind) });

  const data = rig.card.installationData(download.transactionId, { seqNumber: 9 });
  const outcome = fromHex('A20AA0084F02001104023000');
  const installed = tlv(0xa0, tlv(0xa0, tlv(0x80, download.transactionId), fromHex('020109'), outcome), rig.card.signature(data));
  const report = tlv(0xbf3d, tlv(0xa0, installed));
  expect((await eim.handle(report)).status).toBe(204);
  const fullReport = tlv(0xbf3d, tlv(0xa0, tlv(0xbf37, data, rig.card.signature(data))));
  expect(lastEvent(eim, 'notification')).toMatchObject({ verified: true, forwarded: 'taken', sizes: messageBytes(report, fullReport) });
  expect(rig.smdp.notifications.at(-1)).toMatchObject({ verified: true });
});

describe.each([
  ['contents of BF41 in A1', false],
  ['BF41 inside A1', true],
])('CancelSession, %s', (_name, nested) => {
  test('verified, both sizes', async () => {
    const eim = informed();
    const { download, matchingId } = await started(eim);
    await download.authenticate(matchingId);
    const signature = rig.card.signature(rig.card.cancelSigned(download.transactionId, 3));
    const compact = tlv(0xa2, fromHex('3003800103'), signature);
    const message = tlv(0xbf41, tlv(0x80, download.transactionId), tlv(0xa1, nested ? tlv(0xbf41, compact) : compact));
    await ask(eim, message);
    const full = download.cancelMessage(3, nested);
    expect(lastEvent(eim, 'cancelSession')).toMatchObject({ verified: true, cancelReason: 3, sizes: messageBytes(message, full) });
  });
});

describe('notifications', () => {
  test('by itself: of the whole message', async () => {
    const eim = informed();
    const message = tlv(0xbf3d, tlv(0xa0, rig.card.compactNotification('disable', 17, EID)));
    expect((await eim.handle(message)).status).toBe(204);
    const { sizes } = lastEvent(eim, 'notification');
    expect(sizes).toEqual(messageBytes(message, tlv(0xbf3d, tlv(0xa0, rig.card.notification('disable', 17)))));
  });

  test('in full: no sizes', async () => {
    const eim = informed();
    await eim.handle(tlv(0xbf3d, tlv(0xa0, rig.card.notification('disable', 17))));
    expect(lastEvent(eim, 'notification')).not.toHaveProperty('sizes');
  });
});

describe('what does not fit', () => {
  test('EUICCInfo2 has changed meanwhile: not verified, and the SM-DP+ refuses the signature', async () => {
    const eim = informed({ euiccInfo2: fromHex('BF220F810302030184038101088203020500') });
    const { download, matchingId } = await started(eim);
    const full = rig.card.authenticateServer(download.started!, ctxParams1(matchingId), 900_000);
    expect(codeIn(await ask(eim, download.authenticateWith(compactAuthentication(full, 900_000))), 0x82)).toBe(5);
    expect(lastEvent(eim, 'authenticateClient')).toMatchObject({ verified: false, errorCode: 5 });
  });

  test('a wrong signature over a full form: not verified, relayed all the same', async () => {
    const eim = informed();
    const { download, matchingId } = await started(eim);
    await download.authenticate(matchingId);
    expect(lastEvent(eim, 'authenticateClient')).toMatchObject({ verified: true });
    expect(lastEvent(eim, 'authenticateClient')).not.toHaveProperty('sizes');
    const prepared = rig.card.prepareDownload(download.authenticated!);
    prepared[prepared.length - 5]! ^= 1;
    expect(codeIn(await ask(eim, download.bindMessage(prepared)), 0x81)).toBe(1);
    expect(lastEvent(eim, 'getBoundProfilePackage')).toMatchObject({ verified: false, errorCode: 1 });
  });

  test('an IPA that has not said minimizeEsipaBytes: understood, but noted', async () => {
    const eim = informed({ ipaCapabilities: { features: ['indirectRspServerCommunication'] } });
    const { download, matchingId } = await started(eim);
    const full = rig.card.authenticateServer(download.started!, ctxParams1(matchingId), 900_000);
    ok(await ask(eim, download.authenticateWith(compactAuthentication(full, 900_000))));
    expect(lastEvent(eim, 'authenticateClient')).toMatchObject({ verified: true, problem: expect.stringContaining('minimizeEsipaBytes') });
    await eim.handle(tlv(0xbf3d, tlv(0xa0, rig.card.compactNotification('enable', 3, EID))));
    expect(lastEvent(eim, 'notification')).toMatchObject({ verified: true, problem: expect.stringContaining('minimizeEsipaBytes') });
  });
});

test('EUICCInfo1 of the registration serves an IPA that leaves it out', async () => {
  const eim = informed();
  const item = eim.queue(EID, { kind: 'download', activationCode: `1$${SMDP_ADDRESS}$x`, eimHoldsData: true });
  const message = tlv(0xbf39, tlv(0x81, new Uint8Array(16)), tlv(0x82, item.eimTransactionId!));
  expect(child(await ask(eim, message), 0xa0)).toBeDefined();
});

test('an eIM may save bytes as well: no transactionId where serverSigned1 and smdpSigned2 have it', async () => {
  const resolveSmdp = () => ({ host: '127.0.0.1', port: rig.smdp.port });
  const eim = rig.service({ resolveSmdp, omitTransactionIds: true });
  const matchingId = rig.order();
  const item = eim.queue(EID, { kind: 'download', activationCode: `1$${SMDP_ADDRESS}$${matchingId}` });
  const begin = tlv(0xbf39, tlv(0x81, new Uint8Array(16)), rig.card.euiccInfo1(), tlv(0x82, item.eimTransactionId!));
  const tags = (answer: Tlv) => answer.children.map(({ tag }) => tag);
  const first = ok(await ask(eim, begin));
  expect(tags(first)).toEqual([0x30, 0x5f37, 0x04, 0x30, 0x0c]);
  const transaction = need(need(first, 0x30), 0x80).raw;
  const second = ok(await ask(eim, tlv(0xbf3b, transaction, rig.card.authenticateServer(first, ctxParams1(matchingId)))));
  expect(tags(second)).toEqual([0xbf25, 0x30, 0x5f37, 0x30]);
  expect(tags(ok(await ask(eim, tlv(0xbf3a, transaction, rig.card.prepareDownload(second)))))).toEqual([0xbf36]);
});
