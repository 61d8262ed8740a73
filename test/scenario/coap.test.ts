// SPDX-License-Identifier: Apache-2.0
// The life of a device whose eIM is reached over CoAP, plain and under DTLS, on the loopback interface and in real time.

import { createSocket } from 'node:dgram';
import { describe, expect, it } from 'vitest';
import { createMemorySessionStore } from '../../host/datagram/index.js';
import type { IpaInstance } from '../../host/interfaces.js';
import { createTestPki } from '../../host/sim/pki/index.js';
import { needGnutls } from '../host/datagram/dtls-bed.js';
import type { Bench } from '../support/bench.js';
import { expectCleanCard, expectHonestLog } from '../support/checks.js';
import { type CoapWay, countSent, PLAIN, PSK, SECURE_WAYS, startCoapBench, udpTransport } from '../support/coap-bench.js';
import { moduleRuntimes } from '../support/runtimes.js';

const NO_HTTPS = { requests: 0, wireBytesUp: 0, wireBytesDown: 0 };
const RAW_PUBLIC_KEY = SECURE_WAYS.find(({ trust }) => trust === 'spki')!;
const SHARED_KEY = SECURE_WAYS.find(({ psk }) => psk !== undefined)!;

function expectEnabled(bench: Bench, iccid: string): void {
  expect(bench.euicc.profiles).toMatchObject([{ iccid, state: 'enabled' }]);
  expect(bench.events('euiccPackageResult')).toMatchObject([{ verified: true, result: { results: [{ operation: 'enable', code: 0 }] } }]);
  expect(bench.events('ipaEuiccData')).toMatchObject([{ data: { form: 'data' } }]);
  expect(bench.events('notification').map(({ forwarded }) => forwarded)).toEqual(['taken', 'taken']);
  expectHonestLog(bench.eim.log);
  expectCleanCard(bench.euicc);
}

async function runStory(way: CoapWay, createInstance: () => Promise<IpaInstance>): Promise<void> {
  const { bench, datagrams } = await startCoapBench(way, { associated: false, createInstance });
  const { iccid } = bench.queueDownload({ sizeBytes: 5_000 });
  bench.queueEnable(iccid);
  bench.eim.queue(bench.bed.eid, { kind: 'dataRequest' });
  const result = await bench.poll({ initialEim: bench.bed.initialEim(), esipaScheme: way.scheme }, { datagrams });
  expect(result).toMatchObject({ error: undefined, packages: 3, profilesInstalled: 1 });
  expectEnabled(bench, iccid);
  expect(await bench.poll({ esipaScheme: way.scheme }, { datagrams })).toMatchObject({
    error: undefined,
    packages: 0,
    stateChange: undefined,
  });
  expect(bench.transport.counters).toMatchObject(NO_HTTPS);
  expect(bench.eim.connectionCount).toBe(0);
}

for (const { name, available, create } of await moduleRuntimes()) {
  describe.skipIf(!available)(`the whole story on ${name}`, () => {
    it('over CoAP', () => runStory(PLAIN, create));

    describe('under DTLS', () => {
      needGnutls();
      it.each(SECURE_WAYS)('over $name', (way) => runStory(way, create));
    });
  });
}

describe('an eIM that has CoAP alone, says its configuration', () => {
  needGnutls();
  it('is polled over CoAPS without being asked to', async () => {
    const { bench, datagrams } = await startCoapBench(RAW_PUBLIC_KEY, { eimConfiguration: { eimSupportedProtocol: [1] } });
    bench.queueList();
    expect(await bench.poll({}, { datagrams })).toMatchObject({ error: undefined, packages: 1 });
    expect(bench.eim.connectionCount).toBe(0);
  });
});

