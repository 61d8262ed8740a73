// SPDX-License-Identifier: Apache-2.0
// What the resource refuses, each with a code of its own, and hostile datagrams: ignored, reset or refused, and the eIM goes on.
import { beforeAll, describe, expect, test } from 'vitest';
import { concat, fromHex, utf8 } from '../../../../host/sim/codec/bytes.js';
import { CoapServer } from '../../../../host/sim/eim/coap/coap-server.js';
import { type CoapOption, Option, readMessage, uintValue } from '../../../../host/sim/eim/coap/message.js';
import { createTestPki, type TestPki } from '../../../../host/sim/pki/index.js';
import { SeededBytes } from '../../../../host/sim/profile/seeded-bytes.js';
import { TurnedClock } from '../../../support/turned-clock.js';
import { getEimPackage, lastEvent } from '../support/messages.js';
import { ask, option, outcome, PATH, request, startBed } from './support/bed.js';
import { Wire } from './support/wire.js';

let pki: TestPki;

beforeAll(async () => {
  pki = await createTestPki();
});

const opt = (number: number, value = ''): CoapOption => ({ number, value: fromHex(value) });
const path = (...segments: string[]): CoapOption[] => segments.map((each) => ({ number: Option.UriPath, value: utf8(each) }));

describe('requests', () => {
  test.each<[string, string, Parameters<typeof ask>[3]]>([
    ['no path', '4.04', { options: [] }],
    ['another path', '4.04', { options: path('gsma', 'rsp2', 'es9plus') }],
    ['a longer path', '4.04', { options: path('gsma', 'rsp2', 'asn1', '') }],
    ['the path in one segment', '4.04', { options: path('gsma/rsp2/asn') }],
    ['a query', '4.04', { more: [opt(Option.UriQuery, '61')] }],
    ['GET', '4.05', { code: '0.01' }],
    ['FETCH', '4.05', { code: '0.05' }],
    ['Content-Format 50', '4.15', { more: [opt(Option.ContentFormat, '32')] }],
    ['Content-Format 0, which is empty', '4.15', { more: [opt(Option.ContentFormat)] }],
    ['Accept 50', '4.06', { more: [opt(Option.Accept, '32')] }],
    ['If-None-Match, critical and not known here', '4.02', { more: [opt(5)] }],
    ['an unknown critical option', '4.02', { more: [opt(2_049, '00')] }],
    ['Block1 twice', '4.02', { more: [opt(Option.Block1, '06'), opt(Option.Block1, '06')] }],
    ['Block2 of 4 bytes', '4.02', { more: [opt(Option.Block2, '00000006')] }],
    ['Block1 with exponent 7', '4.00', { more: [opt(Option.Block1, '07')] }],
    ['Block2 with exponent 7', '4.00', { more: [opt(Option.Block2, '07')] }],
    ['Proxy-Uri', '5.05', { more: [opt(Option.ProxyUri, '78')] }],
    ['Proxy-Scheme', '5.05', { more: [opt(Option.ProxyScheme, '78')] }],
  ])('%s → %s', async (_name, code, fields) => {
    const { eim, wire } = startBed(pki);
    expect((await ask(wire, 1, getEimPackage(), fields)).code).toBe(code);
    expect(eim.log).toEqual([]);
    expect((await ask(wire, 2, getEimPackage())).code).toBe('2.05');
  });

  test.each<[string, CoapOption[]]>([
    ['Content-Format 42', [opt(Option.ContentFormat, '2A')]],
    ['Accept 42', [opt(Option.Accept, '2A')]],
    ['Uri-Host and Uri-Port', [opt(Option.UriHost, '78'), opt(Option.UriPort, '1633')]],
    ['an unknown elective option', [opt(2_050, 'FFFF')]],
    ['an elective option that is too long', [opt(Option.ContentFormat, '000032')]],
    ['a Request-Tag that is too long', [opt(Option.RequestTag, '000102030405060708')]],
    ['an option of 65,535 bytes', [{ number: 65_000, value: new Uint8Array(65_535) }]],
  ])('%s → taken', async (_name, more) => {
    const { wire } = startBed(pki);
    expect((await ask(wire, 1, getEimPackage(), { more })).code).toBe('2.05');
  });

  test('an unknown critical option in a non-confirmable request → silence', async () => {
    const { eim, wire } = startBed(pki);
    expect(await wire.receive(request(1, getEimPackage(), { type: 'NON', more: [opt(5)] }))).toEqual([]);
    expect(eim.log).toEqual([]);
  });

  test('no ESipa message → 4.00, in the log', async () => {
    const { eim, wire } = startBed(pki);
    expect((await ask(wire, 1, utf8('hello'))).code).toBe('4.00');
    expect(lastEvent(eim, 'malformed').raw.length).toBe(5);
    expect((await ask(wire, 2, new Uint8Array(0))).code).toBe('4.00');
  });

  test.each<[number, string]>([
    [400, '4.00'],
    [404, '4.04'],
    [413, '4.13'],
    [500, '5.00'],
    [503, '5.03'],
  ])('status %i of the service → %s without Block2', async (status, code) => {
    const server = new CoapServer({
      handle: async () => ({ status, body: new Uint8Array(5_000) }),
      clock: new TurnedClock(),
      largestBlock: 1024,
      maxRequestBytes: 1_000,
      separateAfterMs: 1_000,
      seed: 1,
    });
    const wire = new Wire();
    server.serve(wire);
    const answer = await ask(wire, 1, getEimPackage());
    expect({ outcome: outcome(answer), options: answer.options }).toEqual({ outcome: `${code} no ESipa answer`, options: [] });
  });
});

