// SPDX-License-Identifier: Apache-2.0
// eIMs of other versions of SGP.32: what they take, what they send, and that v1.2 does neither.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { need, readTlv, type Tlv, tlv } from '../../../host/sim/codec/ber.js';
import { concat, fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { DataTag, type EimItem, type EimVersion, psmo, type UnknownElementPlace } from '../../../host/sim/eim/index.js';
import { extendedAnswer } from '../../../host/sim/eim/unknown-elements.js';
import { REFUSALS } from '../../../host/sim/smdp/index.js';
import { EID, ICCID, SMDP_ADDRESS } from './support/card.js';
import { ask, codeIn, getEimPackage, initiateAuthentication, lastEvent, provideResult } from './support/messages.js';
import { IndirectDownload, Rig, UNKNOWN_TRANSACTION } from './support/rig.js';

const OTHER_EID = '89044045116727494800000004479366';
let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
});
afterAll(() => rig.close());

describe('version 1.0', () => {
  const list: EimItem = { kind: 'euiccPackage', psmos: [psmo.listProfileInfo()] };

  /** A result as v1.0 signs it: over the data and eimSignature of the package. */
  function resultOf1_0(request: Tlv, eimTransactionId?: Uint8Array): Uint8Array {
    const tid = eimTransactionId === undefined ? [] : [tlv(0x82, eimTransactionId)];
    const data = tlv(0x30, fromHex('800F65696D2E6578616D706C652E636F6D810101'), ...tid, fromHex('8301073003830100'));
    return tlv(0xbf51, tlv(0xa0, data, rig.card.signature(data, need(request, 0x5f37).raw)));
  }

  test.each<[EimVersion, boolean]>([
    ['1.0', true],
    ['1.2', false],
    ['1.3', false],
  ])('a signature over eimSignature in the place of the token: %s', async (version, verified) => {
    const eim = rig.service({ version });
    const item = eim.queue(EID, list);
    const request = need(await ask(eim, getEimPackage()), 0xbf51);
    const answer = await ask(eim, provideResult(resultOf1_0(request, item.eimTransactionId), null));
    expect(lastEvent(eim, 'euiccPackageResult').verified).toBe(verified);
    if (version !== '1.3') expect(hex(answer.raw)).toBe(verified ? 'BF5006BF5303800107' : 'BF50023000');
  });

  test('no EID, no transaction: the signature over the token tells the device', async () => {
    const eim = rig.service({ version: '1.0' });
    eim.register({ eid: OTHER_EID });
    eim.queue(EID, { ...list, eimTransactionId: null });
    await ask(eim, getEimPackage());
    const result = rig.card.packageResult({ counterValue: 1, seqNumber: 7 });
    expect(hex((await ask(eim, provideResult(result, null))).raw)).toBe('BF5006BF5303800107');
    expect(lastEvent(eim, 'euiccPackageResult')).toMatchObject({ verified: true, eid: EID });
  });

  test.each([
    ['unsigned', () => rig.card.unsignedError()],
    ['no result of an eUICC', () => fromHex('A003020101')],
    ['signed by nobody known', () => fromHex('BF5114A012300B80016581010183010130005F37020000')],
  ])('no EID and %s: undefinedError is the only error', async (_name, result) => {
    const message = provideResult(result(), null);
    expect(hex((await ask(rig.service({ version: '1.0' }), message)).raw)).toBe('BF500302017F');
    expect(hex((await ask(rig.service(), message)).raw)).toBe('BF5003020104');
  });

  test.each([psmo.setFallbackAttribute(ICCID), psmo.unsetFallbackAttribute(), psmo.setDefaultDpAddress('a.b')])(
    '$operation is not known',
    (operation) => {
      const item: EimItem = { kind: 'euiccPackage', psmos: [psmo.getRat(), operation] };
      expect(() => rig.service({ version: '1.0' }).queue(EID, item)).toThrow(RangeError);
      expect(() => rig.service({ version: '1.2' }).queue(EID, item)).not.toThrow();
    },
  );
});

