// SPDX-License-Identifier: Apache-2.0
// Every status with which SM-DP+ and SM-DS end a download (SGP.22 v2.5 §5.2.6), in both bindings of ES9+ and ES11.

import { describe, expect, it } from 'vitest';
import { Bench } from '../support/bench.js';
import { expectCleanCard } from '../support/checks.js';
import { cancelReasons, downloadBy, failuresTold, startWay } from '../support/ways.js';

const FUNCTIONS = ['initiateAuthentication', 'authenticateClient', 'getBoundProfilePackage'] as const;
type Es9Function = (typeof FUNCTIONS)[number];

/** Subject and reason code; what the SM-DP+ says in ASN.1, where it has a code for it; else undefinedError. */
type Status = readonly [subjectCode: string, reasonCode: string, asn1Code?: number];

const STATUSES: Readonly<Record<Es9Function, readonly Status[]>> = {
  initiateAuthentication: [
    ['8.8.1', '3.8', 1],
    ['8.8.2', '3.1', 3],
    ['8.8.3', '3.1', 2],
    ['8.8.4', '3.7', 3],
    ['1.2.1', '2.1'],
    ['1.2.2', '2.1'],
  ],
  authenticateClient: [
    ['8.1', '4.8', 11],
    ['8.1.1', '2.2'],
    ['8.1.1', '3.1'],
    ['8.1.1', '3.8', 7],
    ['8.1.2', '6.1', 1],
    ['8.1.2', '6.3', 2],
    ['8.1.3', '6.1', 3],
    ['8.1.3', '6.3', 4],
    ['8.1.4', '6.1', 3],
    ['8.2', '1.2'],
    ['8.2', '3.7'],
    ['8.2.1', '1.2'],
    ['8.2.1', '3.1'],
    ['8.2.1', '3.3'],
    ['8.2.1', '3.5'],
    ['8.2.1', '3.9'],
    ['8.2.5', '1.2'],
    ['8.2.5', '3.7'],
    ['8.2.5', '3.8'],
    ['8.2.5', '3.9'],
    ['8.2.5', '4.3', 8],
    ['8.2.6', '3.1'],
    ['8.2.6', '3.3'],
    ['8.2.6', '3.8', 6],
    ['8.8', '3.1'],
    ['8.8.5', '4.1'],
    ['8.8.5', '6.4'],
    ['8.10.1', '3.9', 10],
    ['8.11.1', '3.9', 9],
    ['1.3.1', '2.2'],
  ],
  getBoundProfilePackage: [
    ['8.2', '3.7', 5],
    ['8.2.7', '2.2', 2],
    ['8.2.7', '3.8', 3],
    ['8.2.7', '6.4', 4],
    ['8.8.5', '4.1', 6],
    ['8.10.1', '3.9', 95],
  ],
};

/** Three digits of the subject code and two of the reason code, as hexadecimal digits. */
function detailOf(subjectCode: string, reasonCode: string): number {
  const digits = [...subjectCode.split('.'), '0', '0'].slice(0, 3).concat(reasonCode.split('.'));
  return digits.reduce((number, digit) => number * 16 + Number(digit), 0);
}

/** When the eUICC has an authenticated session: from AuthenticateServer on. */
const isOpen = (name: Es9Function) => name !== 'initiateAuthentication';
const SMALL = { sizeBytes: 600 };
const UNDEFINED_ERROR = 127;

describe('the SM-DP+ refuses', () => {
  for (const name of FUNCTIONS) {
    for (const [subjectCode, reasonCode, asn1Code = UNDEFINED_ERROR] of STATUSES[name]) {
      it(`${name} with ${subjectCode}/${reasonCode}: the download ends with this code, and the next one works`, async () => {
        const bench = await Bench.start({ associated: false });
        const { activationCode } = bench.bed.prepareProfile(SMALL);
        bench.smdp.refuseNext(name, { subjectCode, reasonCode, message: 'as the test wants it' });
        const result = await bench.download({ activationCode, rspBinding: 'json' });
        expect([result.error?.code, result.detail]).toEqual(['SmdpError', detailOf(subjectCode, reasonCode)]);
        expect(cancelReasons(bench)).toEqual(isOpen(name) && name !== 'authenticateClient' ? [127] : []);

        const other = bench.bed.prepareProfile({ ...SMALL, matchingId: 'MATCH-0002' });
        bench.smdp.refuseNext(name, { subjectCode, reasonCode, message: 'as the test wants it' });
        const inAsn1 = await bench.download({ activationCode: other.activationCode, rspBinding: 'asn1' });
        expect([inAsn1.error?.code, inAsn1.detail]).toEqual(['SmdpError', asn1Code]);

        const next = bench.bed.prepareProfile({ ...SMALL, matchingId: 'MATCH-0003' });
        expect(await bench.download({ activationCode: next.activationCode })).toMatchObject({ error: undefined, profilesInstalled: 1 });
        expectCleanCard(bench.euicc);
      });
    }
  }
});

