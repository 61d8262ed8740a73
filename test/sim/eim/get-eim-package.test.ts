// SPDX-License-Identifier: Apache-2.0
// ESipa.GetEimPackage (SGP.32 v1.2 §6.3.2.6) and the queue behind it.
import { createPublicKey } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { child, need, readInteger, tlv } from '../../../host/sim/codec/ber.js';
import { equal, fromHex, hex, text } from '../../../host/sim/codec/bytes.js';
import { verifyRs } from '../../../host/sim/crypto/ecdsa.js';
import { EimService, eco, psmo } from '../../../host/sim/eim/index.js';
import { createTestPki, type TestPki } from '../../../host/sim/pki/index.js';
import { EID, ICCID, TestCard } from './support/card.js';
import { ask, codeIn, getEimPackage, lastEvent, provideResult, serviceFor } from './support/messages.js';

let pki: TestPki;
beforeAll(async () => {
  pki = await createTestPki();
});

const LIST = { kind: 'euiccPackage', psmos: [psmo.listProfileInfo()] } as const;

describe('errors', () => {
  test.each([
    ['nothing queued → noEimPackageAvailable', getEimPackage(), 1],
    ['unknown EID → eidNotFound', getEimPackage('89044045116727494800000004479366'), 2],
    ['wrong check digits → invalidEid', getEimPackage('89049032123451234512345678901234'), 3],
    ['EID of 15 bytes → invalidEid', getEimPackage('890490321234512345123456789012'), 3],
    ['EID with letters → invalidEid', getEimPackage('8904903212345123451234567890123A'), 3],
    ['no EID → missingEid', tlv(0xbf4f), 4],
  ])('%s', async (_name, request, code) => {
    const answer = await ask(serviceFor(pki), request);
    expect(hex(answer.raw)).toBe(`BF4F030201${code.toString().padStart(2, '0')}`);
  });
});

describe('state change', () => {
  test('cause and network are logged', async () => {
    const eim = serviceFor(pki);
    await ask(eim, tlv(0xbf4f, tlv(0x5a, fromHex(EID)), tlv(0x80), fromHex('810105'), fromHex('820362F210')));
    expect(lastEvent(eim, 'getEimPackage')).toMatchObject({
      eid: EID,
      notifyStateChange: true,
      stateChangeCause: 5,
      stateChangeWord: 'immediateEnableProfile',
      rPlmn: '62F210',
      answer: 'noEimPackageAvailable',
    });
  });

  test('absent, and unknown fields beside → ignored', async () => {
    const eim = serviceFor(pki);
    await ask(eim, tlv(0xbf4f, tlv(0x5a, fromHex(EID)), fromHex('8F0101')));
    expect(lastEvent(eim, 'getEimPackage')).toMatchObject({ notifyStateChange: false });
    expect(lastEvent(eim, 'getEimPackage')).not.toHaveProperty('stateChangeCause');
  });
});

describe('eUICC packages', () => {
  test('signed when fetched: counter values rise by one, the signature covers the association token', async () => {
    const eim = new EimService({ pki, initialCounterValue: 127 });
    eim.register({ eid: EID, associationToken: 300 });
    const first = eim.queue(EID, LIST);
    eim.queue(EID, { kind: 'euiccPackage', ecos: [eco.listEim()] });
    const request = need(await ask(eim, getEimPackage()), 0xbf51);
    const signed = need(request, 0x30);
    expect(readInteger(need(signed, 0x81))).toBe(128);
    expect(text(need(signed, 0x80).value)).toBe('eim.example.com');
    expect(hex(need(signed, 0x82).value)).toBe(first.transactionId);
    const key = createPublicKey(pki.eimSign.privateKey);
    expect(verifyRs(key, need(request, 0x5f37).value, signed.raw, fromHex('8402012C'))).toBe(true);
    first.finish(lastEvent(eim, 'getEimPackage'));
    const second = need(need(await ask(eim, getEimPackage()), 0xbf51), 0x30);
    expect(readInteger(need(second, 0x81))).toBe(129);
    expect(hex(need(second, 0xa1).value)).toBe('AB00');
  });

  test('transaction identifiers depend on the seed alone, and have the wanted length', () => {
    const ids = [1, 1, 2].map((seed) => {
      const eim = serviceFor(pki, { seed, eimTransactionIdBytes: 16 });
      return [eim.queue(EID, LIST).transactionId, eim.queue(EID, LIST).transactionId];
    });
    expect(ids[0]).toEqual(ids[1]);
    expect(ids[0]).not.toEqual(ids[2]);
    expect(ids[0]![0]).toMatch(/^[0-9A-F]{32}$/);
    expect(ids[0]![0]).not.toBe(ids[0]![1]);
    expect(serviceFor(pki).queue(EID, LIST).transactionId).toHaveLength(16);
  });

  test('test options: other counter, EID, eIM, damaged signature, unknown fields', async () => {
    const eim = serviceFor(pki);
    const eid = '89044045116727494800000004479366';
    eim.queue(EID, { ...LIST, counterValue: 8_388_608, eid, eimId: 'other', badSignature: true, extraFields: [fromHex('9F7B0101')] });
    const request = need(await ask(eim, getEimPackage()), 0xbf51);
    const signed = need(request, 0x30);
    expect(hex(signed.value.subarray(0, 33))).toBe(`80056F746865725A10${eid}8104008000008208`);
    expect(hex(signed.children.at(-1)!.raw)).toBe('9F7B0101');
    const key = createPublicKey(pki.eimSign.privateKey);
    expect(verifyRs(key, need(request, 0x5f37).value, signed.raw, fromHex('840100'))).toBe(false);
    expect(eim.device(EID)?.counterValue).toBe(0);
  });

  test('a package whose result is missing is offered again byte for byte, then given up', async () => {
    const eim = serviceFor(pki, { maxDeliveries: 2 });
    const item = eim.queue(EID, LIST);
    const other = eim.queue(EID, { kind: 'dataRequest', tags: [0x84] });
    const [first, second, third] = [await ask(eim, getEimPackage()), await ask(eim, getEimPackage()), await ask(eim, getEimPackage())];
    expect(equal(first.raw, second.raw)).toBe(true);
    expect(item).toMatchObject({ status: 'abandoned', deliveries: 2 });
    expect(child(third, 0xbf52)).toBeDefined();
    expect(other.status).toBe('delivered');
  });

  test('a result that comes after all finds its abandoned package', async () => {
    const eim = serviceFor(pki, { maxDeliveries: 1 });
    const item = eim.queue(EID, LIST);
    await ask(eim, getEimPackage());
    expect(codeIn(await ask(eim, getEimPackage()), 0x02)).toBe(1);
    const result = new TestCard(pki).packageResult({ counterValue: 1, eimTransactionId: item.eimTransactionId!, seqNumber: 3 });
    expect(hex((await ask(eim, provideResult(result))).raw)).toBe('BF5006BF5303800103');
    expect(item.status).toBe('abandoned');
  });
});

