// SPDX-License-Identifier: Apache-2.0
// A consumer eUICC as an IoT eUICC: the virtual ISD-R of the module ipad-consumer among real peers (SGP.32 v1.2 §3, §5.9).

import { describe, expect, it } from 'vitest';
import { tlv } from '../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../host/sim/codec/bytes.js';
import { psmo } from '../../host/sim/eim/index.js';
import type { ProfileState } from '../../host/sim/euicc/state/non-volatile.js';
import { ConsumerBench } from '../support/consumer-bench.js';

const ICCID = '89000123456789012341';
const OTHER = '89000123456789012358';
const state = (iccid: string, now: ProfileState = 'disabled') => ({ iccid, state: now });
const TWO = { profiles: [state(ICCID, 'enabled'), state(OTHER)] };
/** Operations and codes of a signed result. */
const signed = (...results: readonly unknown[]) => ({ verified: true, result: { form: 'signed', results } });
const code = (operation: string, value = 0) => ({ operation, code: value });

describe('a consumer eUICC', () => {
  it('gets its eIM from the device, and results are signed by the device', async () => {
    const consumer = await ConsumerBench.start(TWO);
    consumer.queue(psmo.listProfileInfo());
    expect(await consumer.poll()).toMatchObject({ error: undefined, packages: 1, emulated: true });
    expect(consumer.results).toMatchObject([signed({ operation: 'listProfileInfo', profiles: [{ iccid: ICCID }, { iccid: OTHER }] })]);
    expect(consumer.bench.euicc.eimConfigurations, 'the card knows of no eIM').toEqual([]);
    expect(consumer.bench.euicc.lastFault).toBeUndefined();
  });

  it('has its profiles disabled, enabled and deleted, and tells the SM-DP+ as ever', async () => {
    const consumer = await ConsumerBench.start(TWO);
    consumer.queue(psmo.disable(ICCID), psmo.enable(OTHER));
    consumer.queue(psmo.deleteProfile(ICCID));
    consumer.queue(psmo.deleteProfile(ICCID));
    consumer.queue(psmo.getRat(), psmo.setDefaultDpAddress('dp.example.com'));
    expect(await consumer.poll()).toMatchObject({ error: undefined, packages: 4 });
    expect(consumer.states).toEqual({ [OTHER]: 'enabled' });
    expect(consumer.bench.euicc.defaultSmdpAddress).toBe('dp.example.com');
    expect(consumer.results).toMatchObject([
      signed(code('disable'), code('enable')),
      signed(code('delete')),
      signed(code('delete', 1)),
      signed({ operation: 'getRAT' }, code('setDefaultDpAddress')),
    ]);
  });

  it('installs a profile straight from the SM-DP+, which the eIM then enables', async () => {
    const consumer = await ConsumerBench.start();
    const { iccid, item } = consumer.bench.queueDownload();
    consumer.queue(psmo.enable(iccid));
    expect(await consumer.poll()).toMatchObject({ error: undefined, packages: 2, profilesInstalled: 1 });
    expect(consumer.states).toEqual({ [iccid]: 'enabled' });
    expect(consumer.results).toMatchObject([signed(code('enable'))]);
    expect(consumer.bench.eim.device(consumer.bench.bed.eid)!.queue.items).toContain(item);
    expect(consumer.bench.smdp.notifications.flatMap(({ metadata }) => metadata.events)).toEqual(['install', 'enable']);
    expect(consumer.bench.euicc.notifications).toEqual([]);
  });

  it('enables a profile at once where an eIM has allowed it', async () => {
    const consumer = await ConsumerBench.start();
    consumer.queue(psmo.configureImmediateEnable({ enable: true, smdpAddress: consumer.bench.bed.smdpAddress }));
    const { iccid } = consumer.bench.queueDownload();
    expect(await consumer.poll()).toMatchObject({ error: undefined, packages: 2, profilesInstalled: 1 });
    expect(consumer.states).toEqual({ [iccid]: 'enabled' });
  });

  it('keeps counters and tokens over restarts of module and device', async () => {
    const consumer = await ConsumerBench.start(TWO);
    consumer.queue(psmo.listProfileInfo());
    await consumer.poll();
    const counterValue = consumer.bench.eim.device(consumer.bench.bed.eid)!.counterValue;
    await consumer.restart();
    consumer.bench.eim.queue(consumer.bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(OTHER)], counterValue });
    consumer.queue(psmo.enable(OTHER));
    expect(await consumer.poll({ restart: true })).toMatchObject({ error: { code: 'EuiccRefused' }, detail: 4, packages: 2 });
    expect(consumer.results.slice(1)).toMatchObject([
      { verified: true, result: { form: 'errorSigned', errorCode: 4 } },
      signed(code('enable')),
    ]);
  });
});

