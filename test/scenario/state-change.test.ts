// SPDX-License-Identifier: Apache-2.0
// Changes of profiles: going back when the network is gone (SGP.32 v1.2 §3.3.2), enabling at once (§5.9.15), what a device does by
// itself (§5.9.20 to §5.9.23), and what the eIM is told of it (§6.3.2.6).

import { describe, expect, it } from 'vitest';
import type { DriverLinks } from '../../host/driver.js';
import { Euicc } from '../../host/es10/euicc.js';
import { NetworkError, type Transport } from '../../host/interfaces.js';
import type { StateChangeCause } from '../../host/options.js';
import { psmo } from '../../host/sim/eim/index.js';
import { makeMetadata, notifyAll } from '../../host/sim/profile/index.js';
import { Bench } from '../support/bench.js';
import { expectCleanCard, expectHonestLog } from '../support/checks.js';

const HOME = '89000123456789012341';
const NEW = '89000123456789012358';
const SMALL = { sizeBytes: 600 };

/** A bench whose eUICC has an enabled profile and another one. */
function startWithTwo(): Promise<Bench> {
  const metadata = (iccid: string) => makeMetadata({ iccid, fallbackAllowed: iccid === NEW, notifications: notifyAll('smdp.example.com') });
  return Bench.start({ euicc: { profiles: [{ metadata: metadata(HOME), state: 'enabled' }, { metadata: metadata(NEW) }] } });
}

const statesOf = (bench: Bench) => Object.fromEntries(bench.euicc.profiles.map(({ iccid, state }) => [iccid, state]));

/** A network that is gone while a profile is enabled, or a condition holds, for so many operations at most. */
function gone(
  bench: Bench,
  when: string | (() => boolean),
  operations = Number.POSITIVE_INFINITY,
): Transport & { readonly refused: number } {
  const inner = bench.transport;
  let refused = 0;
  const isGone = typeof when === 'string' ? () => statesOf(bench)[when] === 'enabled' : when;
  const lost = () => isGone() && refused < operations;
  const need = () => {
    if (!lost()) return;
    refused++;
    throw new NetworkError('unreachable', 'the network is gone, as the test wants it');
  };
  return {
    get refused() {
      return refused;
    },
    counters: inner.counters,
    open: async (peer) => {
      need();
      return inner.open(peer);
    },
    beginRequest: async (head) => {
      need();
      return inner.beginRequest(head);
    },
    sendChunk: (bytes, last) => inner.sendChunk(bytes, last),
    receive: (maxBytes) => inner.receive(maxBytes),
    abort: () => inner.abort(),
    close: () => inner.close(),
  };
}

const resultsAt = (bench: Bench) =>
  bench.events('euiccPackageResult').map(({ result, rollback }) => ({
    operations: result.form === 'signed' ? result.results.map((each) => each.operation) : [result.form],
    rollback: rollback?.code,
  }));

