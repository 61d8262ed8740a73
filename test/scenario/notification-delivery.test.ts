// SPDX-License-Identifier: Apache-2.0
// Notifications straight to their SM-DP+ (SGP.32 v1.2 §3.7, SGP.22 v2.5 §3.5): one that cannot be delivered stays on the card, holds
// up no other, and is tried less and less often.

import { describe, expect, it } from 'vitest';
import { Action } from '../../host/abi.js';
import { makeMetadata, notifyAll } from '../../host/sim/profile/index.js';
import { Bench } from '../support/bench.js';
import { expectCleanCard, expectHonestLog } from '../support/checks.js';

const FIRST = '89000123456789012341';
const SECOND = '89000123456789012358';
const SMDP = 'smdp.example.com';
const NOBODY = '127.0.0.1:1';
const SMALL = { sizeBytes: 600 };
const BINDINGS = ['json', 'asn1'] as const;

/** A bench for direct downloads whose first profile notifies `first`, and whose second one notifies the SM-DP+. */
function start(first: string): Promise<Bench> {
  const profiles = [
    { metadata: makeMetadata({ iccid: FIRST, notifications: notifyAll(first) }) },
    { metadata: makeMetadata({ iccid: SECOND, notifications: notifyAll(SMDP) }) },
  ];
  return Bench.start({ euicc: { profiles }, eimConfiguration: { indirectProfileDownload: false } });
}

/** How often the address was opened in the last command. */
function openings(bench: Bench, address: string): number {
  const wanted = Buffer.from(address);
  return bench.actions.filter(({ kind, bytes }) => kind === Action.NetworkOpen && Buffer.from(bytes).includes(wanted)).length;
}

const waiting = (bench: Bench) => bench.euicc.notifications.map(({ event, iccid }) => [event, iccid]);
const told = (bench: Bench) => bench.smdp.notifications.map(({ metadata, verified }) => [...metadata.events, metadata.iccid, verified]);

describe('an SM-DP+ that cannot be reached', () => {
  for (const rspBinding of BINDINGS) {
    it(`does not hold up another one, in ${rspBinding}`, async () => {
      const bench = await start(NOBODY);
      for (const iccid of [FIRST, SECOND]) bench.queueEnable(iccid);
      const result = await bench.poll({ rspBinding });
      expect(result).toMatchObject({ error: { code: 'NetworkUnreachable' }, packages: 2, notifications: 1 });
      expect(told(bench)).toEqual([['enable', SECOND, true]]);
      expect(waiting(bench)).toEqual([
        ['enable', FIRST],
        ['disable', FIRST],
      ]);
      expectHonestLog(bench.eim.log);
    });
  }

  it('is asked in the 1st, 2nd, 4th, 8th and 16th run', async () => {
    const bench = await start(NOBODY);
    bench.queueEnable(FIRST);
    const asked: number[] = [];
    for (let run = 1; run <= 16; run++) {
      const { error } = await bench.poll();
      if (openings(bench, NOBODY) > 0) asked.push(run);
      expect(error?.code).toBe(asked.includes(run) ? 'NetworkUnreachable' : undefined);
    }
    expect(asked).toEqual([1, 2, 4, 8, 16]);
    expect(waiting(bench)).toEqual([['enable', FIRST]]);
  });
});

describe('an SM-DP+ that refuses a notification', () => {
  for (const rspBinding of BINDINGS) {
    for (const [name, refuse, error] of [
      ['with HTTP 500', (bench: Bench) => bench.smdp.failNext('handleNotification', 500), 'NetworkHttpStatus'],
      ['by breaking off', (bench: Bench) => bench.smdp.cutNextResponse('handleNotification', 0), 'NetworkConnectionLost'],
    ] as const) {
      it(`${name}, in ${rspBinding}: it stays, the next one is delivered, and it comes again`, async () => {
        const bench = await start(SMDP);
        for (const iccid of [FIRST, SECOND]) bench.queueEnable(iccid);
        refuse(bench);
        const result = await bench.poll({ rspBinding });
        expect(result).toMatchObject({ error: { code: error }, packages: 2, notifications: 2 });
        expect(waiting(bench)).toEqual([['enable', FIRST]]);
        expect(await bench.poll({ rspBinding })).toMatchObject({ error: undefined, notifications: 1 });
        expectCleanCard(bench.euicc);
      });
    }
  }

  it('with a status in JSON', async () => {
    const bench = await start(SMDP);
    bench.queueEnable(FIRST);
    bench.smdp.refuseNext('handleNotification', { subjectCode: '8.1', reasonCode: '6.1', message: 'as the test wants it' });
    expect(await bench.poll({ rspBinding: 'json' })).toMatchObject({ error: { code: 'SmdpError' }, detail: 0x81061, notifications: 0 });
    expect(waiting(bench)).toEqual([['enable', FIRST]]);
    expect(await bench.poll({ rspBinding: 'json' })).toMatchObject({ error: undefined, notifications: 1 });
    expectCleanCard(bench.euicc);
  });
});

