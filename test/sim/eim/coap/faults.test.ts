// SPDX-License-Identifier: Apache-2.0
// Planned disturbances over CoAP: each acts once, on the function it is planned for, and a good client gets through where one can.
import { beforeAll, describe, expect, test } from 'vitest';
import { hex } from '../../../../host/sim/codec/bytes.js';
import { Option, writeMessage } from '../../../../host/sim/eim/coap/message.js';
import type { CoapFault } from '../../../../host/sim/eim/index.js';
import { createTestPki, type TestPki } from '../../../../host/sim/pki/index.js';
import { getEimPackage } from '../support/messages.js';
import { ask, fetchBody, only, option, outcome, queueBody, request, startBed, TOKEN } from './support/bed.js';

let pki: TestPki;

beforeAll(async () => {
  pki = await createTestPki();
});

function disturbed(fault: CoapFault, bodyBytes = 0) {
  const bed = startBed(pki);
  bed.eim.coapFaults.add('getEimPackage', fault);
  return { ...bed, body: bodyBytes === 0 ? undefined : queueBody(bed.eim, bodyBytes).body };
}

describe('one datagram', () => {
  test('loseRequest: the copy is served', async () => {
    const { eim, wire } = disturbed({ kind: 'loseRequest' });
    expect(await wire.receive(request(1, getEimPackage()))).toEqual([]);
    expect(eim.log).toEqual([]);
    expect((await ask(wire, 1, getEimPackage())).code).toBe('2.05');
    expect(eim.log.length).toBe(1);
  });

  test('loseRequest with the last block: its copy completes the body', async () => {
    const { eim, wire } = disturbed({ kind: 'loseRequest' });
    const message = getEimPackage();
    await ask(wire, 1, message.subarray(0, 16), { block1: { number: 0, more: true, bytes: 16 } });
    const last = request(2, message.subarray(16), { block1: { number: 1, more: false, bytes: 16 } });
    expect(await wire.receive(last)).toEqual([]);
    expect(only(await wire.receive(last)).code).toBe('2.05');
    expect(eim.log.length).toBe(1);
  });

  test('loseResponse: the eIM has worked, and the copy gets the answer', async () => {
    const { eim, wire } = disturbed({ kind: 'loseResponse' });
    expect(await wire.receive(request(1, getEimPackage()))).toEqual([]);
    expect(eim.log.length).toBe(1);
    expect(hex((await ask(wire, 1, getEimPackage())).payload)).toBe('BF4F03020101');
    expect(eim.log.length).toBe(1);
  });

  test('ignore: nothing, for no copy', async () => {
    const { eim, wire } = disturbed({ kind: 'ignore' });
    for (let copy = 0; copy < 5; copy++) expect(await wire.receive(request(1, getEimPackage()))).toEqual([]);
    expect(eim.log).toEqual([]);
    expect((await ask(wire, 2, getEimPackage())).code).toBe('2.05');
  });

  test('acknowledgeOnly: no response follows', async () => {
    const { eim, wire, clock } = disturbed({ kind: 'acknowledgeOnly' });
    expect(await wire.receive(request(0x1234, getEimPackage()))).toEqual(['60001234']);
    await clock.advance(300_000);
    expect(wire.take()).toEqual([]);
    expect(eim.log).toEqual([]);
  });

  test('reset', async () => {
    const { wire } = disturbed({ kind: 'reset' });
    expect(await wire.receive(request(0x1234, getEimPackage()))).toEqual(['70001234']);
  });

  test('refuse', async () => {
    const { eim, wire } = disturbed({ kind: 'refuse', code: '5.03' });
    expect(outcome(await ask(wire, 1, getEimPackage()))).toBe('5.03 refused on purpose');
    expect(eim.log).toEqual([]);
  });

  test('replaceResponse', async () => {
    const { wire } = disturbed({ kind: 'replaceResponse', body: Uint8Array.of(1, 2, 3) });
    expect(hex((await ask(wire, 1, getEimPackage())).payload)).toBe('010203');
  });

  test('alterResponse', async () => {
    const { wire } = disturbed({ kind: 'alterResponse', alter: (body) => body.map((byte) => byte ^ 0xff) });
    expect(hex((await ask(wire, 1, getEimPackage())).payload)).toBe('40B0FCFDFEFE');
  });

  test('wrongToken', async () => {
    const { wire } = disturbed({ kind: 'wrongToken' });
    const answer = await ask(wire, 1, getEimPackage());
    expect(hex(answer.token)).toBe('5EB2C3D4');
    expect(hex((await ask(wire, 2, getEimPackage())).token)).toBe(hex(TOKEN));
  });

  test('another function is not disturbed', async () => {
    const { eim, wire } = startBed(pki);
    eim.coapFaults.add('handleNotification', { kind: 'reset' });
    expect((await ask(wire, 1, getEimPackage())).code).toBe('2.05');
    expect(eim.coapFaults.pending).toBe(1);
  });
});

