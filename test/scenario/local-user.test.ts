// SPDX-License-Identifier: Apache-2.0
// A consumer eUICC (SGP.22 v2.5) and its local user, who declares an LPA: download, enable, disable, rename, delete, reset.

import { describe, expect, it } from 'vitest';
import { Euicc } from '../../host/es10/euicc.js';
import type { CommandOptions } from '../../host/options.js';
import { Bench } from '../support/bench.js';
import { expectCleanCard } from '../support/checks.js';

const FIRST = '89000123456789012341';
const SECOND = '89000123456789012358';
const SMALL = { sizeBytes: 600 };
const LPAD: CommandOptions = { assistant: 'lpad' };

/** An eUICC that wants the assistant of each function. */
function start(): Promise<Bench> {
  return Bench.start({ associated: false, euicc: { kind: 'consumer', assistantCheck: 'matching' } });
}

const local = <Result>(bench: Bench, run: (euicc: Euicc) => Promise<Result>, options = LPAD) =>
  bench.run((links) => run(new Euicc(links, options)));

const statesOf = (bench: Bench) => bench.euicc.profiles.map(({ iccid, state }) => [iccid, state]);
const told = (bench: Bench) => bench.smdp.notifications.map(({ metadata }) => [...metadata.events, metadata.iccid]);

describe('a consumer eUICC', () => {
  for (const rspBinding of ['json', 'asn1'] as const) {
    it(`lives through its whole life, in ${rspBinding}`, async () => {
      const bench = await start();
      for (const [iccid, matchingId] of [
        [FIRST, 'A'],
        [SECOND, 'B'],
      ] as const) {
        const { activationCode } = bench.bed.prepareProfile({ ...SMALL, iccid, matchingId });
        expect(await bench.download({ activationCode, rspBinding, ...LPAD })).toMatchObject({ error: undefined, profilesInstalled: 1 });
      }
      await local(bench, (euicc) => euicc.enable(FIRST));
      await local(bench, (euicc) => euicc.enable(SECOND));
      await local(bench, (euicc) => euicc.setNickname(FIRST, 'Ferien'));
      await local(bench, (euicc) => euicc.delete(FIRST));
      expect(statesOf(bench)).toEqual([[SECOND, 'enabled']]);
      await local(bench, (euicc) => euicc.disable(SECOND));
      expect(await bench.deliverNotifications({ rspBinding, ...LPAD })).toMatchObject({ error: undefined, notifications: 5 });
      expect(told(bench)).toEqual([
        ['install', FIRST],
        ['install', SECOND],
        ['enable', FIRST],
        ['disable', FIRST],
        ['enable', SECOND],
        ['delete', FIRST],
        ['disable', SECOND],
      ]);
      expect(bench.smdp.notifications.every(({ verified }) => verified)).toBe(true);
      await local(bench, (euicc) => euicc.reset('deleteOperationalProfiles'));
      expect(statesOf(bench)).toEqual([]);
      expect(bench.eim.log).toEqual([]);
    });
  }

  it('gets profiles of its default SM-DP+, whose address the local user sets', async () => {
    const bench = await start();
    const { iccid, smdpAddress } = bench.bed.prepareDefaultSmdpProfile(SMALL);
    const options = { defaultSmdp: true, ...LPAD } as const;
    expect(await bench.download(options)).toMatchObject({ error: { code: 'NoServerAddress' } });
    await local(bench, (euicc) => euicc.setDefaultSmdpAddress(smdpAddress));
    expect(await bench.download(options)).toMatchObject({ error: undefined, profilesInstalled: 1 });
    expect(statesOf(bench)).toEqual([[iccid, 'disabled']]);
    expectCleanCard(bench.euicc);
  });

  it('gets every profile that the root SM-DS announces', async () => {
    const bench = await start();
    for (const [iccid, matchingId] of [
      [FIRST, 'A'],
      [SECOND, 'B'],
    ] as const)
      bench.bed.prepareEvent({ ...SMALL, iccid, matchingId });
    expect(await bench.download({ smds: true, ...LPAD })).toMatchObject({ error: undefined, profilesInstalled: 2 });
    expect(statesOf(bench).map(([iccid]) => iccid)).toEqual([FIRST, SECOND]);
    expectCleanCard(bench.euicc);
  });

  it('does nothing for an IPA', async () => {
    const bench = await start();
    const { activationCode } = bench.bed.prepareProfile(SMALL);
    expect(await bench.download({ activationCode })).toMatchObject({ error: { code: 'StatusWord' }, detail: 0x6985 });
    expect(await bench.download({ activationCode, ...LPAD })).toMatchObject({ error: undefined, profilesInstalled: 1 });
  });

  it('has no eIM and can get none', async () => {
    const bench = await start();
    const result = await bench.poll({ initialEim: bench.bed.initialEim(), ...LPAD });
    expect(result).toMatchObject({ error: { code: 'StatusWord' }, packages: 0 });
    expect(bench.eim.log).toEqual([]);
  });
});
