// SPDX-License-Identifier: Apache-2.0
// Both bindings are one eIM (SGP.32 v1.2 §6.3, §6.4): the same conversation has the same answers, the same log and the same effect.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { need, readTlv, tlv } from '../../../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../../../host/sim/codec/bytes.js';
import { type EimItem, EimService, type JsonStyle, psmo } from '../../../../host/sim/eim/index.js';
import { EID, ICCID, SMDP_ADDRESS } from '../support/card.js';
import { JsonEim } from '../support/json-client.js';
import { ask, getEimPackage, initiateAuthentication, provideResult } from '../support/messages.js';
import { IndirectDownload, Rig, UNKNOWN_TRANSACTION } from '../support/rig.js';

const OTHER_EID = '89044045116727494800000004479366';
let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
});
afterAll(() => rig.close());

const bindings: [string, typeof EimService][] = [
  ['ASN.1', EimService],
  ['JSON', JsonEim],
];
const service = (Service: typeof EimService, jsonStyle: JsonStyle = {}) =>
  rig.service({ jsonStyle: { functionalErrors: 'field', ...jsonStyle } }, Service);

/** Kinds and verdicts of the log, without what is random in a session. */
function digest(eim: EimService) {
  return eim.log.map((event) => {
    const { kind, verified, eid } = event;
    return { kind, verified, eid, ...('errorCode' in event ? { errorCode: event.errorCode } : {}), raw: event.raw[0] };
  });
}

describe('packages and results, byte for byte', () => {
  const items: EimItem[] = [
    { kind: 'euiccPackage', psmos: [psmo.enable(ICCID, { rollback: true })], eimTransactionId: fromHex('0123456789ABCDEF') },
    { kind: 'dataRequest', eimTransactionId: fromHex('02') },
    { kind: 'download', activationCode: `1$${SMDP_ADDRESS}$X`, eimTransactionId: fromHex('03') },
    { kind: 'raw', bytes: fromHex('BF5103800100') },
  ];

  /** eimSignature is made with fresh randomness each time. */
  const unsigned = (body: Uint8Array) => hex(body).replace(/5F3740[0-9A-F]{128}/g, '5F3740…');

  async function conversation(Service: typeof EimService) {
    const eim = service(Service);
    const queued = items.map((item) => eim.queue(EID, item));
    const messages = [
      tlv(0xbf4f, tlv(0x5a, fromHex(EID)), tlv(0x80), fromHex('810101'), fromHex('820362F210')),
      provideResult(tlv(0x30, result(), tlv(0xa0, rig.card.notification('enable', 8)))),
      provideResult(result(), OTHER_EID),
      provideResult(result(), null),
      provideResult(rig.card.unsignedError(fromHex('0123456789ABCDEF'), 0)),
      getEimPackage(),
      provideResult(fromHex('BF5208A106800102020101')),
      getEimPackage(),
      tlv(0xbf3d, provideResult(fromHex('BF54088201033003800168'))),
      getEimPackage(),
      getEimPackage(OTHER_EID),
      getEimPackage('89049032123451234512345678901234'),
      tlv(0xbf4f),
      provideResult(fromHex('A003020102')),
      tlv(0xbf3d, tlv(0xa0, rig.card.installationResult(fromHex('0102')))),
      tlv(0xbf3b, tlv(0x80, UNKNOWN_TRANSACTION), fromHex('BF3800')),
      tlv(0xbf3a, tlv(0x80, UNKNOWN_TRANSACTION), fromHex('BF2100')),
      tlv(0xbf41, tlv(0x80, UNKNOWN_TRANSACTION), fromHex('A103810105')),
      initiateAuthentication({ smdpAddress: 'nobody.example.com', euiccInfo1: rig.card.euiccInfo1() }),
      initiateAuthentication({ eimTransactionId: UNKNOWN_TRANSACTION }),
    ];
    const answers: string[] = [];
    for (const message of messages) {
      const { status, body } = await eim.handle(message);
      answers.push(`${status} ${unsigned(body)}`);
    }
    return { answers, log: digest(eim), states: queued.map(({ status, deliveries }) => `${status} ${deliveries}`), eim };
  }

  function result(): Uint8Array {
    return rig.card.packageResult({ counterValue: 1, eimTransactionId: fromHex('0123456789ABCDEF'), seqNumber: 7 });
  }

  test('the whole list', async () => {
    const [asn1, json] = [await conversation(EimService), await conversation(JsonEim)];
    expect(json.answers).toEqual(asn1.answers);
    expect(json.log).toEqual(asn1.log);
    expect(json.states).toEqual(asn1.states);
    expect(json.states).toEqual(['finished 1', 'finished 1', 'finished 1', 'finished 1']);
    expect(json.answers.slice(9, 13)).toEqual(['200 BF4F06BF5103800100', '200 BF4F03020102', '200 BF4F03020103', '200 BF4F03020104']);
    const [asked] = json.eim.log;
    expect(asked).toMatchObject({ notifyStateChange: true, stateChangeCause: 1, stateChangeWord: 'fallback', rPlmn: '62F210' });
    const first = json.eim.log.findIndex(({ kind }) => kind === 'euiccPackageResult');
    expect(json.eim.log[first]).toMatchObject({ verified: true, carrier: 'ePRAndNotifications', route: 'provideEimPackageResult' });
    expect(hex(readTlv(json.eim.log[first]!.raw).raw)).toMatch(/^BF51/);
  });
});