describe('other packages', () => {
  test('raw bytes are sent once as they are', async () => {
    const eim = serviceFor(pki);
    const item = eim.queue(EID, { kind: 'raw', bytes: fromHex('BF7F03020101') });
    expect(hex((await ask(eim, getEimPackage())).raw)).toBe('BF4F06BF7F03020101');
    expect(item.status).toBe('finished');
    expect(codeIn(await ask(eim, getEimPackage()), 0x02)).toBe(1);
  });

  test('a data request asks for everything unless told otherwise', async () => {
    const eim = serviceFor(pki);
    eim.queue(EID, { kind: 'dataRequest', eimTransactionId: fromHex('01') });
    expect(hex((await ask(eim, getEimPackage())).raw)).toBe('BF4F15BF52125C0DA081A2BF20BF228384A5A6A8A9830101');
  });

  test.each([
    [{ activationCode: '1$a.b$C' }, 'BF540EA00980073124612E622443820101'],
    [{ activationCode: '1$a.b$C', eimHoldsData: true }, 'BF5403820101'],
    [{ contactDefaultSmdp: true } as const, 'BF5407A0028100820101'],
    [{ contactSmds: {} }, 'BF5407A002A200820101'],
  ])('download trigger %o', async (source, expected) => {
    const eim = serviceFor(pki);
    eim.queue(EID, { kind: 'download', ...source, eimTransactionId: fromHex('01') });
    expect(hex((await ask(eim, getEimPackage())).value)).toBe(expected);
  });

  test('one device does not get what is queued for another', async () => {
    const eim = serviceFor(pki);
    eim.register({ eid: '89044045116727494800000004479366' });
    eim.queue('89044045116727494800000004479366', LIST);
    expect(codeIn(await ask(eim, getEimPackage()), 0x02)).toBe(1);
  });
});

describe('registration', () => {
  test('queueing for a device that is not registered → RangeError', () => {
    expect(() => serviceFor(pki).queue('89044045116727494800000004479366', LIST)).toThrow(RangeError);
  });

  test('an EID that is none → RangeError', () => {
    expect(() => new EimService({ pki }).register({ eid: '1234' })).toThrow(RangeError);
  });

  test('certificates of another eUICC, or of another CI → CertificateError', async () => {
    const other = await createTestPki({ eid: '89044045116727494800000004479366' });
    const certificates = { euiccCertificate: other.euicc.certificate, eumCertificate: other.eum.certificate };
    expect(() => new EimService({ pki: other }).register({ eid: EID, ...certificates })).toThrow(/is that of 8904404/);
    expect(() => new EimService({ pki }).register({ eid: EID, ...certificates })).toThrow(/no trusted CI|signature|issuer/);
    expect(() => new EimService({ pki }).register({ eid: EID, euiccCertificate: other.euicc.certificate })).toThrow(/is that of/);
  });

  test('an eUICC certificate alone is believed', () => {
    const device = new EimService({ pki }).register({ eid: EID, euiccCertificate: pki.euicc.certificate });
    expect(device.euiccCertificate).toBeDefined();
  });
});

test('ICCIDs in packages are those of the card', () => {
  expect(hex(psmo.enable(ICCID).bytes)).toContain('98001032547698103214');
});
