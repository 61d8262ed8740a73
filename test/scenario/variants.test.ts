// SPDX-License-Identifier: Apache-2.0
// Every shipped variant does what it is for, and refuses what it is built without; `ipad` itself is in all other scenarios.

import { describe, expect, it } from 'vitest';
import { readModule } from '../../host/core/module-file.js';
import { createNodeInstance } from '../../host/core/node.js';
import { listen, poll } from '../../host/driver.js';
import { Euicc } from '../../host/es10/euicc.js';
import { psmo } from '../../host/sim/eim/index.js';
import { Bench, type BenchOptions } from '../support/bench.js';
import { expectCleanCard, expectHonestLog } from '../support/checks.js';
import { PLAIN, startCoapBench } from '../support/coap-bench.js';
import { withVirtualTime } from '../support/virtual-time.js';

const SMALL = { sizeBytes: 1_500 };
const OTHER = '89000123456789012358';
const BAD_OPTION = { code: 'BadOption' };
const STRAIGHT = { indirectProfileDownload: false };

const start = (variant: string, options: BenchOptions = {}) =>
  Bench.start({ ...options, createInstance: async () => withVirtualTime(await createNodeInstance(await readModule(variant))) });

describe.each(['ipad-iot', 'ipad-min', 'ipad-min-coap'])('%s', (variant) => {
  it('gets its first eIM, downloads by way of it, enables, and reports', async () => {
    const bench = await start(variant, { associated: false });
    const { iccid } = bench.queueDownload(SMALL);
    bench.queueEnable(iccid);
    bench.queueList();
    expect(await bench.poll({ initialEim: bench.bed.initialEim() })).toMatchObject({ error: undefined, packages: 3, profilesInstalled: 1 });
    expect(bench.euicc.profiles).toMatchObject([{ iccid, state: 'enabled' }]);
    expect(bench.smdp.notifications.map(({ verified }) => verified)).toEqual([true, true]);
    expectHonestLog(bench.eim.log);
    expectCleanCard(bench.euicc);
  });

  it('cancels a download that the SM-DP+ refuses, and tells the eIM', async () => {
    const bench = await start(variant);
    bench.queueDownload({ ...SMALL, order: { released: false } });
    expect(await bench.poll()).toMatchObject({ error: { code: 'EimError' }, profilesInstalled: 0 });
    expect(bench.events('downloadResult')).toMatchObject([{ succeeded: false }]);
    expectCleanCard(bench.euicc);
  });

  it('keeps what the eIM does not take, and goes on', async () => {
    const bench = await start(variant);
    bench.queueList();
    bench.eim.faults.add('provideEimPackageResult', { kind: 'loseRequest' });
    expect(await bench.poll()).toMatchObject({ error: { code: 'NetworkConnectionLost' } });
    expect(await bench.poll()).toMatchObject({ error: undefined });
    expect(bench.events('euiccPackageResult')).toHaveLength(1);
    expectCleanCard(bench.euicc);
  });

  it('works in blocks of 63 bytes, with a card that the host drives', async () => {
    const bench = await start(variant);
    bench.queueDownload(SMALL);
    const options = { cardLink: 'apdu', blockBytes: 63 } as const;
    expect(await bench.poll(options, { card: bench.euicc })).toMatchObject({ error: undefined, profilesInstalled: 1 });
  });
});

describe.each(['ipad-iot', 'ipad-min-coap'])('%s over CoAP', (variant) => {
  it('gets its first eIM, downloads by way of it, enables, and reports', async () => {
    const { bench, datagrams } = await startCoapBench(PLAIN, {
      associated: false,
      createInstance: async () => createNodeInstance(await readModule(variant)),
    });
    const { iccid } = bench.queueDownload(SMALL);
    bench.queueEnable(iccid);
    const options = { initialEim: bench.bed.initialEim(), esipaScheme: 'coap' } as const;
    expect(await bench.poll(options, { datagrams })).toMatchObject({ error: undefined, packages: 2, profilesInstalled: 1 });
    expect(bench.euicc.profiles).toMatchObject([{ iccid, state: 'enabled' }]);
    expectHonestLog(bench.eim.log);
    expectCleanCard(bench.euicc);
  });
});