describe('a body that is too long', () => {
  const limited = () => startBed(pki, {}, { maxRequestBytes: 1_000 });

  test('in one message → 4.13 with the limit in Size1', async () => {
    const { eim, wire } = limited();
    const answer = await ask(wire, 1, new Uint8Array(1_001));
    expect({ outcome: outcome(answer), size1: option(answer, Option.Size1) }).toEqual({
      outcome: '4.13 a request of more than 1000 bytes',
      size1: '03E8',
    });
    expect(eim.log).toEqual([]);
  });

  test('announced in Size1 → 4.13 at once', async () => {
    const { wire } = limited();
    const more = [{ number: Option.Size1, value: uintValue(1_001) }];
    expect((await ask(wire, 1, new Uint8Array(16), { block1: { number: 0, more: true, bytes: 16 }, more })).code).toBe('4.13');
  });

  test('endless blocks → 4.13 when the limit is passed, then 4.08', async () => {
    const { wire } = limited();
    const codes = [];
    for (let number = 0; number < 18; number++) {
      codes.push((await ask(wire, number, new Uint8Array(64), { block1: { number, more: true, bytes: 64 } })).code);
    }
    expect(codes).toEqual([...Array(15).fill('2.31'), '4.13', '4.08', '4.08']);
  });

  test('endless new Request-Tags → the oldest bodies are given up', async () => {
    const { wire } = startBed(pki);
    const begin = (tag: number) =>
      ask(wire, tag, new Uint8Array(16), { block1: { number: 0, more: true, bytes: 16 }, requestTag: tag.toString(16).padStart(4, '0') });
    for (let tag = 0; tag < 100; tag++) expect((await begin(tag)).code).toBe('2.31');
    const next = (tag: number, messageId: number) =>
      ask(wire, messageId, new Uint8Array(16), {
        block1: { number: 1, more: true, bytes: 16 },
        requestTag: tag.toString(16).padStart(4, '0'),
      });
    expect((await next(0, 200)).code).toBe('4.08');
    expect((await next(99, 201)).code).toBe('2.31');
  });
});

describe('blocks of a request', () => {
  test.each<[string, number]>([
    ['with a gap', 3],
    ['again under another message ID', 1],
  ])('%s → 4.08, and the body is given up', async (_name, number) => {
    const { wire } = startBed(pki);
    const send = (messageId: number, at: number) =>
      ask(wire, messageId, new Uint8Array(64), { block1: { number: at, more: true, bytes: 64 } });
    await send(1, 0);
    await send(2, 1);
    expect(outcome(await send(3, number))).toBe('4.08 the next block begins at byte 128');
    expect((await send(4, 2)).code).toBe('4.08');
  });

  test('the last without those before → 4.08', async () => {
    const { eim, wire } = startBed(pki);
    const answer = await ask(wire, 1, new Uint8Array(10), { block1: { number: 3, more: false, bytes: 64 } });
    expect(outcome(answer)).toBe('4.08 the blocks before are missing');
    expect(eim.log).toEqual([]);
  });

  test('the last one again, when the body is done with → 4.08, not run twice', async () => {
    const { eim, wire } = startBed(pki);
    const message = getEimPackage();
    await ask(wire, 1, message.subarray(0, 16), { block1: { number: 0, more: true, bytes: 16 } });
    const last = { block1: { number: 1, more: false, bytes: 16 as const } };
    expect((await ask(wire, 2, message.subarray(16), last)).code).toBe('2.05');
    expect((await ask(wire, 3, message.subarray(16), last)).code).toBe('4.08');
    expect(eim.log.length).toBe(1);
  });

  test('after EXCHANGE_LIFETIME of silence → 4.08', async () => {
    const { wire, clock } = startBed(pki);
    await ask(wire, 1, new Uint8Array(64), { block1: { number: 0, more: true, bytes: 64 } });
    await clock.pass(247_000);
    expect((await ask(wire, 2, new Uint8Array(64), { block1: { number: 1, more: true, bytes: 64 } })).code).toBe('4.08');
  });

  test.each<[number, boolean]>([
    [63, true],
    [65, true],
    [0, true],
    [65, false],
  ])('%i bytes in a block of 64, more: %s → 4.00', async (length, more) => {
    const { wire } = startBed(pki);
    expect((await ask(wire, 1, new Uint8Array(length), { block1: { number: 0, more, bytes: 64 } })).code).toBe('4.00');
  });
});

