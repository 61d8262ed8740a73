// SPDX-License-Identifier: Apache-2.0
// The SM-DP+ over HTTPS: both bindings of ES9+, their refusals, and the faults of the network layer.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fromHex } from '../../../host/sim/codec/bytes.js';
import { createTestPki, type TestPki } from '../../../host/sim/pki/index.js';
import { makeMetadata, makeProfilePackage } from '../../../host/sim/profile/index.js';
import { type Es9Function, type JsonObject, REFUSALS, SimulatedSmdp } from '../../../host/sim/smdp/index.js';
import { ASN1_HEADERS, ASN1_PATH, type Exchange, JSON_HEADERS, exchange as send } from '../rsp/support/exchange.js';
import { asn1Body, readAsn1Response } from './support/asn1-peer.js';
import { fromBase64, SimpleEuicc, statusOf } from './support/simple-euicc.js';

const ICCID = '89000123456789012341';
const profile = makeProfilePackage({ iccid: ICCID, sizeBytes: 40_000 });

let pki: TestPki;
let smdp: SimulatedSmdp;
let euicc: SimpleEuicc;

beforeAll(async () => {
  pki = await createTestPki();
  smdp = new SimulatedSmdp({ pki });
  euicc = new SimpleEuicc({ pki });
  await smdp.start();
  smdp.addOrder({ matchingId: 'TOKEN', profile, metadata: makeMetadata({ iccid: ICCID }) });
});

afterAll(() => smdp.close());

/** A request of the JSON binding. */
async function exchange(name: string, options: Partial<Exchange> & { readonly ca?: string } = {}) {
  const { ca = smdp.caPem, ...rest } = options;
  const answered = await send({ port: smdp.port, ca }, { path: `/gsma/rsp2/es9plus/${name}`, ...rest });
  return { ...answered, body: answered.body.toString() };
}

async function call(name: string, request: JsonObject): Promise<JsonObject> {
  const { status, body } = await exchange(name, { body: JSON.stringify(request) });
  expect(status).toBe(200);
  return JSON.parse(body) as JsonObject;
}

/** A request of the ASN.1 binding. */
function exchangeAsn1(body: Uint8Array, options: Partial<Exchange> = {}) {
  return send({ port: smdp.port, ca: smdp.caPem }, { path: ASN1_PATH, headers: ASN1_HEADERS, body, ...options });
}

async function callAsn1(name: Es9Function, request: JsonObject): Promise<JsonObject> {
  const { status, body } = await exchangeAsn1(asn1Body(name, request));
  expect(status).toBe(200);
  return readAsn1Response(body);
}

