// SPDX-License-Identifier: Apache-2.0
// Against the shared vectors (vectors.md §8: SGP.26 keys): what the eIM sends is the same but for the signatures, which must verify; what it receives decodes and verifies.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { need, readTlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { verifyRs } from '../../../host/sim/crypto/ecdsa.js';
import { addInitialEimRequest, EimService, eco, encodeEimConfigurationData, psmo } from '../../../host/sim/eim/index.js';
import { profileDownloadTriggerRequest } from '../../../host/sim/eim/packages/download-trigger.js';
import { associationTokenDataObject } from '../../../host/sim/eim/packages/euicc-package.js';
import type { EimItem } from '../../../host/sim/eim/packages/items.js';
import { decodeEuiccPackageResult } from '../../../host/sim/eim/results/euicc-package-result.js';
import { decodeIpaEuiccDataResponse } from '../../../host/sim/eim/results/ipa-euicc-data.js';
import { loadSgp26, type TestPki } from '../../../host/sim/pki/index.js';
import { EID } from './support/card.js';
import { ask, getEimPackage, lastEvent, provideResult } from './support/messages.js';

const SHARED = process.env.IPA_SHARED;
const ICCID = '89000123456789012341';
const TRANSACTION = fromHex('0123456789ABCDEF');

/** The first hexadecimal text in code marks on the line that begins with this title. */
function vector(title: string): Uint8Array {
  const text = readFileSync(join(SHARED!, 'vectors.md'), 'utf8');
  const line = text.split('\n').find((each) => each.startsWith(`- ${title}`));
  const bytes = /`([0-9A-Fa-f]{4,})`/.exec(line ?? '')?.[1];
  if (bytes === undefined) throw new Error(`no vector begins with ${title}`);
  return fromHex(bytes);
}