describe('the blocks of an answer', () => {
  const blocksOf = 64;
  const asked = { block2: { number: 0, more: false, bytes: blocksOf as 64 } };
  const next = (number: number) => ({ block2: { number, more: false, bytes: blocksOf as 64 } });
  const nothing = new Uint8Array(0);

  test('wrongBlockNumber: one block says that it is another', async () => {
    const { wire } = disturbed({ kind: 'wrongBlockNumber', atBlock: 1, says: 2 }, 300);
    const numbers = [option(await ask(wire, 1, getEimPackage(), asked), Option.Block2)];
    for (const number of [1, 2]) numbers.push(option(await ask(wire, 1 + number, nothing, next(number)), Option.Block2));
    expect(numbers).toEqual(['0A', '2A', '2A']);
  });

  test('shrinkingBlocks: each half as long, and the body comes whole', async () => {
    const { wire, body } = disturbed({ kind: 'shrinkingBlocks' }, 2_000);
    const { body: got, answers } = await fetchBody(wire, await ask(wire, 1, getEimPackage()), { messageId: 1 });
    expect(answers.map(({ payload }) => payload.length)).toEqual([1024, 512, 256, 128, 64, 16]);
    expect(answers.map((answer) => option(answer, Option.Block2))).toEqual(['0E', '2D', '6C', 'EB', '01EA', '03E1']);
    expect(hex(got)).toBe(hex(body!));
  });

  test('endlessBlocks: more follow for ever', async () => {
    const { wire, body } = disturbed({ kind: 'endlessBlocks' }, 100);
    expect(option(await ask(wire, 1, getEimPackage(), asked), Option.Block2)).toBe('0A');
    const far = await ask(wire, 2, nothing, next(5_000));
    expect(option(far, Option.Block2)).toBe('01388A');
    expect(hex(far.payload)).toBe(hex(Uint8Array.from({ length: 64 }, (_, index) => body![(320_000 + index) % 100]!)));
  });

  test('forgetBlocks: 4.08 after the first', async () => {
    const { wire } = disturbed({ kind: 'forgetBlocks' }, 300);
    expect((await ask(wire, 1, getEimPackage(), asked)).code).toBe('2.05');
    expect((await ask(wire, 2, nothing, next(1))).code).toBe('4.08');
  });

  test('loseResponse: only the first block of the answer is lost', async () => {
    const { wire, body } = disturbed({ kind: 'loseResponse' }, 300);
    expect(await wire.receive(request(1, getEimPackage(), asked))).toEqual([]);
    const first = only(await wire.receive(request(1, getEimPackage(), asked)));
    expect(writeMessage(first).length).toBe(4 + 4 + 3 + 1 + 64);
    expect(hex((await fetchBody(wire, first, { messageId: 1 })).body)).toBe(hex(body!));
  });
});