describe('SimulatedSmdp', () => {
  it('serves a whole download', async () => {
    const initiated = await call('initiateAuthentication', euicc.initiateRequest());
    const authenticated = await call('authenticateClient', euicc.authenticateRequest(initiated));
    const bound = await call('getBoundProfilePackage', euicc.prepareDownloadRequest(authenticated));
    expect(euicc.open(fromBase64(bound.boundProfilePackage)).profile).toEqual(profile);
    const notified = await exchange('handleNotification', { body: JSON.stringify(euicc.otherNotification()) });
    expect([notified.status, notified.body]).toEqual([204, '']);
    const cancelled = await call('cancelSession', euicc.cancelRequest(String(initiated.transactionId), 1));
    expect(cancelled).toEqual({ header: { functionExecutionStatus: { status: 'Executed-Success' } } });
    expect(smdp.log.map(({ kind }) => kind)).toEqual([
      'initiateAuthentication',
      'authenticateClient',
      'getBoundProfilePackage',
      'handleNotification',
      'cancelSession',
    ]);
  });

  it('answers for localhost and 127.0.0.1 with its port', async () => {
    for (const host of ['localhost', '127.0.0.1']) {
      expect(statusOf(await call('initiateAuthentication', euicc.initiateRequest(`${host}:${smdp.port}`)))).toBe('ok');
    }
    expect(statusOf(await call('initiateAuthentication', euicc.initiateRequest('localhost')))).toBe('8.8.1/3.8');
  });

  it('names protocol version, type and length of its responses', async () => {
    const { headers, body } = await exchange('initiateAuthentication', { body: JSON.stringify(euicc.initiateRequest()) });
    expect(headers).toMatchObject({
      'x-admin-protocol': 'gsma/rsp/v2.1.0',
      'content-type': 'application/json;charset=UTF-8',
      'content-length': String(body.length),
    });
  });

  it('is trusted by its CI only', async () => {
    const stranger = new SimulatedSmdp({ pki: await createTestPki() });
    await expect(exchange('initiateAuthentication', { ca: stranger.caPem })).rejects.toThrow();
    await expect(exchange('initiateAuthentication', { servername: 'elsewhere.example.com' })).rejects.toThrow(/altnames/i);
  });

  it.each([
    ['another Content-Type', { 'Content-Type': 'text/plain' }, '1.2.1/2.1'],
    ['another X-Admin-Protocol', { 'X-Admin-Protocol': 'gsma/rsp2' }, '1.2.2/2.1'],
  ])('refuses %s', async (_name, header, status) => {
    const { body } = await exchange('initiateAuthentication', {
      headers: { ...JSON_HEADERS, ...header },
      body: JSON.stringify(euicc.initiateRequest()),
    });
    expect(statusOf(JSON.parse(body) as JsonObject)).toBe(status);
  });

  it('refuses a request without X-Admin-Protocol', async () => {
    const { body } = await exchange('handleNotification', { headers: { 'Content-Type': 'application/json' } });
    expect(statusOf(JSON.parse(body) as JsonObject)).toBe('1.2.2/2.1');
  });

  it.each<[string, Partial<Exchange>, number]>([
    ['an unknown path', { path: '/gsma/rsp2/es9plus/downloadOrder' }, 404],
    ['another method', { method: 'PUT' }, 405],
    ['bytes that are not JSON', { body: '{' }, 400],
    ['JSON that is no object', { body: '[]' }, 400],
    ['a huge body', { body: ' '.repeat(300_000) }, 413],
  ])('answers %s with an HTTP status', async (_name, options, status) => {
    expect((await exchange('initiateAuthentication', options)).status).toBe(status);
  });

  it('answers a notification with 204 even when it cannot be read', async () => {
    expect((await exchange('handleNotification')).status).toBe(204);
  });
});

describe('the ASN.1 binding', () => {
  it('serves a whole download', async () => {
    const before = smdp.log.length;
    const initiated = await callAsn1('initiateAuthentication', euicc.initiateRequest());
    const authenticated = await callAsn1('authenticateClient', euicc.authenticateRequest(initiated));
    const bound = await callAsn1('getBoundProfilePackage', euicc.prepareDownloadRequest(authenticated));
    expect(euicc.open(fromBase64(bound.boundProfilePackage)).profile).toEqual(profile);
    const notified = await exchangeAsn1(asn1Body('handleNotification', euicc.otherNotification()));
    expect([notified.status, notified.body.length]).toEqual([204, 0]);
    expect(await callAsn1('cancelSession', euicc.cancelRequest(String(initiated.transactionId), 1))).toEqual({});
    expect(smdp.log.slice(before).map(({ kind }) => kind)).toEqual([
      'initiateAuthentication',
      'authenticateClient',
      'getBoundProfilePackage',
      'handleNotification',
      'cancelSession',
    ]);
  });

  it('names protocol version, type and length of its responses', async () => {
    const { headers, body } = await exchangeAsn1(asn1Body('initiateAuthentication', euicc.initiateRequest()));
    expect(headers).toMatchObject({
      'x-admin-protocol': 'gsma/rsp/v2.1.0',
      'content-type': 'application/x-gsma-rsp-asn1',
      'content-length': String(body.length),
    });
  });

  it.each<[string, Partial<Exchange>, number]>([
    ['JSON', { headers: JSON_HEADERS }, 415],
    ['no X-Admin-Protocol', { headers: { 'Content-Type': ASN1_HEADERS['Content-Type'] } }, 400],
    ['another method', { method: 'GET' }, 405],
    ['another path', { path: '/gsma/rsp2/asn1/initiateAuthentication' }, 404],
    ['a path of JSON', { path: '/gsma/rsp2/es9plus/' }, 404],
    ['no body', { body: new Uint8Array() }, 400],
    ['another tag', { body: fromHex('A303BF3900') }, 400],
    ['bytes after the message', { body: fromHex('A203BF390000') }, 400],
    ['an unknown function', { body: fromHex('A203BF4F00') }, 400],
    ['a huge body', { body: new Uint8Array(300_000) }, 413],
  ])('answers %s with an HTTP status', async (_name, options, status) => {
    const logged = smdp.log.length;
    const answered = await exchangeAsn1(fromHex('A203BF3900'), options);
    expect([answered.status, answered.body.length]).toEqual([status, 0]);
    expect(smdp.log.length).toBe(logged);
  });

  it('answers a notification with 204 even when it is none', async () => {
    expect((await exchangeAsn1(fromHex('A205BF3D02A000'))).status).toBe(204);
  });
});

