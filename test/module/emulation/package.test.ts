// SPDX-License-Identifier: Apache-2.0
// LoadEuiccPackage of the virtual ISD-R, byte by byte (SGP.32 v1.2 §5.9.1, §3.3.1): what the host verifies and signs, what the card is told,
// what is saved when, and every result.

import { beforeEach, describe, expect, it } from 'vitest';
import { ErrorCode } from '../../../host/abi.js';
import { tlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { inTurn } from '../support/simple-peers.js';
import { type RunOptions, SIGNATURE, VirtualIsdr } from '../support/virtual-isdr.js';

const EID = '89049032123451234512345678901235';
const ICCID = '98001032547698103214';
const OTHER = '98001032547698103285';
/** eIM "e", counterValue 5, token wanted, some key. */
const ADD_INITIAL_EIM = 'BF5713A011300F8001658301058401FFA504A0020500';
const SIGNED_BY = `5F3740${SIGNATURE}`;
const NEVER = expect.stringMatching(/^card BF3[123]/);

let isdr: VirtualIsdr;
beforeEach(() => {
  isdr = new VirtualIsdr();
  expect(isdr.run(ADD_INITIAL_EIM).answer).toBe('BF5705A003840101');
});

/** A package of "e" with these operations in hexadecimal. */
function packageOf(operations: string, { counter = '06', eid = EID, eim = '65', kind = 0xa0 } = {}): string {
  const counterValue = tlv(0x81, fromHex(counter));
  const signed = tlv(0x30, tlv(0x80, fromHex(eim)), tlv(0x5a, fromHex(eid)), counterValue, tlv(kind, fromHex(operations)));
  return hex(tlv(0xbf51, signed, fromHex('5F3702AABB')));
}

/** A signed result of "e" with these results in hexadecimal. */
function resultOf(results: string, { counter = '06', number = 1 } = {}): string {
  const head = [tlv(0x80, fromHex('65')), tlv(0x81, fromHex(counter))];
  const data = tlv(0x30, ...head, tlv(0x83, fromHex(`400000${number.toString(16).padStart(2, '0')}`)), tlv(0x30, fromHex(results)));
  return hex(tlv(0xbf51, tlv(0xa0, data, fromHex(SIGNED_BY))));
}

describe('a package', () => {
  const REQUEST = `BF5132302B8001655A10${EID}8101068201ABA00EA30C5A0A${ICCID}5F3702AABB`;
  const DATA = '30148001658101068201AB8304400000013003830100';

  it('is verified, saved, run, signed, saved and answered, in this order and in these bytes', () => {
    const outcome = isdr.run(REQUEST, { card: { BF31: 'BF3103800100' } });
    expect(outcome).toMatchObject({ error: 0, answer: `BF515BA059${DATA}${SIGNED_BY}` });
    expect(outcome.log).toEqual([
      `verify A504A0020500302B8001655A10${EID}8101068201ABA00EA30C5A0A${ICCID}8401015F3702AABB`,
      'card BF3E035C015A',
      'persist',
      `card BF3111A00C5A0A${ICCID}810100`,
      'persist',
      `sign ${DATA}840101`,
      'persist',
    ]);
  });

  it('is the same in blocks of every size', () => {
    for (const blockBytes of [16, 17, 40, 51, 52, 255]) {
      const each = new VirtualIsdr();
      each.run(ADD_INITIAL_EIM);
      expect(each.run(REQUEST, { blockBytes, card: { BF31: 'BF3103800100' } }).answer, `${blockBytes}`).toBe(
        `BF515BA059${DATA}${SIGNED_BY}`,
      );
    }
  });

  it('is kept until it is removed, and told by its number or with all', () => {
    isdr.run(REQUEST, { card: { BF31: 'BF3103800100' } });
    const kept = `BF515BA059${DATA}${SIGNED_BY}`;
    expect(isdr.run('BF2B08A006800440000001').answer).toBe(`BF2B60A25E${kept}`);
    expect(isdr.run('BF2B04A0028200').answer).toBe(`BF2B60A25E${kept}`);
    expect(isdr.run('BF2B08A006800440000002').answer).toBe('BF2B02A200');
    expect(isdr.run('BF3006800440000001')).toMatchObject({ answer: 'BF3003800100', log: ['persist'] });
    expect(isdr.run('BF3006800440000001')).toMatchObject({ answer: 'BF3003800101', log: [] });
    expect(isdr.run('BF2B04A0028200').answer).toBe('BF2B02A200');
  });

  it('that came before is refused, and not run', () => {
    isdr.run(REQUEST, { card: { BF31: 'BF3103800100' } });
    const outcome = isdr.run(REQUEST);
    expect(outcome.answer).toBe(`BF5153A151300C8001658101068201AB020104${SIGNED_BY}`);
    expect(outcome.log.slice(1)).toEqual(['card BF3E035C015A', 'sign 300C8001658101068201AB020104840101']);
  });

  it('is refused without a right signature, and nothing is asked of the card', () => {
    const outcome = isdr.run(REQUEST, { verified: false });
    expect(outcome.answer).toBe('BF510BA2098001658201AB840101');
    expect(outcome.log).toHaveLength(1);
    expect(isdr.run(REQUEST, { card: { BF31: 'BF3103800100' } }).answer, 'its counter was not used up').toContain(DATA);
  });

  it('is answered with conditions of use not satisfied when there is no key to sign with', () => {
    expect(isdr.run(REQUEST, { noKey: true, card: { BF31: 'BF3103800100' } })).toMatchObject({
      error: ErrorCode.StatusWord,
      detail: 0x6985,
    });
  });

  it.each([
    ['another EID', { eid: EID.replace('35', '36') }, '03'],
    ['a counter that is the stored one', { counter: '05' }, '04'],
    ['a negative counter', { counter: 'FF' }, '04'],
    ['a counter of 32 bits', { counter: '0080000000' }, '06'],
    ['a counter of 8 bytes', { counter: '7FFFFFFFFFFFFFFF' }, '06'],
  ])('with %s is refused', (_, fields, code) => {
    const outcome = isdr.run(packageOf(`A30C5A0A${ICCID}`, fields));
    expect(outcome.answer).toMatch(/^BF51..A1/);
    expect(outcome.answer).toContain(`0201${code}5F37`);
    expect(outcome.log).not.toContainEqual(NEVER);
  });

  it('takes the largest counter', () => {
    expect(isdr.run(packageOf('A600', { counter: '7FFFFFFF' }), { card: { BF43: 'BF4302A000' } }).answer).toBe(
      resultOf('A600', { counter: '7FFFFFFF' }),
    );
  });

  it.each([
    ['an unknown eIM', packageOf('A600', { eim: '66' }), 'BF5105A203800166'],
    ['no EID', 'BF510F3008800165810106A0005F3702AABB', 'BF5108A206800165840101'],
    ['no operations', `BF511F30188001655A10${EID}8101065F3702AABB`, 'BF5108A206800165840101'],
    ['a counter of 9 bytes', packageOf('A600', { counter: '010000000000000000' }), 'BF5108A206800165840101'],
  ])('with %s is answered unsigned', (_, request, answer) => {
    expect(isdr.run(request)).toMatchObject({ error: 0, answer, log: [] });
  });

  it.each([
    ['nothing in it', 'BF5100'],
    ['no eimId', 'BF510C3005810106A0005F3702AABB'],
    ['an empty eimId', 'BF5109300280005F3702AABB'],
  ])('with %s is refused by status word', (_, request) => {
    expect(isdr.run(request)).toMatchObject({ error: ErrorCode.StatusWord, detail: 0x6a80, log: [] });
  });

  it('that ends in the middle is not gathered to its end, and the next one is taken', () => {
    expect(isdr.run(packageOf('A30C5A'), { blockBytes: 16 })).toMatchObject({ error: ErrorCode.Overrun, log: [] });
    expect(isdr.run(REQUEST, { card: { BF31: 'BF3103800100' } })).toMatchObject({ error: 0, answer: `BF515BA059${DATA}${SIGNED_BY}` });
  });

  it('longer than the memory for it is refused by status word, and the next one is taken', () => {
    const long = hex(tlv(0xbf51, tlv(0x30, tlv(0x80, fromHex('65')), tlv(0x8f, new Uint8Array(2_100)))));
    for (const blockBytes of [16, 255])
      expect(isdr.run(long, { blockBytes })).toMatchObject({ error: ErrorCode.StatusWord, detail: 0x6a84 });
    expect(isdr.run(REQUEST, { card: { BF31: 'BF3103800100' } }).error).toBe(0);
  });
});

describe('an operation', () => {
  const run = (operations: string, options: RunOptions = {}) => isdr.run(packageOf(operations), options);
  const commands = (log: readonly string[]) =>
    log.filter((line) => line.startsWith('card ') && !line.startsWith('card BF3E')).map((line) => line.slice(5));

  it.each([
    ['enable', `A30C5A0A${ICCID}`, `BF3111A00C5A0A${ICCID}810100`, 'BF31', '83'],
    ['disable', `A40C5A0A${ICCID}`, `BF3211A00C5A0A${ICCID}810100`, 'BF32', '84'],
    ['delete', `A50C5A0A${ICCID}`, `BF330C5A0A${ICCID}`, 'BF33', '85'],
  ])('%s is the function of the card, and its result', (_, operation, command, tag, result) => {
    for (const [code, told] of [
      ['00', '00'],
      ['01', '01'],
      ['02', '02'],
      ['03', '03'],
      ['04', '7F'],
      ['05', tag === 'BF33' ? '7F' : '05'],
      ['7F', '7F'],
    ]) {
      isdr = new VirtualIsdr();
      isdr.run(ADD_INITIAL_EIM);
      const outcome = run(operation, { card: { [tag]: `${tag}038001${code}` } });
      expect(outcome.answer, `code ${code}`).toBe(resultOf(`${result}01${told}`));
      expect(commands(outcome.log)).toEqual([command]);
    }
  });

  it.each([
    ['a status word', { status: '6A82' }],
    ['nothing', ''],
    ['another function', 'BF3203800100'],
    ['no code', 'BF3100'],
    ['a code that is cut', 'BF31038001'],
    ['more than fits', tlv(0xbf31, tlv(0x80, new Uint8Array(3_000)))],
  ])('whose function the card answers with %s ends in undefinedError', (_, answer) => {
    expect(run(`A30C5A0A${ICCID}A600`, { card: { BF31: answer } }).answer).toBe(resultOf('83017F'));
  });

  it.each([
    ['enable without an ICCID', 'A300', '83017F'],
    ['an ICCID of 9 bytes', 'A30B5A09980010325476981032', '83017F'],
    ['one that nobody knows', 'AF00', '020102'],
    ['setFallbackAttribute', `A80C5A0A${ICCID}`, '8D0102'],
    ['unsetFallbackAttribute', 'A900', '8E0102'],
    ['setDefaultDpAddress without an address', 'BF6500', 'BF650380017F'],
  ])('%s is refused without the card', (_, operation, result) => {
    const outcome = run(`${operation}A600`);
    expect(outcome.answer).toBe(resultOf(result));
    expect(commands(outcome.log)).toEqual([]);
  });

  it('runs only while the ones before succeed', () => {
    const operations = `A40C5A0A${ICCID}A30C5A0A${OTHER}A50C5A0A${ICCID}A600`;
    const card = { BF32: 'BF3203800100', BF31: 'BF3103800100', BF33: 'BF3303800103' };
    const outcome = run(operations, { card });
    expect(outcome.answer).toBe(resultOf('840100830100850103'));
    expect(commands(outcome.log).map((command) => command.slice(0, 4))).toEqual(['BF32', 'BF31', 'BF33']);
  });

  it.each([
    ['a second enable', `A30C5A0A${ICCID}A30C5A0A${OTHER}`, '83010083017F'],
    ['a second disable', `A40C5A0A${ICCID}A40C5A0A${OTHER}`, '84010084017F'],
    ['a disable after an enable', `A30C5A0A${ICCID}A40C5A0A${OTHER}`, '83010084017F'],
  ])('%s in one package is refused', (_, operations, results) => {
    expect(run(operations, { card: { BF31: 'BF3103800100', BF32: 'BF3203800100' } }).answer).toBe(resultOf(results));
  });

  it('getRAT gives the table under its own tag', () => {
    const card = { BF43: 'BF4312A010300E80020640A1053003800101820100' };
    expect(run('A600', { card }).answer).toBe(resultOf('A610300E80020640A1053003800101820100'));
  });

  it('setDefaultDpAddress is that of SGP.22', () => {
    const outcome = run('BF650480026470', { card: { BF3F: 'BF3F03800100' } });
    expect(outcome.answer).toBe(resultOf('BF6503800100'));
    expect(commands(outcome.log)).toEqual(['BF3F0480026470']);
  });

  it('configureImmediateEnable is kept, and one that is too long is refused', () => {
    expect(run('A7028000').answer).toBe(resultOf('870100'));
    const long = hex(tlv(0xa7, tlv(0x80), tlv(0x82, new Uint8Array(250).fill(0x61))));
    expect(isdr.run(packageOf(long, { counter: '07' })).answer).toBe(resultOf('870101', { counter: '07', number: 2 }));
  });

  it('listProfileInfo asks again without the tags that the card refuses, and from then on so', () => {
    const list = `BF2D10A00EE30C5A0A${ICCID}`;
    const refused = 'BF2D03810101';
    const outcome = run('BF2D00', { card: { BF2D0D: refused, BF2D09: list } });
    expect(outcome.answer).toBe(resultOf(list));
    expect(commands(outcome.log)).toEqual(['BF2D0D5C0B5A4F9F709192959F7B9F67', 'BF2D095C075A4F9F70919295']);
    const again = isdr.run(packageOf('BF2D00', { counter: '07' }), { card: { BF2D09: list } });
    expect(commands(again.log)).toEqual(['BF2D095C075A4F9F70919295']);
  });

  it.each([
    ['a search and a tag list', 'BF2D08A0039501025C015A', 'BF2D08A0039501025C015A'],
    ['the fallback attribute alone', 'BF2D045C029F26', 'BF2D035C015A'],
    ['a tag that is cut', 'BF2D045C025A9F', 'BF2D045C025A9F'],
  ])('listProfileInfo with %s', (_, operation, command) => {
    expect(commands(run(operation, { card: { BF2D: 'BF2D02A000' } }).log)).toEqual([command]);
  });

  it('listProfileInfo that the card refuses ends the package', () => {
    for (const [answer, code] of [
      ['BF2D03810101', '01'],
      ['BF2D0381017F', '7F'],
      ['BF2D', '7F'],
    ] as const) {
      isdr = new VirtualIsdr();
      isdr.run(ADD_INITIAL_EIM);
      expect(run('BF2D035C015AA600', { card: { BF2D: answer } }).answer).toBe(resultOf(`BF2D038101${code}`));
    }
  });

  it('whose result is too long ends the package', () => {
    const list = hex(tlv(0xbf2d, tlv(0xa0, tlv(0xe3, tlv(0x94, new Uint8Array(1_600))))));
    expect(run('BF2D035C0194A600', { card: { BF2D: list } }).answer).toBe(resultOf('020101'));
  });
});

describe('a rollback', () => {
  const ENABLE = `A30E5A0A${OTHER}0500`;
  const list = (first: string, second: string) =>
    hex(tlv(0xbf2d, tlv(0xa0, fromHex(`E3105A0A${ICCID}9F7001${first}E3105A0A${OTHER}9F7001${second}`))));

  it('is allowed by an enable that has a profile to go back to, once, and gives a result of its own', () => {
    const outcome = isdr.run(packageOf(ENABLE), { card: { BF2D: list('01', '00'), BF31: 'BF3103800100' } });
    expect(outcome.answer).toBe(resultOf('830100'));
    expect(outcome.log.filter((line) => line.startsWith('card'))).toEqual([
      'card BF3E035C015A',
      'card BF2D055C035A9F70',
      `card BF3111A00C5A0A${OTHER}810100`,
    ]);
    const back = isdr.run('BF58038001FF', { card: { BF31: 'BF3103800100' } });
    const result = resultOf('8C0100', { number: 2 });
    expect(back.answer).toBe(`BF58${(result.length / 2 + 3).toString(16).toUpperCase()}020100${result}`);
    expect(back.log).toEqual([
      `card BF3111A00C5A0A${ICCID}810100`,
      'persist',
      'sign 301180016581010683044000000230038C0100840101',
      'persist',
      'reset',
    ]);
    expect(isdr.run('BF2B04A0028200').answer, 'the first result is gone').toBe(hex(tlv(0xbf2b, tlv(0xa2, fromHex(result)))));
    expect(isdr.run('BF58038001FF').answer).toBe('BF5803020101');
  });

  it.each([
    ['no profile is enabled', list('00', '00'), '14'],
    ['the profile is unknown', `BF2D14A012E3105A0A${ICCID}9F700101`, '01'],
    ['the profile is enabled', list('00', '01'), '02'],
    ['the card gives no list', { status: '6F00' }, '7F'],
  ])('cannot be allowed when %s', (_, profiles, code) => {
    const outcome = isdr.run(packageOf(ENABLE), { card: { BF2D: profiles } });
    expect(outcome.answer).toBe(resultOf(`8301${code}`));
    expect(outcome.log).not.toContainEqual(NEVER);
  });

  it('goes to the profile that the same package has disabled, which it may not delete', () => {
    const card = { BF32: 'BF3203800100', BF31: 'BF3103800100' };
    const outcome = isdr.run(packageOf(`A40C5A0A${ICCID}${ENABLE}A50C5A0A${ICCID}`), { card });
    expect(outcome.answer).toBe(resultOf('840100830100850114'));
  });

  it.each([
    ['the next package', () => isdr.run(packageOf('A600', { counter: '07' }), { card: { BF43: 'BF4302A000' } })],
    ['the acknowledgement of the result', () => isdr.run('BF3006800440000001')],
    ['a memory reset', () => isdr.run('BF640482020780', { card: { BF34: 'BF3403800100' } })],
    ['the end of its eIM', () => isdr.run('BF640482020104')],
  ])('is not allowed any more after %s', (_, happens) => {
    isdr.run(packageOf(ENABLE), { card: { BF2D: list('01', '00'), BF31: 'BF3103800100' } });
    happens();
    expect(isdr.run('BF58038001FF')).toMatchObject({ answer: 'BF5803020101', log: [] });
  });

  it('is tried again when the card is busy, and given up when it fails otherwise', () => {
    isdr.run(packageOf(ENABLE), { card: { BF2D: list('01', '00'), BF31: 'BF3103800100' } });
    const card = { BF31: inTurn('BF3103800105', 'BF3103800103') };
    const run = () => isdr.run('BF58038001FF', { card }).answer;
    expect([run(), run(), run()]).toEqual(['BF5803020105', 'BF5803020107', 'BF5803020101']);
  });
});
