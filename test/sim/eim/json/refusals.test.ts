// SPDX-License-Identifier: Apache-2.0
// What the JSON binding refuses (SGP.32 v1.2 §6.1, §6.4): paths, media types, bodies and members, each over HTTPS as an IPA meets it.
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hex, text } from '../../../../host/sim/codec/bytes.js';
import { SimulatedEim, type SimulatedEimOptions } from '../../../../host/sim/eim/index.js';
import { createTestPki, type TestPki } from '../../../../host/sim/pki/index.js';
import { SeededBytes } from '../../../../host/sim/profile/seeded-bytes.js';
import { EID } from '../support/card.js';
import { HttpsClient } from '../support/https-client.js';
import { getEimPackage, lastEvent } from '../support/messages.js';

const SEED = 20261126;
const JSON_TYPE = { 'content-type': 'application/json;charset=UTF-8' };
const PATH = '/gsma/rsp2/esipa/';
const ASK = `{"eidValue":"${EID}"}`;
const NOTHING = '{"header":{"functionExecutionStatus":{"status":"Executed-Success"}},"eimPackageError":1}';
let pki: TestPki;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  pki = await createTestPki();
});
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function start(options: Partial<SimulatedEimOptions> = {}) {
  const eim = new SimulatedEim({ pki, ...options });
  await eim.start();
  eim.register({ eid: EID });
  const client = new HttpsClient(eim.address, pki.ci.certificate);
  open.push(eim, client);
  const post = (body: string | Uint8Array, name = 'getEimPackage', headers: Record<string, string | null> = JSON_TYPE) =>
    client.post(body, headers, PATH + name);
  return { eim, client, post };
}

describe('HTTP', () => {
  test.each([
    'application/json;charset=UTF-8',
    'application/json',
    'Application/JSON; charset="utf-8"',
    'application/json;v=1;charset=utf-8',
  ])('Content-Type %s → taken', async (type) => {
    const { post } = await start();
    const { status, headers, body } = await post(ASK, 'getEimPackage', { 'content-type': type });
    expect({ status, body: text(body) }).toEqual({ status: 200, body: NOTHING });
    expect(headers).toMatchObject({
      'x-admin-protocol': 'gsma/rsp/v2.1.0',
      'content-type': 'application/json;charset=UTF-8',
      'content-length': String(NOTHING.length),
    });
  });

  test.each<[string, number, string, Record<string, string | null>?]>([
    ['ASN.1 as media type', 415, 'getEimPackage', { 'content-type': 'application/x-gsma-rsp-asn1' }],
    ['another charset', 415, 'getEimPackage', { 'content-type': 'application/json;charset=latin1' }],
    ['text', 415, 'getEimPackage', { 'content-type': 'text/json' }],
    ['no media type', 415, 'getEimPackage', { 'content-type': null }],
    ['a foreign User-Agent', 400, 'getEimPackage', { ...JSON_TYPE, 'user-agent': 'gsma-rsp-lpad' }],
    ['no X-Admin-Protocol', 400, 'getEimPackage', { ...JSON_TYPE, 'x-admin-protocol': null }],
    ['a function that no eIM has', 404, 'transferEimPackage'],
    ['a name from the prototype', 404, 'constructor'],
    ['no function', 404, ''],
    ['other letter case', 404, 'GetEimPackage'],
    ['a path below a function', 404, 'getEimPackage/x'],
  ])('%s → %i', async (_name, status, name, headers = JSON_TYPE) => {
    const { eim, post } = await start();
    expect((await post(ASK, name, headers)).status).toBe(status);
    expect(eim.log).toEqual([]);
    expect(text((await post(ASK)).body)).toBe(NOTHING);
  });

  test('GET → 405', async () => {
    const { client } = await start();
    expect((await client.post('', JSON_TYPE, `${PATH}getEimPackage`, 'GET')).status).toBe(405);
  });

  test('JSON on the path of ASN.1 → 415; ASN.1 on a path of JSON → 400', async () => {
    const { client, post } = await start();
    expect((await client.post(ASK, JSON_TYPE)).status).toBe(415);
    expect((await post(getEimPackage())).status).toBe(400);
  });

  test('version 1.0 has no JSON → 404', async () => {
    const { client, post } = await start({ version: '1.0' });
    expect((await post(ASK)).status).toBe(404);
    expect((await client.post(getEimPackage())).status).toBe(200);
  });

  test('body beyond the limit → 413', async () => {
    const { post } = await start({ maxRequestBytes: 100 });
    expect((await post(' '.repeat(101))).status).toBe(413);
  });

  test('planned faults meet JSON as well', async () => {
    const { eim, post } = await start();
    eim.faults.add('getEimPackage', { kind: 'refuse', httpStatus: 503 });
    eim.faults.add('getEimPackage', { kind: 'alterResponse', alter: (body) => body.subarray(0, 5) });
    expect((await post(ASK)).status).toBe(503);
    expect(text((await post(ASK)).body)).toBe('{"hea');
    eim.faults.add('getEimPackage', { kind: 'loseResponse' });
    await expect(post(ASK)).rejects.toThrow();
    expect(text((await post(ASK)).body)).toBe(NOTHING);
  });

  test('both bindings on one connection', async () => {
    const { eim, client, post } = await start({ responseChunkBytes: 7 });
    expect(text((await post(ASK)).body)).toBe(NOTHING);
    expect(hex((await client.post(getEimPackage())).body)).toBe('BF4F03020101');
    expect(eim.connectionCount).toBe(1);
  });
});

