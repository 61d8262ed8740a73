// SPDX-License-Identifier: Apache-2.0
// Several eIMs on one eUICC (SGP.32 v1.2 §2.11.1.1.1): each is polled by its eimId, and gets its own results and reports alone.

import { describe, expect, it, onTestFinished } from 'vitest';
import { tlv } from '../../host/sim/codec/ber.js';
import { type EimEvent, eco, psmo, SimulatedEim } from '../../host/sim/eim/index.js';
import { createTestPki } from '../../host/sim/pki/index.js';
import { Bench, eventsOf, sharedPki } from '../support/bench.js';
import { expectCleanCard, expectHonestLog } from '../support/checks.js';

const SECOND = 'second.example.com';
const ICCID = '89000123456789012341';
const own = createTestPki({ eimFqdn: SECOND });

interface Pair {
  readonly bench: Bench;
  readonly second: SimulatedEim;
  /** Polls one of them. */
  poll(which: 'first' | 'second'): ReturnType<Bench['poll']>;
}

/** A bench whose eIM has put another one on the eUICC (§3.5.1). */
async function startTwo(): Promise<Pair> {
  const [pki, { eimSign, eimTls }] = await Promise.all([sharedPki(), own]);
  const bench = await Bench.start({ euicc: { profiles: [{ iccid: ICCID }] } });
  const resolveSmdp = () => ({ host: '127.0.0.1', port: bench.smdp.port });
  const second = new SimulatedEim({ pki: { ...pki, eimSign, eimTls }, eimId: SECOND, resolveSmdp, initialCounterValue: 40 });
  await second.start();
  onTestFinished(() => second.close());
  const { eid } = bench.bed;
  second.register({ eid, euiccCertificate: pki.euicc.certificate, eumCertificate: pki.eum.certificate });
  bench.eim.queue(eid, { kind: 'euiccPackage', ecos: [eco.addEim(second.eimConfiguration({ indirectProfileDownload: true }))] });
  expect(await bench.poll()).toMatchObject({ error: undefined, packages: 1 });
  expect(bench.euicc.eimConfigurations).toMatchObject([{ eimId: bench.eim.eimId }, { eimId: SECOND, counterValue: 40 }]);
  const ids = { first: bench.eim.eimId, second: SECOND };
  return { bench, second, poll: (which) => bench.poll({ eimId: ids[which] }) };
}

const resultsOf = (log: readonly EimEvent[]) =>
  eventsOf(log, 'euiccPackageResult').map(({ result, verified }) => {
    const operations = result.form === 'signed' ? result.results.map(({ operation }) => operation) : [result.form];
    return [...operations, verified];
  });

