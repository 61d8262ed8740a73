// SPDX-License-Identifier: Apache-2.0
// eUICC packages that the eUICC refuses (SGP.32 v1.2 §5.9.1): the eIM gets the error, nothing changes, the next package runs.

import { describe, expect, it } from 'vitest';
import { readTlv, tlv } from '../../host/sim/codec/ber.js';
import { concat } from '../../host/sim/codec/bytes.js';
import { psmo } from '../../host/sim/eim/index.js';
import { Bench, type BenchOptions } from '../support/bench.js';
import { expectCleanCard, expectHonestLog } from '../support/checks.js';

const ICCID = '89000123456789012341';

interface Refusal {
  readonly name: string;
  readonly bench?: BenchOptions;
  readonly package: {
    readonly counterValue?: number;
    readonly eid?: string;
    readonly eimId?: string;
    readonly badSignature?: boolean;
    readonly extraFields?: readonly Uint8Array[];
  };
  /** What the eIM gets. */
  readonly answer: { readonly form: 'errorSigned' | 'errorUnsigned'; readonly errorCode?: number };
}

const REFUSALS: readonly Refusal[] = [
  { name: 'a wrong signature of the eIM', package: { badSignature: true }, answer: { form: 'errorUnsigned' } },
  { name: 'an eIM that it does not know', package: { eimId: 'other.example.com' }, answer: { form: 'errorUnsigned' } },
  { name: 'another EID', package: { eid: '89049032000000000000000000000019' }, answer: { form: 'errorSigned', errorCode: 3 } },
  { name: 'a counter that was used', package: { counterValue: 0 }, answer: { form: 'errorSigned', errorCode: 4 } },
  {
    name: 'a counter out of range',
    package: { counterValue: 0x7fffffff },
    bench: { euicc: { maximumCounterValue: 0x7fffff } },
    answer: { form: 'errorSigned', errorCode: 6 },
  },
  {
    name: 'its size',
    bench: { euicc: { maximumPackageBytes: 300 } },
    package: { extraFields: [tlv(0x8f, new Uint8Array(1_000))] },
    answer: { form: 'errorSigned', errorCode: 15 },
  },
];

describe('the eUICC refuses a package for', () => {
  for (const { name, bench: options = {}, package: fields, answer } of REFUSALS) {
    it(name, async () => {
      const bench = await Bench.start({ ...options, euicc: { profiles: [{ iccid: ICCID }], ...options.euicc } });
      bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(ICCID)], ...fields });
      bench.queueList();
      expect(await bench.poll()).toMatchObject({ packages: 2, error: { code: 'EuiccRefused' }, detail: answer.errorCode ?? 0 });
      const [refused, listed] = bench.events('euiccPackageResult').map((event) => event.result);
      expect(refused).toMatchObject(answer);
      expect(listed).toMatchObject({ form: 'signed', results: [{ profiles: [{ iccid: ICCID, state: 'disabled' }] }] });
      expectHonestLog(bench.eim.log);
      expectCleanCard(bench.euicc);
    });
  }
});

describe('a package whose result was lost', () => {
  it('is not run again: the result comes with the next poll, before any package is asked for', async () => {
    const bench = await Bench.start({ euicc: { profiles: [{ iccid: ICCID }] } });
    bench.queueList();
    bench.eim.faults.add('provideEimPackageResult', { kind: 'loseRequest' });
    expect(await bench.poll()).toMatchObject({ error: { code: 'NetworkConnectionLost' } });
    expect(bench.euicc.packageResults).toHaveLength(1);

    expect(await bench.poll()).toMatchObject({ error: undefined, packages: 0 });
    expect(bench.events('euiccPackageResult')).toMatchObject([{ result: { form: 'signed', results: [{ operation: 'listProfileInfo' }] } }]);
    expect(bench.events('getEimPackage').map(({ answer }) => answer)).toEqual(['package', 'noEimPackageAvailable']);
    expectHonestLog(bench.eim.log);
    expectCleanCard(bench.euicc);
  });
});

describe('a package longer than one ES10 command can be', () => {
  it('is reported, and not taken for one that was run', async () => {
    const bench = await Bench.start({ euicc: { profiles: [{ iccid: ICCID }] } });
    // SGP.22 v2.5 §5.7.2: at most 256 blocks, here of 16 bytes
    const extraFields = [tlv(0x8f, new Uint8Array(5_000))];
    bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(ICCID)], extraFields });
    bench.queueList();
    expect(await bench.poll({ blockBytes: 16 })).toMatchObject({ packages: 2, error: { code: 'MessageTooLong' } });
    expect(bench.events('packageError')).toMatchObject([{ errorWord: 'invalidPackageFormat' }]);
    expect(bench.events('euiccPackageResult')).toMatchObject([{ result: { results: [{ profiles: [{ state: 'disabled' }] }] } }]);
    expectHonestLog(bench.eim.log);
    expectCleanCard(bench.euicc);
  });
});

describe('what follows a whole package', () => {
  const FOLLOWERS: readonly { readonly name: string; readonly alter: (answer: Uint8Array) => Uint8Array }[] = [
    { name: 'a second element', alter: (answer) => tlv(0xbf4f, readTlv(answer).value, tlv(0x85, new Uint8Array(200))) },
    { name: 'a second package', alter: (answer) => tlv(0xbf4f, readTlv(answer).value, readTlv(answer).value) },
    { name: 'bytes behind the message', alter: (answer) => concat(answer, new Uint8Array(2_000)) },
  ];
  for (const { name, alter } of FOLLOWERS) {
    it(`is ignored: ${name}`, async () => {
      const bench = await Bench.start({ euicc: { profiles: [{ iccid: ICCID }] } });
      bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(ICCID)] });
      bench.queueList();
      bench.eim.faults.add('getEimPackage', { kind: 'alterResponse', alter });
      expect(await bench.poll()).toMatchObject({ packages: 2, error: undefined });
      expect(bench.euicc.profiles).toMatchObject([{ iccid: ICCID, state: 'enabled' }]);
      expectHonestLog(bench.eim.log);
      expectCleanCard(bench.euicc);
    });
  }
});
