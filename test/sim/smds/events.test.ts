// SPDX-License-Identifier: Apache-2.0
// ES11 and ES12 of the SM-DS: what waits for an eUICC, known bytes, and every refusal in both bindings (SGP.22 v2.5 §5.8, §5.9).
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { need, readTlv, tlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex, utf8 } from '../../../host/sim/codec/bytes.js';
import { verifyRs } from '../../../host/sim/crypto/ecdsa.js';
import { checkServerCertificate, parseCertificate } from '../../../host/sim/pki/check.js';
import { createTestPki, DEFAULT_EID, DEFAULT_SMDS_ADDRESS, type TestPki } from '../../../host/sim/pki/index.js';
import { SeededBytes } from '../../../host/sim/profile/seeded-bytes.js';
import type { JsonObject } from '../../../host/sim/smdp/index.js';
import { SMDS_REFUSALS, SmdsService } from '../../../host/sim/smds/index.js';
import { asn1Body, asn1Peer, type Es9Peer } from '../smdp/support/asn1-peer.js';
import { mutate } from '../smdp/support/mutate.js';
import { base64, fromBase64, type Signed1Overrides, SimpleEuicc, type SimpleEuiccOptions, statusOf } from '../smdp/support/simple-euicc.js';

const OTHER_EID = '89049032000000000000000000000045';

type Es11Peer = Pick<Es9Peer, 'initiateAuthentication' | 'authenticateClient'>;

let pki: TestPki;
let stranger: TestPki;
let smds: SmdsService;
let euicc: SimpleEuicc;

beforeAll(async () => {
  [pki, stranger] = await Promise.all([createTestPki(), createTestPki()]);
});

beforeEach(() => {
  smds = new SmdsService({ pki });
  euicc = new SimpleEuicc({ pki });
});

function register(eventId: string, eid = DEFAULT_EID, rspServerAddress = 'smdp.example.com'): void {
  smds.registerEvent({ eid, eventId, rspServerAddress });
}

function ask(peer: Es11Peer, overrides: Signed1Overrides = {}, from = euicc): JsonObject {
  const initiated = peer.initiateAuthentication(from.initiateRequest(DEFAULT_SMDS_ADDRESS));
  return peer.authenticateClient(from.authenticateRequest(initiated, { matchingId: undefined, ...overrides }));
}

describe('initiateAuthentication', () => {
  it('answers with signed data that CERT.DSauth verifies', () => {
    const initiated = smds.initiateAuthentication(euicc.initiateRequest(DEFAULT_SMDS_ADDRESS));
    const signed = readTlv(fromBase64(initiated.serverSigned1));
    const ci = [parseCertificate(pki.ci.certificate)];
    const { publicKey } = checkServerCertificate(fromBase64(initiated.serverCertificate), ci, 'dsAuth', new Date());
    expect(verifyRs(publicKey, readTlv(fromBase64(initiated.serverSignature1)).value, signed.raw)).toBe(true);
    expect(need(signed, 0x83).value).toEqual(utf8(DEFAULT_SMDS_ADDRESS));
    expect(need(signed, 0x81).value).toEqual(euicc.challenge);
  });

  it('takes smdsAddress, or smdpAddress as ES9+ names it', () => {
    const { smdpAddress, ...request } = euicc.initiateRequest('SMDS.example.com');
    expect(statusOf(smds.initiateAuthentication({ ...request, smdsAddress: smdpAddress }))).toBe('ok');
    expect(statusOf(smds.initiateAuthentication({ ...request, smdpAddress }))).toBe('ok');
    expect(statusOf(smds.initiateAuthentication(request))).toBe('1.3.1/2.2');
  });
});

