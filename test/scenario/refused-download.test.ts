// SPDX-License-Identifier: Apache-2.0
// Downloads that somebody refuses: who is told what, what is cancelled, and that the next download works.

import { describe, expect, it } from 'vitest';
import type { CommandResult } from '../../host/result.js';
import { tlv } from '../../host/sim/codec/ber.js';
import { concat, fromHex } from '../../host/sim/codec/bytes.js';
import type { DownloadItem, EsipaFunctionName } from '../../host/sim/eim/index.js';
import type { PreparedProfile } from '../../host/sim/testbed.js';
import { Bench, type BenchOptions } from '../support/bench.js';
import { expectCleanCard, expectHonestLog } from '../support/checks.js';
import { flipIn, replaceIn } from '../support/tamper.js';

interface Refusal {
  readonly name: string;
  readonly bench?: BenchOptions;
  readonly profile?: PreparedProfile;
  /** Instead of a download of that profile. */
  readonly item?: DownloadItem;
  /** Given to the eIM along with the activation code. */
  readonly confirmationCode?: string;
  /** Changes the eIM's next answer of this function. */
  readonly alter?: readonly [EsipaFunctionName, (body: Uint8Array) => Uint8Array];
  /** Names of ErrorCode, and the detail. */
  readonly error: readonly [code: string, detail: number];
  /** The CancelSessionReason that the eIM got, when a session was open. */
  readonly cancelReason?: number;
  /** The errorReason of the installation result, when the eUICC made one. */
  readonly installError?: number;
  /** The trigger itself was refused. */
  readonly packageError?: string;
}

async function pollOnce(refusal: Refusal): Promise<{ bench: Bench; result: CommandResult }> {
  const bench = await Bench.start(refusal.bench);
  const { activationCode } = bench.bed.prepareProfile(refusal.profile);
  const { confirmationCode } = refusal;
  const item: DownloadItem = { kind: 'download', activationCode, ...(confirmationCode ? { confirmationCode } : {}) };
  bench.eim.queue(bench.bed.eid, refusal.item ?? item);
  bench.queueList();
  if (refusal.alter) bench.eim.faults.add(refusal.alter[0], { kind: 'alterResponse', alter: refusal.alter[1] });
  return { bench, result: await bench.poll() };
}

function expectReports(bench: Bench, { cancelReason, installError, packageError }: Refusal): void {
  const cancelled = bench.events('cancelSession').flatMap((event) => event.cancelReason ?? []);
  expect(cancelled, 'CancelSession').toEqual(cancelReason === undefined ? [] : [cancelReason]);
  const outcomes = bench.smdp.notifications.map((each) => (each.kind === 'profileInstallationResult' ? each.outcome : undefined));
  expect(outcomes, 'ProfileInstallationResult').toMatchObject(installError === undefined ? [] : [{ ok: false, errorReason: installError }]);
  expect(bench.events('packageError').map((event) => event.errorWord)).toEqual(packageError ? [packageError] : []);
  const told = bench.events('downloadResult').map((event) => event.error?.word);
  expect(told, 'ProfileDownloadTriggerResult').toEqual(installError === undefined && !packageError ? ['undefinedError'] : []);
  expect(bench.eim.device(bench.bed.eid)!.queue.items.map(({ status }) => status)).toEqual(['finished', 'finished']);
}

/** A download that nobody disturbs, in the next poll. */
async function expectNextDownloadWorks(bench: Bench): Promise<void> {
  const profile = { iccid: '89000123456789012366', matchingId: 'NEXT', sizeBytes: 600 };
  const { iccid } = bench.queueDownload(profile);
  expect(await bench.poll()).toMatchObject({ error: undefined, profilesInstalled: 1 });
  expect(bench.euicc.profiles.at(-1)).toMatchObject({ iccid });
  expectCleanCard(bench.euicc);
  expectHonestLog(bench.eim.log);
}

const REFUSED_BY_SERVER: readonly Refusal[] = [
  {
    name: 'an unknown matching identifier',
    item: { kind: 'download', activationCode: 'LPA:1$smdp.example.com$NOBODY-KNOWS' },
    error: ['EimError', 6],
    cancelReason: 127,
  },
  {
    name: 'an SM-DS without an event',
    item: { kind: 'download', contactSmds: {} },
    error: ['EimError', 56],
    cancelReason: 127,
  },
  {
    name: 'an SM-DP+ that nobody knows',
    item: { kind: 'download', activationCode: 'LPA:1$nowhere.example.com$MATCH-0001' },
    error: ['EimError', 1],
  },
  {
    name: 'a profile for another eUICC',
    profile: { order: { eid: '89049032000000000000000000000019' } },
    error: ['EimError', 7],
    cancelReason: 127,
  },
  {
    name: 'an eUICC that says it is full',
    bench: { euicc: { memoryBytes: 4_000 } },
    error: ['EimError', 11],
    cancelReason: 127,
  },
  {
    name: 'profile policy rules that the eIM finds',
    alter: ['authenticateClient', () => fromHex('BF3B03820132')],
    error: ['EimError', 50],
    cancelReason: 3,
  },
  {
    name: 'metadata that differ from the offer, as the eIM finds',
    alter: ['getBoundProfilePackage', () => fromHex('BF3A03810132')],
    error: ['EimError', 50],
    cancelReason: 4,
  },
  {
    name: 'a wrong confirmation code',
    profile: { order: { confirmationCode: '1234' } },
    confirmationCode: '4321',
    error: ['EimError', 3],
    cancelReason: 127,
  },
];

