// SPDX-License-Identifier: Apache-2.0
// ES9+ in the ASN.1 binding (SGP.22 v2.5 §6.6): bytes built by hand, those of a published session, and bodies that are none.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CodecError, need, readTlv, tlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex, utf8 } from '../../../host/sim/codec/bytes.js';
import { createTestPki, type TestPki } from '../../../host/sim/pki/index.js';
import { makeMetadata, makeProfilePackage } from '../../../host/sim/profile/index.js';
import { SeededBytes } from '../../../host/sim/profile/seeded-bytes.js';
import { asn1Response, readAsn1Message } from '../../../host/sim/rsp/asn1-binding.js';
import { ES9_ASN1 } from '../../../host/sim/smdp/es9-asn1.js';
import { SmdpService } from '../../../host/sim/smdp/index.js';
import { asn1Body, asn1Peer } from './support/asn1-peer.js';
import { mutate } from './support/mutate.js';
import { authenticate, fromBase64, SimpleEuicc } from './support/simple-euicc.js';

const ICCID = '89000123456789012341';
const shared = process.env.IPA_SHARED ?? '';
const profile = makeProfilePackage({ iccid: ICCID, sizeBytes: 3000 });
const metadata = makeMetadata({ iccid: ICCID });

let pki: TestPki;
let service: SmdpService;
let euicc: SimpleEuicc;

beforeAll(async () => {
  pki = await createTestPki();
});

beforeEach(() => {
  service = new SmdpService({ pki });
  euicc = new SimpleEuicc({ pki });
  service.addOrder({ matchingId: 'TOKEN', profile, metadata });
});

function call(bytes: string): string {
  return hex(service.callAsn1(fromHex(bytes)) ?? new Uint8Array());
}

