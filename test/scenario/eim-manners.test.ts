// SPDX-License-Identifier: Apache-2.0
// eIMs of other versions and other manners: elements that nobody knows in every place of what they send, JSON written in every
// way, SM-DP+ and SM-DS with manners of their own.

import { describe, expect, it } from 'vitest';
import type { PollOptions } from '../../host/options.js';
import type { JsonStyle, SimulatedEimOptions, UnknownElementPlace } from '../../host/sim/eim/index.js';
import { psmo } from '../../host/sim/eim/index.js';
import { Bench } from '../support/bench.js';
import { expectCleanCard, expectHonestLog } from '../support/checks.js';

const SMALL = { sizeBytes: 600 };
const BINDINGS = ['asn1', 'json'] as const;
const WITH_CODE = { order: { confirmationCode: '1234' } };

/** All kinds of packages, and both ends of a download: a good one with a confirmation code, and one that is cancelled. */
async function runEverything(eim: Partial<SimulatedEimOptions>, options: PollOptions = {}, refusal = 'EimError'): Promise<Bench> {
  const bench = await Bench.start({ eim });
  const { iccid, activationCode } = bench.bed.prepareProfile({ ...SMALL, ...WITH_CODE });
  bench.eim.queue(bench.bed.eid, { kind: 'download', activationCode, confirmationCode: '1234' });
  bench.queueEnable(iccid);
  bench.eim.queue(bench.bed.eid, { kind: 'dataRequest', tags: [0xbf22, 0xa5, 0xa8] });
  bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.disable(iccid), psmo.getRat()] });
  expect(await bench.poll(options)).toMatchObject({ error: undefined, packages: 4, profilesInstalled: 1 });
  expect(bench.euicc.profiles).toMatchObject([{ iccid, state: 'disabled' }]);

  const wrong = bench.bed.prepareProfile({ ...SMALL, ...WITH_CODE, matchingId: 'WRONG' });
  bench.eim.queue(bench.bed.eid, { kind: 'download', activationCode: wrong.activationCode, confirmationCode: '4321' });
  expect(await bench.poll(options)).toMatchObject({ error: { code: refusal }, packages: 1, profilesInstalled: 0 });
  expect(bench.events('cancelSession')).toMatchObject([{ cancelReason: 127 }]);
  expect(bench.events('downloadResult')).toMatchObject([{ error: { word: 'undefinedError' } }]);

  bench.bed.prepareEvent({ ...SMALL, iccid: '89000123456789012358' });
  bench.eim.queue(bench.bed.eid, { kind: 'download', contactSmds: {} });
  expect(await bench.poll(options)).toMatchObject({ error: undefined, packages: 1, profilesInstalled: 1 });
  expectHonestLog(bench.eim.log);
  expectCleanCard(bench.euicc);
  return bench;
}

describe('unknown elements in what the eIM sends', () => {
  const PLACES: readonly (readonly UnknownElementPlace[])[] = [['before'], ['between'], ['behind'], ['before', 'between', 'behind']];
  for (const unknownElements of PLACES) {
    it(`${unknownElements.join(', ')} the known ones`, () => runEverything({ unknownElements }).then(() => undefined));
  }
});

describe('an eIM of', () => {
  for (const esipaBinding of BINDINGS) {
    it(`v1.3, with new elements everywhere, in ${esipaBinding}`, async () => {
      await runEverything({ version: '1.3' }, { esipaBinding, esipaVersion: '1.3' });
    });
  }

  it('v1.0, whose results have no EID', async () => {
    await runEverything({ version: '1.0' }, { esipaVersion: '1.0' });
  });

  for (const esipaBinding of BINDINGS) {
    it(`any version that saves transaction identifiers, in ${esipaBinding}`, async () => {
      await runEverything({ omitTransactionIds: true }, { esipaBinding });
    });
  }
});

describe('an eIM that writes JSON', () => {
  const STYLES: readonly (readonly [string, JsonStyle])[] = [
    ['plainly', {}],
    ['with members in reverse order, the header last', { reversedMembers: true }],
    ['with white space between all tokens', { whiteSpace: true }],
    ['with escaped slashes', { escapedSlashes: true }],
    ['with unknown members', { unknownMembers: true }],
    ['without a header', { noHeader: true }],
    ['with errors that are 0 beside what is there', { zeroErrors: true }],
    ['with bare signatures', { bareSignatures: true }],
    ['with bare octet strings', { bareOctetStrings: true }],
    ['with another name of an error', { provideErrorName: 'eimPackageError' }],
    ['with errors twice', { functionalErrors: 'both' }],
    [
      'in all these ways at once',
      {
        reversedMembers: true,
        whiteSpace: true,
        escapedSlashes: true,
        unknownMembers: true,
        noHeader: true,
        zeroErrors: true,
        bareSignatures: true,
        bareOctetStrings: true,
      },
    ],
  ];
  for (const [name, jsonStyle] of STYLES) {
    it(name, () => runEverything({ jsonStyle }, { esipaBinding: 'json' }).then(() => undefined));
  }

  it('with errors as integers beside a header of success: the answer is none, and the session ends', async () => {
    await runEverything({ jsonStyle: { functionalErrors: 'field' } }, { esipaBinding: 'json' }, 'BadEimAnswer');
  });

  for (const responseChunkBytes of [1, 13, 1_000]) {
    it(`in pieces of ${responseChunkBytes} bytes`, async () => {
      await runEverything({ responseChunkBytes, jsonStyle: { whiteSpace: true } }, { esipaBinding: 'json' });
    });
  }
});

describe('an SM-DP+ and an SM-DS that write JSON', () => {
  const STYLES: readonly (readonly [string, NonNullable<Bench['smdp']['jsonStyle']>])[] = [
    ['with the header last', { order: 'headerLast' }],
    ['in reverse order', { order: 'reversed' }],
    ['with white space everywhere', { whiteSpace: true }],
    ['with escapes', { escapes: true }],
    ['with unknown members', { unknownMembers: true }],
    ['with bare signatures and identifiers', { bareSignatures: true, bareCiPkId: true }],
    [
      'in all these ways at once',
      { order: 'reversed', whiteSpace: true, escapes: true, unknownMembers: true, bareSignatures: true, bareCiPkId: true },
    ],
  ];
  for (const [name, jsonStyle] of STYLES) {
    it(name, async () => {
      const servers = { smdp: { jsonStyle, responseChunkBytes: 700 }, smds: { jsonStyle, responseChunkBytes: 9 } };
      const bench = await Bench.start({ associated: false, ...servers });
      const { iccid } = bench.bed.prepareEvent(SMALL);
      bench.bed.prepareEvent({ ...SMALL, iccid: '89000123456789012358', matchingId: 'EVENT-0002' });
      expect(await bench.download({ smds: true, rspBinding: 'json' })).toMatchObject({ error: undefined, profilesInstalled: 2 });
      expect(bench.euicc.profiles).toMatchObject([{ iccid }, { iccid: '89000123456789012358' }]);
      const { activationCode } = bench.bed.prepareProfile({ ...SMALL, ...WITH_CODE });
      const refused = await bench.download({ activationCode, rspBinding: 'json', confirmationCode: '4321' });
      expect([refused.error?.code, refused.detail]).toEqual(['SmdpError', 0x82738]);
      expectCleanCard(bench.euicc);
    });
  }
});
