// SPDX-License-Identifier: Apache-2.0
// Bodies in blocks, both ways (RFC 7959), kept apart by Request-Tag (RFC 9175), and what they cost in bytes.
import { beforeAll, describe, expect, test } from 'vitest';
import { readTlv, tlv } from '../../../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../../../host/sim/codec/bytes.js';
import { BLOCK_BYTES, type BlockBytes } from '../../../../host/sim/eim/coap/block.js';
import { Option, writeMessage } from '../../../../host/sim/eim/coap/message.js';
import { createTestPki, type TestPki } from '../../../../host/sim/pki/index.js';
import { EID } from '../support/card.js';
import { getEimPackage, lastEvent } from '../support/messages.js';
import { ask, fetchBody, option, outcome, queueBody, startBed } from './support/bed.js';
import type { Wire } from './support/wire.js';

let pki: TestPki;

beforeAll(async () => {
  pki = await createTestPki();
});

/** GetEimPackage of any length: an element that nobody knows fills it. */
function longRequest(length: number): Uint8Array {
  const filler = Uint8Array.from({ length: length - 28 }, (_, index) => index & 0xff);
  const message = tlv(0xbf4f, tlv(0x5a, fromHex(EID)), tlv(0x9f7f, filler));
  expect(message.length, 'for these lengths').toBe(length);
  return message;
}

/** Sends a body in blocks; the answers, the last of which is that of the eIM. */
async function upload(wire: Wire, body: Uint8Array, bytes: BlockBytes, fields: { messageId: number; requestTag?: string }) {
  const answers = [];
  for (let start = 0; start < body.length; start += bytes) {
    const block1 = { number: start / bytes, more: start + bytes < body.length, bytes };
    answers.push(
      await ask(wire, fields.messageId + block1.number, body.subarray(start, start + bytes), {
        ...fields,
        block1,
        messageId: fields.messageId + block1.number,
      }),
    );
  }
  return answers;
}

