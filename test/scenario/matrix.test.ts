// SPDX-License-Identifier: Apache-2.0
// The same job over everything that a device can meet: trust, tokens, cards, modems, lines, HTTP.

import { describe, expect, it } from 'vitest';
import type { DriverLinks } from '../../host/driver.js';
import type { PollOptions } from '../../host/options.js';
import { type EimConfigurationOptions, psmo } from '../../host/sim/eim/index.js';
import { certificatePem } from '../../host/sim/pki/pem.js';
import { chunkLine } from '../../host/wrap/chunk-line.js';
import type { ChunkPolicy } from '../../host/wrap/chunk-policy.js';
import { Bench, type BenchOptions, sharedPki } from '../support/bench.js';
import { expectCleanCard, expectHonestLog } from '../support/checks.js';

async function runJob(bench: Bench, options: PollOptions = {}, links: Partial<DriverLinks> = {}): Promise<void> {
  const { iccid } = bench.queueDownload({ sizeBytes: 2_500 });
  bench.queueEnable(iccid);
  bench.eim.queue(bench.bed.eid, { kind: 'dataRequest' });
  bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.disable(iccid), psmo.getRat()] });
  expect(await bench.poll(options, links)).toMatchObject({ error: undefined, packages: 4, profilesInstalled: 1 });
  expect(bench.euicc.profiles).toMatchObject([{ iccid, state: 'disabled' }]);
  expectHonestLog(bench.eim.log);
  expectCleanCard(bench.euicc);
  expect(bench.smdp.notifications.map(({ metadata }) => metadata.events)).toEqual([['install'], ['enable'], ['disable']]);
}

describe('the eIM is trusted', () => {
  const CONFIGURATIONS: readonly (readonly [string, EimConfigurationOptions])[] = [
    ['by its public key', { trustedPublicKeyDataTls: 'spki' }],
    ['by its certificate', { trustedPublicKeyDataTls: 'certificate' }],
    ['by the certificate of its CI', { trustedPublicKeyDataTls: 'ciCertificate' }],
    ['by authorities that the host knows', { trustedPublicKeyDataTls: 'none' }],
    ['with its signing key in a certificate', { eimPublicKeyData: 'certificate' }],
  ];
  for (const [name, eimConfiguration] of CONFIGURATIONS) {
    it(name, async () => {
      const ca = certificatePem((await sharedPki()).ci.certificate);
      const configuration = { indirectProfileDownload: true, ...eimConfiguration };
      await runJob(await Bench.start({ https: { ca }, eimConfiguration: configuration }));
    });
  }

  it('with an association token', async () => {
    const eimConfiguration = { indirectProfileDownload: true, requestAssociationToken: true };
    const bench = await Bench.start({ associated: false, eimConfiguration });
    bench.eim.queue(bench.bed.eid, { kind: 'dataRequest' });
    expect(await bench.poll({ initialEim: bench.bed.initialEim() })).toMatchObject({ error: undefined, packages: 1 });
    expect(bench.eim.device(bench.bed.eid)!.associationToken).toBe(1);
    await runJob(bench);
  });
});

describe('the card', () => {
  const CARDS: readonly (readonly [string, BenchOptions['euicc']])[] = [
    ['gives short responses at once', { inlineResponses: true }],
    ['wants a reset after a change of profile', { refuseUntilReset: true }],
    ['does both', { inlineResponses: true, refuseUntilReset: true }],
  ];
  for (const [name, euicc] of CARDS) {
    it(name, async () => runJob(await Bench.start({ euicc: euicc! })));
    it(`${name}, in a reader`, async () => {
      const bench = await Bench.start({ euicc: euicc! });
      await runJob(bench, {}, { card: bench.euicc });
    });
  }

  it('is in a reader, not in a modem', async () => {
    const bench = await Bench.start();
    const { commands } = bench.bed.modem.counters;
    await runJob(bench, {}, { card: bench.euicc });
    expect(bench.bed.modem.counters.commands).toBe(commands);
  });
});

describe('the modem is like (those that are known: modems.test.ts)', () => {
  it('one without quotation marks', async () => runJob(await Bench.start({ modem: { quirks: { unquotedResponses: true } } })));
  it('one that corrects Le', async () => runJob(await Bench.start({ modem: { quirks: { correctsLength: true } } })));
  it('one without echo', async () => runJob(await Bench.start({ modem: { echo: false } })));
  for (const longLines of ['refused', 'lost'] as const) {
    it(`one with a short command line, where longer ones are ${longLines}`, async () => {
      await runJob(await Bench.start({ modem: { quirks: { maximumLineLength: 160, longLines } } }));
    });
  }
});

describe('bytes come', () => {
  const seed = 20_240_601;
  const POLICIES: readonly (readonly [string, ChunkPolicy])[] = [
    ['one by one', { kind: 'every', bytes: 1 }],
    ['in pairs', { kind: 'every', bytes: 2 }],
    ['in sevens', { kind: 'every', bytes: 7 }],
    [`in any pieces (seed ${seed})`, { kind: 'random', seed, maxBytes: 300 }],
  ];
  for (const [name, policy] of POLICIES) {
    it(`${name} from the modem`, async () => {
      const bench = await Bench.start();
      await runJob(bench, {}, { card: chunkLine(bench.bed.modem.connect(), policy) });
    });
  }

  for (const responseChunkBytes of [1, 7, 1_000, 5_000]) {
    it(`from the eIM in chunked transfer coding, ${responseChunkBytes} at a time`, async () => {
      await runJob(await Bench.start({ eim: { responseChunkBytes } }));
    });
  }
});