describe('a package enables a profile without network', () => {
  it('and allows to go back: the former profile is enabled again, and the eIM gets the result of that alone', async () => {
    const bench = await startWithTwo();
    bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(NEW, { rollback: true })] });
    const result = await bench.poll({}, { transport: gone(bench, NEW) });
    expect(result).toMatchObject({ error: { code: 'NetworkUnreachable' }, packages: 1, stateChange: undefined });
    expect(statesOf(bench)).toEqual({ [HOME]: 'enabled', [NEW]: 'disabled' });
    expect(resultsAt(bench)).toMatchObject([{ rollback: 0 }]);
    expectHonestLog(bench.eim.log);
    expectCleanCard(bench.euicc);
    expect(await bench.poll()).toMatchObject({ error: undefined, packages: 0 });
  });

  it('and does not allow it: the profile stays, and the result comes with the next poll', async () => {
    const bench = await startWithTwo();
    bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(NEW)] });
    const result = await bench.poll({}, { transport: gone(bench, NEW) });
    expect(result).toMatchObject({ error: { code: 'NetworkUnreachable' }, packages: 1 });
    expect(statesOf(bench)).toEqual({ [HOME]: 'disabled', [NEW]: 'enabled' });
    expect(resultsAt(bench)).toEqual([]);
    // it was refused for good: the next poll neither waits nor asks again
    const stillGone = gone(bench, NEW);
    expect(await bench.poll({}, { transport: stillGone })).toMatchObject({ error: { code: 'NetworkUnreachable' }, packages: 0 });
    expect(stillGone.refused).toBe(1);
    expect(await bench.poll()).toMatchObject({ error: undefined, packages: 0, notifications: 2 });
    expect(resultsAt(bench)).toEqual([{ operations: ['enable'], rollback: undefined }]);
    expectHonestLog(bench.eim.log);
    expectCleanCard(bench.euicc);
  });

  it('nor after it went back: the result waits for a later poll, which does not wait for the network', async () => {
    const bench = await startWithTwo();
    bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(NEW, { rollback: true })] });
    let began = false;
    const away = () => {
      began ||= statesOf(bench)[NEW] === 'enabled';
      return began;
    };
    const transport = gone(bench, away);
    expect(await bench.poll({}, { transport })).toMatchObject({ error: { code: 'NetworkUnreachable' }, packages: 1 });
    expect(statesOf(bench)).toEqual({ [HOME]: 'enabled', [NEW]: 'disabled' });
    const later = gone(bench, HOME);
    expect(await bench.poll({}, { transport: later })).toMatchObject({ error: { code: 'NetworkUnreachable' }, packages: 0 });
    expect(later.refused).toBe(1);
    expect(await bench.poll()).toMatchObject({ error: undefined, packages: 0 });
    expect(resultsAt(bench)).toMatchObject([{ rollback: 0 }]);
    expectCleanCard(bench.euicc);
  });

  for (const operations of [1, 3, 10]) {
    it(`for a while (${operations} attempts): there is no going back, and no error`, async () => {
      const bench = await startWithTwo();
      bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(NEW, { rollback: true })] });
      const transport = gone(bench, NEW, operations);
      expect(await bench.poll({}, { transport })).toMatchObject({ error: undefined, detail: 0, packages: 1 });
      expect(transport.refused).toBe(operations);
      expect(statesOf(bench)).toEqual({ [HOME]: 'disabled', [NEW]: 'enabled' });
      expect(resultsAt(bench)).toEqual([{ operations: ['enable'], rollback: undefined }]);
      expectCleanCard(bench.euicc);
    });
  }

  it('longer than the host allows, which is sooner then', async () => {
    const bench = await startWithTwo();
    bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(NEW, { rollback: true })] });
    const patient = gone(bench, NEW);
    await bench.poll({ onlineTimeoutMs: 20_000 }, { transport: patient });
    expect(statesOf(bench)[HOME]).toBe('enabled');
    // pauses of 2, 4, 6, 8 seconds
    expect(patient.refused).toBe(5);
    expect(resultsAt(bench)).toMatchObject([{ rollback: 0 }]);
  });

  it('and the power is lost before it goes back: the next poll does it', async () => {
    const bench = await startWithTwo();
    bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(NEW, { rollback: true })] });
    const away = gone(bench, NEW);
    const stopped = new Error('no power');
    let pauses = 0;
    const instance: DriverLinks['instance'] = {
      ...bench.instance,
      poll: async (nowMs) => {
        if (away.refused > 0 && ++pauses > 3) throw stopped;
        return bench.instance.poll(nowMs);
      },
    };
    await expect(bench.poll({}, { transport: away, instance })).rejects.toBe(stopped);
    expect(statesOf(bench)[NEW]).toBe('enabled');
    await bench.instance.restoreState(bench.persisted!);
    bench.euicc.reset();
    await bench.poll({ restart: true }, { transport: away });
    expect(statesOf(bench)).toEqual({ [HOME]: 'enabled', [NEW]: 'disabled' });
    expect(resultsAt(bench)).toMatchObject([{ rollback: 0 }]);
    expectCleanCard(bench.euicc);
  });
});

describe('a profile is enabled as soon as it is installed', () => {
  const CONFIGURED = [
    ['for every SM-DP+', {}],
    ['for this address', { smdpAddress: 'smdp.example.com' }],
    ['for this OID', { smdpOid: '2.999.10' }],
  ] as const;
  for (const indirect of [true, false]) {
    for (const [name, settings] of CONFIGURED) {
      it(`${name}, ${indirect ? 'through the eIM' : 'straight'}; the eIM is told why`, async () => {
        const bench = await Bench.start({ eimConfiguration: { indirectProfileDownload: indirect } });
        bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.configureImmediateEnable({ enable: true, ...settings })] });
        const { iccid } = bench.queueDownload(SMALL);
        expect(await bench.poll()).toMatchObject({ error: undefined, packages: 2, profilesInstalled: 1, stateChange: undefined });
        expect(bench.euicc.profiles).toMatchObject([{ iccid, state: 'enabled' }]);
        const asked = bench.events('getEimPackage');
        expect(asked.map(({ notifyStateChange, stateChangeWord }) => [notifyStateChange, stateChangeWord])).toEqual([
          [false, undefined],
          [false, undefined],
          [true, 'immediateEnableProfile'],
        ]);
        const events = bench.smdp.notifications.flatMap(({ metadata }) => metadata.events);
        expect(events).toEqual(['install', 'enable']);
        expectHonestLog(bench.eim.log);
        expectCleanCard(bench.euicc);
      });
    }
  }

  it('not for another SM-DP+, and not without a configuration', async () => {
    const bench = await Bench.start();
    const other = { enable: true, smdpAddress: 'other.example.com' };
    bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.configureImmediateEnable(other)] });
    bench.queueDownload(SMALL);
    expect(await bench.poll()).toMatchObject({ error: undefined, profilesInstalled: 1 });
    expect(bench.euicc.profiles).toMatchObject([{ state: 'disabled' }]);
    expect(bench.events('getEimPackage').some(({ notifyStateChange }) => notifyStateChange)).toBe(false);
  });
});

