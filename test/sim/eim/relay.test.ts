// SPDX-License-Identifier: Apache-2.0
// What the eIM makes of servers that answer wrongly, and of an SM-DS (SGP.32 v1.2 §5.14.1, §5.14.3).
import 'reflect-metadata';
import { KeyUsageFlags } from '@peculiar/x509';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { child, need, tlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../../host/sim/codec/bytes.js';
import type { EimService } from '../../../host/sim/eim/index.js';
import { createTestPki, issueCertificate, type KeyAndCertificate, type TestPki } from '../../../host/sim/pki/index.js';
import { POLICY_OIDS } from '../../../host/sim/pki/oids.js';
import { issueDpTls } from '../../../host/sim/pki/test-pki.js';
import { ctxParams1, EID, SMDP_ADDRESS, TestCard } from './support/card.js';
import { ask, codeIn, initiateAuthentication, lastEvent, serviceFor } from './support/messages.js';
import { base64, ScriptedServer } from './support/scripted-server.js';

let pki: TestPki;
let card: TestCard;
let server: ScriptedServer;
let eim: EimService;
let begin: Uint8Array;
/** Servers beside the usual one, by address. */
const servers = new Map<string, ScriptedServer>();

beforeAll(async () => {
  pki = await createTestPki();
  card = new TestCard(pki);
  server = new ScriptedServer(pki);
  await server.start();
  begin = initiateAuthentication({ smdpAddress: SMDP_ADDRESS, euiccInfo1: card.euiccInfo1() });
});
afterAll(() => server.close());
beforeEach(() => {
  server.answers = {};
  eim = serviceFor(pki, { resolveSmdp: (address) => ({ host: '127.0.0.1', port: servers.get(address)?.port ?? server.port }) });
});

describe('serverSigned1 checked in the place of the IPA', () => {
  test('right → relayed; signature and CI identifier without tags get them', async () => {
    server.answers.initiateAuthentication = server.authentication({ bare: true, address: 'SMDP.example.com' });
    const started = need(await ask(eim, begin), 0xa0);
    expect(need(started, 0x5f37).value.length).toBe(64);
    expect(hex(need(started, 0x04).value)).toBe(hex(pki.ciPkId));
    expect(server.requests.at(-1)).toMatchObject({ name: 'initiateAuthentication', body: { smdpAddress: SMDP_ADDRESS } });
  });

  test.each<[string, () => Record<string, string>, number]>([
    ['another address → smdpAddressMismatch', () => server.authentication({ address: 'other.example.com' }), 50],
    ['another challenge', () => server.authentication({ challenge: new Uint8Array(16) }), 127],
    ['a certificate of another role', () => server.authentication({ identity: pki.dpPb }), 127],
    ['a certificate of no CI', () => server.authentication({ identity: pki.euicc }), 127],
    ['a signature of another key', () => server.authentication({ signer: pki.eimSign }), 127],
    ['a transactionId that is no hexadecimal', () => ({ ...server.authentication(), transactionId: 'xyz' }), 127],
    ['a field missing', () => ({ ...server.authentication(), serverCertificate: undefined as unknown as string }), 127],
    ['a field that is not base64', () => ({ ...server.authentication(), serverSigned1: '***' }), 127],
    ['a field that is not one TLV', () => ({ ...server.authentication(), serverSigned1: base64(fromHex('300030')) }), 127],
  ])('%s', async (_name, answer, code) => {
    server.answers.initiateAuthentication = answer();
    expect(codeIn(await ask(eim, begin), 0x81)).toBe(code);
    expect(lastEvent(eim, 'initiateAuthentication').problem).not.toBe('');
  });

  test('serverSigned1 without its fields → undefinedError', async () => {
    server.answers.initiateAuthentication = { ...server.authentication(), serverSigned1: base64(fromHex('3000')) };
    expect(codeIn(await ask(eim, begin), 0x81)).toBe(127);
  });
});

describe('answers that are no ES9+ answers', () => {
  test.each<[string, object | string]>([
    ['no JSON', 'hello'],
    ['a JSON list', '[]'],
    ['HTTP 404', { httpStatus: 404 }],
    ['HTTP 500', { httpStatus: 500 }],
    ['nothing', ''],
    ['failure without codes', { header: { functionExecutionStatus: { status: 'Failed' } } }],
    ['expired', { header: { functionExecutionStatus: { status: 'Expired', statusCodeData: {} } } }],
  ])('%s → undefinedError', async (_name, answer) => {
    server.answers.initiateAuthentication = answer;
    expect(codeIn(await ask(eim, begin), 0x81)).toBe(127);
  });

  test('success with a warning is success', async () => {
    const header = { functionExecutionStatus: { status: 'Executed-WithWarning' } };
    server.answers.initiateAuthentication = { header, ...server.authentication() };
    expect(child(await ask(eim, begin), 0xa0)).toBeDefined();
  });

  test('something else than a bound profile package → undefinedError', async () => {
    server.answers.initiateAuthentication = server.authentication();
    await ask(eim, begin);
    server.answers.getBoundProfilePackage = { transactionId: '0A0B', boundProfilePackage: base64(fromHex('BF370100')) };
    const bind = tlv(0xbf3a, tlv(0x80, fromHex('0A0B')), fromHex('BF2100'));
    expect(codeIn(await ask(eim, bind), 0x81)).toBe(127);
    server.answers.getBoundProfilePackage = { transactionId: '0A0B', boundProfilePackage: base64(fromHex('BF3600')) };
    expect(hex((await ask(eim, bind)).raw)).toBe('BF3A09A00780020A0BBF3600');
  });
});

describe('an SM-DS instead of an SM-DP+', () => {
  const SMDS_ADDRESS = 'smds.example.com';
  let dsAuth: KeyAndCertificate;
  let smds: ScriptedServer;

  beforeAll(async () => {
    smds = new ScriptedServer(pki, await issueDpTls(pki.ci, SMDS_ADDRESS));
    await smds.start();
    servers.set(SMDS_ADDRESS, smds);
    dsAuth = await issueCertificate({
      subject: [{ CN: ['Test SM-DS'] }],
      issuer: pki.ci,
      serialNumber: '0105',
      keyUsage: KeyUsageFlags.digitalSignature,
      policies: [POLICY_OIDS.dsAuth],
      registeredId: '2.999.15',
    });
  });
  afterAll(() => smds.close());

  async function authenticateAtSmds(eventEntries: unknown, smdsAddress: { smdsAddress?: string } = { smdsAddress: SMDS_ADDRESS }) {
    const item = eim.queue(EID, { kind: 'download', contactSmds: smdsAddress });
    smds.answers = {
      initiateAuthentication: smds.authentication({ address: SMDS_ADDRESS, identity: dsAuth }),
      authenticateClient: { transactionId: '0A0B', eventEntries },
    };
    eim.device(EID)!.rootSmdsAddress = SMDS_ADDRESS;
    const message = initiateAuthentication({ euiccInfo1: card.euiccInfo1(), eimTransactionId: item.eimTransactionId! });
    const started = need(await ask(eim, message), 0xa0);
    const answer = await ask(eim, tlv(0xbf3b, tlv(0x80, fromHex('0A0B')), card.authenticateServer(started, ctxParams1(''))));
    return { item, answer };
  }

  test.each([
    ['named in the trigger', { smdsAddress: SMDS_ADDRESS }],
    ['the root SM-DS of the device', {}],
  ])('%s: its first event becomes the new trigger of the same transaction', async (_name, address) => {
    const { item, answer } = await authenticateAtSmds([{ eventId: 'EV-1', rspServerAddress: SMDP_ADDRESS }], address);
    const ok = need(answer, 0xa1);
    expect(hex(need(ok, 0x80).value)).toBe('0A0B');
    const code = Buffer.from('1$smdp.example.com$EV-1').toString('hex').toUpperCase();
    expect(hex(need(ok, 0xbf54).raw)).toBe(`BF5425A0198017${code}8208${item.transactionId}`);
    server.answers.initiateAuthentication = server.authentication();
    const message = initiateAuthentication({
      smdpAddress: SMDP_ADDRESS,
      euiccInfo1: card.euiccInfo1(),
      eimTransactionId: item.eimTransactionId!,
    });
    expect(child(await ask(eim, message), 0xa0)).toBeDefined();
  });

  test.each([
    ['no event', []],
    ['damaged events', [null, { eventId: 1 }]],
    ['no list', 'x'],
  ])('%s → eventIdUnknown', async (_name, entries) => {
    expect(codeIn((await authenticateAtSmds(entries)).answer, 0x82)).toBe(56);
  });

  test('an SM-DP+ certificate is not good enough for an SM-DS', async () => {
    const item = eim.queue(EID, { kind: 'download', contactSmds: { smdsAddress: SMDS_ADDRESS } });
    smds.answers.initiateAuthentication = smds.authentication({ address: SMDS_ADDRESS });
    const message = initiateAuthentication({ euiccInfo1: card.euiccInfo1(), eimTransactionId: item.eimTransactionId! });
    expect(codeIn(await ask(eim, message), 0x81)).toBe(127);
  });

  test('a session without a trigger gets one without a transaction', async () => {
    server.answers = {
      initiateAuthentication: server.authentication(),
      authenticateClient: { transactionId: '0A0B', eventEntries: [{ eventId: 'EV-1', rspServerAddress: SMDP_ADDRESS }] },
    };
    const started = need(await ask(eim, begin), 0xa0);
    const answer = await ask(eim, tlv(0xbf3b, tlv(0x80, fromHex('0A0B')), card.authenticateServer(started, ctxParams1(''))));
    const code = Buffer.from('1$smdp.example.com$EV-1').toString('hex').toUpperCase();
    expect(hex(answer.raw)).toBe(`BF3B24A12280020A0BBF541BA0198017${code}`);
  });
});
