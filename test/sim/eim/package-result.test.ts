// SPDX-License-Identifier: Apache-2.0
// ESipa.ProvideEimPackageResult (SGP.32 v1.2 §6.3.2.7): every form of result, what is checked and what is acknowledged.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readTlv, tlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { EimService, psmo } from '../../../host/sim/eim/index.js';
import type { QueuedItem } from '../../../host/sim/eim/queue.js';
import { decodeEuiccResult } from '../../../host/sim/eim/results/euicc-result-data.js';
import { createTestPki, type TestPki } from '../../../host/sim/pki/index.js';
import { damageSignature, EID, TestCard } from './support/card.js';
import { ask, getEimPackage, lastEvent, provideResult, serviceFor } from './support/messages.js';

const EMPTY_RESPONSE = 'BF50023000';
const OTHER_EID = '89044045116727494800000004479366';

let pki: TestPki;
let card: TestCard;
let eim: EimService;
let item: QueuedItem;

beforeAll(async () => {
  pki = await createTestPki();
  card = new TestCard(pki);
});

async function deliverTo(service: EimService): Promise<void> {
  eim = service;
  item = eim.queue(EID, { kind: 'euiccPackage', psmos: [psmo.enable('89000123456789012341')] });
  await ask(eim, getEimPackage());
}

beforeEach(() => deliverTo(serviceFor(pki)));

/** A result for the outstanding package. */
function result(fields: Partial<Parameters<TestCard['packageResult']>[0]> = {}): Uint8Array {
  return card.packageResult({ counterValue: 1, eimTransactionId: item.eimTransactionId!, seqNumber: 7, ...fields });
}

async function answerTo(message: Uint8Array): Promise<string> {
  return hex((await ask(eim, message)).raw);
}

describe('eUICC package results', () => {
  test('verified → acknowledged, item finished', async () => {
    expect(await answerTo(provideResult(result()))).toBe('BF5006BF5303800107');
    expect(item).toMatchObject({ status: 'finished', result: { kind: 'euiccPackageResult', verified: true, duplicate: false } });
  });

  test('a second time, because the acknowledgement was lost → acknowledged again', async () => {
    const bytes = provideResult(result());
    await ask(eim, bytes);
    expect(await answerTo(bytes)).toBe('BF5006BF5303800107');
    expect(lastEvent(eim, 'euiccPackageResult').duplicate).toBe(true);
  });

  test.each<[string, () => Uint8Array, RegExp]>([
    ['damaged signature', () => damageSignature(result()), /signature is wrong/],
    ['another association token', () => result({ associationToken: 5 }), /signature is wrong/],
    ['another eIM', () => result({ eimId: 'other' }), /for eIM other/],
    ['another counter value', () => result({ counterValue: 2 }), /counter value is 2 instead of 1/],
    ['unknown transaction', () => result({ eimTransactionId: fromHex('FFFF') }), /no such package/],
    ['no transaction', () => card.packageResult({ counterValue: 1, seqNumber: 7 }), /no such package/],
  ])('%s → not verified, nothing acknowledged', async (_name, bytes, problem) => {
    expect(await answerTo(provideResult(bytes()))).toBe(EMPTY_RESPONSE);
    expect(lastEvent(eim, 'euiccPackageResult')).toMatchObject({ verified: false, problem: expect.stringMatching(problem) });
  });

  test('other bytes under a sequence number that was used → not verified', async () => {
    await ask(eim, provideResult(result()));
    expect(await answerTo(provideResult(result({ results: fromHex('83017F') })))).toBe(EMPTY_RESPONSE);
    expect(lastEvent(eim, 'euiccPackageResult').problem).toMatch(/sequence number 7/);
  });

  test('eUICC certificate not known → not verified', async () => {
    eim = new EimService({ pki });
    eim.register({ eid: EID });
    await deliverTo(eim);
    expect(await answerTo(provideResult(result()))).toBe(EMPTY_RESPONSE);
    expect(lastEvent(eim, 'euiccPackageResult').problem).toMatch(/certificate is not known/);
  });

  test('signature in DER, as some software makes it → accepted', async () => {
    const { sign } = await import('node:crypto');
    const signed = readTlv(result()).children[0]!.children[0]!.raw;
    const der = sign('sha256', Buffer.concat([signed, fromHex('840100')]), pki.euicc.privateKey);
    const bytes = tlv(0xbf51, tlv(0xa0, signed, tlv(0x5f37, new Uint8Array(der))));
    expect(await answerTo(provideResult(bytes))).toBe('BF5006BF5303800107');
  });

  test('signed error → verified, nothing to acknowledge', async () => {
    const error = card.packageError({ counterValue: 1, eimTransactionId: item.eimTransactionId! }, 4);
    expect(await answerTo(provideResult(error))).toBe(EMPTY_RESPONSE);
    expect(lastEvent(eim, 'euiccPackageResult')).toMatchObject({ verified: true, result: { errorCode: 4, errorWord: 'replayError' } });
    expect(item.status).toBe('finished');
  });

  test('unsigned error, with and without transaction → item finished, not verified', async () => {
    expect(await answerTo(provideResult(card.unsignedError(undefined, 3)))).toBe(EMPTY_RESPONSE);
    expect(lastEvent(eim, 'euiccPackageResult')).toMatchObject({ verified: false, result: { associationToken: 3 } });
    expect(item.status).toBe('finished');
    await deliverTo(eim);
    await ask(eim, provideResult(card.unsignedError(item.eimTransactionId!)));
    expect(item.status).toBe('finished');
  });

  test('package without transaction is found by its counter value', async () => {
    await deliverTo(serviceFor(pki));
    eim = serviceFor(pki);
    item = eim.queue(EID, { kind: 'euiccPackage', psmos: [psmo.getRat()], eimTransactionId: null });
    await ask(eim, getEimPackage());
    expect(await answerTo(provideResult(card.packageResult({ counterValue: 1, seqNumber: 9 })))).toBe('BF5006BF5303800109');
    expect(item.status).toBe('finished');
  });

  test('a package under a counter value of the operator moves the counter once the eUICC has taken it', async () => {
    eim = serviceFor(pki);
    item = eim.queue(EID, { kind: 'euiccPackage', psmos: [psmo.getRat()], counterValue: 50 });
    await ask(eim, getEimPackage());
    await ask(eim, provideResult(result({ counterValue: 50 })));
    expect(eim.device(EID)?.counterValue).toBe(50);
  });
});

