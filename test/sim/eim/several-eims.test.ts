// SPDX-License-Identifier: Apache-2.0
// Several eIMs on one eUICC (SGP.32 v1.2 §2.11.1.1.1): each has its own identifier, key, token and counter, and takes only its own results.
import { createPublicKey } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { child, need, readInteger, type Tlv, tlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { type EimItem, EimService, eco, encodeEimConfigurationData, psmo } from '../../../host/sim/eim/index.js';
import type { SimulatedEuicc } from '../../../host/sim/euicc/index.js';
import { createTestPki, type KeyAndCertificate } from '../../../host/sim/pki/index.js';
import { ask as askCard, EID, openedEuicc, pki } from '../euicc/support/card.js';
import { ask, getEimPackage, lastEvent, provideResult } from './support/messages.js';

const EMPTY_RESPONSE = 'BF50023000';
const LIST_EIM: EimItem = { kind: 'euiccPackage', ecos: [eco.listEim()] };
const otherKey = (await createTestPki({ eimFqdn: 'second.example.com' })).eimSign;

let euicc: SimulatedEuicc;
let first: EimService;
let second: EimService;

function configuration(eimId: string, counterValue: number, { privateKey }: KeyAndCertificate): Uint8Array {
  const spki = new Uint8Array(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }));
  return encodeEimConfigurationData({ eimId, counterValue, associationToken: -1, eimPublicKeyData: { spki } });
}

function serviceOf(eimId: string, initialCounterValue: number, eimSign: KeyAndCertificate): EimService {
  const service = new EimService({ pki: { ci: pki.ci, eimSign }, eimId, initialCounterValue });
  const tokens = need(askCard(euicc, 'BF5500'), 0xa0).children;
  const own = tokens.find((data) => Buffer.from(need(data, 0x80).value).toString() === eimId)!;
  const associationToken = readInteger(need(own, 0x84));
  const { euicc: card, eum } = pki;
  service.register({ eid: EID, euiccCertificate: card.certificate, eumCertificate: eum.certificate, associationToken });
  return service;
}

beforeEach(() => {
  const eimConfigurations = [configuration('first.example.com', 5, pki.eimSign), configuration('second.example.com', 40, otherKey)];
  euicc = openedEuicc({ eimConfigurations });
  first = serviceOf('first.example.com', 5, pki.eimSign);
  second = serviceOf('second.example.com', 40, otherKey);
});

/** Fetches a package of this eIM and has the card run it. */
async function execute(eim: EimService): Promise<Tlv> {
  return askCard(euicc, need(await ask(eim, getEimPackage()), 0xbf51).raw);
}

const answerTo = async (eim: EimService, result: Tlv) => hex((await ask(eim, provideResult(result.raw))).raw);

describe('two eIMs serve the same EID', () => {
  test('in turn, each with its own counter and token', async () => {
    expect(first.device(EID)?.associationToken).not.toBe(second.device(EID)?.associationToken);
    for (const [eim, counterValue] of [
      [first, 6],
      [second, 41],
      [first, 7],
      [second, 42],
    ] as const) {
      const item = eim.queue(EID, LIST_EIM);
      expect(child(await ask(eim, provideResult((await execute(eim)).raw)), 0xbf53)).toBeDefined();
      expect(item).toMatchObject({ status: 'finished', counterValue });
      const event = lastEvent(eim, 'euiccPackageResult');
      expect(event).toMatchObject({ verified: true, result: { form: 'signed', eimId: eim.eimId, counterValue } });
      expect(event.result.form === 'signed' && event.result.results[0]?.eims?.map(({ eimId }) => eimId)).toEqual([
        'first.example.com',
        'second.example.com',
      ]);
    }
  });

  test('the card takes no package of one with the counter of the other', async () => {
    second.queue(EID, { kind: 'euiccPackage', psmos: [psmo.getRat()], counterValue: 6 });
    await ask(second, provideResult((await execute(second)).raw));
    expect(lastEvent(second, 'euiccPackageResult')).toMatchObject({ verified: true, result: { errorWord: 'replayError' } });
  });

  test('the card takes no package that one signs in the name of the other', async () => {
    second.queue(EID, { kind: 'euiccPackage', psmos: [psmo.getRat()], eimId: 'first.example.com', counterValue: 50 });
    expect(child(await execute(second), 0xa2)).toBeDefined();
  });
});

describe('a result that comes to the wrong eIM', () => {
  const eimTransactionId = fromHex('0102030405060708');

  test.each([
    ['with the transaction of a package of its own', { ...LIST_EIM, eimTransactionId } as EimItem],
    ['with a transaction that it does not know', { ...LIST_EIM, eimTransactionId: fromHex('99') } as EimItem],
    ['without a transaction', { ...LIST_EIM, eimTransactionId: null } as EimItem],
  ])('%s: refused, and its package stays open', async (_name, item) => {
    first.queue(EID, 'eimTransactionId' in item && item.eimTransactionId === null ? item : ({ ...LIST_EIM, eimTransactionId } as EimItem));
    const own = second.queue(EID, item);
    await ask(second, getEimPackage());
    const result = await execute(first);
    expect(await answerTo(second, result)).toBe(EMPTY_RESPONSE);
    expect(lastEvent(second, 'euiccPackageResult')).toMatchObject({
      verified: false,
      problem: 'the result is for eIM first.example.com',
    });
    expect(own.status).toBe('delivered');
    expect(await answerTo(first, result)).not.toBe(EMPTY_RESPONSE);
  });

  test('an error that the eUICC did not sign does not end a package of another eIM either', async () => {
    const own = second.queue(EID, { ...LIST_EIM, eimTransactionId } as EimItem);
    await ask(second, getEimPackage());
    await ask(second, provideResult(tlv(0xbf51, tlv(0xa2, tlv(0x80, Buffer.from('first.example.com')), tlv(0x82, eimTransactionId)))));
    expect(own.status).toBe('delivered');
  });
});
