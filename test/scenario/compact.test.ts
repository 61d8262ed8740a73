// SPDX-License-Identifier: Apache-2.0
// minimizeEsipaBytes (SGP.32 v1.2, the Compact… types): the eIM restores what the IPA left out, and every signature still fits.

import { describe, expect, it } from 'vitest';
import { readModule } from '../../host/core/module-file.js';
import { createNodeInstance } from '../../host/core/node.js';
import type { PollOptions } from '../../host/options.js';
import type { EimEvent } from '../../host/sim/eim/index.js';
import { Bench } from '../support/bench.js';
import { expectCleanCard } from '../support/checks.js';
import { withVirtualTime } from '../support/virtual-time.js';

const FEATURES = { indirectRspServerCommunication: true, eimCtxParams1Generation: true } as const;
const COMPACT: PollOptions = { assistant: 'ipad', ipaFeatures: { ...FEATURES, minimizeEsipaBytes: true } };
const FULL: PollOptions = { assistant: 'ipad', ipaFeatures: FEATURES };

/** Every variant that has compact forms, over each binding that it has; ipad-consumer as a plain IPAd. */
const WITH_COMPACT_FORMS = [
  ['ipad', 'asn1'],
  ['ipad', 'json'],
  ['ipad-iot', 'asn1'],
  ['ipad-consumer', 'json'],
] as const;

const start = (variant: string): Promise<Bench> =>
  Bench.start({ createInstance: async () => withVirtualTime(await createNodeInstance(await readModule(variant))) });

/** A device that the eIM knows, as after a first data request. */
async function knownDevice(options: PollOptions, variant = 'ipad'): Promise<Bench> {
  const bench = await start(variant);
  bench.eim.queue(bench.bed.eid, { kind: 'dataRequest' });
  expect(await bench.poll(options)).toMatchObject({ error: undefined, packages: 1 });
  return bench;
}

type Sized = EimEvent & { readonly sizes?: { readonly receivedBytes: number; readonly fullBytes: number } };
const sizesOf = (bench: Bench) => bench.eim.log.flatMap((event: Sized) => (event.sizes ? [[event.kind, event.sizes] as const] : []));

describe.each(WITH_COMPACT_FORMS)('compact forms of %s over %s', (variant, esipaBinding) => {
  it('are restored by the eIM, signatures and all, and save what certificates take', async () => {
    const bench = await knownDevice({ ...COMPACT, esipaBinding }, variant);
    const { iccid } = bench.queueDownload({ sizeBytes: 3_000 });
    bench.queueEnable(iccid);
    expect(await bench.poll({ ...COMPACT, esipaBinding })).toMatchObject({ error: undefined, packages: 2, profilesInstalled: 1 });
    expect(bench.euicc.profiles).toMatchObject([{ iccid, state: 'enabled' }]);
    expectCleanCard(bench.euicc);
    expect(sizesOf(bench).map(([kind]) => kind)).toEqual(['authenticateClient', 'getBoundProfilePackage', 'notification', 'notification']);
    for (const [kind, { receivedBytes, fullBytes }] of sizesOf(bench)) expect(receivedBytes, kind).toBeLessThan(fullBytes);
    const sessions = bench.eim.log.filter(({ kind }) => kind === 'authenticateClient' || kind === 'getBoundProfilePackage');
    expect(sessions).toMatchObject([{ verified: true }, { verified: true }]);
    expect(bench.smdp.notifications).toMatchObject([{ verified: true }, { verified: true }]);
  });

  it('are of a cancelled session too', async () => {
    const bench = await knownDevice({ ...COMPACT, esipaBinding }, variant);
    bench.queueDownload({ order: { confirmationCode: '1234' } });
    expect(await bench.poll({ ...COMPACT, esipaBinding })).toMatchObject({ error: { code: 'ConfirmationCodeMissing' } });
    expect(bench.eim.log.find(({ kind }) => kind === 'cancelSession')).toMatchObject({ verified: true, sizes: {} });
    expectCleanCard(bench.euicc);
  });
});

describe('what compact forms save', () => {
  it('is most of what the IPA sends for a download with enabling', async () => {
    const sent: number[] = [];
    for (const options of [FULL, COMPACT]) {
      const bench = await knownDevice(options);
      const { iccid } = bench.queueDownload({ sizeBytes: 3_000 });
      bench.queueEnable(iccid);
      const before = bench.transport.counters.bodyBytesUp;
      expect(await bench.poll(options)).toMatchObject({ error: undefined });
      sent.push(bench.transport.counters.bodyBytesUp - before);
    }
    expect(sent[1]).toBeLessThan(sent[0]! / 2);
  });
});

describe('a device that the eIM knows nothing of', () => {
  it('is told so, and reports the failure', async () => {
    const bench = await start('ipad');
    bench.queueDownload({ sizeBytes: 3_000 });
    const { error } = await bench.poll(COMPACT);
    expect(error).toBeDefined();
    expect(bench.euicc.profiles).toEqual([]);
    expect(bench.events('downloadResult')).toHaveLength(1);
  });
});

describe('ipad-min, which does without compact forms', () => {
  it('knows no option that would ask for them', async () => {
    const bench = await start('ipad-min');
    bench.queueDownload({ sizeBytes: 3_000 });
    await expect(bench.poll(COMPACT)).rejects.toThrow('an option is unknown');
    expect(await bench.poll()).toMatchObject({ error: undefined, packages: 1, profilesInstalled: 1 });
    expect(sizesOf(bench)).toEqual([]);
  });
});