describe('two eIMs', () => {
  it('are polled by their eimId, each with its own packages and counter', async () => {
    const { bench, second, poll } = await startTwo();
    const { eid } = bench.bed;
    bench.eim.queue(eid, { kind: 'euiccPackage', psmos: [psmo.enable(ICCID)] });
    second.queue(eid, { kind: 'euiccPackage', psmos: [psmo.listProfileInfo()] });
    const { activationCode } = bench.bed.prepareProfile({ iccid: '89000123456789012358', sizeBytes: 600 });
    second.queue(eid, { kind: 'download', activationCode });
    expect(await poll('second')).toMatchObject({ error: undefined, packages: 2, profilesInstalled: 1 });
    expect(resultsOf(second.log)).toEqual([['listProfileInfo', true]]);
    expect(bench.euicc.profiles[0]).toMatchObject({ iccid: ICCID, state: 'disabled' });
    expect(await poll('first')).toMatchObject({ error: undefined, packages: 1 });
    expect(resultsOf(bench.eim.log)).toEqual([
      ['addEim', true],
      ['enable', true],
    ]);
    expect(bench.euicc.eimConfigurations).toMatchObject([{ counterValue: 2 }, { counterValue: 41 }]);
    for (const { log } of [bench.eim, second]) expectHonestLog(log);
    expectCleanCard(bench.euicc);
  });

  it('get only their own results, however late', async () => {
    const { bench, second, poll } = await startTwo();
    const { eid } = bench.bed;
    for (const eim of [bench.eim, second]) {
      eim.queue(eid, { kind: 'euiccPackage', psmos: [eim === second ? psmo.getRat() : psmo.listProfileInfo()] });
      eim.faults.add('provideEimPackageResult', { kind: 'loseRequest' });
    }
    for (const which of ['first', 'second'] as const) {
      expect(await poll(which)).toMatchObject({ error: { code: 'NetworkConnectionLost' }, packages: 1 });
    }
    expect(bench.euicc.packageResults).toMatchObject([{ eimId: bench.eim.eimId }, { eimId: SECOND }]);
    expect(await poll('second')).toMatchObject({ error: undefined, packages: 0 });
    expect(bench.euicc.packageResults).toMatchObject([{ eimId: bench.eim.eimId }]);
    expect(resultsOf(second.log)).toEqual([['getRAT', true]]);
    expect(await poll('first')).toMatchObject({ error: undefined, packages: 0 });
    expect(resultsOf(bench.eim.log).slice(1)).toEqual([['listProfileInfo', true]]);
    expectCleanCard(bench.euicc);
  });

  it('get only their own reports: what one has to learn is not told to the other', async () => {
    const { bench, second, poll } = await startTwo();
    bench.eim.queue(bench.bed.eid, { kind: 'raw', bytes: tlv(0xbf55) });
    bench.eim.faults.add('provideEimPackageResult', { kind: 'loseRequest' });
    expect(await poll('first')).toMatchObject({ error: { code: 'UnknownPackage' } });
    expect(await poll('second')).toMatchObject({ error: undefined, packages: 0 });
    expect(second.log.map(({ kind }) => kind)).toEqual(['getEimPackage']);
    expect(await poll('first')).toMatchObject({ error: undefined });
    expect(eventsOf(bench.eim.log, 'packageError')).toMatchObject([{ errorWord: 'unknownPackage' }]);
  });

  it('one of which removes itself: it is not found any more, the other one still is', async () => {
    const { bench, second, poll } = await startTwo();
    second.queue(bench.bed.eid, { kind: 'euiccPackage', ecos: [eco.deleteEim(SECOND)] });
    expect(await poll('second')).toMatchObject({ error: undefined, packages: 1 });
    expect(resultsOf(second.log)).toEqual([['deleteEim', true]]);
    expect(await poll('second')).toMatchObject({ error: { code: 'EimNotAssociated' } });
    bench.queueList();
    expect(await bench.poll()).toMatchObject({ error: undefined, packages: 1 });
    expectCleanCard(bench.euicc);
  });

  it('of which the second enables a profile without network: it gets the result of the way back, not the first', async () => {
    const { bench, second, poll } = await startTwo();
    const { eid } = bench.bed;
    const home = '89000123456789012366';
    const { activationCode } = bench.bed.prepareProfile({ iccid: home, sizeBytes: 600 });
    bench.eim.queue(eid, { kind: 'download', activationCode });
    bench.queueEnable(home);
    await poll('first');
    second.queue(eid, { kind: 'euiccPackage', psmos: [psmo.enable(ICCID, { rollback: true })] });
    for (let attempts = 0; attempts < 60; attempts++) second.faults.add('provideEimPackageResult', { kind: 'loseRequest' });
    const result = await poll('second');
    expect(result).toMatchObject({ error: { code: 'NetworkConnectionLost' }, packages: 1 });
    expect(bench.euicc.profiles).toMatchObject([{ state: 'disabled' }, { iccid: home, state: 'enabled' }]);
    while (second.faults.take('provideEimPackageResult'));
    expect(await poll('first')).toMatchObject({ error: undefined });
    expect(bench.euicc.packageResults).toMatchObject([{ eimId: SECOND }]);
    expect(await poll('second')).toMatchObject({ error: undefined });
    expect(eventsOf(second.log, 'euiccPackageResult')).toMatchObject([{ verified: true, rollback: { code: 0 } }]);
    expectCleanCard(bench.euicc);
  });
});