describe('authenticateClient', () => {
  it('gives all events of the EID in the order of their registration', () => {
    register('EVENT-B', DEFAULT_EID, 'dp-2.example.com');
    register('EVENT-X', OTHER_EID);
    register('EVENT-A');
    const answered = ask(smds);
    expect(answered.eventEntries).toEqual([
      { eventId: 'EVENT-B', rspServerAddress: 'dp-2.example.com' },
      { eventId: 'EVENT-A', rspServerAddress: 'smdp.example.com' },
    ]);
    expect(smds.log.at(-1)).toEqual({
      kind: 'authenticateClient',
      transactionId: answered.transactionId,
      eid: DEFAULT_EID,
      matchingId: '',
      eventIds: ['EVENT-B', 'EVENT-A'],
    });
    expect(ask(smds, { matchingId: '' }).eventEntries).toHaveLength(2);
  });

  it('gives the one event that a matchingId names', () => {
    register('EVENT-A');
    register('EVENT-B');
    expect(ask(smds, { matchingId: 'EVENT-B' }).eventEntries).toEqual([{ eventId: 'EVENT-B', rspServerAddress: 'smdp.example.com' }]);
  });

  it('keeps events until they are deleted', () => {
    register('EVENT-A');
    register('EVENT-B');
    ask(smds);
    expect(smds.deleteEvent(DEFAULT_EID, 'EVENT-A')).toBe(true);
    expect(ask(smds).eventEntries).toEqual([{ eventId: 'EVENT-B', rspServerAddress: 'smdp.example.com' }]);
  });

  it('in ASN.1 answers with BF40, here in known bytes', () => {
    register('E1', DEFAULT_EID, 'a.b');
    register('E2', DEFAULT_EID, 'c.d');
    const initiated = smds.initiateAuthentication(euicc.initiateRequest(DEFAULT_SMDS_ADDRESS));
    const request = asn1Body('authenticateClient', euicc.authenticateRequest(initiated, { matchingId: undefined }));
    expect(hex(smds.callAsn1(request)!)).toBe(
      `A22FBF402CA02A8010${String(initiated.transactionId)}A116 3009800245318103612E62 3009800245328103632E64`.replaceAll(' ', ''),
    );
  });
});

describe.each(['JSON', 'ASN.1'] as const)('in the %s binding refuses', (binding) => {
  /** Error codes (SGP.22 v2.5 §6.6) by function; all other refusals are undefinedError. */
  const ERROR_CODES: Readonly<Record<string, Readonly<Partial<Record<keyof typeof SMDS_REFUSALS, number>>>>> = {
    initiateAuthentication: { addressInvalid: 1, versionNotSupported: 2, ciNotSupported: 3, noAuthenticationCertificate: 3 },
    authenticateClient: {
      eumCertificateInvalid: 1,
      ciUnknown: 1,
      euiccCertificateInvalid: 3,
      euiccSignatureInvalid: 5,
      eventUnknown: 6,
      transactionUnknown: 7,
    },
  };
  let peer: Es11Peer;

  beforeEach(() => {
    peer = binding === 'JSON' ? smds : asn1Peer(smds);
    register('EVENT-A');
  });

  function expectStatus(response: JsonObject, refusal: keyof typeof SMDS_REFUSALS): void {
    const { subjectCode, reasonCode } = SMDS_REFUSALS[refusal];
    const event = smds.log.at(-1);
    expect(event).toMatchObject({ kind: 'refused', subjectCode, reasonCode });
    const name = event?.kind === 'refused' ? event.function : '';
    expect(statusOf(response)).toBe(binding === 'JSON' ? `${subjectCode}/${reasonCode}` : `error ${ERROR_CODES[name]?.[refusal] ?? 127}`);
  }

  it('an EID without events, and an eventId it has not', () => {
    expectStatus(ask(peer, { matchingId: 'EVENT-B' }), 'eventUnknown');
    smds.deleteEvent(DEFAULT_EID, 'EVENT-A');
    expectStatus(ask(peer), 'eventUnknown');
  });

  it('another address', () => {
    expectStatus(peer.initiateAuthentication(euicc.initiateRequest('smdp.example.com')), 'addressInvalid');
  });

  it('an unknown version, and eUICCs without a common CI', () => {
    const info = (svn: string, verification: Uint8Array, signing: Uint8Array) => ({
      ...euicc.initiateRequest(DEFAULT_SMDS_ADDRESS),
      euiccInfo1: base64(tlv(0xbf20, tlv(0x82, fromHex(svn)), tlv(0xa9, tlv(0x04, verification)), tlv(0xaa, tlv(0x04, signing)))),
    });
    expectStatus(peer.initiateAuthentication(info('010000', pki.ciPkId, pki.ciPkId)), 'versionNotSupported');
    expectStatus(peer.initiateAuthentication(info('020500', stranger.ciPkId, pki.ciPkId)), 'noAuthenticationCertificate');
    expectStatus(peer.initiateAuthentication(info('020500', pki.ciPkId, stranger.ciPkId)), 'ciNotSupported');
  });

  it.each(['euiccChallenge', 'euiccInfo1'])('a request without %s', (name) => {
    expectStatus(peer.initiateAuthentication({ ...euicc.initiateRequest(DEFAULT_SMDS_ADDRESS), [name]: undefined }), 'elementMissing');
  });

  it.each<[string, () => Partial<SimpleEuiccOptions>, keyof typeof SMDS_REFUSALS]>([
    ['an eUICC of another CI', () => ({ eum: stranger.eum, euicc: stranger.euicc }), 'ciUnknown'],
    ['an EUM certificate that is none', () => ({ eum: pki.dpAuth }), 'eumCertificateInvalid'],
    ['an eUICC certificate of another EUM', () => ({ euicc: stranger.euicc }), 'euiccCertificateInvalid'],
    ['a wrong signature', () => ({ euicc: { ...pki.euicc, privateKey: stranger.euicc.privateKey } }), 'euiccSignatureInvalid'],
  ])('%s', (_name, options, refusal) => {
    expectStatus(ask(peer, {}, new SimpleEuicc({ pki, ...options() })), refusal);
  });

  it.each<[string, Signed1Overrides, keyof typeof SMDS_REFUSALS]>([
    ['another transactionId in the signed data', { transactionId: new Uint8Array(16) }, 'transactionUnknown'],
    ['another serverChallenge', { serverChallenge: new Uint8Array(16) }, 'euiccSignatureInvalid'],
    ['another serverAddress', { serverAddress: 'smdp.example.com' }, 'euiccSignatureInvalid'],
    ['no ctxParams1', { ctxParams1: new Uint8Array() }, 'elementMissing'],
  ])('%s', (_name, overrides, refusal) => {
    expectStatus(ask(peer, overrides), refusal);
  });

  it('an error of the eUICC', () => {
    const initiated = peer.initiateAuthentication(euicc.initiateRequest(DEFAULT_SMDS_ADDRESS));
    const error = tlv(0xbf38, tlv(0xa1, tlv(0x80, fromHex(String(initiated.transactionId))), tlv(0x02, Uint8Array.of(2))));
    expectStatus(peer.authenticateClient({ ...initiated, authenticateServerResponse: base64(error) }), 'euiccReportedError');
  });

  it('a transactionId that is unknown or used up', () => {
    const initiated = peer.initiateAuthentication(euicc.initiateRequest(DEFAULT_SMDS_ADDRESS));
    const request = euicc.authenticateRequest(initiated, { matchingId: undefined });
    expectStatus(peer.authenticateClient({ ...request, transactionId: '00' }), 'transactionUnknown');
    expect(statusOf(peer.authenticateClient(request))).toBe('ok');
    expectStatus(peer.authenticateClient(request), 'transactionUnknown');
  });
});