describe('known bytes', () => {
  const CHALLENGE = '8110000102030405060708090A0B0C0D0E0F';
  const info1 = (svn: string, verification: string, signing: string) =>
    hex(tlv(0xbf20, fromHex(`8203${svn}`), tlv(0xa9, tlv(0x04, fromHex(verification))), tlv(0xaa, tlv(0x04, fromHex(signing)))));

  it('initiateAuthentication: the request of a device, and each part of the response', () => {
    const ciPkId = hex(pki.ciPkId);
    const request = `A25F BF395C ${CHALLENGE} 8310736D64702E6578616D706C652E636F6D ${info1('020500', ciPkId, ciPkId)}`;
    const fixed = new SmdpService({ pki, random: (lengthBytes) => new Uint8Array(lengthBytes).fill(0x5a) });
    const response = readTlv(fixed.callAsn1(fromHex(request))!);
    const ok = need(need(response, 0xbf39), 0xa0);
    const random = '5A'.repeat(16);
    expect(response.tag).toBe(0xa2);
    expect(ok.children.map(({ tag }) => tag)).toEqual([0x80, 0x30, 0x5f37, 0x04, 0x30]);
    expect(hex(ok.children[0]!.raw)).toBe(`8010${random}`);
    expect(hex(ok.children[1]!.raw)).toBe(
      `3048 8010${random} ${CHALLENGE} 8310736D64702E6578616D706C652E636F6D 8410${random}`.replaceAll(' ', ''),
    );
    expect(hex(ok.children[2]!.raw.subarray(0, 3))).toBe('5F3740');
    expect(hex(ok.children[3]!.raw)).toBe(`0414${ciPkId}`);
    expect(ok.children[4]!.raw).toEqual(pki.dpAuth.certificate);
  });

  it('initiateAuthentication: invalidDpAddress, euiccVersionNotSupportedByDp, ciPKNotSupported', () => {
    const address = (text: string) => hex(tlv(0x83, utf8(text)));
    const initiate = (smdpAddress: string, info: string) =>
      call(hex(tlv(0xa2, tlv(0xbf39, fromHex(CHALLENGE + address(smdpAddress) + info)))));
    const ciPkId = hex(pki.ciPkId);
    const other = '00'.repeat(20);
    expect(initiate('smdp.example.org', info1('020500', ciPkId, ciPkId))).toBe('A206BF3903810101');
    expect(initiate('smdp.example.com', info1('010000', ciPkId, ciPkId))).toBe('A206BF3903810102');
    expect(initiate('smdp.example.com', info1('020500', ciPkId, other))).toBe('A206BF3903810103');
    expect(initiate('smdp.example.com', info1('020500', other, ciPkId))).toBe('A206BF3903810103');
    expect(initiate('smdp.example.com', 'BF2000')).toBe('A206BF390381017F');
  });

  it.each([
    ['authenticateClient, invalidTransactionId', 'A20ABF3B07 800201FF BF3800', 'A206BF3B0381010A'],
    ['authenticateClient without transactionId', 'A206BF3B03 BF3800', 'A206BF3B0381017F'],
    ['getBoundProfilePackage, invalidTransactionId', 'A20ABF3A07 800201FF BF2100', 'A206BF3A0381015F'],
    ['cancelSession, invalidTransactionId', 'A20CBF4109 800201FF A103810105', 'A206BF4103810101'],
    ['handleNotification that is none', 'A205BF3D02 A000', ''],
    ['handleNotification without a notification', 'A203BF3D00', ''],
  ])('%s', (_name, request, response) => {
    expect(call(request)).toBe(response);
    expect(service.log.at(-1)).toMatchObject({ kind: 'refused' });
  });

  it('cancelSession: an empty sequence for a signed response, with the tag of the field or with its own', () => {
    for (const nested of [false, true]) {
      const { authenticated } = authenticate(asn1Peer(service), euicc);
      const transactionId = String(authenticated.transactionId);
      const element = readTlv(fromBase64(euicc.cancelRequest(transactionId, 1).cancelSessionResponse));
      const field = tlv(0xa1, nested ? element.raw : element.value);
      expect(call(hex(tlv(0xa2, tlv(0xbf41, tlv(0x80, fromHex(transactionId)), field))))).toBe('A205BF4102A000');
      expect(service.log.at(-1)).toMatchObject({ kind: 'cancelSession', reason: 1 });
    }
  });

  it('what the functions cannot say is undefinedError, and so is what ran out of time', () => {
    const asn1 = ES9_ASN1.getBoundProfilePackage;
    expect(hex(asn1Response(asn1, { kind: 'expired' })!)).toBe('A206BF3A0381017F');
    const refusal = { subjectCode: '8.2', reasonCode: '1.2', message: '' };
    expect(hex(asn1Response(asn1, { kind: 'refused', refusal, message: '' })!)).toBe('A206BF3A0381017F');
  });
});

describe('a whole download', () => {
  it('is the same as in the other binding', () => {
    const peer = asn1Peer(service);
    const { authenticated } = authenticate(peer, euicc);
    expect(fromBase64(authenticated.profileMetadata)).toEqual(metadata);
    const bound = peer.getBoundProfilePackage(euicc.prepareDownloadRequest(authenticated));
    expect(euicc.open(fromBase64(bound.boundProfilePackage)).profile).toEqual(profile);
    peer.handleNotification(euicc.installationResult(String(authenticated.transactionId)));
    expect(service.notifications).toMatchObject([{ kind: 'profileInstallationResult', verified: true }]);
  });

  it('may change its binding in the middle', () => {
    const initiated = service.initiateAuthentication(euicc.initiateRequest());
    const authenticated = asn1Peer(service).authenticateClient(euicc.authenticateRequest(initiated));
    const bound = service.getBoundProfilePackage(euicc.prepareDownloadRequest(authenticated));
    expect(euicc.open(fromBase64(bound.boundProfilePackage)).profile).toEqual(profile);
  });
});

