// SPDX-License-Identifier: Apache-2.0
// Indirect downloads (SGP.32 v1.2 §3.2.3.2): the eIM between an eUICC and a real simulated SM-DP+.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { child, need, tlv } from '../../../host/sim/codec/ber.js';
import { equal, fromHex, hex, text, utf8 } from '../../../host/sim/codec/bytes.js';
import type { DownloadItem } from '../../../host/sim/eim/index.js';
import { makeMetadata } from '../../../host/sim/profile/metadata.js';
import { REFUSALS } from '../../../host/sim/smdp/index.js';
import { ctxParams1, EID, hashConfirmationCode, ICCID, SMDP_ADDRESS } from './support/card.js';
import { ask, codeIn, getEimPackage, initiateAuthentication, lastEvent } from './support/messages.js';
import { IndirectDownload, Rig, UNKNOWN_TRANSACTION } from './support/rig.js';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
});
afterAll(() => rig.close());

function byCode(matchingId: string): DownloadItem {
  return { kind: 'download', activationCode: `LPA:1$${SMDP_ADDRESS}$${matchingId}` };
}

async function authenticated(options: Parameters<Rig['order']>[0] = {}, eim = rig.service()): Promise<IndirectDownload> {
  const matchingId = rig.order(options);
  const download = await IndirectDownload.trigger(eim, rig.card, byCode(matchingId));
  await download.initiate({ smdpAddress: SMDP_ADDRESS });
  await download.authenticate(matchingId);
  return download;
}

