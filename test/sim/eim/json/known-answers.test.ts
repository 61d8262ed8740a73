// SPDX-License-Identifier: Apache-2.0
// The JSON binding letter by letter (SGP.32 v1.2 §6.4): texts written out by hand, with base64 made by a tool of its own.
import { beforeAll, describe, expect, test } from 'vitest';
import { tlv } from '../../../../host/sim/codec/ber.js';
import { fromHex, hex, text, utf8 } from '../../../../host/sim/codec/bytes.js';
import { EimService, type EsipaFunctionName, type JsonStyle } from '../../../../host/sim/eim/index.js';
import { answerToJson } from '../../../../host/sim/eim/json/answer.js';
import { requestFromJson } from '../../../../host/sim/eim/json/request.js';
import { createTestPki, type TestPki } from '../../../../host/sim/pki/index.js';
import { EID } from '../support/card.js';
import { postJson, unbase64 } from '../support/json-client.js';

const OK = '"header":{"functionExecutionStatus":{"status":"Executed-Success"}}';
const failed = (subject: string, reason: string, word: string) =>
  `{"header":{"functionExecutionStatus":{"status":"Failed","statusCodeData":{"subjectCode":"${subject}","reasonCode":"${reason}","message":"${word}"}}}}`;

describe('requests', () => {
  test.each<[EsipaFunctionName, string, string]>([
    [
      'getEimPackage',
      '{"eidValue":"89049032123451234512345678901235","notifyStateChange":true,"stateChangeCause":1}',
      'BF4F175A108904903212345123451234567890123580008101 01',
    ],
    ['getEimPackage', '{"notifyStateChange":false}', 'BF4F00'],
    ['getEimPackage', '{"rPlmn":"62F210"}', 'BF4F05820362F210'],
    ['getEimPackage', '{"rPLMN":"YvIQ"}', 'BF4F05820362F210'],
    ['getEimPackage', '{"rPlmn":"ggNi8hA="}', 'BF4F05820362F210'],
    [
      'initiateAuthentication',
      // Members in another order than the components.
      '{"eimTransactionId":"AB","smdpAddress":"a.b","euiccInfo1":"vyAFggMCBQA=","euiccChallenge":"AAECAwQFBgcICQoLDA0ODw=="}',
      'BF3922 8110000102030405060708090A0B0C0D0E0F 8303612E62 BF2005 8203020500 8201AB',
    ],
    [
      'authenticateClient',
      '{"transactionId":"0A0B","authenticateServerResponse":"vzgIoQaAAQECAQY="}',
      'BF3B0F80020A0BBF3808A106800101020106',
    ],
    ['getBoundProfilePackage', '{"transactionId":"0A","prepareDownloadResponse":"vyECoQA="}', 'BF3A0880010ABF2102A100'],
    ['cancelSession', '{"transactionId":"0A","cancelSessionResponse":"v0EDgQEF"}', 'BF410880010AA103810105'],
    ['handleNotification', '{"pendingNotification":"vzcCBQA="}', 'BF3D07A005BF37020500'],
    ['handleNotification', '{"provideEimPackageResult":"v1AFv1QCMAA="}', 'BF3D08BF5005BF54023000'],
    [
      'provideEimPackageResult',
      '{"eimPackageResult":"oAMCAQI=","eidValue":"89049032123451234512345678901235"}',
      `BF50175A10${EID}A003020102`,
    ],
    ['provideEimPackageResult', ' {\r\n\t"eimPackageResult" : "v1QCMAA=" , "vendor" : [ {"eidValue": 1} ] }', 'BF5005BF54023000'],
  ])('%s %s', (name, request, expected) => {
    expect(hex(requestFromJson(name, utf8(request)))).toBe(expected.replace(/ /g, ''));
  });
});

