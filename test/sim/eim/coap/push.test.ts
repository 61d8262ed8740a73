// SPDX-License-Identifier: Apache-2.0
// Inject mode over CoAP (SGP.32 v1.2 §3.1.1.2, §6.3.3.1): what the eIM sends, and how it takes the answers.
import { beforeAll, describe, expect, test } from 'vitest';
import { tlv } from '../../../../host/sim/codec/ber.js';
import { concat, fromHex, hex, utf8 } from '../../../../host/sim/codec/bytes.js';
import { psmo, type QueuedItem } from '../../../../host/sim/eim/index.js';
import { createTestPki, type TestPki } from '../../../../host/sim/pki/index.js';
import { EID, ICCID, TestCard } from '../support/card.js';
import { lastEvent } from '../support/messages.js';
import { ask, startBed } from './support/bed.js';
import { bedWith, DATA, DOWNLOAD, ENABLE, RECEIVED, resultFor, transfer } from './support/push-bed.js';
import { ScriptedDevice } from './support/scripted-device.js';

let pki: TestPki;
let card: TestCard;

beforeAll(async () => {
  pki = await createTestPki();
  card = new TestCard(pki);
});

const ACKNOWLEDGE_1 = 'BF4E06BF5303800101';

describe('packages', () => {
  test('nothing queued → nothing sent', async () => {
    const { push, device } = bedWith(pki, () => 'silence');
    expect(await push()).toEqual([]);
    expect(device.requests).toEqual([]);
  });

  test('the datagram: a confirmable POST to the path with TransferEimPackageRequest, and no other option', async () => {
    const { eim, push, device } = bedWith(pki, () => RECEIVED);
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
    const { eim, push, device } = bedWith(pki, () => transfer(resultFor(card, item)));
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
    const { eim, push, device } = bedWith(pki, () =>
      transfer(tlv(0x30, resultFor(card, item, { seqNumber: 4 }), tlv(0xa0, card.notification('enable', 5)))),
    );
    const item = eim.queue(EID, ENABLE);
    expect(await push()).toEqual([{ item, answer: 'result', acknowledged: true }]);
    expect(device.texts[1]).toBe('BF4E09BF5306800104800105');
    expect(lastEvent(eim, 'notification')).toMatchObject({ verified: true, route: 'withPackageResult' });
  });

  test('a forged result → logged as such, and not acknowledged', async () => {
    const forge = (result: Uint8Array) => result.map((byte, index) => (index === result.length - 1 ? byte ^ 1 : byte));
    const { eim, push, device } = bedWith(pki, () => transfer(forge(resultFor(card, item))));
    const item = eim.queue(EID, ENABLE);
    expect(await push()).toEqual([{ item, answer: 'result' }]);
    expect(lastEvent(eim, 'euiccPackageResult')).toMatchObject({ verified: false, problem: 'the eUICC signature is wrong' });
    expect(device.messages.length).toBe(1);
  });

  test('a data request → what it tells of the device', async () => {
    const { eim, push } = bedWith(pki, () =>
      transfer(tlv(0xbf52, tlv(0xa0, tlv(0x81, utf8('smdp.test')), tlv(0x87, item.eimTransactionId!)))),
    );
    const item = eim.queue(EID, DATA);
    expect(await push()).toEqual([{ item, answer: 'result' }]);
    expect(item.result).toMatchObject({ kind: 'ipaEuiccData', route: 'transferEimPackage' });
    expect(eim.device(EID)!.defaultSmdpAddress).toBe('smdp.test');
  });

  test('a download → received; its result comes by ProvideEimPackageResult, as always', async () => {
    const { eim, push, wire } = bedWith(pki, () => RECEIVED);
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
    const { eim, push, device } = bedWith(pki, (message) => {
      if (hex(message).includes('BF54')) return RECEIVED;
      const at = items.findIndex(({ encoded }) => encoded !== undefined && hex(message) === hex(transfer(encoded)));
      return transfer(resultFor(card, items[at]!, { seqNumber: at + 1 }));
    });
    items.push(...[ENABLE, ENABLE, DOWNLOAD].map((each) => eim.queue(EID, each)));
    expect((await push()).map(({ answer }) => answer)).toEqual(['result', 'result', 'received']);
    const packages = items.map(({ encoded }) => hex(transfer(encoded!)));
    expect(device.texts).toEqual([packages[0], ACKNOWLEDGE_1, packages[1], 'BF4E06BF5303800102', packages[2]]);
  });

  test('a download before others → they wait until it is over', async () => {
    const { eim, push, device } = bedWith(pki, () => RECEIVED);
    const [download, later] = [DOWNLOAD, ENABLE].map((each) => eim.queue(EID, each));
    expect(await push()).toEqual([{ item: download, answer: 'received' }]);
    expect([device.texts.length, later!.status]).toEqual([1, 'queued']);
  });

  test.each([16, 64, 1024] as const)('in blocks of %i bytes both ways', async (largestBlockBytes) => {
    const filler = tlv(0x9f7f, new Uint8Array(3_000));
    const { eim, push, device } = bedWith(pki, () => transfer(resultFor(card, item, { results: concat(fromHex('830100'), filler) })), {
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
    const { eim, push, device } = bedWith(pki, () => RECEIVED, { largestBlockBytes: 16 });
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