describe('a whole download', () => {
  test('activation code in the trigger: the IPA names the server', async () => {
    const matchingId = rig.order();
    const eim = rig.service();
    const download = await IndirectDownload.trigger(eim, rig.card, byCode(matchingId));
    const started = await download.initiate({ smdpAddress: SMDP_ADDRESS });
    expect(started.children.map((field) => field.tag)).toEqual([0x80, 0x30, 0x5f37, 0x04, 0x30]);
    const ready = await download.authenticate(matchingId);
    expect(ready.children.map((field) => field.tag)).toEqual([0x80, 0xbf25, 0x30, 0x5f37, 0x30]);
    const bound = await download.bind();
    expect(bound.children.map((field) => field.tag)).toEqual([0x80, 0xbf36]);
    expect((await eim.handle(download.reportMessage())).status).toBe(204);
    expect(lastEvent(eim, 'notification')).toMatchObject({ verified: true, eid: EID, route: 'handleNotification', forwarded: 'taken' });
    expect(download.item).toMatchObject({ status: 'finished', result: { kind: 'notification' } });
    expect(rig.smdp.notifications.at(-1)).toMatchObject({ verified: true });
    expect(codeIn(await ask(eim, getEimPackage()), 0x02)).toBe(1);
    await eim.close();
  });

  test('no data in the trigger: the eIM names the server and the matchingId', async () => {
    const matchingId = rig.order();
    const download = await IndirectDownload.trigger(rig.service(), rig.card, { ...byCode(matchingId), eimHoldsData: true } as DownloadItem);
    const started = await download.initiate();
    expect(text(need(started, 0x0c).value)).toBe(matchingId);
    await download.authenticate(matchingId);
    await download.bind();
  });

  test('the eIM generates ctxParams1 when it knows the device', async () => {
    const matchingId = rig.order();
    const deviceInfo = { tac: fromHex('35290611'), imei: fromHex('0102030405060708') };
    const download = await IndirectDownload.trigger(rig.service(), rig.card, {
      ...byCode(matchingId),
      eimHoldsData: true,
      deviceInfo,
    } as DownloadItem);
    const given = need(await download.initiate(), 0xa2).children[0]!.raw;
    const expected = tlv(0xa0, tlv(0x80, utf8(matchingId)), fromHex('A112800435290611A10082080102030405060708'));
    expect(hex(given)).toBe(hex(expected));
    const response = rig.card.authenticateServer(download.started!, given);
    expect(child(await ask(download.eim, download.authenticateWith(response)), 0xa0)).toBeDefined();
  });

  test('default SM-DP+: the IPA names it, the order is found by the EID', async () => {
    rig.order({ matchingId: '', eid: EID });
    const download = await IndirectDownload.trigger(rig.service(), rig.card, { kind: 'download', contactDefaultSmdp: true });
    const started = await download.initiate({ smdpAddress: SMDP_ADDRESS.toUpperCase() });
    expect(child(started, 0x0c)).toBeUndefined();
    await download.authenticate('');
  });

  test('default SM-DP+ that the device has told before, and EUICCInfo1 too', async () => {
    const eim = rig.service();
    const device = eim.device(EID)!;
    device.defaultSmdpAddress = SMDP_ADDRESS;
    device.euiccInfo1 = rig.card.euiccInfo1();
    const item = eim.queue(EID, { kind: 'download', contactDefaultSmdp: true });
    const answer = await ask(eim, initiateAuthentication({ eimTransactionId: item.eimTransactionId! }));
    expect(child(answer, 0xa0)).toBeDefined();
  });

  test('without an eIM transaction: the certificate tells the device', async () => {
    const matchingId = rig.order();
    const eim = rig.service();
    const download = await IndirectDownload.trigger(eim, rig.card, { ...byCode(matchingId), eimTransactionId: null });
    await download.initiate({ smdpAddress: SMDP_ADDRESS });
    await download.authenticate(matchingId);
    expect(lastEvent(eim, 'authenticateClient').eid).toBe(EID);
  });

  test('confirmation code: the eIM supplies hashCc', async () => {
    const matchingId = rig.order({ confirmationCode: '1234' });
    const download = await IndirectDownload.trigger(rig.service(), rig.card, { ...byCode(matchingId), confirmationCode: '1234' });
    await download.initiate({ smdpAddress: SMDP_ADDRESS });
    const ready = await download.authenticate(matchingId);
    expect(hex(need(ready, 0x04).value)).toBe(hex(hashConfirmationCode('1234', download.transactionId)));
    await download.bind();
  });

  test('the device is learnt from its certificates', async () => {
    const eim = rig.service();
    eim.register({ eid: EID });
    const matchingId = rig.order();
    const download = await IndirectDownload.trigger(eim, rig.card, byCode(matchingId));
    await download.initiate({ smdpAddress: SMDP_ADDRESS });
    expect(eim.device(EID)?.euiccCertificate).toBeUndefined();
    await download.authenticate(matchingId);
    expect(eim.device(EID)?.euiccCertificate).toBeDefined();
  });

  test('a profile of 300 KB passes unchanged', async () => {
    const { makeProfilePackage } = await import('../../../host/sim/profile/package.js');
    let sent: Uint8Array | undefined;
    const download = await authenticated({
      profile: makeProfilePackage({ iccid: ICCID, sizeBytes: 300_000 }),
      alterBoundProfilePackage: (bytes) => {
        sent = bytes;
        return bytes;
      },
    });
    expect(equal(need(await download.bind(), 0xbf36).raw, sent!)).toBe(true);
  });

  test('a failed installation is reported to the SM-DP+ and ends the download', async () => {
    const download = await authenticated();
    expect((await download.eim.handle(download.reportMessage({ failed: true }))).status).toBe(204);
    expect(lastEvent(download.eim, 'notification')).toMatchObject({
      forwarded: 'taken',
      notification: { outcome: { success: false, word: 'installFailedDueToInsufficientMemoryForProfile' } },
    });
    expect(download.item.status).toBe('finished');
  });
});