describe('datagrams that are no CoAP message', () => {
  const VALID = '40 02 0001 B4 67736D61 04 72737032 04 61736E31';

  test.each<[string, string, string[]]>([
    ['nothing', '', []],
    ['3 bytes', '400200', []],
    ['version 0', '0002 0001', []],
    ['version 2', '8002 0001', []],
    ['version 3', 'C002 0001', []],
    ['a token of 9 bytes', '49 02 0001 010203040506070809', ['70000001']],
    ['a token of 12 bytes', '4C 02 0001 0102030405060708090A0B0C', ['70000001']],
    ['an extended token', '4D 02 0001 00 0102030405060708090A0B0C0D', ['70000001']],
    ['a token of length 14', '4E 02 0001 0000', ['70000001']],
    ['a token of length 15', '4F 02 0001 00', ['70000001']],
    ['a token that is cut off', '44 02 0001 0102', ['70000001']],
    ['an option that is cut off', `${VALID} 05 41424344`, ['70000001']],
    ['option delta 15', `${VALID} F1 00`, ['70000001']],
    ['option length 15', `${VALID} 0F 00`, ['70000001']],
    ['an extended delta that is cut off', `${VALID} D0`, ['70000001']],
    ['a 16-bit delta that is cut off', `${VALID} E0 00`, ['70000001']],
    ['an option of 65,804 bytes of which none is there', `${VALID} 0E FFFF`, ['70000001']],
    ['option number 65,804', '40 02 0001 E0 FFFF', ['70000001']],
    ['deltas that sum up to more than 65,535', '40 02 0001 E0 F000 E0 F000', ['70000001']],
    ['a payload marker without payload', `${VALID} FF`, ['70000001']],
    ['an empty message with a token', '41 00 0001 01', ['70000001']],
    ['an empty message with a payload', '40 00 0001 FF 01', ['70000001']],
    ['the same, not confirmable', '50 00 0001 FF 01', []],
    ['a token of 9 bytes, not confirmable', '59 02 0001 010203040506070809', []],
    ['a malformed acknowledgement', '69 45 0001', []],
    ['reserved class 1', '40 21 0001', ['70000001']],
    ['reserved class 7', '40 E0 0001', ['70000001']],
    ['reserved class 6, not confirmable', '50 C0 0001', []],
    ['an acknowledgement of nothing', '60 00 0001', []],
    ['a reset of nothing', '70 00 0001', []],
    ['a response that nobody waits for', '44 45 0001 A1B2C3D4 FF 01', ['70000001']],
    ['the same, not confirmable', '54 45 0001 A1B2C3D4 FF 01', []],
    ['an acknowledgement with a response that nobody waits for', '64 45 0001 A1B2C3D4 FF 01', []],
    ['a request in an acknowledgement', `60 ${VALID.slice(3)}`, []],
  ])('%s', async (_name, datagram, answers) => {
    const { eim, wire } = startBed(pki);
    expect(await wire.receive(datagram)).toEqual(answers);
    expect(eim.log).toEqual([]);
    expect((await ask(wire, 2, getEimPackage())).code).toBe('2.05');
  });

  test.each([1, 2, 3, 4])(
    '10,000 random ones and every truncation of a good one: answered with CoAP or not at all (seed %i)',
    async (seed) => {
      const { wire } = startBed(pki);
      const random = new SeededBytes(seed);
      const good = request(7, getEimPackage(), { block1: { number: 0, more: false, bytes: 64 }, requestTag: '0102', options: PATH });
      const datagrams = Array.from({ length: 2_500 }, (_, index) => {
        if (index < good.length) return good.subarray(0, index);
        const [length = 0] = random.take(1);
        // Most begin like a confirmable message, so that more than the header is read.
        return index % 4 === 0 ? random.take(length) : concat(fromHex('4402'), random.take(length));
      });
      const answers = [];
      for (const datagram of datagrams) answers.push(...(await wire.receive(datagram)));
      for (const answer of answers) expect(() => readMessage(fromHex(answer)), `seed ${seed}: ${answer}`).not.toThrow();
      expect((await ask(wire, 1, getEimPackage(), { token: fromHex('FF') })).token.length).toBe(1);
    },
  );
});
