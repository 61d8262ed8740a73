// SPDX-License-Identifier: Apache-2.0
// What is checked before a profile is installed: server and certificate (SGP.22 v2.5 §3.0.1), confirmation code, and that the
// package holds the profile that was announced (§3.1.3).

import { describe, expect, it } from 'vitest';
import { createTestPki, issueServerCertificate } from '../../host/sim/pki/index.js';
import { makeMetadata, makeProfilePackage, notifyAll } from '../../host/sim/profile/index.js';
import { type Bench, sharedPki } from '../support/bench.js';
import { expectCleanCard, expectHonestLog } from '../support/checks.js';
import { cancelReasons, downloadBy, failuresTold, STRAIGHT, startWay, WAYS, type Way, type WayOptions } from '../support/ways.js';

const SMALL = { sizeBytes: 600 };
const TIME = new Date('2026-01-01T00:00:00Z');

interface Outcome {
  /** Name of ErrorCode; undefined: the profile is installed. */
  readonly error: string | undefined;
  readonly detail?: number;
  /** What the SM-DP+ got; default none. */
  readonly cancelled?: readonly number[];
}

/** Downloads, and finds everybody told and the card clean. */
async function expectOutcome(way: Way, bench: Bench, activationCode: string, outcome: Outcome, options: WayOptions = {}): Promise<void> {
  const { error, detail = 0, cancelled = [] } = outcome;
  const result = await downloadBy(way, bench, activationCode, options);
  expect([result.error?.code, result.detail, result.profilesInstalled]).toEqual([error, detail, error === undefined ? 1 : 0]);
  expect(cancelReasons(bench)).toEqual(cancelled);
  if (way !== 'for the local user') {
    const told = error === undefined ? [undefined] : ['undefinedError'];
    expect(failuresTold(bench)).toEqual(way === 'through the eIM' && error === undefined ? [] : told);
  }
  expect(bench.euicc.profiles).toHaveLength(error === undefined ? 1 : 0);
  expectHonestLog(bench.eim.log);
  expectCleanCard(bench.euicc);
}

for (const way of STRAIGHT) {
  describe(`${way}, the certificate of the SM-DP+`, () => {
    const CERTIFICATES = [
      { name: 'is valid', changes: {}, utcTime: TIME, error: undefined },
      { name: 'has expired', changes: { notAfter: new Date('2025-12-31T23:59:59Z') }, utcTime: TIME, error: 'CertificateExpired' },
      { name: 'expires in this second', changes: { notAfter: new Date('2026-01-01T00:00:01Z') }, utcTime: TIME, error: undefined },
      { name: 'is not yet valid', changes: { notBefore: new Date('2026-01-01T00:00:01Z') }, utcTime: TIME, error: 'CertificateExpired' },
      {
        name: 'is valid beyond 2049, in the other form of time',
        changes: { notAfter: new Date('2055-01-01T00:00:00Z') },
        utcTime: TIME,
        error: undefined,
      },
      {
        name: 'has expired, for a host that knows no time',
        changes: { notAfter: new Date('2025-12-31T23:59:59Z') },
        utcTime: null,
        error: undefined,
      },
    ] as const;
    for (const { name, changes, utcTime, error } of CERTIFICATES) {
      it(`${name}: ${error ?? 'installed'}`, async () => {
        const { ci } = await sharedPki();
        const bench = await startWay(way, {
          smdp: { deviations: { serverIdentity: await issueServerCertificate(ci, 'dpAuth', changes) } },
        });
        const { activationCode } = bench.bed.prepareProfile(SMALL);
        await expectOutcome(way, bench, activationCode, { error }, { utcTime });
      });
    }

    it('is of a stranger, which the eUICC finds', async () => {
      const stranger = await createTestPki();
      const bench = await startWay(way, { smdp: { deviations: { serverIdentity: stranger.dpAuth } } });
      const { activationCode } = bench.bed.prepareProfile(SMALL);
      // authenticateErrorCode invalidCertificate
      await expectOutcome(way, bench, activationCode, { error: 'EuiccRefused', detail: 1 });
    });
  });
}

