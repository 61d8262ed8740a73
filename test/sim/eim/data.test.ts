// SPDX-License-Identifier: Apache-2.0
// IpaEuiccDataResponse (SGP.32 v1.2 §2.11.2.2): what the eIM learns, and the signed objects inside.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readTlv, tlv } from '../../../host/sim/codec/ber.js';
import { concat, fromHex, hex, utf8 } from '../../../host/sim/codec/bytes.js';
import { DataTag, EimService, psmo } from '../../../host/sim/eim/index.js';
import { createTestPki, type TestPki } from '../../../host/sim/pki/index.js';
import { EID, TestCard } from './support/card.js';
import { ask, getEimPackage, lastEvent, provideResult } from './support/messages.js';

let pki: TestPki;
let card: TestCard;
let eim: EimService;

beforeAll(async () => {
  pki = await createTestPki();
  card = new TestCard(pki);
});
beforeEach(() => {
  eim = new EimService({ pki });
  eim.register({ eid: EID });
});

const certificates = (of: TestPki) => concat(tlv(0xa5, readTlv(of.eum.certificate).value), tlv(0xa6, readTlv(of.euicc.certificate).value));
const dataResponse = (...fields: Uint8Array[]) => provideResult(tlv(0xbf52, tlv(0xa0, ...fields)));

describe('what is learnt', () => {
  test('everything', async () => {
    const item = eim.queue(EID, { kind: 'dataRequest' });
    await ask(eim, getEimPackage());
    const answer = await ask(
      eim,
      dataResponse(
        tlv(0x81, utf8('smdp.example.com')),
        card.euiccInfo1(),
        card.euiccInfo2(),
        tlv(0x83, utf8('smds.example.com')),
        fromHex('840105'),
        certificates(pki),
        tlv(0x87, item.eimTransactionId!),
        fromHex('A8088002025081020380'),
        fromHex('A908800435290611A100'),
      ),
    );
    expect(hex(answer.raw)).toBe('BF50023000');
    expect(eim.device(EID)).toMatchObject({
      associationToken: 5,
      defaultSmdpAddress: 'smdp.example.com',
      rootSmdsAddress: 'smds.example.com',
      ipaCapabilities: { features: ['indirectRspServerCommunication', 'eimCtxParams1Generation'], protocols: ['retrieveHttps'] },
    });
    expect(hex(eim.device(EID)!.euiccInfo1!)).toBe(hex(card.euiccInfo1()));
    expect(hex(eim.device(EID)!.euiccInfo2!)).toBe(hex(card.euiccInfo2()));
    expect(item.status).toBe('finished');
    expect(lastEvent(eim, 'ipaEuiccData')).not.toHaveProperty('problem');
  });

  test('certificates that keep their own 30 inside the field', async () => {
    await ask(eim, dataResponse(tlv(0xa5, pki.eum.certificate), tlv(0xa6, pki.euicc.certificate)));
    expect(eim.device(EID)?.euiccCertificate).toBeDefined();
  });

  test.each([
    ['of another CI', () => createTestPki()],
    ['of another EID', () => createTestPki({ eid: '89049032123451234512345678901138' })],
  ])('certificates %s are not taken', async (_name, make) => {
    await ask(eim, dataResponse(certificates(await make())));
    expect(eim.device(EID)?.euiccCertificate).toBeUndefined();
    expect(lastEvent(eim, 'ipaEuiccData').problem).toMatch(/no trusted CI or to another EID/);
  });

  test('certificates that are none are not taken', async () => {
    await ask(eim, dataResponse(fromHex('A5020500A6020500')));
    expect(lastEvent(eim, 'ipaEuiccData').problem).toBeDefined();
  });

  test('an answer with nothing in it changes nothing', async () => {
    await ask(eim, dataResponse());
    expect(eim.device(EID)).toMatchObject({ associationToken: 0 });
  });
});

describe('signed objects inside', () => {
  test('results and notifications are verified with the certificates beside them, and acknowledged', async () => {
    const item = eim.queue(EID, { kind: 'euiccPackage', psmos: [psmo.listProfileInfo()] });
    await ask(eim, getEimPackage());
    const result = card.packageResult({
      counterValue: 1,
      eimTransactionId: item.eimTransactionId!,
      seqNumber: 40,
      results: fromHex('BF2D02A000'),
    });
    const answer = await ask(
      eim,
      dataResponse(tlv(0xa0, card.notification('enable', 41)), tlv(DataTag.EuiccPackageResults, result), certificates(pki)),
    );
    expect(hex(answer.raw)).toBe('BF5009BF5306800128800129');
    expect(item).toMatchObject({ status: 'finished', result: { verified: true } });
  });

  test('a damaged result inside → 400', async () => {
    expect((await eim.handle(dataResponse(fromHex('A202BF51')))).status).toBe(400);
    expect((await eim.handle(dataResponse(fromHex('A203BF5100')))).status).toBe(400);
  });
});

test.each([
  ['020101', 'incorrectTagList'],
  ['020105', 'euiccCiPKIdNotFound'],
  ['020168', 'ecallActive'],
])('error %s', async (code, word) => {
  const item = eim.queue(EID, { kind: 'dataRequest' });
  await ask(eim, getEimPackage());
  await ask(eim, provideResult(tlv(0xbf52, tlv(0xa1, tlv(0x80, item.eimTransactionId!), fromHex(code)))));
  expect(lastEvent(eim, 'ipaEuiccData').data).toMatchObject({ form: 'error', errorWord: word, eimTransactionId: item.transactionId });
  expect(item.status).toBe('finished');
});
