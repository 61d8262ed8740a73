// SPDX-License-Identifier: Apache-2.0
// ESipa over HTTPS (SGP.32 v1.2 §6.1, §6.3): headers, statuses, transfer, planned faults, certificates, and what eUICCs are told of the eIM.
import { createPublicKey, X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { child, need, readTlv, tlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex, text } from '../../../host/sim/codec/bytes.js';
import { SimulatedEim, type SimulatedEimOptions } from '../../../host/sim/eim/index.js';
import { createTestPki, type TestPki } from '../../../host/sim/pki/index.js';
import { EID, SMDP_ADDRESS } from './support/card.js';
import { HttpsClient } from './support/https-client.js';
import { getEimPackage, initiateAuthentication, lastEvent, provideResult } from './support/messages.js';
import { ok, Rig } from './support/rig.js';

const NOTHING = 'BF4F03020101';
let pki: TestPki;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  pki = await createTestPki();
});
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function start(options: Partial<SimulatedEimOptions> = {}): Promise<{ eim: SimulatedEim; client: HttpsClient }> {
  const eim = new SimulatedEim({ pki, ...options });
  await eim.start();
  const { euicc, eum, ci } = options.pki ?? pki;
  eim.register({ eid: EID, euiccCertificate: euicc.certificate, eumCertificate: eum.certificate });
  const client = new HttpsClient(eim.address, ci.certificate);
  open.push(eim, client);
  return { eim, client };
}

describe('requests', () => {
  test('answered with the same admin protocol, type and length', async () => {
    const { client } = await start();
    const { status, headers, body } = await client.post(getEimPackage());
    expect({ status, body: hex(body) }).toEqual({ status: 200, body: NOTHING });
    expect(headers).toMatchObject({
      'x-admin-protocol': 'gsma/rsp/v2.1.0',
      'content-type': 'application/x-gsma-rsp-asn1',
      'content-length': '6',
    });
  });

  test.each<[string, Record<string, string | null>]>([
    ['IPAe', { 'user-agent': 'gsma-rsp-ipae;extra' }],
    ['another version', { 'x-admin-protocol': 'gsma/rsp/v2.4.0' }],
    ['a parameter of the type', { 'content-type': 'application/x-gsma-rsp-asn1;charset=x' }],
  ])('%s → taken', async (_name, headers) => {
    const { client } = await start();
    expect((await client.post(getEimPackage(), headers)).status).toBe(200);
  });

  test.each<[string, number, Record<string, string | null>, string?, 'GET'?]>([
    ['another path', 404, {}, '/gsma/rsp2/es9plus/x'],
    ['GET', 405, {}, '/gsma/rsp2/asn1', 'GET'],
    ['a foreign User-Agent', 400, { 'user-agent': 'gsma-rsp-lpad' }],
    ['no User-Agent', 400, { 'user-agent': null }],
    ['no X-Admin-Protocol', 400, { 'x-admin-protocol': null }],
    ['a foreign X-Admin-Protocol', 400, { 'x-admin-protocol': 'x' }],
    ['JSON', 415, { 'content-type': 'application/json' }],
    ['no Content-Type', 415, { 'content-type': null }],
  ])('%s → %i', async (_name, status, headers, path, method) => {
    const { eim, client } = await start();
    const answer = await client.post(getEimPackage(), headers, path, method);
    expect(answer.status).toBe(status);
    expect(answer.headers['x-admin-protocol']).toBe('gsma/rsp/v2.1.0');
    if (status === 405) expect(answer.headers.allow).toBe('POST');
    expect(eim.log).toEqual([]);
    expect((await client.post(getEimPackage())).status).toBe(200);
  });

  test('malformed body → 400, in the log', async () => {
    const { eim, client } = await start();
    expect((await client.post('hello')).status).toBe(400);
    expect(lastEvent(eim, 'malformed').raw.length).toBe(5);
  });

  test('body beyond the limit → 413', async () => {
    const { client } = await start({ maxRequestBytes: 100 });
    expect((await client.post(new Uint8Array(101))).status).toBe(413);
    expect((await client.post(getEimPackage())).status).toBe(200);
  });

  test('nothing to answer → 204 without a body', async () => {
    const { client } = await start();
    const { status, body } = await client.post(tlv(0xbf3d, provideResult(tlv(0xbf54, fromHex('300380017F')))));
    expect({ status, length: body.length }).toEqual({ status: 204, length: 0 });
  });

  test('chunked transfer coding on request', async () => {
    const { client } = await start({ responseChunkBytes: 1 });
    const { headers, body } = await client.post(getEimPackage());
    expect(headers['transfer-encoding']).toBe('chunked');
    expect(hex(body)).toBe(NOTHING);
  });

  test('one connection serves many requests', async () => {
    const { eim, client } = await start();
    for (let count = 0; count < 5; count++) await client.post(getEimPackage());
    expect(eim.connectionCount).toBe(1);
  });

  test('a connection that ends within a request disturbs nobody', async () => {
    const { eim, client } = await start();
    await new Promise<void>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: Number(eim.address.split(':')[1]), rejectUnauthorized: false }, () => {
        socket.write('POST /gsma/rsp2/asn1 HTTP/1.1\r\nHost: x\r\nUser-Agent: gsma-rsp-ipad\r\nContent-Length: 99\r\n\r\nab', () =>
          socket.destroy(),
        );
      });
      socket.on('close', () => resolve());
    });
    expect((await client.post(getEimPackage())).status).toBe(200);
  });
});

