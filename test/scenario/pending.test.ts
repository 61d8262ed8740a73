// SPDX-License-Identifier: Apache-2.0
// What is owed at the start of a poll: results and notifications on the card, reports in the module. And how long a poll may get.

import { describe, expect, it } from 'vitest';
import { createNodeInstance } from '../../host/core/node.js';
import { tlv } from '../../host/sim/codec/ber.js';
import { fromHex } from '../../host/sim/codec/bytes.js';
import { type NotificationEvent, psmo } from '../../host/sim/eim/index.js';
import { makeMetadata, notifyAll } from '../../host/sim/profile/index.js';
import { Bench } from '../support/bench.js';
import { expectCleanCard, expectHonestLog } from '../support/checks.js';

const FIRST = '89000123456789012341';
const SECOND = '89000123456789012358';
const EMPTY_RESPONSE = fromHex('BF50023000');

function profiles() {
  return [FIRST, SECOND].map((iccid) => ({ metadata: makeMetadata({ iccid, notifications: notifyAll('smdp.example.com') }) }));
}

const seqNumbers = (events: readonly NotificationEvent[]) => events.map(({ notification }) => notification.metadata.seqNumber);

/** Enables one profile after the other with an eIM that takes results without acknowledging them. */
async function unacknowledged(): Promise<Bench> {
  const bench = await Bench.start({ euicc: { profiles: profiles() } });
  for (const iccid of [FIRST, SECOND, FIRST]) {
    bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(iccid)] });
    bench.eim.faults.add('provideEimPackageResult', { kind: 'replaceResponse', body: EMPTY_RESPONSE });
    // nor does it take the notifications
    for (let i = 0; i < 6; i++) bench.eim.faults.add('handleNotification', { kind: 'refuse', httpStatus: 500 });
  }
  for (let i = 0; i < 3; i++) bench.eim.faults.add('provideEimPackageResult', { kind: 'replaceResponse', body: EMPTY_RESPONSE });
  const result = await bench.poll();
  expect(result).toMatchObject({ packages: 3, notifications: 0 });
  for (const functionName of ['handleNotification', 'provideEimPackageResult'] as const) while (bench.eim.faults.take(functionName));
  return bench;
}

describe('an eIM that does not acknowledge', () => {
  it('gets each result once in a poll, and all of them in the next one', async () => {
    const bench = await unacknowledged();
    expect(bench.euicc.packageResults).toHaveLength(3);
    expect(bench.euicc.notifications).toHaveLength(5);
    const results = bench.events('euiccPackageResult').length;
    expect(results).toBe(3);

    const before = bench.events('notification').length;
    const next = await bench.poll();
    expect(next).toMatchObject({ packages: 0, notifications: 5 });
    const delivered = bench
      .events('euiccPackageResult')
      .slice(results)
      .map(({ result }) => (result.form === 'signed' ? result.seqNumber : 0));
    expect(delivered).toEqual([...delivered].sort((left, right) => left - right));
    expect(delivered).toHaveLength(3);
    expect(seqNumbers(bench.events('notification').slice(before))).toEqual([2, 4, 5, 7, 8]);
    expectHonestLog(bench.eim.log);
    expectCleanCard(bench.euicc);
  });
});

describe('a notification that the eIM refuses', () => {
  it('stays on the card and does not hold up the others', async () => {
    const bench = await unacknowledged();
    bench.eim.faults.add('handleNotification', { kind: 'refuse', httpStatus: 500 });
    expect(await bench.poll()).toMatchObject({ error: { code: 'NetworkHttpStatus' }, detail: 500, notifications: 4 });
    expect(bench.euicc.notifications).toMatchObject([{ seqNumber: 2 }]);
    // refused in two polls: it is left alone for one
    expect(await bench.poll()).toMatchObject({ error: undefined, notifications: 0 });
    expect(await bench.poll()).toMatchObject({ error: undefined, notifications: 1 });
    expectCleanCard(bench.euicc);
  });
});

describe('a report that only the module holds', () => {
  it('is delivered by the next poll when the network was lost', async () => {
    const bench = await Bench.start();
    bench.eim.queue(bench.bed.eid, { kind: 'raw', bytes: tlv(0xbf55) });
    bench.eim.faults.add('provideEimPackageResult', { kind: 'loseRequest' });
    expect(await bench.poll()).toMatchObject({ error: { code: 'UnknownPackage' } });
    expect(bench.events('packageError')).toEqual([]);
    expect(await bench.poll()).toMatchObject({ error: undefined });
    expect(bench.events('packageError')).toMatchObject([{ errorWord: 'unknownPackage' }]);
    expect(await bench.poll()).toMatchObject({ error: undefined });
    expect(bench.events('packageError')).toHaveLength(1);
  });

  it('survives power loss in the state that was saved when the module said so', async () => {
    const bench = await Bench.start();
    bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.getRat()], badSignature: true });
    bench.eim.faults.add('provideEimPackageResult', { kind: 'loseRequest' });
    expect(await bench.poll()).toMatchObject({ error: { code: 'EuiccRefused' } });
    const fresh = await createNodeInstance();
    await fresh.restoreState(bench.persisted!);
    expect(await bench.poll({ restart: true }, { instance: fresh })).toMatchObject({ error: undefined });
    expect(bench.events('euiccPackageResult')).toMatchObject([{ result: { form: 'errorUnsigned' } }]);
  });

  it('is of a failed download', async () => {
    const bench = await Bench.start();
    bench.eim.queue(bench.bed.eid, { kind: 'download', contactDefaultSmdp: true });
    bench.eim.faults.add('handleNotification', { kind: 'loseRequest' });
    expect(await bench.poll()).toMatchObject({ error: { code: 'NoServerAddress' } });
    expect(await bench.poll()).toMatchObject({ error: undefined });
    expect(bench.events('downloadResult')).toMatchObject([{ error: { word: 'undefinedError' } }]);
  });
});

describe('an eIM with very much work', () => {
  it('is left after 32 packages; the next poll goes on', async () => {
    const bench = await Bench.start();
    for (let i = 0; i < 35; i++) bench.queueList();
    expect(await bench.poll()).toMatchObject({ error: { code: 'TooManyPackages' }, packages: 32 });
    expect(await bench.poll()).toMatchObject({ error: undefined, packages: 3 });
    expect(bench.events('euiccPackageResult')).toHaveLength(35);
    expectHonestLog(bench.eim.log);
    expectCleanCard(bench.euicc);
  });

  it('is left after as many as the host allows', async () => {
    const bench = await Bench.start();
    for (let i = 0; i < 3; i++) bench.queueList();
    expect(await bench.poll({ maxPackages: 2 })).toMatchObject({ error: { code: 'TooManyPackages' }, packages: 2 });
    expect(await bench.poll({ maxPackages: 2 })).toMatchObject({ error: undefined, packages: 1 });
  });
});