describe('InitiateAuthentication errors', () => {
  test.each([
    ['invalidDpAddress', REFUSALS.addressInvalid, 1],
    ['euiccVersionNotSupportedByDp', REFUSALS.versionNotSupported, 2],
    ['ciPKIdNotSupported', REFUSALS.ciNotSupported, 3],
    ['ciPKIdNotSupported (no certificate)', REFUSALS.noAuthenticationCertificate, 3],
    ['anything else', REFUSALS.formatInvalid, 127],
  ])('SM-DP+: %s', async (_name, refusal, code) => {
    const eim = rig.service();
    rig.smdp.refuseNext('initiateAuthentication', refusal);
    const answer = await ask(eim, initiateAuthentication({ smdpAddress: SMDP_ADDRESS, euiccInfo1: rig.card.euiccInfo1() }));
    expect(codeIn(answer, 0x81)).toBe(code);
    expect(lastEvent(eim, 'initiateAuthentication').errorCode).toBe(code);
  });

  test('a version the SM-DP+ does not serve', async () => {
    const message = initiateAuthentication({ smdpAddress: SMDP_ADDRESS, euiccInfo1: rig.card.euiccInfo1('010000') });
    expect(codeIn(await ask(rig.service(), message), 0x81)).toBe(2);
  });

  test('no such server, or nobody knows one → invalidDpAddress', async () => {
    const euiccInfo1 = rig.card.euiccInfo1();
    const eim = rig.service();
    expect(codeIn(await ask(eim, initiateAuthentication({ smdpAddress: 'other.example.com', euiccInfo1 })), 0x81)).toBe(1);
    expect(codeIn(await ask(eim, initiateAuthentication({ euiccInfo1 })), 0x81)).toBe(1);
    const item = eim.queue(EID, { kind: 'download', contactDefaultSmdp: true });
    const message = initiateAuthentication({ euiccInfo1, eimTransactionId: item.eimTransactionId! });
    expect(codeIn(await ask(eim, message), 0x81)).toBe(1);
  });

  test('an activation code that is none → invalidDpAddress', async () => {
    const eim = rig.service();
    const item = eim.queue(EID, { kind: 'download', activationCode: '2$a', eimHoldsData: true });
    const message = initiateAuthentication({ euiccInfo1: rig.card.euiccInfo1(), eimTransactionId: item.eimTransactionId! });
    expect(codeIn(await ask(eim, message), 0x81)).toBe(1);
  });

  test('the IPA asks for another server than the trigger → smdpAddressMismatch', async () => {
    const download = await IndirectDownload.trigger(rig.service(), rig.card, byCode('x'));
    const message = initiateAuthentication({
      smdpAddress: 'other.example.com',
      euiccInfo1: rig.card.euiccInfo1(),
      eimTransactionId: download.item.eimTransactionId!,
    });
    expect(codeIn(await ask(download.eim, message), 0x81)).toBe(50);
  });

  test('OID in the activation code: right → ok, wrong → smdpOidMismatch', async () => {
    const started = async (oid: string) => {
      const eim = rig.service();
      const item = eim.queue(EID, { kind: 'download', activationCode: `1$${SMDP_ADDRESS}$x$${oid}` });
      return ask(eim, initiateAuthentication({ euiccInfo1: rig.card.euiccInfo1(), eimTransactionId: item.eimTransactionId! }));
    };
    expect(child(await started('2.999.10'), 0xa0)).toBeDefined();
    expect(codeIn(await started('2.999.11'), 0x81)).toBe(51);
  });

  test.each([
    ['unknown', () => UNKNOWN_TRANSACTION],
    [
      'of a package that is no download',
      (eim: ReturnType<Rig['service']>) => eim.queue(EID, { kind: 'dataRequest', eimTransactionId: fromHex('77') }).eimTransactionId!,
    ],
  ])('eIM transaction %s → invalidEimTransactionId', async (_name, transaction) => {
    const eim = rig.service();
    const message = initiateAuthentication({ euiccInfo1: rig.card.euiccInfo1(), eimTransactionId: transaction(eim) });
    expect(codeIn(await ask(eim, message), 0x81)).toBe(52);
  });

  test('no EUICCInfo1 from anyone → undefinedError', async () => {
    expect(codeIn(await ask(rig.service(), initiateAuthentication({ smdpAddress: SMDP_ADDRESS })), 0x81)).toBe(127);
  });

  test('SM-DP+ cuts the connection, or fails → undefinedError', async () => {
    const message = initiateAuthentication({ smdpAddress: SMDP_ADDRESS, euiccInfo1: rig.card.euiccInfo1() });
    rig.smdp.cutNextResponse('initiateAuthentication', 10);
    expect(codeIn(await ask(rig.service(), message), 0x81)).toBe(127);
    rig.smdp.failNext('initiateAuthentication', 503);
    expect(codeIn(await ask(rig.service(), message), 0x81)).toBe(127);
  });

  test('SM-DP+ that shows a certificate of another CI → undefinedError', async () => {
    const { createTestPki } = await import('../../../host/sim/pki/index.js');
    const ca = (await createTestPki()).ci.certificate;
    const eim = rig.service({ resolveSmdp: () => ({ host: '127.0.0.1', port: rig.smdp.port, ca }) });
    const message = initiateAuthentication({ smdpAddress: SMDP_ADDRESS, euiccInfo1: rig.card.euiccInfo1() });
    expect(codeIn(await ask(eim, message), 0x81)).toBe(127);
  });

  test('a challenge of 15 bytes → malformed', async () => {
    const message = initiateAuthentication({ challenge: new Uint8Array(15), smdpAddress: SMDP_ADDRESS });
    expect((await rig.service().handle(message)).status).toBe(400);
  });
});