describe('packages that are refused', () => {
  const REFUSALS = [
    ['a wrong signature of the eIM', { badSignature: true }, { form: 'errorUnsigned' }],
    ['an eIM that it does not know', { eimId: 'other.example.com' }, { form: 'errorUnsigned' }],
    ['another EID', { eid: '89049032000000000000000000000019' }, { form: 'errorSigned', errorCode: 3 }],
    ['a counter that was used', { counterValue: 0 }, { form: 'errorSigned', errorCode: 4 }],
    ['a counter out of range', { counterValue: 0x1_0000_0000 }, { form: 'errorSigned', errorCode: 6 }],
  ] as const;
  it.each(REFUSALS)('for %s', async (_, fields, result) => {
    const consumer = await ConsumerBench.start(TWO);
    consumer.bench.eim.queue(consumer.bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(OTHER)], ...fields });
    expect(await consumer.poll()).toMatchObject({ error: { code: 'EuiccRefused' }, packages: 1 });
    expect(consumer.results).toMatchObject([{ result }]);
    expect(consumer.states).toEqual({ [ICCID]: 'enabled', [OTHER]: 'disabled' });
  });

  it('for their size', async () => {
    const consumer = await ConsumerBench.start(TWO);
    const extraFields = [tlv(0x8f, new Uint8Array(2_500))];
    consumer.bench.eim.queue(consumer.bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(OTHER)], extraFields });
    expect(await consumer.poll()).toMatchObject({ error: { code: 'StatusWord' }, detail: 0x6a84 });
    expect(consumer.states).toEqual({ [ICCID]: 'enabled', [OTHER]: 'disabled' });
  });

  it('when the device has no key to sign with: nothing is done, and the caller is told', async () => {
    const consumer = await ConsumerBench.start(TWO);
    consumer.queue(psmo.enable(OTHER));
    await expect(
      consumer.bench.poll({ initialEim: consumer.bench.bed.initialEim() }, { transport: consumer.transport }),
    ).rejects.toMatchObject({
      code: 'NoDeviceKey',
    });
    expect(consumer.states).toEqual({ [ICCID]: 'enabled', [OTHER]: 'disabled' });
  });
});

describe('rollback', () => {
  it('goes back to the former profile when the result does not reach the eIM', async () => {
    const consumer = await ConsumerBench.start(TWO);
    consumer.queue(psmo.enable(OTHER, { rollback: true }));
    for (let i = 0; i < 40; i++) consumer.bench.eim.faults.add('provideEimPackageResult', { kind: 'loseRequest' });
    await consumer.poll({ onlineTimeoutMs: 10_000 });
    expect(consumer.states).toEqual({ [ICCID]: 'enabled', [OTHER]: 'disabled' });
    while (consumer.bench.eim.faults.pending) consumer.bench.eim.faults.take('provideEimPackageResult');
    expect(await consumer.poll()).toMatchObject({ error: undefined });
    expect(consumer.results).toMatchObject([{ verified: true, rollback: { code: 0 } }]);
  });

  it('is not available without an enabled profile, and not allowed after the result is with the eIM', async () => {
    const consumer = await ConsumerBench.start({ profiles: [state(ICCID), state(OTHER)] });
    consumer.queue(psmo.enable(OTHER, { rollback: true }));
    consumer.queue(psmo.enable(OTHER));
    consumer.queue(psmo.enable(ICCID, { rollback: true }));
    await consumer.poll();
    expect(consumer.results).toMatchObject([signed(code('enable', 20)), signed(code('enable')), signed(code('enable'))]);
    expect(hex(await consumer.es10(fromHex('BF580380 01FF')))).toBe('BF5803020101');
    expect(consumer.states).toEqual({ [ICCID]: 'enabled', [OTHER]: 'disabled' });
  });
});
