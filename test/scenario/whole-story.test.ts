// SPDX-License-Identifier: Apache-2.0
// The life of a device from its first power-up: blank eUICC, initial eIM, download, enable, questions, idle. On every runtime.

import { describe, expect, it } from 'vitest';
import { psmo } from '../../host/sim/eim/index.js';

import { Bench } from '../support/bench.js';
import { expectCleanCard, expectHonestLog } from '../support/checks.js';
import { moduleRuntimes } from '../support/runtimes.js';

const EVERYTHING_FINISHED = { packages: 4, profilesInstalled: 1, error: undefined };

const NOTHING = { packages: 0, profilesInstalled: 0, notifications: 0, stateChange: undefined, emulated: false };

async function runStory(bench: Bench): Promise<string> {
  const { iccid } = bench.queueDownload({ sizeBytes: 5_000 });
  bench.queueEnable(iccid);
  bench.eim.queue(bench.bed.eid, { kind: 'dataRequest' });
  bench.queueList();
  expect(await bench.poll({ initialEim: bench.bed.initialEim() })).toMatchObject(EVERYTHING_FINISHED);
  return iccid;
}

for (const { name, available, create } of await moduleRuntimes()) {
  describe.skipIf(!available)(`the whole story on ${name}`, () => {
    it('ends with an enabled profile, nothing owed, and an idle second poll', async () => {
      const bench = await Bench.start({ associated: false, createInstance: create });
      const iccid = await runStory(bench);

      expect(bench.euicc.profiles).toMatchObject([{ iccid, state: 'enabled' }]);
      expect(bench.euicc.eimConfigurations).toMatchObject([{ eimId: bench.eim.eimId, counterValue: 2 }]);
      expectCleanCard(bench.euicc);
      expectEim(bench, iccid);
      expectSmdp(bench, iccid);

      expect(await bench.poll()).toEqual({ ...NOTHING, error: undefined, detail: 0, cardPath: { access: 'csim', blockBytes: 255 } });
      expectCleanCard(bench.euicc);
    });
  });
}

function expectEim(bench: Bench, iccid: string): void {
  expectHonestLog(bench.eim.log);
  const results = bench.events('euiccPackageResult').map(({ result }) => (result.form === 'signed' ? result.results : undefined));
  expect(results).toMatchObject([
    [{ operation: 'enable', code: 0 }],
    [{ operation: 'listProfileInfo', profiles: [{ iccid, state: 'enabled' }] }],
  ]);
  expect(bench.events('ipaEuiccData')).toMatchObject([{ data: { form: 'data' } }]);
  expect(bench.events('notification').map(({ forwarded }) => forwarded)).toEqual(['taken', 'taken']);
  expect(bench.events('getEimPackage').map(({ answer }) => answer)).toEqual([...Array(4).fill('package'), 'noEimPackageAvailable']);
}

function expectSmdp(bench: Bench, iccid: string): void {
  const installed = { kind: 'profileInstallationResult', verified: true, duplicate: false, outcome: { ok: true } };
  const enabled = { kind: 'otherSignedNotification', verified: true, duplicate: false, metadata: { events: ['enable'], iccid } };
  expect(bench.smdp.notifications).toMatchObject([installed, enabled]);
}

describe('packages in another order', () => {
  it('tells the eIM that an unknown profile cannot be enabled, and goes on', async () => {
    const bench = await Bench.start();
    bench.queueEnable('89000123456789012341');
    bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.getRat()] });
    expect(await bench.poll()).toMatchObject({ error: undefined, packages: 2 });
    expect(bench.events('euiccPackageResult')).toMatchObject([
      { result: { results: [{ operation: 'enable', code: 1 }] } },
      { result: { results: [{ operation: 'getRAT' }] } },
    ]);
    expectCleanCard(bench.euicc);
  });
});
