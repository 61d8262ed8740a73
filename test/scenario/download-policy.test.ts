// SPDX-License-Identifier: Apache-2.0
// Profile policy rules against the Rules Authorisation Table, and the consent that it may demand (SGP.22 v2.5 §2.9.3).

import { describe, expect, it } from 'vitest';
import type { ConsentDecision, OfferedProfile } from '../../host/consent.js';
import { bitStringContent, tlv } from '../../host/sim/codec/ber.js';
import { concat, fromHex } from '../../host/sim/codec/bytes.js';
import { makeMetadata, makeProfilePackage, notifyAll } from '../../host/sim/profile/index.js';
import type { BenchOptions } from '../support/bench.js';
import { expectCleanCard, expectHonestLog } from '../support/checks.js';
import { replaceIn } from '../support/tamper.js';
import { cancelReasons, downloadBy, failuresTold, startWay, WAYS } from '../support/ways.js';

const ICCID = '89000123456789012341';
const OTHER = '89000123456789012358';
const PPR1 = 1;
const PPR2 = 2;

type Rules = NonNullable<Parameters<typeof makeMetadata>[0]['profilePolicyRules']>;
type Owner = NonNullable<Parameters<typeof makeMetadata>[0]['owner']>;

/** One ProfilePolicyAuthorisationRule. `mccMnc` in swapped digits, EEEEEE for anyone; group identifiers in hexadecimal. */
function allow(rules: number[], options: { consent?: boolean; mccMnc?: string; gid1?: string; gid2?: string } = {}): Uint8Array {
  const { consent = false, mccMnc = 'EEEEEE', gid1, gid2 } = options;
  const groups = [gid1 === undefined ? [] : [tlv(0x81, fromHex(gid1))], gid2 === undefined ? [] : [tlv(0x82, fromHex(gid2))]].flat();
  const operator = tlv(0x30, tlv(0x80, fromHex(mccMnc)), ...groups);
  return tlv(0x30, tlv(0x80, bitStringContent(rules)), tlv(0xa1, operator), tlv(0x82, bitStringContent(consent ? [0] : [])));
}

interface Case {
  readonly name: string;
  readonly table: readonly Uint8Array[];
  readonly rules: Rules;
  /** Default 001/01; null: the profile names none. */
  readonly owner?: Owner | null;
  readonly beside?: NonNullable<BenchOptions['euicc']>['profiles'];
  /** What is put in the place of the BIT STRING of rules. */
  readonly bits?: string;
  /** Default: refused. */
  readonly allowed?: boolean;
  /** Whether the host is asked; default no. */
  readonly asks?: boolean;
}

const GROUP = { mccMnc: '00101', gid1: fromHex('A1'), gid2: fromHex('B2') };

const ALLOWED: readonly Case[] = [
  { name: 'PPR1', table: [allow([PPR1])], rules: ['ppr1'] },
  { name: 'PPR2', table: [allow([PPR2])], rules: ['ppr2'] },
  { name: 'both, by one rule of the table', table: [allow([PPR1, PPR2])], rules: ['ppr1', 'ppr2'] },
  { name: 'both, each by its own rule', table: [allow([PPR2]), allow([PPR1])], rules: ['ppr1', 'ppr2'] },
  { name: 'its update alone', table: [], rules: ['pprUpdateControl'] },
  { name: 'an owner of this network', table: [allow([PPR1], { mccMnc: '00F110' })], rules: ['ppr1'] },
  { name: 'an owner of any network of this country', table: [allow([PPR1], { mccMnc: '00F1EE' })], rules: ['ppr1'] },
  { name: 'a group of the owner', table: [allow([PPR2], { gid1: 'A1', gid2: 'B2' })], rules: ['ppr2'], owner: GROUP },
  { name: 'any group of the owner', table: [allow([PPR2], { gid1: '', gid2: '' })], rules: ['ppr2'], owner: GROUP },
  { name: 'PPR2 beside another profile', table: [allow([PPR2])], rules: ['ppr2'], beside: [{ iccid: OTHER }] },
  {
    name: 'PPR1 beside a test profile',
    table: [allow([PPR1])],
    rules: ['ppr1'],
    beside: [{ metadata: makeMetadata({ iccid: OTHER, profileClass: 'test' }) }],
  },
  { name: 'PPR1 with consent', table: [allow([PPR1], { consent: true })], rules: ['ppr1'], asks: true },
  { name: 'two rules, consent to one', table: [allow([PPR1]), allow([PPR2], { consent: true })], rules: ['ppr1', 'ppr2'], asks: true },
  { name: 'what the first rule says', table: [allow([PPR1]), allow([PPR1], { consent: true })], rules: ['ppr1'] },
];

const REFUSED: readonly Case[] = [
  { name: 'PPR1, which no rule of the table has', table: [allow([PPR2])], rules: ['ppr1'] },
  { name: 'PPR2, which no rule of the table has', table: [allow([PPR1])], rules: ['ppr2'] },
  { name: 'two rules of which one is not in the table', table: [allow([PPR1])], rules: ['ppr1', 'ppr2'] },
  { name: 'any rule, the table being empty', table: [], rules: ['ppr1'] },
  { name: 'an owner of another network', table: [allow([PPR1], { mccMnc: '00F120' })], rules: ['ppr1'] },
  { name: 'an owner of another group', table: [allow([PPR2], { gid1: 'A1', gid2: 'B3' })], rules: ['ppr2'], owner: GROUP },
  { name: 'an owner with a group, the table having none', table: [allow([PPR2])], rules: ['ppr2'], owner: GROUP },
  { name: 'an owner without the group of the table', table: [allow([PPR2], { gid1: 'A1' })], rules: ['ppr2'] },
  { name: 'a profile that names no owner', table: [allow([PPR1, PPR2])], rules: ['ppr2'], owner: null },
  { name: 'an unknown rule', table: [allow([PPR1, PPR2])], rules: ['ppr2'], bits: '0430' },
  { name: 'a rule beyond the first eight', table: [allow([PPR1, PPR2])], rules: ['ppr2'], bits: '072080' },
  { name: 'PPR1 beside an operational profile', table: [allow([PPR1])], rules: ['ppr1'], beside: [{ iccid: OTHER }] },
];