describe('ipad-iot', () => {
  it('downloads straight from the SM-DP+ in ASN.1, and goes back when the new profile has no network', async () => {
    const bench = await start('ipad-iot', { eimConfiguration: STRAIGHT });
    const { iccid } = bench.queueDownload(SMALL);
    bench.queueEnable(iccid);
    expect(await bench.poll()).toMatchObject({ error: undefined, packages: 2, profilesInstalled: 1 });
    const { iccid: second } = bench.queueDownload({ ...SMALL, iccid: OTHER, matchingId: 'MATCH-0002' });
    expect(await bench.poll()).toMatchObject({ error: undefined, profilesInstalled: 1 });
    bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(second, { rollback: true })] });
    expect(await bench.poll()).toMatchObject({ error: undefined });
    expect(bench.euicc.profiles.find(({ iccid: each }) => each === second)).toMatchObject({ state: 'enabled' });
    expectCleanCard(bench.euicc);
  });

  it('has no JSON', async () => {
    const bench = await start('ipad-iot');
    await expect(bench.poll({ esipaBinding: 'json' })).rejects.toMatchObject(BAD_OPTION);
  });
});

describe('ipad-min', () => {
  it('refuses a profile with policy rules', async () => {
    const bench = await start('ipad-min');
    bench.queueDownload({ ...SMALL, metadata: { profilePolicyRules: ['ppr1'] } });
    const { error } = await bench.poll();
    expect(error).toMatchObject({ code: 'PprNotAllowed' });
    expect(bench.euicc.profiles).toEqual([]);
  });

  it('has no local commands', async () => {
    const bench = await start('ipad-min');
    await expect(bench.download({ defaultSmdp: true })).rejects.toMatchObject(BAD_OPTION);
    await expect(bench.run((links) => new Euicc(links).profiles())).rejects.toMatchObject(BAD_OPTION);
  });
});

describe('ipad-min-coap', () => {
  it('fetches and is not called', async () => {
    const { bench, datagrams } = await startCoapBench(PLAIN, {
      createInstance: async () => createNodeInstance(await readModule('ipad-min-coap')),
    });
    await expect(bench.run((links) => listen(links, { esipaScheme: 'coap' }), { datagrams })).rejects.toMatchObject(BAD_OPTION);
  });
});

describe.each(['ipad-min', 'lpa'])('%s', (variant) => {
  it('has no CoAP', async () => {
    const bench = await start(variant);
    await expect(bench.run((links) => poll(links, { esipaScheme: 'coaps' }))).rejects.toMatchObject(BAD_OPTION);
  });
});

describe('lpa', () => {
  it('downloads, enables, disables and deletes on a consumer eUICC', async () => {
    const bench = await start('lpa', { associated: false, euicc: { kind: 'consumer' } });
    const { iccid, activationCode } = bench.bed.prepareProfile(SMALL);
    expect(await bench.download({ activationCode })).toMatchObject({ error: undefined, profilesInstalled: 1, notifications: 1 });
    const euicc = <Result>(run: (euicc: Euicc) => Promise<Result>) => bench.run((links) => run(new Euicc(links, { assistant: 'lpad' })));
    await euicc((card) => card.enable(iccid));
    expect(bench.euicc.profiles).toMatchObject([{ iccid, state: 'enabled' }]);
    await euicc((card) => card.disable(iccid));
    await euicc((card) => card.delete(iccid));
    expect(bench.euicc.profiles).toEqual([]);
    expect(await bench.deliverNotifications()).toMatchObject({ error: undefined, notifications: 3 });
    expectCleanCard(bench.euicc);
  });

  it('finds its profiles by the SM-DS', async () => {
    const bench = await start('lpa', { associated: false, euicc: { kind: 'consumer' } });
    bench.bed.prepareEvent(SMALL);
    expect(await bench.download({ smds: true })).toMatchObject({ error: undefined, profilesInstalled: 1 });
  });

  it('has no eIM', async () => {
    const bench = await start('lpa', { associated: false });
    await expect(bench.poll()).rejects.toMatchObject(BAD_OPTION);
  });
});