describe('the sequence number', () => {
  for (const first of [0, 127, 128, 255, 256, 0x7fff_ff00]) {
    for (const indirectProfileDownload of [true, false]) {
      it(`${first} is one as any other, ${indirectProfileDownload ? 'by way of the eIM' : 'straight'}`, async () => {
        const bench = await Bench.start({ eimConfiguration: { indirectProfileDownload } });
        bench.euicc.restoreNonVolatile(bench.euicc.saveNonVolatile().replace(/"nextSeqNumber": \d+/, `"nextSeqNumber": ${first}`));
        bench.euicc.reset();
        const { iccid } = bench.queueDownload(SMALL);
        bench.queueEnable(iccid);
        expect(await bench.poll()).toMatchObject({ error: undefined, packages: 2, profilesInstalled: 1 });
        expect(bench.smdp.notifications).toMatchObject([
          { metadata: { seqNumber: first, events: ['install'] }, verified: true },
          { metadata: { events: ['enable'] }, verified: true },
        ]);
        expectCleanCard(bench.euicc);
      });
    }
  }
});

describe('a direct download while the way back is out', () => {
  it('to the SM-DP+: the eIM has the result, the SM-DP+ gets its own later', async () => {
    const bench = await Bench.start({ eimConfiguration: { indirectProfileDownload: false } });
    bench.queueDownload(SMALL);
    for (const _run of [1, 2]) bench.smdp.failNext('handleNotification', 503);
    expect(await bench.poll()).toMatchObject({ error: { code: 'NetworkHttpStatus' }, detail: 503, profilesInstalled: 1 });
    expect(bench.events('downloadResult')).toMatchObject([{ succeeded: true }]);
    expect(await bench.poll()).toMatchObject({ error: { code: 'NetworkHttpStatus' }, notifications: 0 });
    expect(await bench.poll()).toMatchObject({ error: undefined, notifications: 0 });
    expect(await bench.poll()).toMatchObject({ error: undefined, notifications: 1 });
    expect(bench.smdp.notifications).toMatchObject([{ kind: 'profileInstallationResult', duplicate: false }]);
    expect(bench.events('downloadResult')).toHaveLength(1);
    expectCleanCard(bench.euicc);
  });

  for (const loss of ['loseRequest', 'loseResponse'] as const) {
    it(`to the eIM (${loss}): its result is kept and comes first in the next poll`, async () => {
      const bench = await Bench.start({ eimConfiguration: { indirectProfileDownload: false } });
      const { item } = bench.queueDownload(SMALL);
      bench.eim.faults.add('handleNotification', { kind: loss });
      expect(await bench.poll()).toMatchObject({ error: { code: 'NetworkConnectionLost' }, profilesInstalled: 1 });
      const before = bench.eim.log.length;
      expect(await bench.poll()).toMatchObject({ error: undefined, packages: 0, notifications: 1 });
      expect(bench.eim.log.slice(before).some(({ kind }) => kind === 'downloadResult')).toBe(true);
      expect(item.status).toBe('finished');
      expect(bench.euicc.profiles).toHaveLength(1);
      expect(bench.smdp.notifications).toMatchObject([{ kind: 'profileInstallationResult', outcome: { ok: true } }]);
      expectHonestLog(bench.eim.log);
      expectCleanCard(bench.euicc);
    });
  }

  it('in a failed installation both are told as well', async () => {
    const bench = await Bench.start({ euicc: { memoryBytes: 5_200 }, eimConfiguration: { indirectProfileDownload: false } });
    bench.queueDownload();
    expect(await bench.poll()).toMatchObject({ error: { code: 'InstallationFailed' }, detail: 10, profilesInstalled: 0, notifications: 1 });
    expect(bench.events('downloadResult')).toMatchObject([{ succeeded: false, installation: { outcome: { success: false } } }]);
    expect(bench.smdp.notifications).toMatchObject([{ outcome: { ok: false, errorReason: 10 } }]);
    expectCleanCard(bench.euicc);
  });
});

describe('the local user', () => {
  for (const kind of ['iot', 'consumer'] as const) {
    for (const rspBinding of BINDINGS) {
      it(`delivers what waits on a ${kind} eUICC, in ${rspBinding}`, async () => {
        const bench = await Bench.start({ associated: false, euicc: { kind } });
        const assistant = kind === 'consumer' ? 'lpad' : 'ipad';
        const { activationCode } = bench.bed.prepareProfile(SMALL);
        bench.smdp.failNext('handleNotification', 500);
        const result = await bench.download({ activationCode, rspBinding, assistant });
        expect(result).toMatchObject({ error: { code: 'NetworkHttpStatus' }, profilesInstalled: 1, notifications: 0 });
        const delivered = await bench.deliverNotifications({ rspBinding, assistant });
        expect(delivered).toMatchObject({ error: undefined, profilesInstalled: 0, notifications: 1 });
        expect(await bench.deliverNotifications({ rspBinding, assistant })).toMatchObject({ error: undefined, notifications: 0 });
        expect(bench.smdp.notifications).toMatchObject([{ kind: 'profileInstallationResult', duplicate: false }]);
        expectCleanCard(bench.euicc);
      });
    }
  }
});