describe('bodies → 400, with the reason in the log', () => {
  const CHALLENGE = '"euiccChallenge":"AAECAwQFBgcICQoLDA0ODw=="';
  test.each<[string, string, string | Uint8Array, RegExp]>([
    ['nothing', 'getEimPackage', '', /not JSON/],
    ['no JSON', 'getEimPackage', 'hello', /not JSON/],
    ['cut JSON', 'getEimPackage', ASK.slice(0, -1), /not JSON/],
    ['two objects', 'getEimPackage', '{}{}', /not JSON/],
    ['a list', 'getEimPackage', '[]', /not a JSON object/],
    ['null', 'getEimPackage', 'null', /not a JSON object/],
    ['no UTF-8', 'getEimPackage', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d), /UTF-8/],
    ['an EID of 31 digits', 'getEimPackage', `{"eidValue":"${EID.slice(1)}"}`, /eidValue of getEimPackage: not 32 decimal digits/],
    ['an EID that is a number', 'getEimPackage', '{"eidValue":89}', /eidValue of getEimPackage: not a text/],
    ['an EID that is null', 'getEimPackage', '{"eidValue":null}', /not a text/],
    ['a flag that is a text', 'getEimPackage', '{"notifyStateChange":"true"}', /neither true nor false/],
    ['a cause that is a text', 'getEimPackage', '{"stateChangeCause":"1"}', /not an integer/],
    ['a cause with a fraction', 'getEimPackage', '{"stateChangeCause":1.5}', /not an integer/],
    ['a network of 2 bytes', 'getEimPackage', '{"rPlmn":"YvI="}', /2 bytes instead of 3/],
    ['a network of another tag', 'getEimPackage', '{"rPlmn":"gwNi8hA="}', /an element with tag 83/],
    ['a challenge of 15 bytes', 'initiateAuthentication', '{"euiccChallenge":"AAECAwQFBgcICQoLDA0O"}', /15 bytes instead of 16/],
    ['no challenge', 'initiateAuthentication', '{"smdpAddress":"a.b"}', /initiateAuthentication without euiccChallenge/],
    ['base64 without padding', 'initiateAuthentication', '{"euiccChallenge":"AAECAwQFBgcICQoLDA0ODw"}', /not base64/],
    ['base64 for URLs', 'initiateAuthentication', `{${CHALLENGE},"euiccInfo1":"vyAFggMCB-A="}`, /not base64/],
    ['base64 with a line end', 'initiateAuthentication', `{${CHALLENGE},"euiccInfo1":"vyAF\\nggMCBQA="}`, /not base64/],
    ['another object', 'initiateAuthentication', `{${CHALLENGE},"euiccInfo1":"vyIFggMCBQA="}`, /euiccInfo1 .*: an element with tag BF22/],
    ['two elements', 'initiateAuthentication', `{${CHALLENGE},"euiccInfo1":"vyAAvyAA"}`, /follow the element/],
    ['lower-case hexadecimal', 'initiateAuthentication', `{${CHALLENGE},"eimTransactionId":"ab"}`, /upper-case hexadecimal/],
    ['an odd number of digits', 'initiateAuthentication', `{${CHALLENGE},"eimTransactionId":"ABC"}`, /hexadecimal/],
    ['17 bytes', 'initiateAuthentication', `{${CHALLENGE},"eimTransactionId":"${'AB'.repeat(17)}"}`, /hexadecimal/],
    ['no transaction', 'authenticateClient', '{"authenticateServerResponse":"vzgA"}', /without transactionId/],
    ['no response', 'authenticateClient', '{"transactionId":"AB"}', /without authenticateServerResponse/],
    ['another response', 'getBoundProfilePackage', '{"transactionId":"AB","prepareDownloadResponse":"vzgA"}', /tag BF38/],
    ['no BER', 'cancelSession', '{"transactionId":"AB","cancelSessionResponse":"v0EF"}', /cancelSessionResponse of cancelSession/],
    ['an empty text', 'cancelSession', '{"transactionId":"AB","cancelSessionResponse":""}', /not base64/],
    ['neither alternative', 'handleNotification', '{"eidValue":"1"}', /needs one of pendingNotification, provideEimPackageResult, not 0/],
    ['both', 'handleNotification', '{"pendingNotification":"vzcA","provideEimPackageResult":"v1AA"}', /not 2 of them/],
    ['an unknown notification', 'handleNotification', '{"pendingNotification":"vygA"}', /tag BF28/],
    ['an empty notification', 'handleNotification', '{"pendingNotification":"vzcA"}', /no BF27 in BF37/],
    ['no result', 'provideEimPackageResult', ASK, /without eimPackageResult/],
    ['an unknown result', 'provideEimPackageResult', `{"eidValue":"${EID}","eimPackageResult":"v1MA"}`, /tag BF53/],
    ['an empty result', 'provideEimPackageResult', `{"eidValue":"${EID}","eimPackageResult":"v1EA"}`, /without one of its alternatives/],
  ])('%s', async (_name, name, body, problem) => {
    const { eim, post } = await start();
    const answer = await post(body, name);
    expect({ status: answer.status, length: answer.body.length }).toEqual({ status: 400, length: 0 });
    expect(answer.headers['content-type']).toBeUndefined();
    expect(lastEvent(eim, 'malformed').problem).toMatch(problem);
    expect(eim.log).toHaveLength(1);
  });
});