describe.skipIf(!shared)('the published session', () => {
  const vector = (name: string) => Uint8Array.from(readFileSync(join(shared, 'vectors', `waigel_${name}`)));

  it('its InitiateAuthenticationOk is what this binding writes', () => {
    const published = readTlv(vector('initiate-response.der'));
    const [transactionId, serverSigned1, serverSignature1, ciPkId, serverCertificate] = published.children.map(({ raw }) => raw);
    const elements = { serverSigned1, serverSignature1, euiccCiPKIdToBeUsed: ciPkId, serverCertificate } as Record<string, Uint8Array>;
    const response = { transactionId: transactionId!.subarray(2), elements };
    const written = asn1Response(ES9_ASN1.initiateAuthentication, { kind: 'done', response });
    expect(hex(written!)).toBe(hex(tlv(0xa2, tlv(0xbf39, tlv(0xa0, published.value)))));
  });

  it('its AuthenticateClientResponse is what this binding writes', () => {
    const published = vector('authenticate-response.der');
    const [transactionId, profileMetadata, smdpSigned2, smdpSignature2, smdpCertificate] = need(readTlv(published), 0xa0).children;
    const raw = { profileMetadata, smdpSigned2, smdpSignature2, smdpCertificate };
    const elements = Object.fromEntries(Object.entries(raw).map(([name, element]) => [name, element!.raw]));
    const response = { transactionId: transactionId!.value, elements };
    expect(hex(asn1Response(ES9_ASN1.authenticateClient, { kind: 'done', response })!)).toBe(hex(tlv(0xa2, published)));
  });

  it('its eUICC responses go into requests as they are', () => {
    const tid = vector('transaction-id.bin');
    for (const [tag, name] of [
      [0xbf3b, 'auth-server-response.der'],
      [0xbf3a, 'prepare-download-response.der'],
    ] as const) {
      expect(hex(service.callAsn1(tlv(0xa2, tlv(tag, tlv(0x80, tid), vector(name))))!)).toMatch(/8101(0A|5F)$/);
    }
    expect(service.callAsn1(tlv(0xa2, tlv(0xbf3d, tlv(0xa0, vector('pending-notification.der')))))).toBeUndefined();
    expect(service.notifications).toMatchObject([{ verified: false, problem: 'the transactionId is unknown', metadata: { iccid: ICCID } }]);
  });
});

describe('a body that is none', () => {
  it.each([
    ['nothing', ''],
    ['another tag', 'A300'],
    ['no function', 'A200'],
    ['two functions', 'A206BF3900BF3900'],
    ['an unknown function', 'A203BF4000'],
    ['a function of ESipa', 'A203BF4F00'],
    ['the response of an eUICC without its A2', 'BF3800'],
    ['bytes after it', 'A203BF390000'],
    ['a length beyond its end', 'A204BF3900'],
    ['indefinite length', 'A280BF39000000'],
    ['a primitive function', 'A2039F3900'],
    ['a length of five bytes', 'A28500000000033F3900'],
  ])('%s is a CodecError', (_name, bytes) => {
    expect(() => readAsn1Message(fromHex(bytes)) && service.callAsn1(fromHex(bytes))).toThrow(CodecError);
    expect(service.log).toEqual([]);
  });

  it.each([21, 22])('mutated requests are answered or are none, seed %i', (seed) => {
    const random = new SeededBytes(seed);
    for (let round = 0; round < 100; round++) {
      const { initiated, authenticated } = authenticate(service, euicc);
      const bodies = [
        asn1Body('initiateAuthentication', euicc.initiateRequest()),
        asn1Body('authenticateClient', euicc.authenticateRequest(initiated)),
        asn1Body('getBoundProfilePackage', euicc.prepareDownloadRequest(authenticated)),
        asn1Body('cancelSession', euicc.cancelRequest(String(authenticated.transactionId), 1)),
        asn1Body('handleNotification', euicc.otherNotification()),
      ];
      expect(answerTo(mutate(bodies[round % bodies.length]!, random))).toMatch(/^(none|no response|A2.*)$/);
    }
  });

  function answerTo(body: Uint8Array): string {
    try {
      const response = service.callAsn1(body);
      return response === undefined ? 'no response' : hex(readTlv(response).raw);
    } catch (error) {
      if (error instanceof CodecError) return 'none';
      throw error;
    }
  }
});
