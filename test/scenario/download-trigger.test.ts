// SPDX-License-Identifier: Apache-2.0
// Everything that a download can begin with (SGP.32 v1.2 §2.11.1.3, §3.2.3): activation code, default SM-DP+, SM-DS, data held by
// the eIM; through the eIM, straight, and for the local user.

import { describe, expect, it } from 'vitest';
import type { DownloadOptions, PollOptions, ProfileSource } from '../../host/options.js';
import type { DownloadItem } from '../../host/sim/eim/index.js';
import { Bench } from '../support/bench.js';
import { expectCleanCard, expectHonestLog } from '../support/checks.js';

const BINDINGS = ['asn1', 'json'] as const;
const SECOND = '89000123456789012358';
const SMALL = { sizeBytes: 600 };

interface Trigger {
  readonly name: string;
  /** Puts the profile where the trigger leads to; its ICCID, and how the eIM and the local user name it. */
  readonly prepare: (bench: Bench) => { readonly iccid: string; readonly item: DownloadItem; readonly source: ProfileSource };
  readonly atSmds: boolean;
}

const TRIGGERS: readonly Trigger[] = [
  {
    name: 'an activation code',
    prepare: ({ bed }) => {
      const { iccid, activationCode } = bed.prepareProfile(SMALL);
      return { iccid, item: { kind: 'download', activationCode }, source: { activationCode } };
    },
    atSmds: false,
  },
  {
    name: 'an activation code without matching identifier',
    prepare: ({ bed }) => {
      const { iccid, smdpAddress } = bed.prepareDefaultSmdpProfile(SMALL);
      const activationCode = `1$${smdpAddress}$`;
      return { iccid, item: { kind: 'download', activationCode }, source: { activationCode } };
    },
    atSmds: false,
  },
  {
    name: 'the default SM-DP+',
    prepare: ({ bed }) => {
      const { iccid } = bed.prepareDefaultSmdpProfile(SMALL);
      return { iccid, item: { kind: 'download', contactDefaultSmdp: true }, source: { defaultSmdp: true } };
    },
    atSmds: false,
  },
  {
    name: 'an SM-DS by its address',
    prepare: ({ bed }) => {
      const { iccid, smdsAddress } = bed.prepareEvent(SMALL);
      return { iccid, item: { kind: 'download', contactSmds: { smdsAddress } }, source: { smds: smdsAddress } };
    },
    atSmds: true,
  },
  {
    name: 'the root SM-DS that the eUICC knows',
    prepare: ({ bed }) => {
      const { iccid } = bed.prepareEvent(SMALL);
      return { iccid, item: { kind: 'download', contactSmds: {} }, source: { smds: true } };
    },
    atSmds: true,
  },
];

async function start(indirect: boolean): Promise<Bench> {
  return Bench.start({
    euicc: { defaultSmdpAddress: 'smdp.example.com' },
    eimConfiguration: { indirectProfileDownload: indirect },
  });
}

function expectInstalled(bench: Bench, iccids: readonly string[], atSmds: boolean): void {
  expect(bench.euicc.profiles).toMatchObject(iccids.map((iccid) => ({ iccid, state: 'disabled' })));
  const results = bench.smdp.notifications.filter(({ duplicate }) => !duplicate);
  expect(results).toMatchObject(iccids.map((iccid) => ({ kind: 'profileInstallationResult', metadata: { iccid }, outcome: { ok: true } })));
  expect(bench.bed.smds.events, 'what was installed is announced no more').toEqual([]);
  const asked = bench.bed.smds.log.filter(({ kind }) => kind === 'authenticateClient');
  expect(asked.length > 0).toBe(atSmds);
  expectHonestLog(bench.eim.log);
  expectCleanCard(bench.euicc);
}