const REFUSED_BY_IPA: readonly Refusal[] = [
  {
    name: 'another server than was asked for',
    alter: ['initiateAuthentication', (body) => flipIn(body, 0xbf39, 0xa0, 0x30, 0x83)],
    error: ['ServerAddressMismatch', 0],
  },
  {
    name: 'a missing confirmation code',
    profile: { order: { confirmationCode: '1234' } },
    error: ['ConfirmationCodeMissing', 0],
    cancelReason: 1,
  },
  {
    name: 'profile policy rules that the Rules Authorisation Table grants to nobody',
    bench: { euicc: { rulesAuthorisationTable: new Uint8Array() } },
    profile: { metadata: { profilePolicyRules: ['ppr1'], owner: { mccMnc: '00101' } } },
    error: ['PprNotAllowed', 0],
    cancelReason: 3,
  },
  {
    name: 'an activation code that is none',
    item: { kind: 'download', activationCode: 'LPA:2$smdp.example.com$X' },
    error: ['BadTrigger', 0],
    packageError: 'invalidPackageFormat',
  },
  {
    name: 'a default SM-DP+ that the eUICC does not have',
    item: { kind: 'download', contactDefaultSmdp: true },
    error: ['NoServerAddress', 0],
  },
  {
    name: 'a package that ends too early',
    alter: ['getBoundProfilePackage', (body) => body.subarray(0, -100)],
    error: ['Truncated', 0],
    cancelReason: 5,
  },
  {
    name: 'an unknown element between segments',
    alter: ['getBoundProfilePackage', (body) => replaceIn(body, [0xbf3a, 0xa0, 0xbf36, 0xa1], (element) => concat(tlv(0xa4), element.raw))],
    error: ['UnexpectedTag', 0],
    cancelReason: 5,
  },
];

const REFUSED_BY_EUICC: readonly Refusal[] = [
  {
    name: 'a wrong signature of the SM-DP+',
    alter: ['initiateAuthentication', (body) => flipIn(body, 0xbf39, 0xa0, 0x5f37)],
    error: ['EuiccRefused', 2],
  },
  {
    name: 'a changed serverSigned1',
    alter: ['initiateAuthentication', (body) => flipIn(body, 0xbf39, 0xa0, 0x30, 0x81)],
    error: ['EuiccRefused', 2],
  },
  {
    name: 'a wrong signature over the profile offer',
    alter: ['authenticateClient', (body) => flipIn(body, 0xbf3b, 0xa0, 0x5f37)],
    error: ['EuiccRefused', 2],
    cancelReason: 127,
  },
  {
    name: 'too little memory, found out on the way',
    bench: { euicc: { memoryBytes: 5_200 } },
    error: ['InstallationFailed', 10],
    installError: 10,
  },
  {
    name: 'an ICCID that is there already',
    bench: { euicc: { profiles: [{ iccid: '89000123456789012341' }] } },
    error: ['InstallationFailed', 9],
    installError: 9,
  },
  {
    name: 'a wrong MAC in the last segment',
    profile: altered((segments) => segments.with(-1, flipLast(segments.at(-1)!))),
    error: ['InstallationFailed', 8],
    installError: 8,
  },
  {
    name: 'segments in another order',
    profile: altered(([first, second, ...rest]) => [second!, first!, ...rest]),
    error: ['InstallationFailed', 8],
    installError: 8,
  },
  {
    name: 'a missing last segment',
    profile: altered((segments) => segments.slice(0, -1)),
    error: ['InstallationFailed', 12],
    installError: 12,
  },
  {
    name: 'a segment too many',
    profile: altered((segments) => [...segments, segments.at(-1)!]),
    error: ['InstallationFailed', 8],
    installError: 8,
  },
];

/** A profile whose 86 elements were changed after they were protected. */
function altered(change: (segments: readonly Uint8Array[]) => readonly Uint8Array[]): PreparedProfile {
  const alterBoundProfilePackage = (whole: Uint8Array) =>
    replaceIn(whole, [0xbf36, 0xa3], ({ children }) => tlv(0xa3, ...change(children.map(({ raw }) => raw))));
  return { order: { alterBoundProfilePackage } };
}

function flipLast(bytes: Uint8Array): Uint8Array {
  return bytes.with(-1, bytes.at(-1)! ^ 1);
}

function tests(by: string, refusals: readonly Refusal[]): void {
  describe(`a download is refused by ${by} for`, () => {
    for (const refusal of refusals) {
      it(refusal.name, async () => {
        const { bench, result } = await pollOnce(refusal);
        expect([result.error?.code, result.detail]).toEqual(refusal.error);
        expectReports(bench, refusal);
        expectCleanCard(bench.euicc);
        await expectNextDownloadWorks(bench);
      });
    }
  });
}

tests('the SM-DP+ or the eIM', REFUSED_BY_SERVER);
tests('the IPA', REFUSED_BY_IPA);
tests('the eUICC', REFUSED_BY_EUICC);

describe('a download goes through', () => {
  it('with the right confirmation code', async () => {
    const bench = await Bench.start();
    const { activationCode } = bench.bed.prepareProfile({ order: { confirmationCode: '1234' } });
    bench.eim.queue(bench.bed.eid, { kind: 'download', activationCode, confirmationCode: '1234' });
    expect(await bench.poll()).toMatchObject({ error: undefined, profilesInstalled: 1 });
  });

  it('although bytes follow the package: the eUICC has said that it is complete', async () => {
    const bench = await Bench.start();
    bench.queueDownload();
    bench.eim.faults.add('getBoundProfilePackage', { kind: 'alterResponse', alter: (body) => concat(body, new Uint8Array(5_000)) });
    expect(await bench.poll()).toMatchObject({ error: undefined, profilesInstalled: 1 });
    await expectNextDownloadWorks(bench);
  });
});
