// SPDX-License-Identifier: Apache-2.0
// The virtual ISD-R between a hostile eIM and a hostile card: whatever they say, every command ends, nothing outside the state region
// changes, and the module works on.

import { expect, it } from 'vitest';
import { tlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { seededRandom } from '../../../host/wrap/seeded-random.js';
import type { Answers } from '../support/simple-peers.js';
import { VirtualIsdr } from '../support/virtual-isdr.js';

const EID = '89049032123451234512345678901235';
const ICCID = '98001032547698103214';
const KEY = 'A504A0020500';
const EIM = `8001658301058401FF${KEY}`;
const COUNTER = '81034CC4CC';

/** A package with these operations; its counter is put in when it is sent. */
function packageOf(kind: number, operations: string): string {
  const signed = tlv(0x30, fromHex(`8001655A10${EID}${COUNTER}`), tlv(kind, fromHex(operations)));
  return hex(tlv(0xbf51, signed, fromHex('5F3702AABB')));
}

/** Requests that are right. */
const REQUESTS: readonly string[] = [
  `BF5713A011300F${EIM}`,
  'BF5500',
  'BF5505A003800165',
  packageOf(0xa0, `A30E5A0A${ICCID}0500A50C5A0A${ICCID}A600`),
  packageOf(0xa0, 'BF2D05A003950102A706800082026470'),
  packageOf(0xa1, `A80F8001668301058401FF${KEY}A903800166AA06800165830102AB00`),
  packageOf(0xa0, `A40C5A0A${ICCID}BF6503800161A900A7028000`),
  'BF2B04A0028200',
  'BF3006800440000001',
  'BF58038001FF',
  'BF6404820201FE',
  'BF59028000',
  'BF650480026470',
  'BF2D075C055A9F679F26',
];

const ANSWERS: readonly string[] = [
  'BF3103800100',
  'BF3203800100',
  'BF3303800100',
  'BF3403800100',
  'BF3F03800100',
  `BF2D14A012E3105A0A${ICCID}9F700101`,
  'BF4312A010300E80020640A1053003800101820100',
  `BF3E125A10${EID}`,
  'BF2D03810101',
];

const RUNS = 3_000;

it('ends every command, keeps to its memory, and works on', () => {
  const seed = 0x5e1d;
  const random = seededRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const changed = (digits: string): string => {
    const bytes = fromHex(digits);
    for (let times = Math.floor(random() * 4); times > 0; times--) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    return hex(bytes);
  };
  const isdr = new VirtualIsdr();
  const outside = isdr.module.outside();
  const seen = new Set<string>();
  for (let run = 0; run < RUNS; run++) {
    const counter = `8103${(run + 256).toString(16).padStart(6, '0')}`;
    const request = changed(pick(REQUESTS).replace(COUNTER, counter));
    const answer = () => (random() < 0.7 ? pick(ANSWERS) : changed(pick(ANSWERS)));
    const card: Answers = { BF3E: () => (random() < 0.9 ? `BF3E125A10${EID}` : answer()), '': answer };
    const context = `seed ${seed}, run ${run}: ${request}`;
    const blockBytes = 16 + Math.floor(random() * 240);
    const outcome = isdr.run(request, { card, blockBytes, verified: random() < 0.9, noKey: random() < 0.05 });
    seen.add(outcome.answer.slice(0, 4));
    for (const [result] of outcome.answer.matchAll(/30..(8301|8401|BF2D|A803|8701|8D01|BF65)/g)) seen.add(result.slice(4));
    expect(outcome.answer === '' || outcome.error === 0, context).toBe(true);
    if (run % 100 === 0) expect(isdr.module.outside().equals(outside), context).toBe(true);
  }
  expect(isdr.module.outside().equals(outside)).toBe(true);
  for (const tag of ['BF51', 'BF55', 'BF57', 'BF58', 'BF64', 'BF65', 'BF2B', 'BF2D', 'BF30', '8301', '8401', 'A803'])
    expect(seen).toContain(tag);
  expect(isdr.run('BF640482020204', { card: {} }).answer).toMatch(/^BF64068001018101/);
  expect(isdr.run(REQUESTS[0]!).answer).toMatch(/^BF57..A0/);
});
