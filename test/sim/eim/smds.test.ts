// SPDX-License-Identifier: Apache-2.0
// Downloads that begin at an SM-DS (SGP.32 v1.2 §3.2.3.2, §5.14.3): ES11 towards it, and what becomes of its events.
import 'reflect-metadata';
import { KeyUsageFlags } from '@peculiar/x509';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { child, need, readTlv, type Tlv, tlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex, text, utf8 } from '../../../host/sim/codec/bytes.js';
import type { DownloadItem, EimService } from '../../../host/sim/eim/index.js';
import { issueCertificate, type KeyAndCertificate } from '../../../host/sim/pki/index.js';
import { POLICY_OIDS } from '../../../host/sim/pki/oids.js';
import { issueDpTls } from '../../../host/sim/pki/test-pki.js';
import { ctxParams1, EID, hashConfirmationCode, SMDP_ADDRESS } from './support/card.js';
import { ask, codeIn, getEimPackage, initiateAuthentication, lastEvent } from './support/messages.js';
import { IndirectDownload, Rig } from './support/rig.js';
import { ScriptedServer } from './support/scripted-server.js';

const SMDS_ADDRESS = 'smds.example.com';
const ES11 = '/gsma/rsp2/es11/';
let rig: Rig;
let smds: ScriptedServer;
let dsAuth: KeyAndCertificate;
let eim: EimService;

beforeAll(async () => {
  rig = await Rig.start();
  smds = new ScriptedServer(rig.pki, await issueDpTls(rig.pki.ci, SMDS_ADDRESS));
  await smds.start();
  dsAuth = await issueCertificate({
    subject: [{ CN: ['Test SM-DS'] }],
    issuer: rig.pki.ci,
    serialNumber: '0105',
    keyUsage: KeyUsageFlags.digitalSignature,
    policies: [POLICY_OIDS.dsAuth],
    registeredId: '2.999.15',
  });
});
afterAll(() => Promise.all([rig.close(), smds.close()]));
beforeEach(() => {
  smds.requests.length = 0;
  const resolveSmds = (address: string) => (address === SMDS_ADDRESS ? { host: '127.0.0.1', port: smds.port } : undefined);
  eim = rig.service({ resolveSmds });
});

const event = (eventId: string, rspServerAddress = SMDP_ADDRESS) => ({ eventId, rspServerAddress });

function answerWith(eventEntries: unknown): void {
  smds.answers = {
    initiateAuthentication: smds.authentication({ address: SMDS_ADDRESS, identity: dsAuth }),
    authenticateClient: { transactionId: '0A0B', eventEntries },
  };
}

/** Triggers, and authenticates the eUICC to the SM-DS; gives the answer to AuthenticateClient. */
async function atSmds(item: Partial<DownloadItem> = {}, initiate: { smdpAddress?: string } = { smdpAddress: SMDS_ADDRESS }) {
  const whole = { kind: 'download', contactSmds: { smdsAddress: SMDS_ADDRESS }, ...item } as DownloadItem;
  const download = await IndirectDownload.trigger(eim, rig.card, whole);
  const started = await download.initiate(initiate);
  const given = child(started, 0xa2)?.children[0]?.raw ?? ctxParams1('');
  return { download, answer: await ask(eim, download.authenticateWith(rig.card.authenticateServer(started, given))) };
}

/** Goes on at the SM-DP+ with what the trigger says. */
async function atSmdp(download: IndirectDownload, matchingId: string): Promise<Tlv> {
  await download.initiate({ smdpAddress: SMDP_ADDRESS });
  return download.authenticate(matchingId);
}

function codeOf(trigger: Tlv): string {
  return text(need(need(trigger, 0xa0), 0x80).value);
}