describe('the CI that the eIM allows', () => {
  it('is that of the SM-DP+', async () => {
    const { ciPkId } = await sharedPki();
    const bench = await startWay('straight for the eIM', { eimConfiguration: { euiccCiPkId: ciPkId } });
    const { activationCode } = bench.bed.prepareProfile(SMALL);
    await expectOutcome('straight for the eIM', bench, activationCode, { error: undefined });
  });

  it('is not that of the SM-DP+, although the eUICC trusts both', async () => {
    const [{ ciPkId }, other] = await Promise.all([sharedPki(), createTestPki()]);
    const bench = await startWay('straight for the eIM', {
      euicc: { trustedCiCertificates: [other.ci.certificate] },
      smdp: { deviations: { serverIdentity: other.dpAuth } },
      eimConfiguration: { euiccCiPkId: ciPkId },
    });
    const { activationCode } = bench.bed.prepareProfile(SMALL);
    await expectOutcome('straight for the eIM', bench, activationCode, { error: 'CertificateIssuerRefused' });
  });
});

for (const way of STRAIGHT) {
  describe(`${way}, the SM-DP+`, () => {
    const DEVIATIONS = [
      { name: 'signs another address', deviations: { serverAddress: 'other.example.com' }, outcome: { error: 'ServerAddressMismatch' } },
      // authenticateErrorCode euiccChallengeMismatch, ciPKUnknown
      {
        name: 'signs another challenge',
        deviations: { euiccChallenge: new Uint8Array(16) },
        outcome: { error: 'EuiccRefused', detail: 6 },
      },
      {
        name: 'wants a CI that the eUICC does not know',
        deviations: { ciPkId: new Uint8Array(20) },
        outcome: { error: 'EuiccRefused', detail: 7 },
      },
    ] as const;
    for (const { name, deviations, outcome } of DEVIATIONS) {
      it(`${name}: ${outcome.error ?? 'installed'}`, async () => {
        const bench = await startWay(way, { smdp: { deviations } });
        const { activationCode } = bench.bed.prepareProfile(SMALL);
        await expectOutcome(way, bench, activationCode, outcome);
      });
    }

    it('is named in capitals: installed', async () => {
      const bench = await startWay(way);
      const { activationCode } = bench.bed.prepareProfile(SMALL);
      await expectOutcome(way, bench, activationCode.replace('smdp.example.com', 'SMDP.Example.COM'), { error: undefined });
    });

    it('binds the profile with a certificate of a stranger', async () => {
      const bench = await startWay(way, { smdp: { deviations: { smdpIdentity: (await createTestPki()).dpPb } } });
      const { activationCode } = bench.bed.prepareProfile(SMALL);
      // downloadErrorCode invalidCertificate
      await expectOutcome(way, bench, activationCode, { error: 'EuiccRefused', detail: 1, cancelled: [127] });
    });
  });
}

