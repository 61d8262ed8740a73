// SPDX-License-Identifier: Apache-2.0
// What an eIM sends that is no package (SGP.32 v1.2 §3.1.1.1): it is told, the result names the layer, the next package runs.

import { describe, expect, it } from 'vitest';
import { tlv } from '../../host/sim/codec/ber.js';
import { concat, fromHex } from '../../host/sim/codec/bytes.js';
import { Bench } from '../support/bench.js';
import { expectCleanCard, expectHonestLog } from '../support/checks.js';

interface Odd {
  readonly name: string;
  /** Contents of GetEimPackageResponse … */
  readonly contents?: Uint8Array;
  /** … or the whole answer. */
  readonly answer?: Uint8Array;
  readonly error: string;
  readonly told: 'invalidPackageFormat' | 'unknownPackage' | 'undefinedError';
}

function nested(levels: number, innermost: Uint8Array): Uint8Array {
  return levels === 0 ? innermost : tlv(0xa0, nested(levels - 1, innermost));
}

const ODD: readonly Odd[] = [
  { name: 'an unknown kind', contents: fromHex('BF5500'), error: 'UnknownPackage', told: 'unknownPackage' },
  { name: 'a primitive of an unknown kind', contents: fromHex('850100'), error: 'UnknownPackage', told: 'unknownPackage' },
  { name: 'a tag that is none', contents: fromHex('BF808080808001'), error: 'BadEncoding', told: 'invalidPackageFormat' },
  { name: 'a length without end', answer: fromHex('BF4F80BF51020000'), error: 'BadEncoding', told: 'invalidPackageFormat' },
  { name: 'an element longer than what holds it', answer: fromHex('BF4F04BF527F00'), error: 'Overrun', told: 'invalidPackageFormat' },
  {
    name: 'a download trigger that is too long',
    contents: tlv(0xbf54, tlv(0xa0, tlv(0x80, new Uint8Array(300)))),
    error: 'BadTrigger',
    told: 'invalidPackageFormat',
  },
  {
    name: 'a data request longer than any buffer',
    contents: tlv(0xbf52, tlv(0x5c, fromHex('81')), tlv(0x85, new Uint8Array(40_000))),
    error: 'MessageTooLong',
    told: 'invalidPackageFormat',
  },
  { name: 'nesting without end', contents: tlv(0xbf52, nested(40, tlv(0x80))), error: 'TooDeep', told: 'invalidPackageFormat' },
  {
    name: 'an eUICC package with nesting without end',
    contents: tlv(0xbf51, nested(40, tlv(0x80))),
    error: 'TooDeep',
    told: 'invalidPackageFormat',
  },
  {
    name: 'an eUICC package whose element is longer than the package',
    contents: fromHex('BF51043005800100'),
    error: 'Overrun',
    told: 'invalidPackageFormat',
  },
  { name: 'another answer', answer: fromHex('BF5003020101'), error: 'UnexpectedTag', told: 'invalidPackageFormat' },
  { name: 'half an answer', answer: fromHex('BF4F10BF520B5C0181'), error: 'Truncated', told: 'invalidPackageFormat' },
  { name: 'half an eUICC package', answer: fromHex('BF4F7FBF517C3010'), error: 'Truncated', told: 'invalidPackageFormat' },
  { name: 'two packages in one', contents: fromHex('BF52035C0181BF52035C0181'), error: 'UnexpectedTag', told: 'invalidPackageFormat' },
  { name: 'an empty answer', answer: new Uint8Array(), error: 'Truncated', told: 'invalidPackageFormat' },
  { name: 'an answer without anything in it', answer: fromHex('BF4F00'), error: 'UnknownPackage', told: 'unknownPackage' },
  {
    name: 'bytes after a package',
    answer: concat(tlv(0xbf4f, fromHex('BF52035C0181')), fromHex('00')),
    error: 'TrailingBytes',
    told: 'invalidPackageFormat',
  },
];

describe('the eIM sends', () => {
  for (const { name, contents, answer, error, told } of ODD) {
    it(name, async () => {
      const bench = await Bench.start();
      if (contents) bench.eim.queue(bench.bed.eid, { kind: 'raw', bytes: contents });
      if (answer) bench.eim.faults.add('getEimPackage', { kind: 'replaceResponse', body: answer });
      if (answer) bench.eim.queue(bench.bed.eid, { kind: 'raw', bytes: new Uint8Array() });
      bench.queueList();
      expect(await bench.poll()).toMatchObject({ error: { code: error }, packages: 2 });
      expect(bench.events('packageError').map(({ errorWord }) => errorWord)).toEqual([told]);
      expect(bench.events('euiccPackageResult')).toMatchObject([{ result: { results: [{ operation: 'listProfileInfo' }] } }]);
      expectHonestLog(bench.eim.log);
      expectCleanCard(bench.euicc);
    });
  }
});

describe('a data request', () => {
  for (const [name, contents] of [
    ['without tags', tlv(0xbf52)],
    ['for what no IPA gives', tlv(0xbf52, tlv(0x5c, fromHex('815A')))],
    ['with a tag that is cut off', tlv(0xbf52, tlv(0x5c, fromHex('BF')))],
  ] as const) {
    it(`${name} is answered incorrectTagList`, async () => {
      const bench = await Bench.start();
      bench.eim.queue(bench.bed.eid, { kind: 'raw', bytes: contents });
      bench.queueList();
      expect(await bench.poll()).toMatchObject({ error: { layer: 'wire' }, packages: 2 });
      expect(bench.events('ipaEuiccData')).toMatchObject([{ data: { form: 'error', errorCode: 1 } }]);
      expect(bench.events('euiccPackageResult')).toHaveLength(1);
      expectHonestLog(bench.eim.log);
    });
  }
});
