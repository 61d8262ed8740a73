// SPDX-License-Identifier: Apache-2.0
// eIM configuration operations (SGP.32 v1.2 §2.11.1.1.2, §3.5) on an IoT eUICC: one eIM brings a second one, changes it, and takes it away.

import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { EimIdType, eco } from '../../host/sim/eim/index.js';
import { Bench, sharedPki } from '../support/bench.js';
import { expectCleanCard, expectHonestLog } from '../support/checks.js';

const SECOND = 'second.example.com';

async function secondEim() {
  const { eimSign } = await sharedPki();
  const spki = new Uint8Array(createPublicKey(eimSign.privateKey).export({ type: 'spki', format: 'der' }));
  return { eimId: SECOND, eimFqdn: SECOND, eimIdType: EimIdType.Fqdn, counterValue: 5, associationToken: -1, eimPublicKeyData: { spki } };
}

const resultsOf = (bench: Bench) =>
  bench.events('euiccPackageResult').flatMap(({ result }) => (result.form === 'signed' ? result.results : []));

describe('an eIM configuration operation', () => {
  it('adds, lists, changes and deletes another eIM', async () => {
    const bench = await Bench.start();
    const queue = (...ecos: ReturnType<typeof eco.listEim>[]) => bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', ecos });
    queue(eco.addEim(await secondEim()), eco.listEim());
    queue(eco.updateEim({ eimId: SECOND, eimFqdn: 'moved.example.com' }));
    queue(eco.deleteEim(SECOND), eco.listEim());
    expect(await bench.poll()).toMatchObject({ error: undefined, packages: 3 });
    expect(resultsOf(bench)).toMatchObject([
      { operation: 'addEim' },
      { operation: 'listEim', eims: [{ eimId: bench.eim.eimId }, { eimId: SECOND }] },
      { operation: 'updateEim', code: 0 },
      { operation: 'deleteEim', code: 0 },
      { operation: 'listEim', eims: [{ eimId: bench.eim.eimId }] },
    ]);
    expect(bench.euicc.eimConfigurations).toMatchObject([{ eimId: bench.eim.eimId, counterValue: 3 }]);
    expectHonestLog(bench.eim.log);
    expectCleanCard(bench.euicc);
  });

  it('that deletes its own eIM is reported to it; the next poll finds none', async () => {
    const bench = await Bench.start();
    bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', ecos: [eco.deleteEim(bench.eim.eimId)] });
    expect(await bench.poll()).toMatchObject({ packages: 1 });
    expect(resultsOf(bench)).toMatchObject([{ operation: 'deleteEim', code: 2, word: 'lastEimDeleted' }]);
    expect(bench.euicc.eimConfigurations).toEqual([]);
    expect(await bench.poll()).toMatchObject({ error: { code: 'NoInitialEim' } });
    expect(await bench.poll({ initialEim: bench.bed.initialEim() })).toMatchObject({ error: undefined });
  });

  it.each([
    [
      'an eIM that is there already',
      async (bench: Bench) => eco.addEim({ ...(await secondEim()), eimId: bench.eim.eimId }),
      'associatedEimAlreadyExists',
    ],
    ['an eIM that is not there', async () => eco.deleteEim('nobody.example.com'), 'eimNotFound'],
  ] as const)('refused by the eUICC for %s is told to the eIM', async (_, operation, word) => {
    const bench = await Bench.start();
    bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', ecos: [await operation(bench), eco.listEim()] });
    expect(await bench.poll()).toMatchObject({ error: undefined, packages: 1 });
    expect(resultsOf(bench)).toMatchObject([{ word }]);
    expectCleanCard(bench.euicc);
  });
});