describe('responses written in another style', () => {
  afterEach(() => {
    smdp.jsonStyle = {};
  });

  it('are the same JSON', async () => {
    smdp.jsonStyle = { order: 'headerLast', whiteSpace: true, escapes: true, unknownMembers: true };
    const { body } = await exchange('initiateAuthentication', { body: JSON.stringify(euicc.initiateRequest()) });
    expect(body).toMatch(/^\r\n\{\t/);
    const authenticated = await call('authenticateClient', euicc.authenticateRequest(JSON.parse(body) as JsonObject));
    expect(Object.keys(authenticated)).toEqual([
      'x-vendor',
      'transactionId',
      'profileMetadata',
      'smdpSigned2',
      'smdpSignature2',
      'smdpCertificate',
      'header',
      'zLast',
    ]);
  });

  it('may come in chunks, in both bindings', async () => {
    const other = new SimulatedSmdp({ pki, responseChunkBytes: 100 });
    await other.start();
    const peer = { port: other.port, ca: other.caPem };
    const path = '/gsma/rsp2/es9plus/initiateAuthentication';
    const json = await send(peer, { path, body: JSON.stringify(euicc.initiateRequest()) });
    const asn1 = await send(peer, {
      path: ASN1_PATH,
      headers: ASN1_HEADERS,
      body: asn1Body('initiateAuthentication', euicc.initiateRequest()),
    });
    await other.close();
    for (const { headers } of [json, asn1]) {
      expect(headers['transfer-encoding']).toBe('chunked');
      expect(headers['content-length']).toBeUndefined();
    }
    expect(statusOf(JSON.parse(json.body.toString()) as JsonObject)).toBe('ok');
    expect(readAsn1Response(asn1.body)).toHaveProperty('serverSigned1');
  });

  it('may hold bare signatures, as an option too', async () => {
    const other = new SimulatedSmdp({ pki, jsonStyle: { bareSignatures: true, bareCiPkId: true } });
    await other.start();
    const answered = await send(
      { port: other.port, ca: other.caPem },
      { path: '/gsma/rsp2/es9plus/initiateAuthentication', body: JSON.stringify(euicc.initiateRequest()) },
    );
    await other.close();
    const { serverSignature1, euiccCiPKIdToBeUsed } = JSON.parse(answered.body.toString()) as JsonObject;
    expect(fromBase64(serverSignature1).length).toBe(64);
    expect(fromBase64(euiccCiPKIdToBeUsed)).toEqual(pki.ciPkId);
  });
});

describe('faults', () => {
  const body = () => JSON.stringify(euicc.initiateRequest());
  const asn1 = () => asn1Body('initiateAuthentication', euicc.initiateRequest());
  const statusWord = async () => {
    const response = JSON.parse((await exchange('initiateAuthentication', { body: body() })).body) as {
      header: { functionExecutionStatus: { status: string } };
    };
    return response.header.functionExecutionStatus.status;
  };

  it('cutNextResponse breaks one response off', async () => {
    smdp.cutNextResponse('initiateAuthentication', 10);
    await expect(exchange('initiateAuthentication', { body: body() })).rejects.toThrow();
    expect((await exchange('initiateAuthentication', { body: body() })).status).toBe(200);
    smdp.cutNextResponse('initiateAuthentication', 10);
    await expect(exchangeAsn1(asn1())).rejects.toThrow();
    expect((await exchangeAsn1(asn1())).status).toBe(200);
  });

  it('cutNextResponse loses the answer to a notification, which was taken', async () => {
    const received = smdp.notifications.length;
    smdp.cutNextResponse('handleNotification', 0);
    smdp.cutNextResponse('handleNotification', 5);
    const notification = euicc.otherNotification();
    await expect(exchange('handleNotification', { body: JSON.stringify(notification) })).rejects.toThrow();
    await expect(exchangeAsn1(asn1Body('handleNotification', notification))).rejects.toThrow();
    expect(smdp.notifications.slice(received).map(({ duplicate }) => duplicate)).toEqual([false, true]);
  });

  it('refuseNext and failNext answer one call each, in their order', async () => {
    smdp.refuseNext('initiateAuthentication', REFUSALS.profileNotReleased);
    smdp.failNext('initiateAuthentication', 503);
    expect(statusOf(JSON.parse((await exchange('initiateAuthentication', { body: body() })).body) as JsonObject)).toBe('8.2/1.2');
    expect((await exchange('initiateAuthentication', { body: body() })).status).toBe(503);
    expect((await exchange('initiateAuthentication', { body: body() })).status).toBe(200);
  });

  it('refuseNext and failNext are for both bindings', async () => {
    smdp.refuseNext('initiateAuthentication', REFUSALS.versionNotSupported);
    smdp.failNext('initiateAuthentication', 503);
    expect(readAsn1Response((await exchangeAsn1(asn1())).body)).toEqual({ error: 2 });
    expect((await exchangeAsn1(asn1())).status).toBe(503);
    expect((await exchangeAsn1(asn1())).status).toBe(200);
  });

  it('expireNext ends one call as Expired, without looking at it', async () => {
    smdp.expireNext('initiateAuthentication');
    smdp.expireNext('initiateAuthentication');
    const logged = smdp.log.length;
    expect(await statusWord()).toBe('Expired');
    expect(readAsn1Response((await exchangeAsn1(asn1())).body)).toEqual({ error: 127 });
    expect(smdp.log.length).toBe(logged);
    expect(await statusWord()).toBe('Executed-Success');
  });

  it('warnNext lets one call succeed with a warning', async () => {
    smdp.warnNext('initiateAuthentication', REFUSALS.profileNotReleased);
    const warned = JSON.parse((await exchange('initiateAuthentication', { body: body() })).body) as JsonObject;
    const { subjectCode, reasonCode, message } = REFUSALS.profileNotReleased;
    expect(warned).toMatchObject({
      header: { functionExecutionStatus: { status: 'Executed-WithWarning', statusCodeData: { subjectCode, reasonCode, message } } },
      transactionId: expect.stringMatching(/^[0-9A-F]{32}$/) as string,
    });
    smdp.warnNext('initiateAuthentication', REFUSALS.profileNotReleased);
    expect(readAsn1Response((await exchangeAsn1(asn1())).body)).toHaveProperty('transactionId');
  });

  it('a refused notification is told in JSON, and by HTTP where ASN.1 has no response', async () => {
    const notification = euicc.otherNotification();
    const received = smdp.notifications.length;
    smdp.refuseNext('handleNotification', REFUSALS.transactionUnknown);
    const { body: refused } = await exchange('handleNotification', { body: JSON.stringify(notification) });
    expect(statusOf(JSON.parse(refused) as JsonObject)).toBe('8.10.1/3.9');
    smdp.refuseNext('handleNotification', REFUSALS.transactionUnknown);
    expect((await exchangeAsn1(asn1Body('handleNotification', notification))).status).toBe(500);
    expect(smdp.notifications.length).toBe(received);
  });
});
