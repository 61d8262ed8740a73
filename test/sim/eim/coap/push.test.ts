// SPDX-License-Identifier: Apache-2.0
// Inject mode over CoAP (SGP.32 v1.2 §3.1.1.2, §6.3.3.1): what the eIM sends, how it takes the answers, and what stays in the queue.
import { beforeAll, describe, expect, test } from 'vitest';
import { NetworkError } from '../../../../host/interfaces.js';
import { readTlv, tlv } from '../../../../host/sim/codec/ber.js';
import { concat, fromHex, hex, utf8 } from '../../../../host/sim/codec/bytes.js';
import { blockValue, readBlock } from '../../../../host/sim/eim/coap/block.js';
import { type CoapMessage, Option, readMessage } from '../../../../host/sim/eim/coap/message.js';
import { type EimItem, psmo, type QueuedItem } from '../../../../host/sim/eim/index.js';
import { createTestPki, type TestPki } from '../../../../host/sim/pki/index.js';
import { EID, ICCID, TestCard } from '../support/card.js';
import { getEimPackage, lastEvent } from '../support/messages.js';
import { ask, startBed } from './support/bed.js';
import { type DeviceAnswer, ScriptedDevice } from './support/scripted-device.js';

let pki: TestPki;
let card: TestCard;

beforeAll(async () => {
  pki = await createTestPki();
  card = new TestCard(pki);
});

const ENABLE: EimItem = { kind: 'euiccPackage', psmos: [psmo.enable(ICCID)] };
const DATA: EimItem = { kind: 'dataRequest' };
const DOWNLOAD: EimItem = { kind: 'download', activationCode: 'LPA:1$smdp.example.com$M' };
const RECEIVED = tlv(0xbf4e, fromHex('0500'));
const ACKNOWLEDGE_1 = 'BF4E06BF5303800101';

const transfer = (content: Uint8Array): Uint8Array => tlv(0xbf4e, content);
const isAcknowledgement = (message: Uint8Array): boolean => readTlv(message).children[0]?.tag === 0xbf53;
const messageIdHex = (messageId: number): string => messageId.toString(16).padStart(4, '0');

/** The result a card gives to this package. */
function resultFor({ counterValue, eimTransactionId }: QueuedItem, fields = {}): Uint8Array {
  return card.packageResult({ counterValue: counterValue!, eimTransactionId: eimTransactionId!, seqNumber: 1, ...fields });
}

/** A bed whose device answers packages as the script says, and takes acknowledgements. */
function bedWith(script: (message: Uint8Array) => DeviceAnswer, coap = {}) {
  const bed = startBed(pki, coap);
  const device = new ScriptedDevice(bed.wire, (message) => (isAcknowledgement(message) ? RECEIVED : script(message)));
  return { ...bed, device, push: () => bed.eim.push(EID, bed.wire) };
}