describe('downloads', () => {
  async function download(Service: typeof EimService, options: { held?: boolean; deviceInfo?: boolean; code?: string; style?: JsonStyle }) {
    const { held = false, deviceInfo = false, code: confirmationCode, style } = options;
    const matchingId = rig.order(confirmationCode === undefined ? {} : { confirmationCode });
    const eim = service(Service, style);
    const download = await IndirectDownload.trigger(eim, rig.card, {
      kind: 'download',
      activationCode: `1$${SMDP_ADDRESS}$${matchingId}`,
      eimHoldsData: held,
      ...(deviceInfo ? { deviceInfo: { tac: fromHex('35290611') } } : {}),
      ...(confirmationCode === undefined ? {} : { confirmationCode }),
    });
    const started = await download.initiate(held ? {} : { smdpAddress: SMDP_ADDRESS });
    if (deviceInfo) {
      const given = need(started, 0xa2).children[0]!.raw;
      download.authenticated = need(await ask(eim, download.authenticateWith(rig.card.authenticateServer(started, given))), 0xa0);
    } else await download.authenticate(matchingId);
    const bound = await download.bind();
    const report = await eim.handle(download.reportMessage());
    const shape = [started, download.authenticated!, bound].map(({ children }) => children.map(({ tag }) => tag));
    return { shape, report: report.status, log: digest(eim), item: download.item.status, taken: rig.smdp.notifications.at(-1)?.verified };
  }

  test.each([
    ['activation code', {}],
    ['held data', { held: true }],
    ['held data, ctxParams1 of the eIM', { held: true, deviceInfo: true }],
    ['confirmation code', { code: '1234' }],
  ])('%s', async (_name, options) => {
    const [asn1, json] = [await download(EimService, options), await download(JsonEim, options)];
    expect(json).toEqual(asn1);
    expect(json).toMatchObject({ report: 204, item: 'finished', taken: true });
    expect(json.log.filter(({ kind }) => kind !== 'getEimPackage' && kind !== 'initiateAuthentication')).toMatchObject([
      { kind: 'authenticateClient', verified: true },
      { kind: 'getBoundProfilePackage', verified: true },
      { kind: 'notification', verified: true },
    ]);
  });

  test('in every style of an honest server', async () => {
    const style = {
      reversedMembers: true,
      whiteSpace: true,
      escapedSlashes: true,
      unknownMembers: true,
      zeroErrors: true,
    } as const;
    expect(await download(JsonEim, { held: true, code: '99', style })).toEqual(await download(EimService, { held: true, code: '99' }));
  });

  test.each(bindings)('%s: cancelled', async (_name, Service) => {
    const matchingId = rig.order();
    const eim = service(Service);
    const download = await IndirectDownload.trigger(eim, rig.card, { kind: 'download', activationCode: `1$${SMDP_ADDRESS}$${matchingId}` });
    await download.initiate();
    await download.authenticate(matchingId);
    expect(hex((await eim.handle(download.cancelMessage(4))).body)).toBe('BF4102A000');
    expect(hex((await eim.handle(download.cancelMessage(4))).body)).toBe('BF4103810101');
    expect(eim.log.at(-2)).toMatchObject({ kind: 'cancelSession', verified: true, cancelWord: 'metadataMismatch' });
    expect(rig.smdp.log.at(-1)).toMatchObject({ kind: 'cancelSession', reason: 4 });
  });
});