describe('faults', () => {
  test.each([0, 1, 5])('answer cut after %i bytes, once', async (afterBytes) => {
    const { eim, client } = await start();
    eim.faults.add('getEimPackage', { kind: 'cutResponse', afterBytes });
    await expect(client.post(getEimPackage())).rejects.toThrow();
    expect(hex((await client.post(getEimPackage())).body)).toBe(NOTHING);
    expect(eim.log.length).toBe(2);
    expect(eim.faults.pending).toBe(0);
  });

  test('request lost: the eIM has not seen it; answer lost: it has', async () => {
    const { eim, client } = await start();
    eim.faults.add('getEimPackage', { kind: 'loseRequest' });
    await expect(client.post(getEimPackage())).rejects.toThrow();
    expect(eim.log.length).toBe(0);
    eim.faults.add('getEimPackage', { kind: 'loseResponse' });
    await expect(client.post(getEimPackage())).rejects.toThrow();
    expect(eim.log.length).toBe(1);
  });

  test('replaced and altered answers, an HTTP status, in the order planned', async () => {
    const { eim, client } = await start();
    eim.faults.add('getEimPackage', { kind: 'replaceResponse', body: fromHex('0102') });
    eim.faults.add('getEimPackage', { kind: 'alterResponse', alter: (body) => body.subarray(0, 2) });
    eim.faults.add('getEimPackage', { kind: 'refuse', httpStatus: 503 });
    expect(hex((await client.post(getEimPackage())).body)).toBe('0102');
    expect(hex((await client.post(getEimPackage())).body)).toBe('BF4F');
    expect((await client.post(getEimPackage())).status).toBe(503);
    expect((await client.post(getEimPackage())).status).toBe(200);
  });

  test('a delayed answer waits for its signal', async () => {
    const { eim, client } = await start();
    let release = () => {};
    eim.faults.add('getEimPackage', { kind: 'delay', until: new Promise<void>((resolve) => (release = resolve)) });
    let arrived = false;
    const answer = client.post(getEimPackage()).then(() => (arrived = true));
    const other = new HttpsClient(eim.address, pki.ci.certificate);
    open.push(other);
    await other.post(getEimPackage());
    expect(arrived).toBe(false);
    release();
    await answer;
  });

  test('faults of one function leave the others alone', async () => {
    const { eim, client } = await start();
    eim.faults.add('provideEimPackageResult', { kind: 'loseRequest' });
    expect((await client.post(getEimPackage())).status).toBe(200);
    expect(eim.faults.pending).toBe(1);
  });
});

describe('TLS', () => {
  test('another identity from the start, and later', async () => {
    const other = await createTestPki();
    const { eim, client } = await start({ tlsIdentity: other.eimTls });
    await expect(client.post(getEimPackage())).rejects.toThrow();
    eim.presentTlsIdentity(pki.eimTls);
    expect((await client.post(getEimPackage())).status).toBe(200);
    eim.presentTlsIdentity(other.eimTls);
    await expect(client.post(getEimPackage())).rejects.toThrow();
  });

  test('TLS 1.1 is refused', async () => {
    const { eim } = await start();
    const port = Number(eim.address.split(':')[1]);
    const error = await new Promise<Error>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' });
      socket.on('error', resolve);
    });
    expect(error.message).not.toBe('');
  });

  test('a port that is taken → start rejects', async () => {
    const { eim } = await start();
    const second = new SimulatedEim({ pki, port: Number(eim.address.split(':')[1]) });
    await expect(second.start()).rejects.toThrow(/EADDRINUSE/);
    expect(() => second.address).toThrow(/not listening/);
  });
});