describe('AuthenticateClient errors', () => {
  test.each([
    ['eumCertificateInvalid', REFUSALS.eumCertificateInvalid, 1],
    ['eumCertificateExpired', REFUSALS.eumCertificateExpired, 2],
    ['euiccCertificateInvalid', REFUSALS.euiccCertificateInvalid, 3],
    ['euiccCertificateInvalid (EID not permitted)', REFUSALS.eidNotPermitted, 3],
    ['euiccCertificateExpired', REFUSALS.euiccCertificateExpired, 4],
    ['euiccSignatureInvalid', REFUSALS.euiccSignatureInvalid, 5],
    ['matchingIdRefused', REFUSALS.matchingIdRefused, 6],
    ['eidMismatch', REFUSALS.eidMismatch, 7],
    ['noEligibleProfile', REFUSALS.noEligibleProfile, 8],
    ['ciPKUnknown', REFUSALS.ciUnknown, 9],
    ['invalidTransactionId', REFUSALS.transactionUnknown, 10],
    ['insufficientMemory', REFUSALS.memoryInsufficient, 11],
    ['eventIdUnknown', { subjectCode: '8.9.5', reasonCode: '3.9', message: '' }, 56],
    ['anything else', REFUSALS.orderExpired, 127],
  ])('SM-DP+: %s', async (_name, refusal, code) => {
    const download = await IndirectDownload.trigger(rig.service(), rig.card, byCode('x'));
    await download.initiate();
    rig.smdp.refuseNext('authenticateClient', refusal);
    expect(codeIn(await ask(download.eim, download.authenticateMessage('x')), 0x82)).toBe(code);
    expect(lastEvent(download.eim, 'authenticateClient')).toMatchObject({ errorCode: code, eid: EID });
  });

  test('the real SM-DP+ refuses: unknown MatchingID, too little memory, wrong signature', async () => {
    const large = rig.order();
    const answers = [
      (download: IndirectDownload) => download.authenticateMessage('unknown'),
      (download: IndirectDownload) => download.authenticateMessage(large, 1000),
      (download: IndirectDownload) => {
        const response = rig.card.authenticateServer(download.started!, ctxParams1(large));
        const at = hex(response).indexOf('5F3740') / 2 + 20;
        response[at]! ^= 1;
        return download.authenticateWith(response);
      },
    ];
    const codes: number[] = [];
    for (const message of answers) {
      const download = await IndirectDownload.trigger(rig.service(), rig.card, byCode(large));
      await download.initiate();
      codes.push(codeIn(await ask(download.eim, message(download)), 0x82));
    }
    expect(codes).toEqual([6, 11, 5]);
  });

  test('unknown transaction → invalidTransactionId', async () => {
    const message = tlv(0xbf3b, tlv(0x80, UNKNOWN_TRANSACTION), fromHex('BF3800'));
    expect(codeIn(await ask(rig.service(), message), 0x82)).toBe(10);
  });

  test('another eUICC than was triggered → eidMismatch', async () => {
    const eim = rig.service();
    const other = '89044045116727494800000004479366';
    eim.register({ eid: other });
    const item = eim.queue(other, byCode('x'));
    const message = initiateAuthentication({ euiccInfo1: rig.card.euiccInfo1(), eimTransactionId: item.eimTransactionId! });
    const download = await IndirectDownload.trigger(eim, rig.card, byCode('y'));
    download.started = need(await ask(eim, message), 0xa0);
    expect(codeIn(await ask(eim, download.authenticateMessage('x')), 0x82)).toBe(7);
  });

  test('an eUICC certificate that is none → euiccCertificateInvalid', async () => {
    const download = await IndirectDownload.trigger(rig.service(), rig.card, byCode('x'));
    await download.initiate();
    const response = tlv(0xbf38, tlv(0xa0, tlv(0x30), tlv(0x5f37, fromHex('0000')), tlv(0x30, fromHex('0500')), tlv(0x30)));
    expect(codeIn(await ask(download.eim, download.authenticateWith(response)), 0x82)).toBe(3);
  });

  test('the eUICC reports an error: relayed, then refused', async () => {
    const download = await IndirectDownload.trigger(rig.service(), rig.card, byCode('x'));
    await download.initiate();
    const response = tlv(0xbf38, tlv(0xa1, tlv(0x80, download.transactionId), fromHex('020106')));
    expect(codeIn(await ask(download.eim, download.authenticateWith(response)), 0x82)).toBe(127);
    expect(rig.smdp.log.at(-1)).toMatchObject({ kind: 'refused', function: 'authenticateClient', message: expect.stringContaining('06') });
  });
});

