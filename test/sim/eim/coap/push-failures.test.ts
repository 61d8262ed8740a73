// SPDX-License-Identifier: Apache-2.0
// Inject mode over CoAP with devices that refuse, stay silent, take their time or send nonsense: what was not taken stays in the queue.
import { beforeAll, describe, expect, test } from 'vitest';
import { NetworkError } from '../../../../host/interfaces.js';
import { tlv } from '../../../../host/sim/codec/ber.js';
import { fromHex, hex, utf8 } from '../../../../host/sim/codec/bytes.js';
import { blockValue, readBlock } from '../../../../host/sim/eim/coap/block.js';
import { type CoapMessage, Option, readMessage } from '../../../../host/sim/eim/coap/message.js';
import { createTestPki, type TestPki } from '../../../../host/sim/pki/index.js';
import { EID, TestCard } from '../support/card.js';
import { getEimPackage, lastEvent } from '../support/messages.js';
import { ask, startBed } from './support/bed.js';
import { bedWith, DATA, DOWNLOAD, ENABLE, isAcknowledgement, messageIdHex, RECEIVED, resultFor, transfer } from './support/push-bed.js';
import { type DeviceAnswer, ScriptedDevice } from './support/scripted-device.js';

let pki: TestPki;
let card: TestCard;

beforeAll(async () => {
  pki = await createTestPki();
  card = new TestCard(pki);
});

describe('a device that does not take it', () => {
  test.each<
    [string, DeviceAnswer, { readonly answer: string; readonly errorCode?: number; readonly errorWord?: string; readonly problem?: string }]
  >([
    ['invalidPackageFormat', transfer(fromHex('020101')), { answer: 'error', errorCode: 1, errorWord: 'invalidPackageFormat' }],
    ['unknownPackage', transfer(fromHex('020102')), { answer: 'error', errorCode: 2, errorWord: 'unknownPackage' }],
    ['undefinedError', transfer(fromHex('02017F')), { answer: 'error', errorCode: 127 }],
    ['4.04', { code: '4.04' }, { answer: 'none', problem: 'the device answers 4.04' }],
    ['5.03', { code: '5.03' }, { answer: 'busy' }],
    ['no payload', { code: '2.04' }, { answer: 'none' }],
    ['another message', fromHex('BF4F03020101'), { answer: 'none', problem: 'the answer is no TransferEimPackageResponse' }],
    ['an alternative of requests', transfer(fromHex('BF5400')), { answer: 'none', problem: 'an answer with tag BF54 does not fit here' }],
    ['no TLV', utf8('hello'), { answer: 'none' }],
    [
      'a reset',
      { datagram: ({ messageId }) => `7000${messageIdHex(messageId)}` },
      { answer: 'none', problem: 'test:wire has reset a CoAP request' },
    ],
  ])('%s → the package stays in the queue, and the next is not sent', async (_name, answer, expected) => {
    const { eim, push, device } = bedWith(pki, () => answer);
    const item = eim.queue(EID, ENABLE);
    eim.queue(EID, DATA);
    const pushed = await push();
    expect(pushed).toEqual([{ item, answer: expected.answer }]);
    expect(lastEvent(eim, 'transferEimPackage')).toMatchObject({ eid: EID, pushed: 'package', item, ...expected });
    expect({ status: item.status, sent: device.messages.length }).toEqual({ status: 'queued', sent: 1 });
    expect(eim.device(EID)!.queue.next()).toBe(item);
  });

  test('a wrong token → ignored, and given up by the clock', async () => {
    const { eim, push, clock } = bedWith(pki, () => ({
      datagram: ({ messageId }) => `6445${messageIdHex(messageId)}00000000FF${hex(RECEIVED)}`,
    }));
    const item = eim.queue(EID, DOWNLOAD);
    const pushed = push();
    await clock.advance(120_000);
    expect(await pushed).toEqual([{ item, answer: 'none' }]);
  });

  test('a result that cannot be read → in the log, and the package is still open', async () => {
    const { eim, push } = bedWith(pki, () => transfer(tlv(0xbf51, fromHex('A000'))));
    const item = eim.queue(EID, ENABLE);
    expect(await push()).toEqual([{ item, answer: 'result' }]);
    expect(lastEvent(eim, 'malformed').eid).toBe(EID);
    expect(item.isOpen).toBe(true);
  });

  test('nobody there → five copies of the request, then given up; a later push sends the same bytes', async () => {
    const { eim, push, clock, device } = bedWith(pki, () => 'silence');
    const item = eim.queue(EID, ENABLE);
    const pushed = push();
    await clock.advance(93_000);
    expect(await pushed).toEqual([{ item, answer: 'none' }]);
    expect(device.requests.length).toBe(5);
    expect(lastEvent(eim, 'transferEimPackage').problem).toBe('test:wire does not answer a CoAP request');
    expect(clock.waiting).toBe(0);
    void push();
    await clock.advance(0);
    expect(new Set(device.texts).size, 'the counter is not used up').toBe(1);
    await eim.close();
  });

  test('acknowledged and then silent → given up after the time-out', async () => {
    const { eim, push, clock, device } = bedWith(pki, () => ({ datagram: ({ messageId }) => `6000${messageIdHex(messageId)}` }), {
      pushTimeoutMs: 30_000,
    });
    const item = eim.queue(EID, ENABLE);
    const pushed = push();
    await clock.advance(29_999);
    expect(eim.log).toEqual([]);
    await clock.advance(1);
    expect(await pushed).toEqual([{ item, answer: 'none' }]);
    expect(device.requests.length).toBe(1);
  });

  test('pushed three times without an answer → abandoned', async () => {
    const { eim, push } = bedWith(pki, () => ({ code: '4.04' }));
    const item = eim.queue(EID, ENABLE);
    for (let time = 0; time < 3; time++) await push();
    expect(await push()).toEqual([]);
    expect(item.status).toBe('abandoned');
  });

  test('busy, however often → stays in the queue', async () => {
    const { eim, push } = bedWith(pki, () => ({ code: '5.03' }));
    const item = eim.queue(EID, ENABLE);
    for (let time = 0; time < 4; time++) expect(await push()).toEqual([{ item, answer: 'busy' }]);
    expect([item.status, item.deliveries]).toEqual(['queued', 0]);
  });

  test('the channel fails → the package stays', async () => {
    const { eim, push, wire } = bedWith(pki, () => 'silence');
    const item = eim.queue(EID, ENABLE);
    const pushed = push();
    wire.fail(new NetworkError('unreachable', 'port unreachable'));
    expect(await pushed).toEqual([{ item, answer: 'none' }]);
    expect(lastEvent(eim, 'transferEimPackage').problem).toBe('port unreachable');
  });

  test('the acknowledgement is refused → told so', async () => {
    const bed = startBed(pki);
    const item = bed.eim.queue(EID, ENABLE);
    new ScriptedDevice(bed.wire, (message) => (isAcknowledgement(message) ? transfer(fromHex('02017F')) : transfer(resultFor(card, item))));
    expect(await bed.eim.push(EID, bed.wire)).toEqual([{ item, answer: 'result', acknowledged: false }]);
  });

  test('a device that is not registered → RangeError', async () => {
    const { eim, wire } = startBed(pki);
    await expect(eim.push('89049032000000000000000000000000', wire)).rejects.toThrow(RangeError);
  });
});