describe('the way to the profile', () => {
  test.each<[string, Partial<DownloadItem>, string | undefined]>([
    ['address in the trigger', {}, undefined],
    ['root SM-DS, which the IPA names', { contactSmds: {} }, undefined],
    ['root SM-DS, which the eIM knows', { contactSmds: {} }, SMDS_ADDRESS],
    ['no transaction', { eimTransactionId: null }, undefined],
  ])('%s', async (_name, item, root) => {
    if (root !== undefined) eim.device(EID)!.rootSmdsAddress = root;
    const matchingId = rig.order();
    answerWith([event(matchingId)]);
    const { download, answer } = await atSmds(item, root === undefined ? { smdpAddress: SMDS_ADDRESS } : {});
    expect(smds.requests.map(({ path }) => path)).toEqual([`${ES11}initiateAuthentication`, `${ES11}authenticateClient`]);
    expect(smds.requests[0]!.body).toMatchObject({ smdpAddress: SMDS_ADDRESS });
    expect(codeOf(need(need(answer, 0xa1), 0xbf54))).toBe(`1$${SMDP_ADDRESS}$${matchingId}`);
    expect(hex(child(need(need(answer, 0xa1), 0xbf54), 0x82)?.value ?? fromHex(''))).toBe(download.item.transactionId ?? '');
    await atSmdp(download, matchingId);
    await download.bind();
    expect((await eim.handle(download.reportMessage())).status).toBe(204);
    expect(download.item.status).toBe('finished');
    expect(eim.log.map(({ kind }) => kind)).toEqual([
      'getEimPackage',
      'initiateAuthentication',
      'authenticateClient',
      'initiateAuthentication',
      'authenticateClient',
      'getBoundProfilePackage',
      'notification',
    ]);
  });

  test('confirmation code and device information go on with the event; held data stay held', async () => {
    const matchingId = rig.order({ confirmationCode: '77' });
    answerWith([event(matchingId)]);
    const deviceInfo = { tac: fromHex('35290611') };
    const { download, answer } = await atSmds({ eimHoldsData: true, confirmationCode: '77', deviceInfo }, {});
    expect(hex(need(need(answer, 0xa1), 0xbf54).value)).toBe(`8208${download.item.transactionId}`);
    const started = await download.initiate();
    const given = need(started, 0xa2).children[0]!.raw;
    expect(hex(given)).toBe(hex(tlv(0xa0, tlv(0x80, utf8(matchingId)), fromHex('A108800435290611A100'))));
    const ready = need(await ask(eim, download.authenticateWith(rig.card.authenticateServer(started, given))), 0xa0);
    expect(hex(need(ready, 0x04).value)).toBe(hex(hashConfirmationCode('77', download.transactionId)));
  });

  test('a download without a transaction has its confirmation code too', async () => {
    const matchingId = rig.order({ confirmationCode: '5' });
    const download = await IndirectDownload.trigger(eim, rig.card, {
      kind: 'download',
      activationCode: `1$${SMDP_ADDRESS}$${matchingId}`,
      confirmationCode: '5',
      eimTransactionId: null,
    });
    const ready = await atSmdp(download, matchingId);
    expect(child(ready, 0x04)).toBeDefined();
    await download.bind();
    await eim.handle(download.reportMessage());
    expect(download.item.status).toBe('finished');
  });
});

describe('several events', () => {
  test('the first goes on, each other becomes a trigger of its own, once', async () => {
    answerWith([event('EV-1'), event('EV-2', 'other.example.com'), null, event('EV-3')]);
    const { download, answer } = await atSmds({ confirmationCode: '1' });
    expect(codeOf(need(need(answer, 0xa1), 0xbf54))).toBe(`1$${SMDP_ADDRESS}$EV-1`);
    const again = await ask(eim, download.authenticateWith(rig.card.authenticateServer(download.started!, ctxParams1(''))));
    expect(hex(again.raw)).toBe(hex(answer.raw));
    const { items } = eim.device(EID)!.queue;
    expect(items.slice(1).map(({ item, status }) => ({ ...item, status }))).toEqual([
      { kind: 'download', activationCode: '1$other.example.com$EV-2', confirmationCode: '1', status: 'queued' },
      { kind: 'download', activationCode: `1$${SMDP_ADDRESS}$EV-3`, confirmationCode: '1', status: 'queued' },
    ]);
    expect(new Set(items.map(({ transactionId }) => transactionId)).size).toBe(3);
    download.item.finish(lastEvent(eim, 'authenticateClient'));
    expect(codeOf(readTlv((await ask(eim, getEimPackage())).value))).toBe('1$other.example.com$EV-2');
  });
});

