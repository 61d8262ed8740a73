// SPDX-License-Identifier: Apache-2.0
// A device that is called (SGP.32 v1.2 §3.1.1.2): the eIM pushes over UDP, plain and under DTLS, and the module answers by itself.

import { describe, expect, it } from 'vitest';
import { listen } from '../../host/driver.js';
import type { DatagramChannel } from '../../host/interfaces.js';
import type { ListenOptions } from '../../host/options.js';
import type { CommandResult } from '../../host/result.js';
import type { PushedItem, QueuedItem } from '../../host/sim/eim/index.js';
import { needGnutls } from '../host/datagram/dtls-bed.js';
import type { Bench } from '../support/bench.js';
import { expectCleanCard } from '../support/checks.js';
import { type CoapWay, PLAIN, PSK, SECURE_WAYS, startCoapBench, udpTransport } from '../support/coap-bench.js';

const SHARED_KEY = SECURE_WAYS.find(({ psk }) => psk !== undefined)!;
const EIM = { kind: 'eim', binding: 'asn1', trust: { kind: 'platform' } } as const;
/** For the silence after the last package. */
const LISTEN_MS = 1_000;

interface Called {
  readonly bench: Bench;
  /** From the eIM to the device. */
  readonly channel: DatagramChannel;
  /** How the command ended. */
  readonly ended: Promise<CommandResult>;
}

/** A device that listens, and an eIM that has reached it. */
async function startCalled(way: CoapWay, options: ListenOptions = {}): Promise<Called> {
  const { bench } = await startCoapBench(way);
  const server = { psk: (identity: string) => (identity === PSK.identity ? PSK.key : undefined) };
  const command = { esipaScheme: way.scheme, listenMs: LISTEN_MS, ...options };
  let ended = new Promise<CommandResult>(() => {});
  const address = await new Promise<string>((onListening) => {
    const device = udpTransport({ server, onListening });
    ended = bench.run((links) => listen({ ...links, datagrams: device }, command));
  });
  const channel = await udpTransport(way.psk ? { psk: PSK } : {}).open({ ...EIM, scheme: way.scheme, address });
  return { bench, channel, ended };
}

/** Pushes until nothing waits any more. A device that is still at the last package refuses, and is asked again. */
async function pushAll({ bench, channel }: Called): Promise<PushedItem['answer'][]> {
  const answers: PushedItem['answer'][] = [];
  for (;;) {
    const pushed = await bench.eim.push(bench.bed.eid, channel);
    const [last] = pushed.slice(-1);
    answers.push(...pushed.map(({ answer }) => answer).filter((answer) => answer !== 'busy'));
    if (last === undefined) return answers;
    if (last.answer === 'received') await last.item.finished;
  }
}

const statuses = (items: readonly QueuedItem[]) => items.map(({ status }) => status);

async function runStory(way: CoapWay): Promise<void> {
  const called = await startCalled(way);
  const { bench } = called;
  const { iccid, item } = bench.queueDownload();
  const items = [item, bench.queueEnable(iccid), bench.eim.queue(bench.bed.eid, { kind: 'dataRequest' }), bench.queueList()];
  expect(await pushAll(called)).toEqual(['received', 'elsewhere', 'result', 'result']);
  const acknowledged = bench.events('transferEimPackage').filter(({ pushed }) => pushed === 'eimAcknowledgements');
  expect(acknowledged.map(({ answer }) => answer)).toEqual(['received', 'received']);
  // the module counts acknowledgements, too
  expect(await called.ended).toMatchObject({ error: undefined, packages: 6, profilesInstalled: 1, stateChange: undefined });
  expect(statuses(items)).toEqual(['finished', 'finished', 'finished', 'finished']);
  expect(bench.euicc.profiles).toMatchObject([{ iccid, state: 'enabled' }]);
  expect(bench.events('euiccPackageResult')).toMatchObject([
    { verified: true, route: 'provideEimPackageResult', result: { results: [{ operation: 'enable', code: 0 }] } },
    { verified: true, route: 'transferEimPackage', result: { results: [{ operation: 'listProfileInfo' }] } },
  ]);
  expect(bench.events('notification').map(({ forwarded, verified }) => ({ forwarded, verified }))).toEqual(
    Array(2).fill({ forwarded: 'taken', verified: true }),
  );
  expectCleanCard(bench.euicc);
}

describe('a device that is called', () => {
  it('over CoAP is told to download, enable and report', () => runStory(PLAIN));

  it('and nobody calls → over after a while, without an error', async () => {
    const { ended } = await startCalled(PLAIN, { listenMs: 50 });
    expect(await ended).toMatchObject({ error: undefined, packages: 0 });
  });

  describe('under DTLS', () => {
    needGnutls();
    it('is told the same', () => runStory(SHARED_KEY));
  });
});
