// SPDX-License-Identifier: Apache-2.0
// What a server sends when it departs from the specification for the sake of a test: each thing alone, with signatures that still fit.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { need, readTlv, tlv } from '../../../host/sim/codec/ber.js';
import { hex, utf8 } from '../../../host/sim/codec/bytes.js';
import { verifyRs } from '../../../host/sim/crypto/ecdsa.js';
import { parseCertificate } from '../../../host/sim/pki/check.js';
import { createTestPki, issueServerCertificate, type KeyAndCertificate, type TestPki } from '../../../host/sim/pki/index.js';
import { makeMetadata, makeProfilePackage } from '../../../host/sim/profile/index.js';
import type { AuthenticationDeviations } from '../../../host/sim/rsp/authenticating-server.js';
import { SmdpService } from '../../../host/sim/smdp/index.js';
import { SmdsService } from '../../../host/sim/smds/index.js';
import { fromBase64, SimpleEuicc, statusOf } from '../smdp/support/simple-euicc.js';

let pki: TestPki;
let euicc: SimpleEuicc;
let smdp: SmdpService;

beforeAll(async () => {
  pki = await createTestPki();
  euicc = new SimpleEuicc({ pki });
});

beforeEach(() => {
  smdp = new SmdpService({ pki });
});

/** The parts of a response; fails unless the signature fits the certificate shown. */
function initiate(deviations: AuthenticationDeviations) {
  smdp.deviations = deviations;
  const response = smdp.initiateAuthentication(euicc.initiateRequest());
  const signed = readTlv(fromBase64(response.serverSigned1));
  const certificate = parseCertificate(fromBase64(response.serverCertificate));
  expect(verifyRs(certificate.publicKey, readTlv(fromBase64(response.serverSignature1)).value, signed.raw)).toBe(true);
  const value = (tag: number) => need(signed, tag).value;
  return { response, certificate, transactionId: value(0x80), challenge: value(0x81), address: value(0x83) };
}

describe('deviations', () => {
  it('are none unless they are asked for', () => {
    const { response, transactionId, challenge, address, certificate } = initiate({});
    expect(smdp.deviations).toEqual({});
    expect([challenge, address, certificate.raw]).toEqual([euicc.challenge, utf8('smdp.example.com'), pki.dpAuth.certificate]);
    expect(response.transactionId).toBe(hex(transactionId));
    expect(fromBase64(response.euiccCiPKIdToBeUsed)).toEqual(tlv(0x04, pki.ciPkId));
  });

  it('serverAddress: another is signed, and an eUICC that signs that is refused', () => {
    const { response, address } = initiate({ serverAddress: 'smdp.example.org' });
    expect(address).toEqual(utf8('smdp.example.org'));
    expect(statusOf(smdp.authenticateClient(euicc.authenticateRequest(response)))).toBe('8.1/6.1');
  });

  it('euiccChallenge: another is signed', () => {
    expect(initiate({ euiccChallenge: new Uint8Array(16) }).challenge).toEqual(new Uint8Array(16));
  });

  it('transactionId: another stands beside the signed one', () => {
    const { response, transactionId } = initiate({ transactionId: new Uint8Array(16) });
    expect(response.transactionId).toBe('00'.repeat(16));
    expect(hex(transactionId)).not.toBe(response.transactionId);
  });

  it('ciPkId: the eUICC is told to use another CI', () => {
    expect(fromBase64(initiate({ ciPkId: new Uint8Array(20) }).response.euiccCiPKIdToBeUsed)).toEqual(tlv(0x04, new Uint8Array(20)));
  });

  it.each<[string, () => Promise<KeyAndCertificate>]>([
    ['has expired', () => issueServerCertificate(pki.ci, 'dpAuth', { notAfter: new Date('2021-01-01T00:00:00Z') })],
    ['is of another actor', () => issueServerCertificate(pki.ci, 'dpAuth', { registeredId: '2.999.11' })],
    ['has another role', async () => pki.dsAuth],
    ['is of another CI', async () => (await createTestPki()).dpAuth],
  ])('serverIdentity: a certificate that %s is shown and signed with', async (_name, make) => {
    const serverIdentity = await make();
    expect(initiate({ serverIdentity }).certificate.raw).toEqual(serverIdentity.certificate);
  });

  it('smdpIdentity: another certificate is shown and signed with for PrepareDownload', async () => {
    const iccid = '89000123456789012341';
    smdp.addOrder({ matchingId: 'TOKEN', profile: makeProfilePackage({ iccid, sizeBytes: 700 }), metadata: makeMetadata({ iccid }) });
    const smdpIdentity = await issueServerCertificate(pki.ci, 'dpPb', { registeredId: '2.999.11' });
    const { response } = initiate({ smdpIdentity });
    const request = euicc.authenticateRequest(response);
    const authenticated = smdp.authenticateClient(request);
    const certificate = parseCertificate(fromBase64(authenticated.smdpCertificate));
    const euiccSignature1 = need(need(readTlv(fromBase64(request.authenticateServerResponse)), 0xa0), 0x5f37).raw;
    const signed2 = fromBase64(authenticated.smdpSigned2);
    expect(certificate.raw).toEqual(smdpIdentity.certificate);
    expect(verifyRs(certificate.publicKey, readTlv(fromBase64(authenticated.smdpSignature2)).value, signed2, euiccSignature1)).toBe(true);
  });

  it('may be an option, of an SM-DS too', () => {
    const smds = new SmdsService({ pki, deviations: { ciPkId: new Uint8Array(20) } });
    const response = smds.initiateAuthentication(euicc.initiateRequest('smds.example.com'));
    expect(fromBase64(response.euiccCiPKIdToBeUsed)).toEqual(tlv(0x04, new Uint8Array(20)));
  });

  it('a server whose certificate is of another CI refuses what the eUICC could not verify', async () => {
    const { dpAuth } = await createTestPki();
    const other = new SmdpService({ pki: { ...pki, dpAuth } });
    expect(statusOf(other.initiateAuthentication(euicc.initiateRequest()))).toBe('8.8.4/3.7');
  });
});
