// SPDX-License-Identifier: Apache-2.0
// The module and libcoap: as the device whose messages libcoap's server puts together and passes on, and as the one that libcoap's client
// pushes packages to. With and without DTLS.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { DatagramTransport } from '../../host/interfaces.js';
import { hex } from '../../host/sim/codec/bytes.js';
import { psmo } from '../../host/sim/eim/index.js';
import { certificatePem } from '../../host/sim/pki/index.js';
import { needGnutls } from '../host/datagram/dtls-bed.js';
import { freePorts } from '../host/datagram/program.js';
import type { Bench } from '../support/bench.js';
import { expectCleanCard, expectHonestLog } from '../support/checks.js';
import { PLAIN, SECURE_WAYS, startCoapBench, udpTransport } from '../support/coap-bench.js';
import { findLibcoap, type LibcoapProgram } from '../support/libcoap.js';
import { countReceived, pushMessage, startListening, throughProxy, whenUp } from './support.js';

/** libcoap's programs take keys as text. */
const KEY = 'sixteen letters!';
const LIBRARIES = ['openssl', 'gnutls'];
const folder = mkdtempSync(path.join(tmpdir(), 'ipa-libcoap-'));
const inFolder = (name: string) => path.join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts libcoap's server in front of the eIM. Returns its port, to which 1 is added for DTLS. */
async function startProxy(server: LibcoapProgram, ...args: string[]): Promise<number> {
  const port = await freePorts();
  const program = server.start('-A', '127.0.0.1', '-p', String(port), '-L', '3', '-P', ',proxy.example.com', ...args);
  onTestFinished(() => program.stop());
  await whenUp(port);
  return port;
}

/**
 * Gets a package of several blocks, and reports its result in one: libcoap's proxy passes on each block of a request as if it were a request,
 * and answers in blocks of 1,024 bytes whatever it is asked for (seen in 4.3.1), so that nothing else can pass.
 */
async function runPackage(bench: Bench, datagrams: DatagramTransport, scheme: 'coap' | 'coaps'): Promise<void> {
  const item = bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: Array.from({ length: 120 }, () => psmo.enable(ICCID)) });
  const { datagrams: counted, received } = countReceived(datagrams);
  const result = await bench.poll({ esipaScheme: scheme }, { datagrams: throughProxy(counted, bench.eim.coapAddress) });
  expect(result).toMatchObject({ error: undefined, packages: 1 });
  expect(item.encoded!.length).toBeGreaterThan(1_500);
  expect(received.filter(hasContent).length).toBeGreaterThan(item.encoded!.length / 1024);
  expect(bench.events('euiccPackageResult')).toMatchObject([{ verified: true, result: { form: 'signed' } }]);
  expectHonestLog(bench.eim.log);
  expectCleanCard(bench.euicc);
}

const ICCID = '89000123456789012341';
/** 2.05 */
const hasContent = (bytes: Uint8Array) => bytes[1] === 0x45;

describe('libcoap as server between device and eIM', () => {
  const server = findLibcoap('coap-server-notls');

  it.skipIf(!server)('over CoAP', async () => {
    const { bench } = await startCoapBench(PLAIN);
    const port = await startProxy(server!);
    const datagrams = udpTransport({ resolve: { [bench.eim.address]: `127.0.0.1:${port}` } });
    await runPackage(bench, datagrams, 'coap');
  });

  describe.each(LIBRARIES)('with %s', (library) => {
    needGnutls();
    const secure = findLibcoap(`coap-server-${library}`);

    it.skipIf(!secure)('over CoAPS by a key that both share', async () => {
      const { bench } = await startCoapBench(PLAIN);
      const port = await startProxy(secure!, '-h', 'hint', '-k', KEY);
      const psk = { identity: 'device-1', key: Buffer.from(KEY) };
      const datagrams = udpTransport({ resolve: { [bench.eim.address]: `127.0.0.1:${port + 1}` }, psk });
      await runPackage(bench, datagrams, 'coaps');
    });

    it.skipIf(!secure).each(SECURE_WAYS.filter(({ trust }) => trust && trust !== 'spki'))('over $name', async (way) => {
      const { bench } = await startCoapBench(PLAIN, { eimConfiguration: { trustedPublicKeyDataTls: way.trust! } });
      const { certificate, privateKey } = bench.bed.pki.eimTls;
      writeFileSync(inFolder('server.pem'), certificatePem(certificate));
      writeFileSync(inFolder('server.key'), String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
      const port = await startProxy(secure!, '-c', inFolder('server.pem'), '-j', inFolder('server.key'), '-n');
      const datagrams = udpTransport({ resolve: { [bench.eim.address]: `127.0.0.1:${port + 1}` } });
      await runPackage(bench, datagrams, 'coaps');
    });
  });
});

/** Pushes an eUICC package; the answer is that of the card, byte for byte. */
async function pushPackage(client: LibcoapProgram, scheme: 'coap' | 'coaps', blockBytes: number, ...args: string[]): Promise<void> {
  const { bench } = await startCoapBench(PLAIN);
  const item = bench.queueList();
  writeFileSync(inFolder('push.bin'), await pushMessage(bench, item));
  const { address, ended } = await startListening(bench, { esipaScheme: scheme, listenMs: 500 });
  const url = `${scheme}://${address}/gsma/rsp2/asn1`;
  rmSync(inFolder('answer.bin'), { force: true });
  await client.run(
    '-m',
    'post',
    '-f',
    inFolder('push.bin'),
    '-b',
    String(blockBytes),
    '-o',
    inFolder('answer.bin'),
    '-B',
    '10',
    ...args,
    url,
  );
  const answer = hex(readFileSync(inFolder('answer.bin')));
  const [result] = bench.euicc.packageResults;
  expect(answer).toMatch(/^BF4E/);
  expect(answer.endsWith(hex(result!.raw))).toBe(true);
  expect(await ended).toMatchObject({ error: undefined, packages: 1 });
}

describe('libcoap as client that pushes', () => {
  const client = findLibcoap('coap-client-notls');

  it.skipIf(!client).each([64, 256, 1024])('over CoAP, in blocks of %i bytes', (blockBytes) => pushPackage(client!, 'coap', blockBytes));

  describe.each(LIBRARIES)('with %s', (library) => {
    needGnutls();
    const secure = findLibcoap(`coap-client-${library}`);

    it.skipIf(!secure).each([64, 256, 1024])('over CoAPS by a key that both share, in blocks of %i bytes', (blockBytes) =>
      pushPackage(secure!, 'coaps', blockBytes, '-u', 'device-1', '-k', KEY),
    );
  });
});