describe('result and notifications', () => {
  test('each verified one is acknowledged; damaged ones are not', async () => {
    const good = card.notification('enable', 8);
    const forged = card.notification('disable', 9);
    forged[forged.indexOf(0x5f, 40) + 10]! ^= 1;
    const list = tlv(0xa0, good, forged, fromHex('3003020101'), card.installationResult(fromHex('0102'), { seqNumber: 200 }));
    expect(await answerTo(provideResult(tlv(0x30, result(), list)))).toBe('BF500DBF530A800107800108800200C8');
    expect(eim.log.filter((event) => event.kind === 'notification').map((event) => event.verified)).toEqual([true, false, true]);
    expect(lastEvent(eim, 'malformed').problem).toMatch(/BF2F/);
  });
});

describe('who sends it', () => {
  test.each([
    ['unknown EID → eidNotFound', OTHER_EID, 2],
    ['not an EID → invalidEid', '8904', 3],
  ])('%s', async (_name, eid, code) => {
    expect(await answerTo(provideResult(result(), eid))).toBe(`BF500302010${code}`);
    expect(item.status).toBe('delivered');
  });

  test('no EID: the transaction tells the device, for every kind of result', async () => {
    const tid = item.eimTransactionId!;
    expect(await answerTo(provideResult(result(), null))).toBe('BF5006BF5303800107');
    for (const bytes of [
      tlv(0x30, result(), tlv(0xa0)),
      tlv(0xbf52, tlv(0xa0, tlv(0x87, tid))),
      tlv(0xbf52, tlv(0xa1, tlv(0x80, tid), fromHex('020101'))),
      tlv(0xbf54, tlv(0x82, tid), fromHex('300380017F')),
      tlv(0xa0, tlv(0x80, tid), fromHex('020101')),
    ]) {
      expect((await answerTo(provideResult(bytes, null))).startsWith('BF50030201')).toBe(false);
    }
  });

  test('no EID and no transaction that is known → missingEid', async () => {
    expect(await answerTo(provideResult(fromHex('A003020101'), null))).toBe('BF5003020104');
    expect(await answerTo(provideResult(card.unsignedError(fromHex('FF')), null))).toBe('BF5003020104');
  });
});

describe('other results', () => {
  test.each([
    ['with transaction', true],
    ['without: about what was fetched last', false],
  ])('the IPA could not read the package, %s', async (_name, withTransaction) => {
    const tid = withTransaction ? [tlv(0x80, item.eimTransactionId!)] : [];
    expect(await answerTo(provideResult(tlv(0xa0, ...tid, fromHex('020102'))))).toBe(EMPTY_RESPONSE);
    expect(lastEvent(eim, 'packageError')).toMatchObject({ errorCode: 2, errorWord: 'unknownPackage' });
    expect(item.status).toBe('finished');
  });

  test('a download ended badly, reported on this path', async () => {
    eim = serviceFor(pki);
    item = eim.queue(EID, { kind: 'download', contactDefaultSmdp: true });
    await ask(eim, getEimPackage());
    const report = tlv(0xbf54, tlv(0x82, item.eimTransactionId!), fromHex('300A8001680405AABBCCDDEE'));
    expect(await answerTo(provideResult(report))).toBe(EMPTY_RESPONSE);
    expect(lastEvent(eim, 'downloadResult')).toMatchObject({
      verified: false,
      error: { reason: 104, word: 'ecallActive', errorResponse: fromHex('AABBCCDDEE') },
    });
    expect(item.status).toBe('finished');
  });
});