describe('what an SM-DS cannot do', () => {
  test('CancelSession: ended here, since ES11 has none', async () => {
    answerWith([event('EV-1')]);
    const { download } = await atSmds();
    expect(hex((await ask(eim, download.cancelMessage(3))).raw)).toBe('BF4102A000');
    expect(smds.requests.map(({ name }) => name)).not.toContain('cancelSession');
    expect(download.item).toMatchObject({ status: 'finished', result: { kind: 'cancelSession', verified: true, cancelReason: 3 } });
  });

  test('GetBoundProfilePackage → invalidTransactionId', async () => {
    answerWith([event('EV-1')]);
    const { download } = await atSmds();
    expect(codeIn(await ask(eim, download.bindMessage(fromHex('BF2100'))), 0x81)).toBe(95);
    expect(lastEvent(eim, 'getBoundProfilePackage').problem).toMatch(/no profiles/);
  });
});

describe('refusals', () => {
  test.each<[string, string, string, number]>([
    ['SM-DS address', '8.9.1', '3.8', 1],
    ['SVN', '8.9.3', '3.1', 2],
    ['CI', '8.9.2', '3.1', 3],
    ['no certificate', '8.9.4', '3.7', 3],
    ['unavailable', '8.9', '5.1', 127],
    ['root SM-DS error', '8.9', '4.2', 127],
  ])('InitiateAuthentication: %s', async (_name, subjectCode, reasonCode, code) => {
    smds.answers = {
      initiateAuthentication: { header: { functionExecutionStatus: { status: 'Failed', statusCodeData: { subjectCode, reasonCode } } } },
    };
    const item = eim.queue(EID, { kind: 'download', contactSmds: { smdsAddress: SMDS_ADDRESS } });
    const message = initiateAuthentication({ euiccInfo1: rig.card.euiccInfo1(), eimTransactionId: item.eimTransactionId! });
    expect(codeIn(await ask(eim, message), 0x81)).toBe(code);
  });

  test.each<[string, object, number]>([
    [
      'no event for the EID',
      { header: { functionExecutionStatus: { status: 'Failed', statusCodeData: { subjectCode: '8.9.5', reasonCode: '3.9' } } } },
      56,
    ],
    ['no list of events', { transactionId: '0A0B' }, 56],
    [
      'a wrong signature',
      { header: { functionExecutionStatus: { status: 'Failed', statusCodeData: { subjectCode: '8.1', reasonCode: '6.1' } } } },
      5,
    ],
  ])('AuthenticateClient: %s', async (_name, answer, code) => {
    answerWith([]);
    smds.answers.authenticateClient = answer;
    expect(codeIn((await atSmds()).answer, 0x82)).toBe(code);
  });

  test('the IPA asks for another SM-DS than the trigger → smdpAddressMismatch', async () => {
    const item = eim.queue(EID, { kind: 'download', contactSmds: { smdsAddress: SMDS_ADDRESS } });
    const message = initiateAuthentication({
      smdpAddress: SMDP_ADDRESS,
      euiccInfo1: rig.card.euiccInfo1(),
      eimTransactionId: item.eimTransactionId!,
    });
    expect(codeIn(await ask(eim, message), 0x81)).toBe(50);
  });

  test('an SM-DS that nobody knows → invalidDpAddress', async () => {
    const item = eim.queue(EID, { kind: 'download', contactSmds: { smdsAddress: 'gone.example.com' } });
    const message = initiateAuthentication({ euiccInfo1: rig.card.euiccInfo1(), eimTransactionId: item.eimTransactionId! });
    expect(codeIn(await ask(eim, message), 0x81)).toBe(1);
    expect(lastEvent(eim, 'initiateAuthentication').problem).toMatch(/no SM-DS is known at gone.example.com/);
  });
});