for (const { name, prepare, atSmds } of TRIGGERS) {
  describe(`a download by ${name}`, () => {
    for (const rspBinding of BINDINGS) {
      it(`for the eIM, straight in ${rspBinding}`, async () => {
        const bench = await start(false);
        const { iccid, item } = prepare(bench);
        const queued = bench.eim.queue(bench.bed.eid, item);
        expect(await bench.poll({ rspBinding })).toMatchObject({ error: undefined, packages: 1, profilesInstalled: 1, notifications: 1 });
        expectInstalled(bench, [iccid], atSmds);
        expect(bench.events('authenticateClient')).toEqual([]);
        expect(bench.events('downloadResult')).toMatchObject([
          { succeeded: true, installation: { outcome: { success: true } }, item: queued },
        ]);
      });

      it(`for the local user in ${rspBinding}`, async () => {
        const bench = await start(false);
        const { iccid, source } = prepare(bench);
        const result = await bench.download({ ...source, rspBinding });
        expect(result).toMatchObject({ error: undefined, packages: 0, profilesInstalled: 1, notifications: 1 });
        expectInstalled(bench, [iccid], atSmds);
        expect(bench.eim.log).toEqual([]);
      });
    }

    for (const esipaBinding of BINDINGS) {
      it(`through the eIM in ${esipaBinding}`, async () => {
        const bench = await start(true);
        const { iccid, item } = prepare(bench);
        const queued = bench.eim.queue(bench.bed.eid, item);
        expect(await bench.poll({ esipaBinding })).toMatchObject({ error: undefined, packages: 1, profilesInstalled: 1, notifications: 0 });
        expectInstalled(bench, [iccid], atSmds);
        expect(bench.events('authenticateClient')).toHaveLength(atSmds ? 2 : 1);
        expect(bench.events('downloadResult'), 'the installation result says it all').toEqual([]);
        expect(queued.status).toBe('finished');
      });
    }
  });
}

describe('a download whose data the eIM holds', () => {
  const HANDLING: PollOptions = {
    ipaFeatures: { directRspServerCommunication: true, indirectRspServerCommunication: true, eimDownloadDataHandling: true },
  };
  for (const esipaBinding of BINDINGS) {
    for (const indirect of [true, false]) {
      it(`goes through it in ${esipaBinding}, whatever the eUICC says of direct downloads (${indirect ? 'none' : 'some'})`, async () => {
        const bench = await start(indirect);
        const { iccid, activationCode } = bench.bed.prepareProfile(SMALL);
        const queued = bench.eim.queue(bench.bed.eid, { kind: 'download', activationCode, eimHoldsData: true });
        expect(await bench.poll({ ...HANDLING, esipaBinding })).toMatchObject({ error: undefined, profilesInstalled: 1 });
        expectInstalled(bench, [iccid], false);
        expect(bench.events('initiateAuthentication')).toHaveLength(1);
        expect(bench.events('authenticateClient')).toHaveLength(1);
        expect(queued.status).toBe('finished');
      });
    }
  }
});

describe('several events at an SM-DS', () => {
  const prepareTwo = ({ bed }: Bench) =>
    [bed.prepareEvent(SMALL), bed.prepareEvent({ ...SMALL, iccid: SECOND, matchingId: 'EVENT-0002' })].map(({ iccid }) => iccid);

  for (const rspBinding of BINDINGS) {
    it(`are all downloaded by the local user, in ${rspBinding}`, async () => {
      const bench = await start(false);
      const iccids = prepareTwo(bench);
      expect(await bench.download({ smds: true, rspBinding })).toMatchObject({ error: undefined, profilesInstalled: 2 });
      expectInstalled(bench, iccids, true);
    });

    it(`are left after the first by an eIM's trigger, in ${rspBinding}`, async () => {
      const bench = await start(false);
      const [iccid] = prepareTwo(bench);
      bench.eim.queue(bench.bed.eid, { kind: 'download', contactSmds: {} });
      expect(await bench.poll({ rspBinding })).toMatchObject({ error: undefined, profilesInstalled: 1 });
      expect(bench.euicc.profiles).toMatchObject([{ iccid }]);
      expect(bench.bed.smds.events).toMatchObject([{ eventId: 'EVENT-0002' }]);
    });
  }
});

describe('a download that finds no server or no profile', () => {
  const NOWHERE: readonly { readonly name: string; readonly source: ProfileSource; readonly result: object }[] = [
    { name: 'no default SM-DP+ on the eUICC', source: { defaultSmdp: true }, result: { error: { code: 'NoServerAddress' } } },
    { name: 'no event at the SM-DS', source: { smds: true }, result: { error: undefined } },
    { name: 'a server that does not listen', source: { smds: '127.0.0.1:1' }, result: { error: { code: 'NetworkUnreachable' } } },
    { name: 'no activation code at all', source: { activationCode: '2$smdp.example.com$X' }, result: { error: { code: 'BadTrigger' } } },
    { name: 'an order that does not exist', source: { activationCode: '1$smdp.example.com$X' }, result: { error: { code: 'SmdpError' } } },
  ];
  for (const { name, source, result } of NOWHERE) {
    it(`ends with ${name}`, async () => {
      const bench = await Bench.start();
      const options: DownloadOptions = { ...source };
      const ended = await bench.download(options, {});
      expect(ended).toMatchObject({ ...result, profilesInstalled: 0 });
      expect(bench.euicc.profiles).toEqual([]);
      expectCleanCard(bench.euicc);
    });
  }
});