describe('version 1.3', () => {
  const unknown = (index: number) => (index % 2 === 0 ? `9F6A010${index}` : 'BF6B0B8001FF30000201015F3700');

  test('unknown elements before, between and behind the components of an answer', async () => {
    const eim = rig.service({ version: '1.3' });
    const message = initiateAuthentication({ smdpAddress: SMDP_ADDRESS, euiccInfo1: rig.card.euiccInfo1() });
    const { children } = need(await ask(eim, message), 0xa0);
    const tags = children.map(({ tag }) => tag);
    expect(tags).toEqual([0x9f6a, 0x80, 0xbf6b, 0x30, 0x9f6a, 0x5f37, 0xbf6b, 0x04, 0x9f6a, 0x30, 0xbf6b]);
    expect(hex(children[0]!.raw)).toBe(unknown(0));
    expect(hex(children[2]!.raw)).toBe(unknown(1));
  });

  test.each<[UnknownElementPlace, string]>([
    ['before', '9F6A010080020A0BBF3600'],
    ['between', '80020A0BBF6B0B8001FF30000201015F3700BF3600'],
    ['behind', '80020A0BBF36009F6A0102'],
  ])('only %s them, in any version', (place, contents) => {
    const answer = fromHex('BF3A09A00780020A0BBF3600');
    expect(hex(need(readTlv(extendedAnswer(answer, [place])), 0xa0).value)).toBe(contents);
  });

  test('an eIM of v1.2 with elements behind', async () => {
    const eim = rig.service({ unknownElements: ['behind'] });
    const message = initiateAuthentication({ smdpAddress: SMDP_ADDRESS, euiccInfo1: rig.card.euiccInfo1() });
    expect(need(await ask(eim, message), 0xa0).children.map(({ tag }) => tag)).toEqual([0x80, 0x30, 0x5f37, 0x04, 0x30, 0xbf6b]);
  });

  test.each<[EimItem, string]>([
    [
      { kind: 'dataRequest', tags: [DataTag.NotificationsLegacy], eimTransactionId: fromHex('01') },
      `BF521D${unknown(0)}5C02BF2B${unknown(1)}830101${unknown(2)}`,
    ],
    [
      { kind: 'download', contactDefaultSmdp: true, eimTransactionId: fromHex('01') },
      `BF541D${unknown(0)}A0028100${unknown(1)}820101${unknown(2)}`,
    ],
    [{ kind: 'raw', bytes: fromHex('BF52') }, 'BF52'],
  ])('packages that nobody signs: %o', async (item, expected) => {
    const eim = rig.service({ version: '1.3' });
    eim.queue(EID, item);
    expect(hex((await eim.handle(getEimPackage())).body.subarray(3))).toBe(expected);
  });

  test('eUICC packages, acknowledgements and errors stay as they are', async () => {
    const eim = rig.service({ version: '1.3' });
    const item = eim.queue(EID, { kind: 'euiccPackage', psmos: [psmo.getRat()] });
    expect(need(await ask(eim, getEimPackage()), 0xbf51).children.map(({ tag }) => tag)).toEqual([0x30, 0x5f37]);
    const result = rig.card.packageResult({ counterValue: 1, eimTransactionId: item.eimTransactionId!, seqNumber: 7 });
    expect(hex((await ask(eim, provideResult(result))).raw)).toBe('BF5006BF5303800107');
    expect(hex((await ask(eim, provideResult(fromHex('A003020101')))).raw)).toBe(`BF50063004${unknown(0)}`);
    expect(hex((await ask(eim, tlv(0xbf41, tlv(0x80, UNKNOWN_TRANSACTION), fromHex('A103810105')))).raw)).toBe('BF4103810101');
  });

  test.each<[EimVersion, number]>([
    ['1.2', 127],
    ['1.3', 18],
  ])('AuthenticateClient for an expired order: version %s → %i', async (version, code) => {
    for (const refusal of [REFUSALS.orderExpired, REFUSALS.downloadsExceeded]) {
      const activationCode = `1$${SMDP_ADDRESS}$x`;
      const download = await IndirectDownload.trigger(rig.service({ version }), rig.card, { kind: 'download', activationCode });
      await download.initiate();
      rig.smdp.refuseNext('authenticateClient', refusal);
      expect(codeIn(await ask(download.eim, download.authenticateMessage('x')), 0x82)).toBe(code);
    }
  });

  test('a whole download through unknown elements', async () => {
    const matchingId = rig.order();
    const eim = rig.service({ version: '1.3' });
    const download = await IndirectDownload.trigger(eim, rig.card, { kind: 'download', activationCode: `1$${SMDP_ADDRESS}$${matchingId}` });
    const started = await download.initiate();
    // TestCard signs what it finds by tag; it must find the first 30, serverSigned1.
    expect(readTlv(need(started, 0x30).raw).children.length).toBeGreaterThan(3);
    await download.authenticate(matchingId);
    await download.bind();
    expect((await eim.handle(download.reportMessage())).status).toBe(204);
    expect(download.item.status).toBe('finished');
  });

  test('8F in an unsigned error, whatever the version', async () => {
    const eim = rig.service();
    const item = eim.queue(EID, { kind: 'euiccPackage', psmos: [psmo.getRat()] });
    await ask(eim, getEimPackage());
    const fields = concat(fromHex('800165'), tlv(0x82, item.eimTransactionId!), fromHex('8401058F0104'));
    await ask(eim, provideResult(tlv(0xbf51, tlv(0xa2, fields))));
    expect(lastEvent(eim, 'euiccPackageResult')).toMatchObject({
      verified: false,
      result: { form: 'errorUnsigned', associationToken: 5, errorCode: 4, errorWord: 'replayError' },
    });
  });
});