describe('packages', () => {
  test('nothing queued → nothing sent', async () => {
    const { push, device } = bedWith(() => 'silence');
    expect(await push()).toEqual([]);
    expect(device.requests).toEqual([]);
  });

  test('the datagram: a confirmable POST to the path with TransferEimPackageRequest, and no other option', async () => {
    const { eim, push, device } = bedWith(() => RECEIVED);
    const item = eim.queue(EID, DOWNLOAD);
    await push();
    const [request] = device.requests;
    expect(request).toMatchObject({ type: 'CON', code: '0.02' });
    expect(request!.options.map(({ number, value }) => `${number} ${new TextDecoder().decode(value)}`)).toEqual([
      '11 gsma',
      '11 rsp2',
      '11 asn1',
    ]);
    expect(hex(request!.payload)).toBe(hex(transfer(item.encoded!)));
  });

  test('an eUICC package → its signed result, verified, and acknowledged', async () => {
    const { eim, push, device } = bedWith(() => transfer(resultFor(item)));
    const item = eim.queue(EID, ENABLE);
    expect(await push()).toEqual([{ item, answer: 'result', acknowledged: true }]);
    expect(item.status).toBe('finished');
    expect(item.result).toMatchObject({
      kind: 'euiccPackageResult',
      verified: true,
      route: 'transferEimPackage',
      carrier: 'euiccPackageResult',
    });
    expect(device.texts[1]).toBe(ACKNOWLEDGE_1);
    expect(eim.log.map(({ kind }) => kind)).toEqual(['transferEimPackage', 'euiccPackageResult', 'transferEimPackage']);
  });

  test('with notifications → both acknowledged', async () => {
    const { eim, push, device } = bedWith(() =>
      transfer(tlv(0x30, resultFor(item, { seqNumber: 4 }), tlv(0xa0, card.notification('enable', 5)))),
    );
    const item = eim.queue(EID, ENABLE);
    expect(await push()).toEqual([{ item, answer: 'result', acknowledged: true }]);
    expect(device.texts[1]).toBe('BF4E09BF5306800104800105');
    expect(lastEvent(eim, 'notification')).toMatchObject({ verified: true, route: 'withPackageResult' });
  });

  test('a forged result → logged as such, and not acknowledged', async () => {
    const forge = (result: Uint8Array) => result.map((byte, index) => (index === result.length - 1 ? byte ^ 1 : byte));
    const { eim, push, device } = bedWith(() => transfer(forge(resultFor(item))));
    const item = eim.queue(EID, ENABLE);
    expect(await push()).toEqual([{ item, answer: 'result' }]);
    expect(lastEvent(eim, 'euiccPackageResult')).toMatchObject({ verified: false, problem: 'the eUICC signature is wrong' });
    expect(device.messages.length).toBe(1);
  });

  test('a data request → what it tells of the device', async () => {
    const { eim, push } = bedWith(() => transfer(tlv(0xbf52, tlv(0xa0, tlv(0x81, utf8('smdp.test')), tlv(0x87, item.eimTransactionId!)))));
    const item = eim.queue(EID, DATA);
    expect(await push()).toEqual([{ item, answer: 'result' }]);
    expect(item.result).toMatchObject({ kind: 'ipaEuiccData', route: 'transferEimPackage' });
    expect(eim.device(EID)!.defaultSmdpAddress).toBe('smdp.test');
  });

  test('a download → received; its result comes by ProvideEimPackageResult, as always', async () => {
    const { eim, push, wire } = bedWith(() => RECEIVED);
    const item = eim.queue(EID, DOWNLOAD);
    expect(await push()).toEqual([{ item, answer: 'received' }]);
    expect(item.status).toBe('delivered');
    wire.onSent = undefined;
    wire.take();
    const failed = tlv(0xbf54, tlv(0x82, item.eimTransactionId!), tlv(0x30, fromHex('80017F')));
    await ask(wire, 1, tlv(0xbf50, tlv(0x5a, fromHex(EID)), failed));
    expect(item.status).toBe('finished');
  });

  test('several → one after the other, each with its acknowledgement before the next', async () => {
    const items: QueuedItem[] = [];
    const { eim, push, device } = bedWith((message) => {
      if (hex(message).includes('BF54')) return RECEIVED;
      const at = items.findIndex(({ encoded }) => encoded !== undefined && hex(message) === hex(transfer(encoded)));
      return transfer(resultFor(items[at]!, { seqNumber: at + 1 }));
    });
    items.push(...[ENABLE, DOWNLOAD, ENABLE].map((each) => eim.queue(EID, each)));
    expect((await push()).map(({ answer }) => answer)).toEqual(['result', 'received', 'result']);
    expect(device.texts).toEqual([
      hex(transfer(items[0]!.encoded!)),
      ACKNOWLEDGE_1,
      ...items.slice(1).map(({ encoded }) => hex(transfer(encoded!))),
      'BF4E06BF5303800103',
    ]);
  });

  test.each([16, 64, 1024] as const)('in blocks of %i bytes both ways', async (largestBlockBytes) => {
    const filler = tlv(0x9f7f, new Uint8Array(3_000));
    const { eim, push, device } = bedWith(() => transfer(resultFor(item, { results: concat(fromHex('830100'), filler) })), {
      largestBlockBytes,
    });
    const item = eim.queue(EID, { kind: 'euiccPackage', psmos: Array.from({ length: 60 }, () => psmo.enable(ICCID)) });
    const [pushed] = await push();
    expect(hex(device.messages[0]!)).toBe(hex(transfer(item.encoded!)));
    expect(pushed).toMatchObject({ answer: 'result' });
    expect(lastEvent(eim, 'euiccPackageResult').raw.length).toBeGreaterThan(3_000);
  });

  test('the device asks for smaller blocks → gets them', async () => {
    const bed = startBed(pki);
    const item = bed.eim.queue(EID, { kind: 'raw', bytes: Uint8Array.from({ length: 2_500 }, (_, index) => index & 0xff) });
    const device = new ScriptedDevice(bed.wire, () => RECEIVED, 128);
    expect(await bed.eim.push(EID, bed.wire)).toEqual([{ item, answer: 'received' }]);
    expect(device.requests.map(({ payload }) => payload.length)).toEqual([1024, ...Array(11).fill(128), 2_500 + 5 - 1024 - 11 * 128]);
    expect(hex(device.messages[0]!)).toBe(hex(transfer(item.encoded!)));
  });

  test('bodies in blocks have a Request-Tag, each its own', async () => {
    const { eim, push, device } = bedWith(() => RECEIVED, { largestBlockBytes: 16 });
    for (let count = 0; count < 2; count++) eim.queue(EID, { kind: 'raw', bytes: new Uint8Array(30) });
    await push();
    const tags = device.requests.map(({ options }) =>
      options
        .filter(({ number }) => number === 292)
        .map(({ value }) => hex(value))
        .join(),
    );
    expect([...new Set(tags)]).toEqual(['01', '02']);
  });
});