/** The bed with the case's eUICC and profile; its activation code, and a consent that notes what it was asked. */
async function prepare(way: (typeof WAYS)[number], { table, rules, owner, beside = [], bits }: Case, decision: ConsentDecision) {
  const bench = await startWay(way, { euicc: { rulesAuthorisationTable: concat(...table), profiles: beside } });
  const metadata = makeMetadata({
    iccid: ICCID,
    profilePolicyRules: rules,
    notifications: notifyAll(bench.bed.smdpAddress),
    ...(owner === null ? {} : { owner: owner ?? { mccMnc: '00101' } }),
  });
  const changed = bits === undefined ? metadata : replaceIn(metadata, [0xbf25, 0x99], () => tlv(0x99, fromHex(bits)));
  bench.smdp.addOrder({ matchingId: 'RULES', profile: makeProfilePackage({ iccid: ICCID, sizeBytes: 600 }), metadata: changed });
  const asked: OfferedProfile[] = [];
  const consent = (profile: OfferedProfile) => {
    asked.push(profile);
    return decision;
  };
  return { bench, consent, asked, activationCode: `LPA:1$${bench.bed.smdpAddress}$RULES` };
}

const YES = { install: true } as const;

/** The judgement is the same each way: all of it is tried for the local user, the first cases for the eIM. */
const triedFor = (way: (typeof WAYS)[number], cases: readonly Case[]) => (way === 'for the local user' ? cases : cases.slice(0, 3));

for (const way of WAYS) {
  const withEim = way !== 'for the local user';

  describe(`${way}, the table allows`, () => {
    for (const each of triedFor(way, ALLOWED)) {
      it(each.name, async () => {
        const { bench, consent, asked, activationCode } = await prepare(way, each, YES);
        expect(await downloadBy(way, bench, activationCode, {}, { consent })).toMatchObject({ error: undefined, profilesInstalled: 1 });
        const policyRules = each.rules;
        expect(asked).toMatchObject(
          each.asks ? [{ iccid: ICCID, consentRequired: true, confirmationCodeRequired: false, policyRules }] : [],
        );
        expect(bench.euicc.profiles.at(-1)).toMatchObject({ iccid: ICCID });
        expect(cancelReasons(bench)).toEqual([]);
        expectHonestLog(bench.eim.log);
        expectCleanCard(bench.euicc);
      });
    }
  });

  describe(`${way}, the table does not allow`, () => {
    for (const each of triedFor(way, REFUSED)) {
      it(each.name, async () => {
        const { bench, consent, asked, activationCode } = await prepare(way, each, YES);
        const result = await downloadBy(way, bench, activationCode, {}, { consent });
        expect(result).toMatchObject({ error: { code: 'PprNotAllowed' }, detail: 0, profilesInstalled: 0 });
        expect(asked).toEqual([]);
        expect(cancelReasons(bench), 'pprNotAllowed').toEqual([3]);
        expect(failuresTold(bench)).toEqual(withEim ? ['undefinedError'] : []);
        expect(bench.euicc.profiles).toHaveLength(each.beside?.length ?? 0);
        expectHonestLog(bench.eim.log);
        expectCleanCard(bench.euicc);
      });
    }
  });

  describe(`${way}, consent that the table demands`, () => {
    const DEMANDED: Case = { name: '', table: [allow([PPR1, PPR2], { consent: true })], rules: ['ppr1'] };
    for (const [name, decision, reason] of [
      ['is refused', { install: false }, 0],
      ['is postponed', { install: 'postpone' }, 1],
    ] as const) {
      it(`${name}: the session is cancelled with reason ${reason}`, async () => {
        const { bench, consent, asked, activationCode } = await prepare(way, DEMANDED, decision);
        const result = await downloadBy(way, bench, activationCode, {}, { consent });
        expect(result).toMatchObject({ error: { code: 'ConsentRefused' }, profilesInstalled: 0 });
        expect(asked).toHaveLength(1);
        expect(cancelReasons(bench)).toEqual([reason]);
        expect(failuresTold(bench)).toEqual(withEim ? ['undefinedError'] : []);
        expect(bench.euicc.profiles).toEqual([]);
        expectCleanCard(bench.euicc);
        // the order stays where the device says that it comes later, and only there
        const again = await downloadBy(way, bench, activationCode, {}, { consent: () => YES });
        expect(again.profilesInstalled).toBe(reason === 1 ? 1 : 0);
      });
    }

    it('is given where nobody is there to be asked', async () => {
      const { bench, activationCode } = await prepare(way, DEMANDED, YES);
      expect(await downloadBy(way, bench, activationCode)).toMatchObject({ error: undefined, profilesInstalled: 1 });
    });

    it('is asked for every profile where the host wants it', async () => {
      const { bench, consent, asked, activationCode } = await prepare(way, { name: '', table: [], rules: [] }, { install: false });
      const result = await downloadBy(way, bench, activationCode, { askConsent: true }, { consent });
      expect(result).toMatchObject({ error: { code: 'ConsentRefused' }, profilesInstalled: 0 });
      expect(asked).toMatchObject([{ iccid: ICCID, consentRequired: false, policyRules: [], profileName: 'Simulated Profile' }]);
      expect(cancelReasons(bench)).toEqual([0]);
    });
  });
}