for (const way of WAYS) {
  describe(`${way}, the OID in the activation code`, () => {
    const OIDS = [
      ['is that of the certificate', (bench: Bench) => bench.smdp.oid, undefined],
      ['is another one', (bench: Bench) => `${bench.smdp.oid}.1`, 'SmdpOidMismatch'],
      ['differs in one arc', () => '2.999.11', 'SmdpOidMismatch'],
      ['is no OID', () => 'x', 'SmdpOidMismatch'],
    ] as const;
    for (const [name, oidOf, error] of OIDS) {
      it(`${name}: ${error ?? 'installed'}`, async () => {
        const bench = await startWay(way);
        const { activationCode } = bench.bed.prepareProfile({ ...SMALL, smdpOid: oidOf(bench) });
        // the eIM finds it itself: smdpOidMismatch 51
        const found = way === 'through the eIM' && error ? { error: 'EimError', detail: 51 } : { error };
        await expectOutcome(way, bench, activationCode, found);
      });
    }
  });

  describe(`${way}, a confirmation code`, () => {
    const order = { confirmationCode: '1234', maxConfirmationAttempts: 2 };
    const REFUSED = way === 'through the eIM' ? { error: 'EimError', detail: 3 } : { error: 'SmdpError', detail: 0x82738 };
    const EXCEEDED = way === 'through the eIM' ? { error: 'EimError', detail: 4 } : { error: 'SmdpError', detail: 0x82764 };
    const withCode = async () => {
      const bench = await startWay(way);
      return { bench, ...bench.bed.prepareProfile({ ...SMALL, order, confirmationCodeRequired: true }) };
    };
    /** In the direct mode an eIM can only leave the question to the device. */
    const download = async (bench: Bench, activationCode: string, confirmationCode: string) => {
      const consent = () => ({ install: true, confirmationCode });
      return downloadBy(way, bench, activationCode, { confirmationCode }, way === 'straight for the eIM' ? { consent } : {});
    };

    it('is right', async () => {
      const { bench, activationCode } = await withCode();
      expect(await download(bench, activationCode, '1234')).toMatchObject({ error: undefined, profilesInstalled: 1 });
    });

    it('is missing: the session is postponed, the order stays', async () => {
      const { bench, activationCode } = await withCode();
      await expectOutcome(way, bench, activationCode, { error: 'ConfirmationCodeMissing', cancelled: [1] });
      expect(await download(bench, activationCode, '1234')).toMatchObject({ error: undefined, profilesInstalled: 1 });
    });

    it('is wrong, which ends the order', async () => {
      const { bench, activationCode } = await withCode();
      const result = await download(bench, activationCode, '4321');
      expect([result.error?.code, result.detail]).toEqual([REFUSED.error, REFUSED.detail]);
      expect(cancelReasons(bench)).toEqual([127]);
    });

    it('is wrong once too often', async () => {
      const bench = await startWay(way);
      const { activationCode } = bench.bed.prepareProfile({ ...SMALL, order: { ...order, maxConfirmationAttempts: 1 } });
      const result = await download(bench, activationCode, '4321');
      expect([result.error?.code, result.detail]).toEqual([EXCEEDED.error, EXCEEDED.detail]);
      expectCleanCard(bench.euicc);
    });
  });

  describe(`${way}, the package holds another profile than was announced`, () => {
    const ICCID = '89000123456789012341';
    type Fields = Partial<Parameters<typeof makeMetadata>[0]>;
    const owner = { mccMnc: '00101' };
    const RULES: Fields = { profilePolicyRules: ['ppr2'], owner };
    const CASES: readonly { readonly name: string; readonly announced?: Fields; readonly bound: Fields; readonly installed?: true }[] = [
      { name: 'ICCID', bound: { iccid: '89000123456789012358' } },
      { name: 'name', bound: { profileName: 'Simulated profile' } },
      { name: 'service provider', bound: { serviceProviderName: 'Another one' } },
      { name: 'rules where none were announced', bound: RULES },
      { name: 'other rules', announced: RULES, bound: { ...RULES, profilePolicyRules: ['ppr1'] } },
      { name: 'no rules', announced: RULES, bound: { owner } },
      { name: 'another owner', announced: RULES, bound: { ...RULES, owner: { mccMnc: '00102' } } },
      { name: 'no owner', announced: { owner }, bound: {} },
      { name: 'another icon, which does not matter', bound: { icon: { type: 'png', bytes: new Uint8Array(1_000) } }, installed: true },
    ];
    for (const { name, announced = {}, bound, installed } of CASES) {
      it(name, async () => {
        const bench = await startWay(way);
        const common = { iccid: ICCID, notifications: notifyAll(bench.bed.smdpAddress) };
        const [metadata, boundMetadata] = [announced, bound].map((fields) => makeMetadata({ ...common, ...fields })) as [
          Uint8Array,
          Uint8Array,
        ];
        const profile = makeProfilePackage({ iccid: ICCID, sizeBytes: 600 });
        bench.smdp.addOrder({ matchingId: 'OTHER', profile, metadata, boundMetadata });
        const outcome = installed ? { error: undefined } : { error: 'MetadataMismatch', cancelled: [4] };
        await expectOutcome(way, bench, `1$${bench.bed.smdpAddress}$OTHER`, outcome);
        expect(bench.smdp.notifications).toHaveLength(installed ? 1 : 0);
      });
    }
  });
}