describe('registerEvent refuses', () => {
  it('an EID that is none, an empty field, and an event twice', () => {
    register('EVENT-A');
    register('EVENT-A', OTHER_EID);
    expect(() => register('EVENT-A')).toThrow(RangeError);
    expect(() => register('EVENT-B', '89')).toThrow(RangeError);
    expect(() => register('')).toThrow(RangeError);
    expect(() => register('EVENT-B', DEFAULT_EID, '')).toThrow(RangeError);
    expect(smds.events.map(({ eid, eventId }) => [eid, eventId])).toEqual([
      [DEFAULT_EID, 'EVENT-A'],
      [OTHER_EID, 'EVENT-A'],
    ]);
  });

  it('and deleteEvent tells that there was none', () => {
    register('EVENT-A', OTHER_EID);
    expect(smds.deleteEvent(DEFAULT_EID, 'EVENT-A')).toBe(false);
    expect(smds.log.map(({ kind }) => kind)).toEqual(['registerEvent']);
  });
});

it.each([31, 32])('mutated requests are answered with a status, seed %i', (seed) => {
  const random = new SeededBytes(seed);
  register('EVENT-A');
  for (let round = 0; round < 100; round++) {
    const initiated = smds.initiateAuthentication(euicc.initiateRequest(DEFAULT_SMDS_ADDRESS));
    const request = euicc.authenticateRequest(initiated, { matchingId: undefined });
    const response = mutate(fromBase64(request.authenticateServerResponse), random);
    expect(statusOf(smds.authenticateClient({ ...request, authenticateServerResponse: base64(response) }))).toMatch(
      /^ok$|^\d+(\.\d+)+\/\d\.\d+$/,
    );
  }
});