describe('a device that does not take it', () => {
  test.each<
    [string, DeviceAnswer, { readonly answer: string; readonly errorCode?: number; readonly errorWord?: string; readonly problem?: string }]
  >([
    ['invalidPackageFormat', transfer(fromHex('020101')), { answer: 'error', errorCode: 1, errorWord: 'invalidPackageFormat' }],
    ['unknownPackage', transfer(fromHex('020102')), { answer: 'error', errorCode: 2, errorWord: 'unknownPackage' }],
    ['undefinedError', transfer(fromHex('02017F')), { answer: 'error', errorCode: 127 }],
    ['4.04', { code: '4.04' }, { answer: 'none', problem: 'the device answers 4.04' }],
    ['5.03', { code: '5.03' }, { answer: 'none', problem: 'the device answers 5.03' }],
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
    const { eim, push, device } = bedWith(() => answer);
    const item = eim.queue(EID, ENABLE);
    eim.queue(EID, DATA);
    const pushed = await push();
    expect(pushed).toEqual([{ item, answer: expected.answer }]);
    expect(lastEvent(eim, 'transferEimPackage')).toMatchObject({ eid: EID, pushed: 'package', item, ...expected });
    expect({ status: item.status, sent: device.messages.length }).toEqual({ status: 'queued', sent: 1 });
    expect(eim.device(EID)!.queue.next()).toBe(item);
  });

  test('a wrong token → ignored, and given up by the clock', async () => {
    const { eim, push, clock } = bedWith(() => ({
      datagram: ({ messageId }) => `6445${messageIdHex(messageId)}00000000FF${hex(RECEIVED)}`,
    }));
    const item = eim.queue(EID, DOWNLOAD);
    const pushed = push();
    await clock.advance(120_000);
    expect(await pushed).toEqual([{ item, answer: 'none' }]);
  });

  test('a result that cannot be read → in the log, and the package is still open', async () => {
    const { eim, push } = bedWith(() => transfer(tlv(0xbf51, fromHex('A000'))));
    const item = eim.queue(EID, ENABLE);
    expect(await push()).toEqual([{ item, answer: 'result' }]);
    expect(lastEvent(eim, 'malformed').eid).toBe(EID);
    expect(item.isOpen).toBe(true);
  });

  test('nobody there → five copies of the request, then given up; a later push sends the same bytes', async () => {
    const { eim, push, clock, device } = bedWith(() => 'silence');
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
    const { eim, push, clock, device } = bedWith(() => ({ datagram: ({ messageId }) => `6000${messageIdHex(messageId)}` }), {
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
    const { eim, push } = bedWith(() => ({ code: '5.03' }));
    const item = eim.queue(EID, ENABLE);
    for (let time = 0; time < 3; time++) await push();
    expect(await push()).toEqual([]);
    expect(item.status).toBe('abandoned');
  });

  test('the channel fails → the package stays', async () => {
    const { eim, push, wire } = bedWith(() => 'silence');
    const item = eim.queue(EID, ENABLE);
    const pushed = push();
    wire.fail(new NetworkError('unreachable', 'port unreachable'));
    expect(await pushed).toEqual([{ item, answer: 'none' }]);
    expect(lastEvent(eim, 'transferEimPackage').problem).toBe('port unreachable');
  });

  test('the acknowledgement is refused → told so', async () => {
    const bed = startBed(pki);
    const item = bed.eim.queue(EID, ENABLE);
    new ScriptedDevice(bed.wire, (message) => (isAcknowledgement(message) ? transfer(fromHex('02017F')) : transfer(resultFor(item))));
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
    const { eim, push, wire, clock } = bedWith(() => ({
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
    const { eim, push, wire, clock, device } = bedWith(() => 'silence');
    eim.queue(EID, DOWNLOAD);
    const pushed = push();
    await clock.advance(0);
    await wire.receive(respond('45', device.requests[0]!.token, RECEIVED));
    expect((await pushed)[0]!.answer).toBe('received');
    expect(clock.waiting).toBe(0);
  });

  test('requests of the device over the same channel are served meanwhile', async () => {
    const { eim, push, wire } = bedWith(() => 'silence');
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
