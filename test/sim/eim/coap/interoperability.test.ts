// SPDX-License-Identifier: Apache-2.0
// Two CoAP stacks that are not ours talk to the simulated eIM over UDP: libcoap's client, and client and server of the package coap.
import { createSocket, type Socket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Agent, createServer, type IncomingMessage, type OutgoingMessage } from 'coap';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../../host/clock.js';
import { readTlv, tlv } from '../../../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../../../host/sim/codec/bytes.js';
import { BLOCK_BYTES, type BlockBytes } from '../../../../host/sim/eim/coap/block.js';
import { type EimCoapOptions, psmo, SimulatedEim } from '../../../../host/sim/eim/index.js';
import { createTestPki, type TestPki } from '../../../../host/sim/pki/index.js';
import { findLibcoap } from '../../../support/libcoap.js';
import { openUdpChannel } from '../../../support/udp-channel.js';
import { EID, ICCID, TestCard } from '../support/card.js';
import { getEimPackage, lastEvent } from '../support/messages.js';
import { queueBody } from './support/bed.js';

const coapClient = findLibcoap();
const BODY_BYTES = 5_000;

let pki: TestPki;
let folder: string;
const open: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  pki = await createTestPki();
});
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ipa-coap-'));
});
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
  rmSync(folder, { recursive: true, force: true });
});

async function startEim(coap: EimCoapOptions = {}): Promise<{ eim: SimulatedEim; url: string; port: number }> {
  const eim = new SimulatedEim({ pki, coap: { port: 0, ...coap } });
  await eim.start();
  open.push(eim);
  eim.register({ eid: EID, euiccCertificate: pki.euicc.certificate, eumCertificate: pki.eum.certificate });
  return { eim, url: `coap://${eim.coapAddress}/gsma/rsp2/asn1`, port: Number(eim.coapAddress.split(':')[1]) };
}

/** GetEimPackage that fills several blocks: an element that nobody knows makes it long. */
const longRequest = (): Uint8Array =>
  tlv(
    0xbf4f,
    tlv(0x5a, fromHex(EID)),
    tlv(
      0x9f7f,
      Uint8Array.from({ length: 3_000 }, (_, index) => index & 0xff),
    ),
  );

describe.skipIf(coapClient === undefined)('libcoap', () => {
  async function post(url: string, body: Uint8Array, ...options: string[]): Promise<{ answer: Uint8Array; said: string }> {
    const [request, answer] = [path.join(folder, 'request'), path.join(folder, 'answer')];
    writeFileSync(request, body);
    writeFileSync(answer, '');
    const said = await coapClient!.run('-m', 'post', '-f', request, '-o', answer, ...options, url);
    return { answer: new Uint8Array(readFileSync(answer)), said };
  }

  test.each([64, 256, 1024] as const)('fetches a package in blocks of %i bytes both ways, byte for byte', async (bytes) => {
    const { eim, url } = await startEim({ largestBlockBytes: bytes });
    const { body } = queueBody(eim, BODY_BYTES);
    const request = longRequest();
    const { answer } = await post(url, request, '-b', String(bytes));
    expect(hex(answer)).toBe(hex(body));
    expect(hex(lastEvent(eim, 'getEimPackage').raw)).toBe(hex(request));
    expect(eim.log.length).toBe(1);
  });

  test('asks for smaller blocks than the eIM would send', async () => {
    const { eim, url } = await startEim();
    const { body } = queueBody(eim, BODY_BYTES);
    const { answer, said } = await post(url, getEimPackage(), '-O', '23,0x02', '-v', '7');
    expect(hex(answer)).toBe(hex(body));
    expect(said).toContain('Block2:1/M/64');
  });

  test('sends longer blocks than the eIM likes, and shorter ones when it is told so', async () => {
    const { eim, url } = await startEim({ largestBlockBytes: 128 });
    const request = longRequest();
    await post(url, request, '-b', '1024');
    expect(hex(lastEvent(eim, 'getEimPackage').raw)).toBe(hex(request));
  });

  test('not confirmable', async () => {
    const { url } = await startEim();
    expect(hex((await post(url, getEimPackage(), '-N')).answer)).toBe('BF4F03020101');
  });

  test('waits for a separate response', async () => {
    let acknowledged = () => {};
    const until = new Promise<void>((resolve) => {
      acknowledged = resolve;
    });
    const after = (delayMs: number, task: () => void) => systemClock.after(delayMs, () => [task(), acknowledged()]);
    const { eim, url } = await startEim({ separateAfterMs: 0, clock: { ...systemClock, after } });
    eim.coapFaults.add('getEimPackage', { kind: 'delay', until });
    const { answer, said } = await post(url, getEimPackage(), '-v', '7');
    expect(hex(answer)).toBe('BF4F03020101');
    expect(said).toMatch(/t:ACK c:0\.00[\s\S]*t:CON c:2\.05/);
  });

  test.each<[string, string, string[], string]>([
    ['another path', '4.04', [], 'es9plus'],
    ['Content-Format 50', '4.15', ['-t', '50'], 'asn1'],
    ['a critical option that is not known', '4.02', ['-O', '2049,x'], 'asn1'],
  ])('is refused: %s → %s', async (_name, code, options, last) => {
    const { eim, url } = await startEim();
    const { said } = await post(url.replace('asn1', last), getEimPackage(), ...options);
    expect(said).toContain(code);
    expect(eim.log).toEqual([]);
  });
});

