// SPDX-License-Identifier: Apache-2.0
// The SM-DP+ over HTTPS: ES9+ JSON binding, its refusals, and the faults of the network layer.
import type { IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestPki, type TestPki } from '../../../host/sim/pki/index.js';
import { makeMetadata, makeProfilePackage } from '../../../host/sim/profile/index.js';
import { type JsonObject, REFUSALS, SimulatedSmdp } from '../../../host/sim/smdp/index.js';
import { fromBase64, SimpleEuicc, statusOf } from './support/simple-euicc.js';

const ICCID = '89000123456789012341';
const HEADERS = { 'Content-Type': 'application/json;charset=UTF-8', 'X-Admin-Protocol': 'gsma/rsp/v2.1.0', 'User-Agent': 'gsma-rsp-ipad' };
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

interface Exchange {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly ca?: string;
  readonly servername?: string;
}

function exchange(
  name: string,
  {
    path = `/gsma/rsp2/es9plus/${name}`,
    method = 'POST',
    headers = HEADERS,
    body = '{}',
    ca = smdp.caPem,
    servername = 'smdp.example.com',
  }: Exchange = {},
) {
  return new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const request = httpsRequest(
      { host: '127.0.0.1', port: smdp.port, path, method, headers, ca, servername, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

async function call(name: string, request: JsonObject): Promise<JsonObject> {
  const { status, body } = await exchange(name, { body: JSON.stringify(request) });
  expect(status).toBe(200);
  return JSON.parse(body) as JsonObject;
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
      headers: { ...HEADERS, ...header },
      body: JSON.stringify(euicc.initiateRequest()),
    });
    expect(statusOf(JSON.parse(body) as JsonObject)).toBe(status);
  });

  it('refuses a request without X-Admin-Protocol', async () => {
    const { body } = await exchange('handleNotification', { headers: { 'Content-Type': 'application/json' } });
    expect(statusOf(JSON.parse(body) as JsonObject)).toBe('1.2.2/2.1');
  });

  it.each<[string, Exchange, number]>([
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

describe('faults', () => {
  const body = () => JSON.stringify(euicc.initiateRequest());

  it('cutNextResponse breaks one response off', async () => {
    smdp.cutNextResponse('initiateAuthentication', 10);
    await expect(exchange('initiateAuthentication', { body: body() })).rejects.toThrow();
    expect((await exchange('initiateAuthentication', { body: body() })).status).toBe(200);
  });

  it('refuseNext and failNext answer one call each, in their order', async () => {
    smdp.refuseNext('initiateAuthentication', REFUSALS.profileNotReleased);
    smdp.failNext('initiateAuthentication', 503);
    expect(statusOf(JSON.parse((await exchange('initiateAuthentication', { body: body() })).body) as JsonObject)).toBe('8.2/1.2');
    expect((await exchange('initiateAuthentication', { body: body() })).status).toBe(503);
    expect((await exchange('initiateAuthentication', { body: body() })).status).toBe(200);
  });
});