describe('malformed results', () => {
  test.each([
    ['nothing in it', 'BF50125A1089049032123451234512345678901235'],
    ['an unknown kind of result', 'BF50145A10890490321234512345123456789012358100'],
    ['an empty package result', 'BF50155A1089049032123451234512345678901235BF5100'],
    ['a package result without signature', 'BF501B5A1089049032123451234512345678901235BF5106A0043002AB00'],
    ['not BER', 'BF50055A10'],
    ['bytes after the message', 'BF50023000FF'],
  ])('%s → 400', async (_name, bytes) => {
    expect((await eim.handle(fromHex(bytes))).status).toBe(400);
    expect(lastEvent(eim, 'malformed').problem).not.toBe('');
  });

  test.each([
    ['empty', ''],
    ['an unknown function', 'BF600100'],
    ['an answer instead of a request', 'BF53020100'],
    ['an indefinite length', 'BF4F805A100000'],
  ])('%s → 400', async (_name, bytes) => {
    expect((await eim.handle(fromHex(bytes))).status).toBe(400);
  });
});

describe('EuiccResultData (§2.11.2.1)', () => {
  test.each([
    ['830101', { operation: 'enable', code: 1, word: 'iccidOrAidNotFound' }],
    ['840103', { operation: 'disable', code: 3, word: 'disallowedByPolicy' }],
    ['850115', { operation: 'delete', code: 21, word: 'returnFallbackProfile' }],
    ['BF2D0381010B', { operation: 'listProfileInfo', code: 11, word: 'profileChangeOngoing' }],
    ['BF2D02A000', { operation: 'listProfileInfo', code: 0, profiles: [] }],
    ['A600', { operation: 'getRAT', code: 0, rules: [] }],
    ['A60430020500', { operation: 'getRAT', code: 0 }],
    ['870107', { operation: 'configureImmediateEnable', code: 7, word: 'commandError' }],
    ['A803840102', { operation: 'addEim', code: 0, associationToken: 2 }],
    ['A803020105', { operation: 'addEim', code: 5, word: 'invalidAssociationToken' }],
    ['890102', { operation: 'deleteEim', code: 2, word: 'lastEimDeleted' }],
    ['8A0101', { operation: 'updateEim', code: 1, word: 'eimNotFound' }],
    ['AB0AA0083006800165820102', { operation: 'listEim', code: 0, eims: [{ eimId: 'e', eimIdType: 2 }] }],
    ['AB0381017F', { operation: 'listEim', code: 127 }],
    ['8C0100', { operation: 'rollback', code: 0, word: 'ok' }],
    ['8D0102', { operation: 'setFallbackAttribute', code: 2, word: 'fallbackNotAllowed' }],
    ['8E0102', { operation: 'unsetFallbackAttribute', code: 2, word: 'noFallbackAttribute' }],
    ['020102', { operation: 'processingTerminated', code: 2, word: 'unknownOrDamagedCommand' }],
    ['BF6503800100', { operation: 'setDefaultDpAddress', code: 0 }],
    ['830163', { operation: 'enable', code: 99, word: 'code 99' }],
    ['9F2001FF', { operation: 'unknown', word: 'unknown result 9F20' }],
  ])('%s', (bytes, expected) => {
    expect(decodeEuiccResult(readTlv(fromHex(bytes)))).toMatchObject(expected);
  });

  test('all fields of a ProfileInfo', () => {
    const fields = '5A0A980010325476981032144F02A0009F700100900161910162920163950101' + '9F7B01FF9F2601FF9F670100';
    const bytes = tlv(0xbf2d, tlv(0xa0, tlv(0xe3, fromHex(fields))));
    expect(decodeEuiccResult(readTlv(bytes)).profiles).toMatchObject([
      {
        iccid: '89000123456789012341',
        isdpAid: 'A000',
        state: 'disabled',
        nickname: 'a',
        serviceProviderName: 'b',
        profileName: 'c',
        profileClass: 'provisioning',
        ecallIndication: true,
        fallbackAttribute: true,
        fallbackAllowed: false,
      },
    ]);
  });
});
