// SPDX-License-Identifier: Apache-2.0
// The SM-DS over HTTPS: its paths, both bindings, and planned faults.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestPki, DEFAULT_EID, type TestPki } from '../../../host/sim/pki/index.js';
import type { JsonObject } from '../../../host/sim/smdp/index.js';
import { SimulatedSmds, SMDS_REFUSALS } from '../../../host/sim/smds/index.js';
import { ASN1_HEADERS, ASN1_PATH, exchange } from '../rsp/support/exchange.js';
import { asn1Body, readAsn1Response } from '../smdp/support/asn1-peer.js';
import { SimpleEuicc, statusOf } from '../smdp/support/simple-euicc.js';

const SMDS = 'smds.example.com';
const EVENT = { eventId: 'EVENT-A', rspServerAddress: 'smdp.example.com' };

let pki: TestPki;
let smds: SimulatedSmds;
let euicc: SimpleEuicc;

beforeAll(async () => {
  pki = await createTestPki();
  smds = new SimulatedSmds({ pki });
  euicc = new SimpleEuicc({ pki });
  await smds.start();
  smds.registerEvent({ eid: DEFAULT_EID, ...EVENT });
});

afterAll(() => smds.close());

const peer = () => ({ port: smds.port, ca: smds.caPem });

async function call(path: string, request: JsonObject): Promise<JsonObject> {
  const { status, body } = await exchange(peer(), { path, servername: SMDS, body: JSON.stringify(request) });
  expect(status).toBe(200);
  return JSON.parse(body.toString()) as JsonObject;
}

async function callAsn1(body: Uint8Array): Promise<JsonObject> {
  const answered = await exchange(peer(), { path: ASN1_PATH, headers: ASN1_HEADERS, servername: SMDS, body });
  expect(answered.headers['content-type']).toBe('application/x-gsma-rsp-asn1');
  return readAsn1Response(answered.body);
}

describe('SimulatedSmds', () => {
  it.each(['/gsma/rsp2/es11/', '/gsma/rsp2/es9plus/'])('tells events at %s', async (path) => {
    const initiated = await call(`${path}initiateAuthentication`, euicc.initiateRequest(SMDS));
    const answered = await call(`${path}authenticateClient`, euicc.authenticateRequest(initiated, { matchingId: undefined }));
    expect(answered).toEqual({
      header: { functionExecutionStatus: { status: 'Executed-Success' } },
      transactionId: initiated.transactionId,
      eventEntries: [EVENT],
    });
  });

  it('tells events in ASN.1', async () => {
    const initiated = await callAsn1(asn1Body('initiateAuthentication', euicc.initiateRequest(SMDS)));
    const request = euicc.authenticateRequest(initiated, { matchingId: undefined });
    const answered = await callAsn1(asn1Body('authenticateClient', request));
    expect(answered.transactionId).toBe(initiated.transactionId);
    expect(await callAsn1(asn1Body('authenticateClient', request))).toEqual({ error: 7 });
  });

  it('answers for its port on this machine', async () => {
    const address = `localhost:${smds.port}`;
    expect(statusOf(await call('/gsma/rsp2/es11/initiateAuthentication', euicc.initiateRequest(address)))).toBe('ok');
  });

  it('has no functions of an SM-DP+', async () => {
    expect((await exchange(peer(), { path: '/gsma/rsp2/es11/getBoundProfilePackage', servername: SMDS })).status).toBe(404);
    for (const name of ['getBoundProfilePackage', 'cancelSession', 'handleNotification'] as const) {
      const body = asn1Body(name, {});
      expect((await exchange(peer(), { path: ASN1_PATH, headers: ASN1_HEADERS, servername: SMDS, body })).status).toBe(400);
    }
  });

  it('shows a certificate for its own name', async () => {
    await expect(exchange(peer(), { path: ASN1_PATH, servername: 'smdp.example.com' })).rejects.toThrow(/altnames/i);
  });

  it('refuses, fails, expires, warns and breaks off as planned', async () => {
    const path = '/gsma/rsp2/es11/initiateAuthentication';
    const initiate = () => call(path, euicc.initiateRequest(SMDS));
    smds.refuseNext('initiateAuthentication', SMDS_REFUSALS.rootInaccessible);
    smds.refuseNext('initiateAuthentication', SMDS_REFUSALS.rootExecutionError);
    smds.expireNext('initiateAuthentication');
    smds.warnNext('initiateAuthentication', SMDS_REFUSALS.rootInaccessible);
    smds.failNext('initiateAuthentication', 502);
    smds.cutNextResponse('initiateAuthentication', 20);
    expect(statusOf(await initiate())).toBe('8.9/5.1');
    expect(statusOf(await initiate())).toBe('8.9/4.2');
    expect(await initiate()).toEqual({ header: { functionExecutionStatus: { status: 'Expired' } } });
    expect(await initiate()).toMatchObject({ header: { functionExecutionStatus: { status: 'Executed-WithWarning' } } });
    expect((await exchange(peer(), { path, servername: SMDS, body: JSON.stringify(euicc.initiateRequest(SMDS)) })).status).toBe(502);
    await expect(initiate()).rejects.toThrow();
    smds.jsonStyle = { order: 'headerLast' };
    expect(Object.keys(await initiate()).at(-1)).toBe('header');
    expect(smds.jsonStyle).toEqual({ order: 'headerLast' });
  });
});