describe('the device changes profiles itself', () => {
  type Change = readonly [name: string, cause: StateChangeCause, change: (euicc: Euicc) => Promise<unknown>, enabled: string | undefined];
  const CHANGES: readonly Change[] = [
    ['fallback', 'fallback', (euicc) => euicc.executeFallback(), NEW],
    ['memory reset', 'reset', (euicc) => euicc.reset('deleteFieldLoadedTestProfiles', 'deleteOperationalProfiles'), undefined],
  ];
  for (const [name, cause, change, enabled] of CHANGES) {
    it(`${name}: the eIM is told once, with the next poll`, async () => {
      const bench = await startWithTwo();
      bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.setFallbackAttribute(NEW)] });
      await bench.poll();
      await bench.run((links) => change(new Euicc(links)));
      expect(bench.euicc.profiles.find(({ state }) => state === 'enabled')?.iccid).toBe(enabled);
      const before = bench.events('getEimPackage').length;
      const result = await bench.poll({ rplmn: '262/01' });
      expect(result).toMatchObject({ error: undefined, stateChange: undefined });
      await bench.poll();
      const [told, next] = bench.events('getEimPackage').slice(before);
      expect(told).toMatchObject({ notifyStateChange: true, stateChangeWord: cause, rPlmn: '62F210' });
      expect(next).toMatchObject({ notifyStateChange: false });
      expect(next).not.toHaveProperty('rPlmn');
      expectCleanCard(bench.euicc);
    });
  }

  it('fallback and return: the former profile is enabled again', async () => {
    const bench = await startWithTwo();
    bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.setFallbackAttribute(NEW)] });
    await bench.poll();
    await bench.run((links) => new Euicc(links).executeFallback());
    await bench.run((links) => new Euicc(links).returnFromFallback());
    expect(statesOf(bench)).toEqual({ [HOME]: 'enabled', [NEW]: 'disabled' });
    await bench.poll();
    expect(bench.events('getEimPackage').at(-1)).toMatchObject({ stateChangeWord: 'fallback' });
  });

  it('emergency profile on and off', async () => {
    const emergency = { metadata: makeMetadata({ iccid: NEW, ecallIndication: true }) };
    const bench = await Bench.start({ euicc: { profiles: [{ iccid: HOME, state: 'enabled' }, emergency] } });
    await bench.run((links) => new Euicc(links).enableEmergencyProfile());
    expect(statesOf(bench)[NEW]).toBe('enabled');
    await bench.run((links) => new Euicc(links).disableEmergencyProfile());
    expect(statesOf(bench)).toEqual({ [HOME]: 'enabled', [NEW]: 'disabled' });
    await bench.poll();
    expect(bench.events('getEimPackage')).toMatchObject([{ stateChangeWord: 'emergencyProfile' }]);
  });

  it('is refused: nothing has changed, and nobody is told', async () => {
    const bench = await startWithTwo();
    await expect(bench.run((links) => new Euicc(links).executeFallback())).rejects.toMatchObject({ name: 'Es10Error' });
    expect(statesOf(bench)[HOME]).toBe('enabled');
    await bench.poll();
    expect(bench.events('getEimPackage')).toMatchObject([{ notifyStateChange: false }]);
  });

  for (const esipaBinding of ['asn1', 'json'] as const) {
    const CAUSES: readonly StateChangeCause[] = ['otherEim', 'local', 'deviceChange', 'undefined'];
    for (const stateChangeCause of CAUSES) {
      it(`the host says so: ${stateChangeCause}, in ${esipaBinding}; it stays owed while the eIM cannot be reached`, async () => {
        const bench = await Bench.start();
        bench.eim.faults.add('getEimPackage', { kind: 'loseRequest' });
        const lost = await bench.poll({ stateChangeCause, esipaBinding, rplmn: '310/410' });
        expect(lost).toMatchObject({ error: { code: 'NetworkConnectionLost' }, stateChange: stateChangeCause });
        expect(await bench.poll({ esipaBinding, rplmn: '310/410' })).toMatchObject({ error: undefined, stateChange: undefined });
        expect(bench.events('getEimPackage')).toMatchObject([{ stateChangeWord: stateChangeCause, rPlmn: '130014' }]);
      });
    }
  }
});