describe('GetBoundProfilePackage errors', () => {
  test.each([
    ['euiccSignatureInvalid', REFUSALS.euiccSignatureInvalid, 1],
    ['confirmationCodeMissing', REFUSALS.confirmationCodeMissing, 2],
    ['confirmationCodeRefused', REFUSALS.confirmationCodeRefused, 3],
    ['confirmationCodeRetriesExceeded', REFUSALS.confirmationCodeRetriesExceeded, 4],
    ['bppRebindingRefused', REFUSALS.rebindingRefused, 5],
    ['downloadOrderExpired', REFUSALS.orderExpired, 6],
    ['invalidTransactionId', REFUSALS.transactionUnknown, 95],
    ['anything else', REFUSALS.formatInvalid, 127],
  ])('SM-DP+: %s', async (_name, refusal, code) => {
    const download = await authenticated();
    rig.smdp.refuseNext('getBoundProfilePackage', refusal);
    expect(codeIn(await ask(download.eim, download.bindMessage()), 0x81)).toBe(code);
    expect(lastEvent(download.eim, 'getBoundProfilePackage').errorCode).toBe(code);
  });

  test('unknown transaction → invalidTransactionId', async () => {
    const message = tlv(0xbf3a, tlv(0x80, UNKNOWN_TRANSACTION), fromHex('BF2100'));
    expect(codeIn(await ask(rig.service(), message), 0x81)).toBe(95);
  });

  test('wrong confirmation code of the eIM → confirmationCodeRefused', async () => {
    const matchingId = rig.order({ confirmationCode: '1234' });
    const download = await IndirectDownload.trigger(rig.service(), rig.card, { ...byCode(matchingId), confirmationCode: '9999' });
    await download.initiate();
    await download.authenticate(matchingId);
    expect(codeIn(await ask(download.eim, download.bindMessage()), 0x81)).toBe(3);
  });

  test('the eUICC could not prepare: relayed, then refused', async () => {
    const download = await authenticated();
    const error = tlv(0xbf21, tlv(0xa1, tlv(0x80, download.transactionId), fromHex('020102')));
    expect(codeIn(await ask(download.eim, download.bindMessage(error)), 0x81)).toBe(127);
  });
});