describe('answers', () => {
  const signature = `5F3740${'11'.repeat(64)}`;
  const signatureText = 'XzdAEREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREQ==';
  const bareSignatureText = 'EREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREREQ==';
  const ciPkId = `0414${'22'.repeat(20)}`;
  const started = `800101 3003800101 ${signature} ${ciPkId} 30020500 0C0158 A204A0028000`;
  const authenticated = `800102 BF2500 3003800102 ${signature} 30020500 0420${'33'.repeat(32)}`;

  test.each<[EsipaFunctionName, string, string, JsonStyle?]>([
    ['getEimPackage', 'BF4F05BF52028000', `{${OK},"ipaEuiccDataRequest":"v1ICgAA="}`],
    ['getEimPackage', 'BF4F05BF51028000', `{${OK},"eimPackageError":0,"euiccPackageRequest":"v1ECgAA="}`, { zeroErrors: true }],
    ['getEimPackage', 'BF4F05BF54028000', '{"profileDownloadTriggerRequest":"v1QCgAA="}', { noHeader: true }],
    ['getEimPackage', 'BF4F05BF54028000', `{"profileDownloadTriggerRequest":"v1QCgAA=",${OK}}`, { reversedMembers: true }],
    ['getEimPackage', 'BF4F03020101', `{${OK},"eimPackageError":1}`],
    ['getEimPackage', 'BF4F03020101', `{${OK},"eimPackageError":1}`, { functionalErrors: 'both' }],
    [
      'getEimPackage',
      'BF4F03020102',
      `${failed('8.1.1', '3.9', 'eidNotFound').slice(0, -1)},"eimPackageError":2}`,
      { functionalErrors: 'both' },
    ],
    ['getEimPackage', 'BF4F05BF7F028000', `{${OK},"unknownAlternative":"v38CgAA="}`],
    ['getEimPackage', 'BF4F04BF510580', `{${OK},"euiccPackageRequest":"v1EFgA=="}`],
    ['provideEimPackageResult', 'BF5006BF5303800107', `{${OK},"eimAcknowledgements":"v1MDgAEH"}`],
    ['provideEimPackageResult', 'BF50023000', `{${OK}}`],
    ['provideEimPackageResult', 'BF50023000', `{${OK},"provideEimPackageResultError":0}`, { zeroErrors: true }],
    ['provideEimPackageResult', 'BF5003020104', `{${OK},"provideEimPackageResultError":4}`],
    ['provideEimPackageResult', 'BF5003020104', `{${OK},"eimPackageError":4}`, { provideErrorName: 'eimPackageError' }],
    ['cancelSession', 'BF4102A000', `{${OK}}`],
    ['cancelSession', 'BF4103810101', failed('8.10.1', '3.9', 'invalidTransactionId')],
    ['cancelSession', 'BF4103810102', `{${OK},"cancelSessionError":2}`, { functionalErrors: 'field' }],
    ['initiateAuthentication', 'BF3903810132', failed('8.8.1', '3.10', 'smdpAddressMismatch')],
    ['initiateAuthentication', 'BF390381017F', failed('1.6', '4.2', 'undefinedError')],
    ['authenticateClient', 'BF3B03820132', failed('8.2', '3.8', 'pprNotAllowed')],
    [
      'authenticateClient',
      'BF3B03820112',
      `${failed('8.8.5', '4.1', 'downloadOrderExpired').slice(0, -1)},"authenticateClientErrorEsipa":18}`,
      { functionalErrors: 'both' },
    ],
    ['getBoundProfilePackage', 'BF3A03810132', failed('8.2', '3.3', 'metadataMismatch')],
    ['getBoundProfilePackage', 'BF3A07A005BF36020500', `{${OK},"boundProfilePackage":"vzYCBQA="}`],
    ['authenticateClient', 'BF3B08A106800101BF5400', `{${OK},"transactionId":"01","profileDownloadTriggerRequest":"v1QA"}`],
    ['getEimPackage', 'BF4F05BF510201FF', `{${OK},"euiccPackageRequest":"v1ECAf8="}`],
    [
      'getEimPackage',
      'BF4F0ABF5107FFFFFFFFFFFFFF',
      '{"euiccPackageRequest":"v1EH\\/\\/\\/\\/\\/\\/\\/\\/\\/w=="}',
      { escapedSlashes: true, noHeader: true },
    ],
  ])('%s %s', (name, message, expected, style = {}) => {
    expect(text(answerToJson(name, fromHex(message), style))).toBe(expected);
  });

  test.each<[JsonStyle, string, string, string]>([
    [{}, signatureText, 'BBQiIiIiIiIiIiIiIiIiIiIiIiIiIg==', 'BCAzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMw=='],
    [
      { bareSignatures: true, bareOctetStrings: true },
      bareSignatureText,
      'IiIiIiIiIiIiIiIiIiIiIiIiIiI=',
      'MzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzM=',
    ],
  ])('a whole session in style %o', (style, signatures, ci, hashCc) => {
    const json = (name: EsipaFunctionName, tag: number, contents: string) =>
      JSON.parse(text(answerToJson(name, tlv(tag, tlv(0xa0, fromHex(contents))), style))) as object;
    const { header: _first, ...initiated } = json('initiateAuthentication', 0xbf39, started) as Record<string, unknown>;
    expect(initiated).toEqual({
      transactionId: '01',
      serverSigned1: 'MAOAAQE=',
      serverSignature1: signatures,
      euiccCiPKIdentifierToBeUsed: ci,
      serverCertificate: 'MAIFAA==',
      matchingId: 'X',
      ctxParams1: 'oAKAAA==',
    });
    const { header: _second, ...ready } = json('authenticateClient', 0xbf3b, authenticated) as Record<string, unknown>;
    expect(ready).toEqual({
      transactionId: '02',
      profileMetadata: 'vyUA',
      smdpSigned2: 'MAOAAQI=',
      smdpSignature2: signatures,
      smdpCertificate: 'MAIFAA==',
      hashCc,
    });
  });

  test('white space and unknown members', () => {
    const style = { whiteSpace: true, unknownMembers: true, escapedSlashes: true };
    const written = text(answerToJson('getEimPackage', fromHex('BF4F0ABF5107FFFFFFFFFFFFFF'), style));
    expect(written).toMatch(/^ \{\r\n\t"extension0": \{\r\n\t\t"transactionId": "FF",\r\n/);
    expect(written.endsWith('\r\n}\r\n')).toBe(true);
    expect(Object.keys(JSON.parse(written) as object)).toEqual(['extension0', 'header', 'extension1', 'euiccPackageRequest', 'extension2']);
    expect(written).toContain('"euiccPackageRequest": "v1EH\\/\\/\\/\\/\\/\\/\\/\\/\\/w=="');
  });
});

describe('an exchange', () => {
  let pki: TestPki;
  beforeAll(async () => {
    pki = await createTestPki();
  });

  test('a data request, its answer in error, and nothing more', async () => {
    const eim = new EimService({ pki });
    eim.register({ eid: EID });
    eim.queue(EID, { kind: 'dataRequest', tags: [0x84], eimTransactionId: fromHex('7F') });
    const fetched = await postJson(eim, 'getEimPackage', `{"eidValue":"${EID}"}`);
    expect(fetched.text).toBe(`{${OK},"ipaEuiccDataRequest":"v1IGXAGEgwF/"}`);
    const reported = await postJson(eim, 'provideEimPackageResult', `{"eidValue":"${EID}","eimPackageResult":"v1IIoQaAAX8CAWg="}`);
    expect(reported.text).toBe(`{${OK}}`);
    expect(eim.log.at(-1)).toMatchObject({ kind: 'ipaEuiccData', data: { errorWord: 'ecallActive', eimTransactionId: '7F' } });
    expect((await postJson(eim, 'getEimPackage', `{"eidValue":"${EID}"}`)).text).toBe(`{${OK},"eimPackageError":1}`);
  });

  test('version 1.3 adds members and elements that nobody knows', async () => {
    const eim = new EimService({ pki, version: '1.3' });
    eim.register({ eid: EID });
    eim.queue(EID, { kind: 'dataRequest', tags: [0x84], eimTransactionId: fromHex('7F') });
    const { json } = await postJson(eim, 'getEimPackage', { eidValue: EID });
    expect(Object.keys(json!)).toEqual(['extension0', 'header', 'extension1', 'ipaEuiccDataRequest', 'extension2']);
    const expected = 'BF521C9F6A01005C0184BF6B0B8001FF30000201015F370083017F9F6A0102';
    expect(hex(unbase64(json!.ipaEuiccDataRequest))).toBe(expected);
  });
});