describe('an answer by itself', () => {
  const respond = (code: string, token: Uint8Array, payload: Uint8Array) => `44${code}7777${hex(token)}FF${hex(payload)}`;

  test('long after the acknowledgement → taken, and acknowledged, once more for its copy', async () => {
    const requests: CoapMessage[] = [];
    const { eim, push, wire, clock } = bedWith(pki, () => ({
      datagram: (request) => {
        requests.push(request);
        return `6000${messageIdHex(request.messageId)}`;
      },
    }));
    const item = eim.queue(EID, DOWNLOAD);
    const pushed = push();
    await clock.advance(100_000);
    wire.take();
    const response = respond('45', requests[0]!.token, RECEIVED);
    expect(await wire.receive(response)).toEqual(['60007777']);
    expect(await pushed).toEqual([{ item, answer: 'received' }]);
    expect(await wire.receive(response)).toEqual(['60007777']);
    expect(clock.waiting).toBe(0);
  });

  test('before the acknowledgement, which was lost → no more copies of the request', async () => {
    const { eim, push, wire, clock, device } = bedWith(pki, () => 'silence');
    eim.queue(EID, DOWNLOAD);
    const pushed = push();
    await clock.advance(0);
    await wire.receive(respond('45', device.requests[0]!.token, RECEIVED));
    expect((await pushed)[0]!.answer).toBe('received');
    expect(clock.waiting).toBe(0);
  });

  test('requests of the device over the same channel are served meanwhile', async () => {
    const { eim, push, wire } = bedWith(pki, () => 'silence');
    eim.queue(EID, DOWNLOAD);
    void push();
    wire.onSent = undefined;
    wire.take();
    expect((await ask(wire, 1, getEimPackage())).code).toBe('2.05');
    await eim.close();
  });
});

describe('blocks of the answer that do not fit', () => {
  const block2 =
    (value: string, payload = '00'.repeat(16)) =>
    ({ messageId, token }: CoapMessage): string =>
      `6445${messageIdHex(messageId)}${hex(token)}D10A${value}FF${payload}`;

  /** Whatever block is asked for, of 1,024 zeros, and more. */
  const endless = ({ messageId, token, options }: CoapMessage): string => {
    const asked = options.find(({ number }) => number === Option.Block2)?.value ?? new Uint8Array(0);
    const value = blockValue({ ...readBlock(asked), more: true, bytes: 1024 });
    return `6445${messageIdHex(messageId)}${hex(token)}D${value.length}0A${hex(value)}FF${'00'.repeat(1024)}`;
  };

  test.each<[string, (request: CoapMessage) => string, string]>([
    ['begins with block 1', block2('18'), 'the device sends another block than it was asked for'],
    ['the reserved length', block2('07'), 'an option of the device is wrong: block size exponent 7 is reserved'],
    ['a block that is not full', block2('08', '0000'), 'a block of the device is not full, but more follow'],
    ['the same block for ever', block2('08'), 'the device sends another block than it was asked for'],
    ['blocks without end', endless, 'the answer of the device has more than 1048576 bytes'],
  ])('%s → given up', async (_name, answer, problem) => {
    const { eim, wire } = startBed(pki);
    const item = eim.queue(EID, ENABLE);
    wire.onSent = (datagram) => wire.deliver(answer(readMessage(datagram)));
    expect(await eim.push(EID, wire)).toEqual([{ item, answer: 'none' }]);
    expect(lastEvent(eim, 'transferEimPackage').problem).toBe(problem);
  });
});