describe('answers', () => {
  test.each([...BLOCK_BYTES])('in blocks of %i bytes, as the client asks', async (bytes) => {
    const { eim, wire } = startBed(pki);
    const { body } = queueBody(eim, 3_000);
    const first = await ask(wire, 1, getEimPackage(), { block2: { number: 0, more: false, bytes } });
    const { body: got, answers } = await fetchBody(wire, first, { messageId: 1 });
    expect(hex(got)).toBe(hex(body));
    expect(answers.length).toBe(Math.ceil(3_000 / bytes));
    expect(answers.slice(0, -1).every(({ payload }) => payload.length === bytes)).toBe(true);
    expect(answers.every(({ code, options }) => code === '2.05' && options.length === 1)).toBe(true);
  });

  test.each<[number, number]>([
    [1_023, 1],
    [1_024, 1],
    [1_025, 2],
    [2_048, 2],
  ])('%i bytes → %i blocks without being asked', async (length, blocks) => {
    const { eim, wire } = startBed(pki);
    const { body } = queueBody(eim, length);
    const { body: got, answers } = await fetchBody(wire, await ask(wire, 1, getEimPackage()), { messageId: 1 });
    expect(hex(got)).toBe(hex(body));
    expect(answers.length).toBe(blocks);
    expect(option(answers[0]!, Option.Block2)).toBe(blocks === 1 ? undefined : '0E');
  });

  test('the server’s own limit is kept, whatever is asked', async () => {
    const { eim, wire } = startBed(pki, { largestBlockBytes: 256 });
    const { body } = queueBody(eim, 1_000);
    const first = await ask(wire, 1, getEimPackage(), { block2: { number: 0, more: false, bytes: 1024 } });
    expect(option(first, Option.Block2)).toBe('0C');
    expect(hex((await fetchBody(wire, first, { messageId: 1 })).body)).toBe(hex(body));
  });

  test('smaller blocks from the middle on: the number counts the new ones', async () => {
    const { eim, wire } = startBed(pki);
    const { body } = queueBody(eim, 1_000);
    await ask(wire, 1, getEimPackage(), { block2: { number: 0, more: false, bytes: 512 } });
    const next = await ask(wire, 2, new Uint8Array(0), { block2: { number: 8, more: false, bytes: 64 } });
    expect({ block2: option(next, Option.Block2), payload: hex(next.payload) }).toEqual({
      block2: '8A',
      payload: hex(body.subarray(512, 576)),
    });
  });

  test('the same block again under another message ID', async () => {
    const { eim, wire } = startBed(pki);
    const { body } = queueBody(eim, 200);
    await ask(wire, 1, getEimPackage(), { block2: { number: 0, more: false, bytes: 64 } });
    for (const messageId of [2, 3]) {
      const { payload } = await ask(wire, messageId, new Uint8Array(0), { block2: { number: 1, more: false, bytes: 64 } });
      expect(hex(payload)).toBe(hex(body.subarray(64, 128)));
    }
    expect(eim.log.length, 'the package was fetched once').toBe(1);
  });

  test.each<[string, number, string]>([
    ['beyond the end', 4, '4.00 the answer has 200 bytes and no block there'],
    ['far beyond the end', 0xfffff, '4.00 the answer has 200 bytes and no block there'],
  ])('a block %s', async (_name, number, expected) => {
    const { eim, wire } = startBed(pki);
    queueBody(eim, 200);
    await ask(wire, 1, getEimPackage(), { block2: { number: 0, more: false, bytes: 64 } });
    expect(outcome(await ask(wire, 2, new Uint8Array(0), { block2: { number, more: false, bytes: 64 } }))).toBe(expected);
  });

  test('a block of no answer → 4.08, and nothing is done', async () => {
    const { eim, wire } = startBed(pki);
    const answer = await ask(wire, 1, new Uint8Array(0), { block2: { number: 1, more: false, bytes: 64 } });
    expect(answer.code).toBe('4.08');
    expect(eim.log).toEqual([]);
  });

  test('blocks are kept for EXCHANGE_LIFETIME and then gone', async () => {
    const { eim, wire, clock } = startBed(pki);
    queueBody(eim, 200);
    const block = (number: number) => ({ block2: { number, more: false, bytes: 64 as const } });
    await ask(wire, 1, getEimPackage(), block(0));
    await clock.advance(246_000);
    expect((await ask(wire, 2, new Uint8Array(0), block(1))).code).toBe('2.05');
    await clock.advance(248_000);
    expect((await ask(wire, 3, new Uint8Array(0), block(2))).code).toBe('4.08');
  });

  test('Size2 is told to who asks', async () => {
    const { eim, wire } = startBed(pki);
    queueBody(eim, 3_000);
    const answer = await ask(wire, 1, getEimPackage(), { more: [{ number: Option.Size2, value: new Uint8Array(0) }] });
    expect(option(answer, Option.Size2)).toBe('0BB8');
  });

  test('1,024-byte blocks cost less than 2 % of the payload, with the longest token', async () => {
    const { eim, wire } = startBed(pki);
    queueBody(eim, 500_000);
    const token = fromHex('0102030405060708');
    const { body, answers } = await fetchBody(wire, await ask(wire, 1, getEimPackage(), { token }), { messageId: 1, token });
    const onTheWire = answers.reduce((sum, answer) => sum + writeMessage(answer).length, 0);
    expect(body.length).toBe(500_000);
    expect(onTheWire / body.length).toBeLessThan(1.02);
  });
});