describe('an eIM that is not there', () => {
  it('over CoAP → NetworkUnreachable', async () => {
    const { bench } = await startCoapBench(PLAIN);
    const datagrams = udpTransport({ resolve: { [bench.eim.address]: '127.0.0.1:9' } });
    expect(await bench.poll({ esipaScheme: 'coap' }, { datagrams })).toMatchObject({ error: { code: 'NetworkUnreachable' } });
  });

  it('over CoAP, silent → NetworkTimeout, after all copies', async () => {
    const { bench } = await startCoapBench(PLAIN);
    const silent = createSocket('udp4');
    let copies = 0;
    silent.on('message', () => {
      copies += 1;
    });
    await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve));
    const datagrams = udpTransport({ resolve: { [bench.eim.address]: `127.0.0.1:${silent.address().port}` } });
    const result = await bench.poll({ esipaScheme: 'coap', ackTimeoutMs: 10 }, { datagrams });
    silent.close();
    expect([result.error?.code, copies]).toEqual(['NetworkTimeout', 5]);
  });

  it('for a host without datagrams → NetworkUnreachable', async () => {
    const { bench } = await startCoapBench(PLAIN);
    expect(await bench.poll({ esipaScheme: 'coap', seed: 1 })).toMatchObject({ error: { code: 'NetworkUnreachable' } });
  });
});

describe('an eIM under DTLS', () => {
  needGnutls();

  it('that is not there → NetworkUnreachable', async () => {
    const { bench } = await startCoapBench(RAW_PUBLIC_KEY);
    const datagrams = udpTransport({ resolve: { [bench.eim.address]: '127.0.0.1:9' } });
    expect(await bench.poll({ esipaScheme: 'coaps' }, { datagrams })).toMatchObject({ error: { code: 'NetworkUnreachable' } });
  });

  it.each(SECURE_WAYS.filter(({ psk }) => !psk))(
    'that shows another key, over $name → NetworkTlsRefused, and nothing is sent',
    async (way) => {
      const { bench, datagrams } = await startCoapBench(way);
      bench.eim.presentTlsIdentity((await createTestPki()).eimTls);
      const watched = countSent(datagrams);
      const result = await bench.poll({ esipaScheme: 'coaps' }, { datagrams: watched.datagrams });
      expect(result).toMatchObject({ error: { code: 'NetworkTlsRefused' } });
      expect([watched.sent, bench.eim.log]).toEqual([[], []]);
    },
  );

  it.each([
    ['another key', { ...PSK, key: Buffer.alloc(16, 7) }],
    ['an identity that it does not know', { ...PSK, identity: 'stranger' }],
  ])('for a device with %s → an error, and nothing is sent', async (_, psk) => {
    const problems: string[] = [];
    const { bench, datagrams } = await startCoapBench(
      SHARED_KEY,
      { eim: { coap: { onDtlsRefused: (problem) => problems.push(problem) } } },
      { psk, handshakeTimeoutMs: 500 },
    );
    const watched = countSent(datagrams);
    const { error } = await bench.poll({ esipaScheme: 'coaps' }, { datagrams: watched.datagrams });
    expect(['NetworkTlsRefused', 'NetworkTimeout']).toContain(error?.code);
    expect([watched.sent, bench.eim.log]).toEqual([[], []]);
  });

  it('resumes: the next poll costs one round trip more than a poll would on an open association', async () => {
    const { bench, datagrams } = await startCoapBench(RAW_PUBLIC_KEY, {}, { sessionStore: createMemorySessionStore() });
    const spent = async () => {
      const { datagramsUp, datagramsDown } = datagrams.counters;
      expect(await bench.poll({ esipaScheme: 'coaps' }, { datagrams })).toMatchObject({ error: undefined });
      return { up: datagrams.counters.datagramsUp - datagramsUp, down: datagrams.counters.datagramsDown - datagramsDown };
    };
    // on an open association a poll is one datagram each way; what the eIM sends tells the round trips
    expect((await spent()).down).toBe(1 + 2);
    const { up, down } = await spent();
    expect(down).toBe(1 + 1);
    // the farewell, and the end of the handshake where the request did not go with it in time
    expect(up).toBeLessThanOrEqual(1 + 1 + 2);
    expect(bench.eim.log).toMatchObject([{ kind: 'getEimPackage' }, { kind: 'getEimPackage' }]);
  });
});