test(`changed bodies never make the eIM fail inside, seed ${SEED}`, async () => {
  const random = new SeededBytes(SEED);
  const number = (below: number) => random.take(4).reduce((sum, byte) => (sum * 256 + byte) % below, 0);
  const { eim, post } = await start();
  const bodies: [string, string][] = [
    ['getEimPackage', '{"eidValue":"89049032123451234512345678901235","notifyStateChange":true,"stateChangeCause":1,"rPlmn":"YvIQ"}'],
    ['initiateAuthentication', '{"eimTransactionId":"AB","euiccInfo1":"vyAFggMCBQA=","euiccChallenge":"AAECAwQFBgcICQoLDA0ODw=="}'],
    ['authenticateClient', '{"transactionId":"0A0B","authenticateServerResponse":"vzgIoQaAAQECAQY="}'],
    ['cancelSession', '{"transactionId":"0A","cancelSessionResponse":"v0EDgQEF"}'],
    ['handleNotification', '{"provideEimPackageResult":"v1AFv1QCMAA="}'],
    ['provideEimPackageResult', '{"eimPackageResult":"oAMCAQI=","eidValue":"89049032123451234512345678901235"}'],
  ];
  for (const [name, body] of bodies) {
    for (let round = 0; round < 40; round++) {
      const changed = Buffer.from(body);
      for (let count = 1 + number(3); count > 0; count--) changed[number(changed.length)] = number(2) ? number(256) : 0x20 + number(0x5f);
      expect([200, 204, 400], `round ${round} of ${name} ${changed.toString('hex')}`).toContain((await post(changed, name)).status);
    }
  }
  expect(eim.log.filter(({ kind }) => kind === 'internalError')).toEqual([]);
});