describe('profile metadata checked by the eIM', () => {
  test('accepted: not sent to the IPA', async () => {
    const download = await authenticated({}, rig.service({ metadataPolicy: () => 'accept' }));
    expect(child(download.authenticated!, 0xbf25)).toBeUndefined();
    await download.bind();
  });

  test('policy rules not allowed → pprNotAllowed', async () => {
    const matchingId = rig.order({ metadata: makeMetadata({ iccid: ICCID, profilePolicyRules: ['ppr1'] }) });
    const eim = rig.service({ metadataPolicy: (metadata) => (child(metadata, 0x99) ? 'pprNotAllowed' : 'accept') });
    const download = await IndirectDownload.trigger(eim, rig.card, byCode(matchingId));
    await download.initiate();
    expect(codeIn(await ask(eim, download.authenticateMessage(matchingId)), 0x82)).toBe(50);
  });

  test('other metadata in the package → metadataMismatch', async () => {
    const boundMetadata = makeMetadata({ iccid: ICCID, profileName: 'another' });
    const download = await authenticated({ boundMetadata }, rig.service({ metadataPolicy: () => 'accept' }));
    expect(codeIn(await ask(download.eim, download.bindMessage()), 0x81)).toBe(50);
  });
});

describe('CancelSession', () => {
  test.each([
    ['contents of BF41 in A1', false],
    ['BF41 inside A1', true],
  ])('%s → relayed, session and item ended', async (_name, nested) => {
    const download = await authenticated();
    expect(hex((await ask(download.eim, download.cancelMessage(3, nested))).raw)).toBe('BF4102A000');
    expect(lastEvent(download.eim, 'cancelSession')).toMatchObject({ eid: EID, cancelReason: 3, cancelWord: 'pprNotAllowed' });
    expect(rig.smdp.log.at(-1)).toMatchObject({ kind: 'cancelSession', reason: 3 });
    expect(download.item.status).toBe('finished');
    expect(codeIn(await ask(download.eim, download.cancelMessage(3)), 0x81)).toBe(1);
  });

  test('the eUICC could not cancel: relayed all the same', async () => {
    const download = await authenticated();
    const message = tlv(0xbf41, tlv(0x80, download.transactionId), fromHex('A103810105'));
    expect(hex((await ask(download.eim, message)).raw)).toBe('BF4102A000');
    expect(lastEvent(download.eim, 'cancelSession')).not.toHaveProperty('cancelReason');
  });

  test.each([
    ['invalidTransactionId', REFUSALS.transactionUnknown, 1],
    ['euiccSignatureInvalid', REFUSALS.euiccSignatureInvalid, 2],
    ['anything else', REFUSALS.smdpOidInvalid, 127],
  ])('SM-DP+: %s', async (_name, refusal, code) => {
    const download = await authenticated();
    rig.smdp.refuseNext('cancelSession', refusal);
    expect(codeIn(await ask(download.eim, download.cancelMessage(0)), 0x81)).toBe(code);
  });

  test('empty A1 → malformed', async () => {
    const download = await authenticated();
    expect((await download.eim.handle(tlv(0xbf41, tlv(0x80, download.transactionId), fromHex('A100')))).status).toBe(400);
  });
});

test('sessions of peers that never come back are forgotten, oldest first', async () => {
  const { Sessions } = await import('../../../host/sim/eim/sessions.js');
  const sessions = new Sessions();
  const identity = { serverAddress: '', serverChallenge: new Uint8Array(), smdpOid: undefined };
  for (let number = 0; number <= 256; number++) sessions.add({ transactionId: `${number}`, smdpAddress: '', identity });
  expect(sessions.find('0')).toBeUndefined();
  expect(sessions.find('1')).toBeDefined();
  expect(sessions.find('256')).toBeDefined();
});