describe('the package coap', () => {
  /** A bound socket that is closed after the test. */
  async function bindSocket(): Promise<Socket> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    open.push({ close: () => new Promise<void>((resolve) => socket.close(resolve)) });
    return socket;
  }

  async function post(
    port: number,
    body: Uint8Array,
    options: Record<string, Buffer> = {},
  ): Promise<{ readonly code: string; readonly payload: Uint8Array }> {
    const agent = new Agent({ socket: await bindSocket() });
    const request = agent.request({ host: '127.0.0.1', port, pathname: '/gsma/rsp2/asn1', method: 'POST', options });
    return new Promise((resolve, reject) => {
      request.on('response', ({ code, payload }: IncomingMessage) => resolve({ code, payload: new Uint8Array(payload) }));
      request.on('error', reject);
      request.end(Buffer.from(body));
    });
  }

  test.each<BlockBytes>([64, 256, 1024])('fetches a package in blocks of %i bytes both ways, byte for byte', async (bytes) => {
    const { eim, port } = await startEim();
    const { body } = queueBody(eim, BODY_BYTES);
    const exponent = Buffer.of(BLOCK_BYTES.indexOf(bytes));
    const { code, payload } = await post(port, longRequest(), { Block1: exponent, Block2: exponent });
    expect(code).toBe('2.05');
    expect(hex(payload)).toBe(hex(body));
    expect(hex(lastEvent(eim, 'getEimPackage').raw)).toBe(hex(longRequest()));
  });

  test('without a word on blocks', async () => {
    const { eim, port } = await startEim();
    const { body } = queueBody(eim, BODY_BYTES);
    expect(hex((await post(port, getEimPackage())).payload)).toBe(hex(body));
  });

  test('is pushed to as a device', async () => {
    const { eim } = await startEim();
    const item = eim.queue(EID, { kind: 'euiccPackage', psmos: [psmo.enable(ICCID)] });
    const pushed: string[] = [];
    const port = await device((request, response) => {
      pushed.push(`${request.method} ${request.url} ${hex(request.payload)}`);
      const isPackage = readTlv(new Uint8Array(request.payload)).children[0]!.tag === 0xbf51;
      response.end(Buffer.from(tlv(0xbf4e, isPackage ? result() : fromHex('0500'))));
    });
    const result = () =>
      new TestCard(pki).packageResult({ counterValue: item.counterValue!, eimTransactionId: item.eimTransactionId!, seqNumber: 7 });
    const channel = await openUdpChannel(port);
    open.push(channel);
    expect(await eim.push(EID, channel)).toEqual([{ item, answer: 'result', acknowledged: true }]);
    expect(item.result).toMatchObject({ kind: 'euiccPackageResult', verified: true });
    expect(pushed).toEqual([`POST /gsma/rsp2/asn1 ${hex(tlv(0xbf4e, item.encoded!))}`, 'POST /gsma/rsp2/asn1 BF4E06BF5303800107']);
  });

  async function device(answer: (request: IncomingMessage, response: OutgoingMessage) => void): Promise<number> {
    const socket = await bindSocket();
    const server = createServer(answer).listen(socket);
    open.push({ close: async () => void server.close() });
    return socket.address().port;
  }
});
