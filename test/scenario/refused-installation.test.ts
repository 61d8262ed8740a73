// SPDX-License-Identifier: Apache-2.0
// Packages that the eUICC refuses, at each command of the package (BppCommandId, SGP.22 v2.5 §2.5.6): eIM and SM-DP+ get its signed
// result, nothing is cancelled, and the next download works.

import { describe, expect, it } from 'vitest';
import { tlv } from '../../host/sim/codec/ber.js';
import type { PreparedProfile } from '../../host/sim/testbed.js';
import { expectCleanCard, expectHonestLog } from '../support/checks.js';
import { flipIn, replaceIn } from '../support/tamper.js';
import { cancelReasons, downloadBy, startWay, WAYS } from '../support/ways.js';

type Alter = (boundProfilePackage: Uint8Array) => Uint8Array;

interface Refusal {
  readonly name: string;
  readonly alter?: Alter;
  readonly profile?: PreparedProfile;
  readonly memoryBytes?: number;
  readonly bppCommandId: number;
  readonly errorReason: number;
}

/** Turns over the last bit, in the MAC, of the last element inside `tag`. */
function flipLastIn(tag: number): Alter {
  return (whole) =>
    replaceIn(whole, [0xbf36, tag], ({ children }) => {
      const raw = children.map((each) => each.raw.slice());
      const last = raw.at(-1)!;
      last[last.length - 1]! ^= 1;
      return tlv(tag, ...raw);
    });
}

const SCP03T_SECURITY_ERROR = 8;

const REFUSALS: readonly Refusal[] = [
  {
    name: 'initialiseSecureChannel: a wrong signature',
    alter: (whole) => flipIn(whole, 0xbf36, 0xbf23, 0x5f37),
    bppCommandId: 0,
    errorReason: 2,
  },
  { name: 'configureISDP: a wrong MAC', alter: flipLastIn(0xa0), bppCommandId: 1, errorReason: SCP03T_SECURITY_ERROR },
  { name: 'storeMetadata: a wrong MAC', alter: flipLastIn(0xa1), bppCommandId: 2, errorReason: SCP03T_SECURITY_ERROR },
  { name: 'replaceSessionKeys: a wrong MAC', alter: flipLastIn(0xa2), bppCommandId: 4, errorReason: SCP03T_SECURITY_ERROR },
  { name: 'loadProfileElements: a wrong MAC', alter: flipLastIn(0xa3), bppCommandId: 5, errorReason: SCP03T_SECURITY_ERROR },
  { name: 'loadProfileElements: no room', profile: { sizeBytes: 5_000 }, memoryBytes: 5_200, bppCommandId: 5, errorReason: 10 },
];

for (const way of WAYS) {
  describe(`${way}, the eUICC refuses`, () => {
    for (const { name, alter, profile, memoryBytes, bppCommandId, errorReason } of REFUSALS) {
      it(name, async () => {
        const bench = await startWay(way, memoryBytes === undefined ? {} : { euicc: { memoryBytes } });
        const order = alter === undefined ? {} : { alterBoundProfilePackage: alter };
        const { activationCode } = bench.bed.prepareProfile({ sizeBytes: 600, ...profile, order });
        const result = await downloadBy(way, bench, activationCode);
        expect(result).toMatchObject({ error: { code: 'InstallationFailed' }, detail: errorReason, profilesInstalled: 0 });
        const outcome = { ok: false, bppCommandId, errorReason };
        expect(bench.smdp.notifications).toMatchObject([{ kind: 'profileInstallationResult', verified: true, duplicate: false, outcome }]);
        const straightForEim = way === 'straight for the eIM';
        expect(bench.events('downloadResult')).toMatchObject(straightForEim ? [{ succeeded: false, installation: {} }] : []);
        expect(bench.events('notification')).toHaveLength(way === 'for the local user' ? 0 : 1);
        expect(cancelReasons(bench)).toEqual([]);
        expect(bench.euicc.profiles).toEqual([]);
        expectHonestLog(bench.eim.log);
        expectCleanCard(bench.euicc);

        const next = bench.bed.prepareProfile({ sizeBytes: 600, matchingId: 'NEXT' });
        expect(await downloadBy(way, bench, next.activationCode)).toMatchObject({ error: undefined, profilesInstalled: 1 });
      });
    }
  });
}