describe('requests', () => {
  test.each([...BLOCK_BYTES])('in blocks of %i bytes', async (bytes) => {
    const { eim, wire } = startBed(pki);
    const message = longRequest(2_500);
    const answers = await upload(wire, message, bytes, { messageId: 1 });
    const codes = answers.map(({ code }) => code);
    expect(codes).toEqual([...Array(Math.ceil(2_500 / bytes) - 1).fill('2.31'), '2.05']);
    expect(hex(answers.at(-1)!.payload)).toBe('BF4F03020101');
    expect(hex(lastEvent(eim, 'getEimPackage').raw)).toBe(hex(message));
  });

  test('the server asks for smaller blocks with the first 2.31, and takes what has come', async () => {
    const { eim, wire } = startBed(pki, { largestBlockBytes: 256 });
    const message = longRequest(1_500);
    const first = await ask(wire, 1, message.subarray(0, 1024), { block1: { number: 0, more: true, bytes: 1024 } });
    expect({ code: first.code, block1: option(first, Option.Block1) }).toEqual({ code: '2.31', block1: '0C' });
    const second = await ask(wire, 2, message.subarray(1024, 1280), { block1: { number: 4, more: true, bytes: 256 } });
    expect({ code: second.code, block1: option(second, Option.Block1) }).toEqual({ code: '2.31', block1: '4C' });
    const last = await ask(wire, 3, message.subarray(1280), { block1: { number: 5, more: false, bytes: 256 } });
    expect({ code: last.code, block1: option(last, Option.Block1) }).toEqual({ code: '2.05', block1: '54' });
    expect(hex(lastEvent(eim, 'getEimPackage').raw)).toBe(hex(message));
  });

  test('long both ways: the first response block tells of both', async () => {
    const { eim, wire } = startBed(pki);
    const { body } = queueBody(eim, 2_000);
    const answers = await upload(wire, longRequest(1_200), 512, { messageId: 1 });
    const first = answers.at(-1)!;
    expect({ block1: option(first, Option.Block1), block2: option(first, Option.Block2) }).toEqual({ block1: '25', block2: '0E' });
    expect(hex((await fetchBody(wire, first, { messageId: 10 })).body)).toBe(hex(body));
  });

  test('two bodies at once, told apart by Request-Tag: not mixed, nor with one that has none', async () => {
    const { eim, wire } = startBed(pki);
    const tags = ['01', '02', '', undefined];
    const bodies = tags.map((_, index) => longRequest(1_100 + index));
    for (const half of [0, 1]) {
      for (const [index, requestTag] of tags.entries()) {
        const part = bodies[index]!.subarray(half * 1024, half * 1024 + 1024);
        const fields = {
          block1: { number: half, more: half === 0, bytes: 1024 as const },
          ...(requestTag === undefined ? {} : { requestTag }),
        };
        const { code } = await ask(wire, 1 + half * 10 + index, part, fields);
        expect(code, `tag ${requestTag}, block ${half}`).toBe(half === 0 ? '2.31' : '2.05');
      }
    }
    expect(eim.log.map(({ raw }) => hex(raw))).toEqual(bodies.map(hex));
  });

  test('blocks of an answer belong to the Request-Tag too', async () => {
    const { eim, wire } = startBed(pki);
    const bodies = [queueBody(eim, 1_500).body, queueBody(eim, 1_600).body];
    const firsts = [];
    for (const [index, requestTag] of ['AA', 'BB'].entries()) firsts.push(await ask(wire, index, getEimPackage(), { requestTag }));
    for (const [index, requestTag] of ['AA', 'BB'].entries()) {
      const { body } = await fetchBody(wire, firsts[index]!, { messageId: 10 + 10 * index, requestTag });
      expect(hex(body)).toBe(hex(bodies[index]!));
    }
    expect((await ask(wire, 40, new Uint8Array(0), { requestTag: 'CC', block2: { number: 1, more: false, bytes: 1024 } })).code).toBe(
      '4.08',
    );
  });

  test('the first block begins anew', async () => {
    const { eim, wire } = startBed(pki);
    const first = { block1: { number: 0, more: true, bytes: 1024 as const } };
    await ask(wire, 1, longRequest(1_600).subarray(0, 1024), first);
    const message = longRequest(1_500);
    await ask(wire, 2, message.subarray(0, 1024), first);
    await ask(wire, 3, message.subarray(1024), { block1: { number: 1, more: false, bytes: 1024 } });
    expect(hex(lastEvent(eim, 'getEimPackage').raw)).toBe(hex(message));
  });

  test('one block that is also the last: an ordinary request', async () => {
    const { wire } = startBed(pki);
    const answer = await ask(wire, 1, getEimPackage(), { block1: { number: 0, more: false, bytes: 1024 } });
    expect({ code: answer.code, block1: option(answer, Option.Block1) }).toEqual({ code: '2.05', block1: '06' });
    expect(readTlv(answer.payload).tag).toBe(0xbf4f);
  });
});