describe('EimConfigurationData of the running eIM (§2.11.1.1.1)', () => {
  const spki = (certificate: Uint8Array) =>
    new Uint8Array(new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' }));

  test('by default: its address, keys as SPKI, retrieval over HTTPS', async () => {
    const { eim } = await start({ initialCounterValue: 4 });
    const data = readTlv(eim.eimConfigurationData());
    expect(data.children.map((field) => field.tag)).toEqual([0x80, 0x81, 0x82, 0x83, 0xa5, 0xa6, 0x87]);
    expect(text(need(data, 0x81).value)).toBe(eim.address);
    expect(hex(need(data, 0x83).value)).toBe('04');
    const signKey = new Uint8Array(createPublicKey(pki.eimSign.privateKey).export({ type: 'spki', format: 'der' }));
    expect(hex(need(need(data, 0xa5), 0xa0).value)).toBe(hex(readTlv(signKey).value));
    expect(hex(need(need(data, 0xa6), 0xa0).value)).toBe(hex(readTlv(spki(pki.eimTls.certificate)).value));
    expect(hex(need(data, 0x87).value)).toBe('0780');
  });

  test('certificates, token, CI, indirect download, other address', async () => {
    const { eim } = await start();
    const data = readTlv(
      eim.eimConfigurationData({
        eimFqdn: 'eim.example.com',
        counterValue: 9,
        requestAssociationToken: true,
        eimPublicKeyData: 'certificate',
        trustedPublicKeyDataTls: 'ciCertificate',
        euiccCiPkId: pki.ciPkId,
        indirectProfileDownload: true,
      }),
    );
    expect(hex(need(data, 0x84).raw)).toBe('8401FF');
    expect(hex(need(need(data, 0xa5), 0xa1).value)).toBe(hex(readTlv(pki.eimSign.certificate).value));
    expect(hex(need(need(data, 0xa6), 0xa1).value)).toBe(hex(readTlv(pki.ci.certificate).value));
    expect(hex(need(data, 0x88).value)).toBe(hex(pki.ciPkId));
    expect(hex(data.children.at(-1)!.raw)).toBe('8900');
    expect(text(need(data, 0x81).value)).toBe('eim.example.com');
  });

  test('own TLS certificate, or nothing, to trust', async () => {
    const other = await createTestPki();
    const { eim } = await start({ tlsIdentity: other.eimTls });
    const pinned = readTlv(eim.eimConfigurationData({ trustedPublicKeyDataTls: 'certificate' }));
    expect(hex(need(need(pinned, 0xa6), 0xa1).value)).toBe(hex(readTlv(other.eimTls.certificate).value));
    expect(child(readTlv(eim.eimConfigurationData({ trustedPublicKeyDataTls: 'none' })), 0xa6)).toBeUndefined();
  });
});

test('a download over HTTPS on both sides, in chunks', async () => {
  const rig = await Rig.start();
  open.push(rig);
  const matchingId = rig.order();
  const resolveSmdp = () => ({ host: '127.0.0.1', port: rig.smdp.port });
  const { eim, client: ipa } = await start({ pki: rig.pki, resolveSmdp, responseChunkBytes: 100 });
  const item = eim.queue(EID, { kind: 'download', activationCode: `1$${SMDP_ADDRESS}$${matchingId}`, eimHoldsData: true });
  await ipa.ask(getEimPackage());
  const started = ok(
    await ipa.ask(initiateAuthentication({ euiccInfo1: rig.card.euiccInfo1(), eimTransactionId: item.eimTransactionId! })),
  );
  const transaction = need(started, 0x80).raw;
  const given = tlv(0xa0, tlv(0x80, need(started, 0x0c).value), fromHex('A108800435290611A100'));
  const ready = ok(await ipa.ask(tlv(0xbf3b, transaction, rig.card.authenticateServer(started, given))));
  const bound = ok(await ipa.ask(tlv(0xbf3a, transaction, rig.card.prepareDownload(ready))));
  expect(need(bound, 0xbf36).raw.length).toBeGreaterThan(2500);
  const report = tlv(0xbf3d, tlv(0xa0, rig.card.installationResult(need(started, 0x80).value)));
  expect((await ipa.post(report)).status).toBe(204);
  expect(item.status).toBe('finished');
  expect(eim.log.map((event) => event.kind)).toEqual([
    'getEimPackage',
    'initiateAuthentication',
    'authenticateClient',
    'getBoundProfilePackage',
    'notification',
  ]);
});