describe.skipIf(!SHARED)('shared vectors', () => {
  let pki: TestPki;
  let eimKey: KeyObject;

  beforeAll(async () => {
    pki = await loadSgp26(join(SHARED!, 'vectors'));
    eimKey = createPublicKey(pki.eimSign.privateKey);
  });

  function service(options: { associationToken?: number; counterValue?: number } = {}): EimService {
    const eim = new EimService({ pki });
    eim.register({ eid: EID, euiccCertificate: pki.euicc.certificate, eumCertificate: pki.eum.certificate, ...options });
    return eim;
  }

  /** Compares everything but the signature's value, and verifies both signatures. */
  function expectSamePackage(built: Uint8Array, expected: Uint8Array, associationToken: number): void {
    const [ours, theirs] = [readTlv(built), readTlv(expected)];
    expect(hex(need(ours, 0x30).raw)).toBe(hex(need(theirs, 0x30).raw));
    expect(built.length).toBe(expected.length);
    for (const request of [ours, theirs]) {
      const signed = [need(request, 0x30).raw, associationTokenDataObject(associationToken)];
      expect(verifyRs(eimKey, need(request, 0x5f37).value, ...signed)).toBe(true);
    }
  }

  const eim2 = () => fromHex(hex(spkiOf(eimKey)));
  const packages: [string, number, number, () => EimItem][] = [
    [
      '… EuiccPackageRequest:',
      1,
      1,
      () => ({ kind: 'euiccPackage', psmos: [psmo.enable(ICCID, { rollback: true })], eimTransactionId: TRANSACTION }),
    ],
    [
      'EuiccPackageRequest: listProfileInfo (no tagList)',
      2,
      0,
      () => ({ kind: 'euiccPackage', psmos: [psmo.listProfileInfo()], eimTransactionId: null }),
    ],
    [
      'EuiccPackageRequest: disable+delete+listProfileInfo',
      3,
      0,
      () => ({
        kind: 'euiccPackage',
        psmos: [psmo.disable(ICCID), psmo.deleteProfile(ICCID), psmo.listProfileInfo({ tags: [0x5a, 0x4f, 0x9f70] })],
        eimTransactionId: null,
      }),
    ],
    [
      'EuiccPackageRequest: eCO addEim',
      4,
      0,
      () => ({
        kind: 'euiccPackage',
        ecos: [
          eco.addEim({
            eimId: 'eim2.example.com',
            eimFqdn: 'eim2.example.com',
            eimIdType: 2,
            counterValue: 0,
            associationToken: -1,
            eimPublicKeyData: { spki: eim2() },
            eimSupportedProtocol: [0],
          }),
        ],
        eimTransactionId: null,
      }),
    ],
    [
      'EuiccPackageRequest: eCO deleteEim + listEim',
      5,
      0,
      () => ({ kind: 'euiccPackage', ecos: [eco.deleteEim('eim2.example.com'), eco.listEim()], eimTransactionId: null }),
    ],
  ];

  test.each(packages)('%s', async (title, counterValue, associationToken, item) => {
    const eim = service({ associationToken, counterValue: counterValue - 1 });
    eim.queue(EID, item());
    const answer = await ask(eim, getEimPackage());
    expectSamePackage(need(answer, 0xbf51).raw, vector(title), associationToken);
  });

  test('GetEimPackageResponse: noEimPackageAvailable, eidNotFound', async () => {
    expect(hex((await ask(service(), vector('GetEimPackageRequest, minimal'))).raw)).toBe(hex(vector('GetEimPackageResponse noEim')));
    const empty = new EimService({ pki });
    expect(hex((await ask(empty, vector('GetEimPackageRequest, minimal'))).raw)).toBe(hex(vector('GetEimPackageResponse eidNotFound')));
  });

  test('GetEimPackageRequest with a state change', async () => {
    const eim = service();
    await ask(eim, vector('GetEimPackageRequest, notifyStateChange'));
    expect(lastEvent(eim, 'getEimPackage')).toMatchObject({ notifyStateChange: true, stateChangeWord: 'fallback', rPlmn: '62F210' });
  });

  test('EuiccPackageResult of an enable: verified and acknowledged', async () => {
    const eim = service({ associationToken: 1 });
    const item = eim.queue(EID, { kind: 'euiccPackage', psmos: [psmo.enable(ICCID, { rollback: true })], eimTransactionId: TRANSACTION });
    await ask(eim, getEimPackage());
    const answer = await ask(eim, vector('ProvideEimPackageResult (eidValue'));
    expect(hex(answer.raw)).toBe(hex(vector('ProvideEimPackageResultResponse: acknowledge seq 7')));
    expect(lastEvent(eim, 'euiccPackageResult')).toMatchObject({
      verified: true,
      result: { seqNumber: 7, results: [{ operation: 'enable', code: 0 }] },
    });
    expect(item.status).toBe('finished');
  });

  test('EuiccPackageResult and notification list', async () => {
    const eim = service({ associationToken: 1 });
    eim.queue(EID, { kind: 'euiccPackage', psmos: [psmo.enable(ICCID)], eimTransactionId: TRANSACTION });
    await ask(eim, getEimPackage());
    const answer = await ask(eim, vector('ProvideEimPackageResult ePRAndNotifications'));
    expect(hex(answer.raw)).toBe('BF5009BF5306800107800101');
    expect(lastEvent(eim, 'notification')).toMatchObject({ verified: true, notification: { outcome: { success: true } } });
  });

  test.each([
    ['EuiccPackageResult: listProfileInfo', 2],
    ['EuiccPackageResult: addEimResult', 4],
  ])('%s', async (title, counterValue) => {
    const eim = service({ counterValue: counterValue - 1 });
    eim.queue(EID, { kind: 'euiccPackage', psmos: [psmo.listProfileInfo()], eimTransactionId: null });
    await ask(eim, getEimPackage());
    await ask(eim, provideResult(vector(title)));
    const event = lastEvent(eim, 'euiccPackageResult');
    expect(event.verified, event.problem).toBe(true);
    const [first] = event.result.form === 'signed' ? event.result.results : [];
    expect(first).toMatchObject(
      counterValue === 4
        ? { operation: 'addEim', code: 0, associationToken: 2 }
        : { profiles: [{ iccid: ICCID, state: 'enabled', profileName: 'test', profileClass: 'operational' }] },
    );
  });

  test('EuiccPackageResult: signed and unsigned errors', async () => {
    const eim = service({ associationToken: 1 });
    eim.queue(EID, { kind: 'euiccPackage', psmos: [psmo.enable(ICCID)], eimTransactionId: TRANSACTION });
    await ask(eim, getEimPackage());
    await ask(eim, provideResult(vector('EuiccPackageResult: signed error replayError')));
    expect(lastEvent(eim, 'euiccPackageResult')).toMatchObject({ verified: true, result: { errorWord: 'replayError' } });
    await ask(eim, provideResult(vector('EuiccPackageResult: unsigned error')));
    expect(lastEvent(eim, 'euiccPackageResult')).toMatchObject({ verified: false, result: { form: 'errorUnsigned' } });
  });

  test('IpaEuiccDataRequest and its responses', async () => {
    const eim = new EimService({ pki });
    eim.register({ eid: EID });
    const tags = [0xa0, 0xa2, 0x81, 0xbf20, 0xbf22, 0x83, 0x84, 0xa5, 0xa6, 0xa8, 0xa9];
    eim.queue(EID, { kind: 'dataRequest', tags, eimTransactionId: TRANSACTION });
    expect(hex((await ask(eim, getEimPackage())).raw)).toBe(hex(vector('IpaEuiccDataRequest: tagList')));
    await ask(eim, vector('IpaEuiccDataResponse: associationToken 1'));
    const { data, problem } = lastEvent(eim, 'ipaEuiccData');
    expect(data).toMatchObject({ defaultSmdpAddress: 'smdp.example.com', associationToken: 1 });
    expect(problem).toBeUndefined();
    expect(eim.device(EID)?.euiccCertificate?.subject.toString()).toContain(EID);
    await ask(eim, provideResult(vector('IpaEuiccDataResponse: error')));
    expect(lastEvent(eim, 'ipaEuiccData').data).toMatchObject({ form: 'error', errorWord: 'incorrectTagList' });
  });

  test.each([
    ['with activation code', { activationCode: 'LPA:1$smdp.example.com$MATCH-0001' }, TRANSACTION],
    ['contactDefaultSmdp', { contactDefaultSmdp: true } as const, undefined],
    ['contactSmds', { contactSmds: { smdsAddress: 'smds.example.com' } }, undefined],
  ])('ProfileDownloadTriggerRequest %s', (title, data, eimTransactionId) => {
    const content = hex(profileDownloadTriggerRequest(data, eimTransactionId));
    expect(hex(vector(`ProfileDownloadTriggerRequest ${title}`))).toContain(content);
  });

  test('HandleNotificationEsipa with an installation result', async () => {
    const eim = service();
    expect((await eim.handle(vector('HandleNotificationEsipa carrying the PIR'))).status).toBe(204);
    expect(lastEvent(eim, 'notification')).toMatchObject({ verified: true, eid: EID, notification: { metadata: { seqNumber: 1 } } });
  });

  test('ProfileDownloadTriggerResult error as a notification', async () => {
    const eim = service();
    const item = eim.queue(EID, { kind: 'download', contactDefaultSmdp: true, eimTransactionId: TRANSACTION });
    await ask(eim, getEimPackage());
    expect((await eim.handle(vector('… delivered as HandleNotification'))).status).toBe(204);
    expect(lastEvent(eim, 'downloadResult')).toMatchObject({ error: { word: 'undefinedError' } });
    expect(item.status).toBe('finished');
  });

  test('eimPackageResultResponseError', async () => {
    const eim = service();
    eim.queue(EID, { kind: 'dataRequest', eimTransactionId: TRANSACTION });
    await ask(eim, getEimPackage());
    await ask(eim, vector('ProvideEimPackageResult: eimPackageResultResponseError'));
    expect(lastEvent(eim, 'packageError')).toMatchObject({ errorWord: 'invalidPackageFormat', item: { status: 'finished' } });
  });

  test('AddInitialEimRequest with the certificate', () => {
    const configuration = encodeEimConfigurationData({
      eimId: 'eim.example.com',
      eimFqdn: 'eim.example.com',
      eimIdType: 2,
      counterValue: 0,
      associationToken: -1,
      eimPublicKeyData: { certificate: pki.eimSign.certificate },
      eimSupportedProtocol: [0],
    });
    expect(hex(addInitialEimRequest(configuration))).toBe(hex(vector('AddInitialEimRequest: one eIM')));
  });

  test('public objects of other implementations (§7) decode', () => {
    const result = decodeEuiccPackageResult(readTlv(vector('openiotrsp result')));
    expect(result).toMatchObject({ form: 'signed', eimId: 'testeim1', counterValue: 1, results: [{ operation: 'enable', code: 0 }] });
    const data = readFileSync(join(SHARED!, 'vectors', 'openiotrsp_bf52_choice.der'));
    expect(decodeIpaEuiccDataResponse(readTlv(new Uint8Array(data)))).toMatchObject({ form: 'data' });
  });
});

function spkiOf(key: KeyObject): Uint8Array {
  return new Uint8Array(key.export({ type: 'spki', format: 'der' }));
}