describe('the SM-DS refuses', () => {
  const AT_SMDS: Readonly<Record<'initiateAuthentication' | 'authenticateClient', readonly Status[]>> = {
    initiateAuthentication: [
      ['8.9.1', '3.8', 1],
      ['8.9.2', '3.1', 3],
      ['8.9.3', '3.1', 2],
      ['8.9.4', '3.7', 3],
    ],
    authenticateClient: [
      ['8.9', '4.2'],
      ['8.9', '5.1'],
      ['8.9.5', '3.3'],
      ['8.11.1', '3.9', 1],
    ],
  };
  for (const name of ['initiateAuthentication', 'authenticateClient'] as const) {
    for (const [subjectCode, reasonCode, asn1Code = UNDEFINED_ERROR] of AT_SMDS[name]) {
      it(`${name} with ${subjectCode}/${reasonCode}: nothing is downloaded, and the event stays`, async () => {
        const bench = await Bench.start({ associated: false });
        bench.bed.prepareEvent(SMALL);
        for (const [rspBinding, detail] of [['json', detailOf(subjectCode, reasonCode)] as const, ['asn1', asn1Code] as const]) {
          bench.bed.smds.refuseNext(name, { subjectCode, reasonCode, message: 'as the test wants it' });
          const result = await bench.download({ smds: true, rspBinding });
          expect([result.error?.code, result.detail, rspBinding]).toEqual(['SmdpError', detail, rspBinding]);
        }
        expect(bench.smdp.log).toEqual([]);
        expect(await bench.download({ smds: true })).toMatchObject({ error: undefined, profilesInstalled: 1 });
        expectCleanCard(bench.euicc);
      });
    }
  }

  for (const rspBinding of ['json', 'asn1'] as const) {
    it(`authenticateClient with 8.9.5/3.9, in ${rspBinding}: there is nothing to do, and no error`, async () => {
      const bench = await startWay('straight for the eIM');
      expect(await bench.download({ smds: true, rspBinding })).toMatchObject({ error: undefined, detail: 0, profilesInstalled: 0 });
      bench.eim.queue(bench.bed.eid, { kind: 'download', contactSmds: {} });
      expect(await bench.poll({ rspBinding })).toMatchObject({ error: undefined, packages: 1, profilesInstalled: 0 });
      expect(failuresTold(bench)).toEqual(['undefinedError']);
      expectCleanCard(bench.euicc);
    });
  }
});

describe('the SM-DP+', () => {
  const REFUSAL = { subjectCode: '8.2', reasonCode: '1.2', message: 'as the test wants it' };

  for (const name of FUNCTIONS) {
    it(`warns in ${name}: that is a success`, async () => {
      const bench = await startWay('straight for the eIM');
      const { activationCode } = bench.bed.prepareProfile(SMALL);
      bench.smdp.warnNext(name, REFUSAL);
      const result = await downloadBy('straight for the eIM', bench, activationCode);
      expect(result).toMatchObject({ error: undefined, detail: 0, profilesInstalled: 1 });
    });

    for (const [what, fail] of [
      ['answers HTTP 503', (bench: Bench) => bench.smdp.failNext(name, 503)],
      ['breaks off', (bench: Bench) => bench.smdp.cutNextResponse(name, 40)],
    ] as const) {
      it(`${what} in ${name}: the eIM is told, and the session ended`, async () => {
        const bench = await startWay('straight for the eIM');
        const { activationCode } = bench.bed.prepareProfile(SMALL);
        fail(bench);
        const code = what === 'breaks off' ? 'NetworkConnectionLost' : 'NetworkHttpStatus';
        const result = await downloadBy('straight for the eIM', bench, activationCode);
        expect(result).toMatchObject({ error: { code }, profilesInstalled: 0 });
        expect(failuresTold(bench)).toEqual(['undefinedError']);
        // the SM-DP+ has an authenticated session where authenticateClient was only broken off
        const isKnown = name === 'getBoundProfilePackage' || (name === 'authenticateClient' && what === 'breaks off');
        expect(cancelReasons(bench)).toEqual(isKnown ? [127] : []);
        expectCleanCard(bench.euicc);
      });
    }
  }

  it('refuses the end of a session: that changes nothing', async () => {
    const bench = await startWay('straight for the eIM');
    const { activationCode } = bench.bed.prepareProfile(SMALL);
    bench.smdp.refuseNext('getBoundProfilePackage', REFUSAL);
    bench.smdp.refuseNext('cancelSession', { subjectCode: '8.8', reasonCode: '3.10', message: 'as the test wants it' });
    const result = await downloadBy('straight for the eIM', bench, activationCode);
    expect([result.error?.code, result.detail]).toEqual(['SmdpError', detailOf('8.2', '1.2')]);
    expect(failuresTold(bench)).toEqual(['undefinedError']);
    expectCleanCard(bench.euicc);
  });
});
