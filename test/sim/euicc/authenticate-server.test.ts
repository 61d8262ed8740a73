// SPDX-License-Identifier: Apache-2.0
// AuthenticateServer (SGP.22 v2.5 §5.7.13): what is signed, and every refusal.
import { createPublicKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { need, readInteger, readTlv, tlv } from '../../../host/sim/codec/ber.js';
import { equal, fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { verifyRs } from '../../../host/sim/crypto/ecdsa.js';
import type { SimulatedEuicc } from '../../../host/sim/euicc/index.js';
import { ask, askHex, damaged, openedEuicc, pki, refused, withChild } from './support/card.js';
import { issueNameless, issueOnP384, issueServer, strangePki } from './support/certificates.js';
import {
  authenticate,
  authenticateRequest,
  CTX_PARAMS_1,
  challengeOf,
  prepareRequest,
  SERVER_CHALLENGE,
  TRANSACTION_ID,
} from './support/server.js';

const EUICC_KEY = createPublicKey(pki.euicc.privateKey);

const codes = {
  invalidCertificate: 1,
  invalidSignature: 2,
  unsupportedCurve: 3,
  noSessionContext: 4,
  invalidOid: 5,
  challengeMismatch: 6,
  ciPkUnknown: 7,
};

/** The error code, with the transactionId checked. */
function errorOf(euicc: SimulatedEuicc, request: Uint8Array): number {
  const error = need(ask(euicc, request), 0xa1);
  expect(hex(need(error, 0x80).value)).toBe(hex(TRANSACTION_ID));
  return readInteger(need(error, 0x02));
}

describe('AuthenticateServer accepted', () => {
  test('euiccSigned1 repeats the session and is signed by the eUICC', () => {
    const euicc = openedEuicc();
    const ok = need(ask(euicc, authenticateRequest(euicc)), 0xa0);
    const [signed, euiccCertificate, eumCertificate] = ok.children.filter((each) => each.tag === 0x30);
    expect(signed!.children.map((each) => each.tag)).toEqual([0x80, 0x83, 0x84, 0xbf22, 0xa0]);
    expect(hex(need(signed!, 0x80).value)).toBe(hex(TRANSACTION_ID));
    expect(hex(need(signed!, 0x84).value)).toBe(hex(SERVER_CHALLENGE));
    expect(hex(need(signed!, 0xbf22).raw)).toBe(askHex(openedEuicc(), 'BF2200'));
    expect(hex(need(signed!, 0xa0).raw)).toBe(hex(CTX_PARAMS_1));
    expect(verifyRs(EUICC_KEY, need(ok, 0x5f37).value, signed!.raw)).toBe(true);
    expect(equal(euiccCertificate!.raw, pki.euicc.certificate) && equal(eumCertificate!.raw, pki.eum.certificate)).toBe(true);
  });

  test('an SM-DS is authenticated as well, but cannot prepare a download: noSessionContext', async () => {
    const euicc = openedEuicc();
    const signature = authenticate(euicc, { signer: await issueServer('dsAuth') });
    const error = need(ask(euicc, prepareRequest(signature)), 0xa1);
    expect(readInteger(need(error, 0x02))).toBe(codes.noSessionContext);
  });
});

describe('AuthenticateServer refused', () => {
  test('without a challenge: noSessionContext', () => {
    const euicc = openedEuicc();
    expect(errorOf(euicc, authenticateRequest(euicc, { challenge: new Uint8Array(16) }))).toBe(codes.noSessionContext);
  });

  test('a challenge is good once: noSessionContext', () => {
    const euicc = openedEuicc();
    const request = authenticateRequest(euicc);
    ask(euicc, request);
    expect(errorOf(euicc, request)).toBe(codes.noSessionContext);
  });

  test('a refusal uses the challenge up', () => {
    const euicc = openedEuicc();
    const challenge = challengeOf(euicc);
    errorOf(euicc, authenticateRequest(euicc, { challenge, ciPkId: new Uint8Array(20) }));
    expect(errorOf(euicc, authenticateRequest(euicc, { challenge }))).toBe(codes.noSessionContext);
  });

  test('another challenge: euiccChallengeMismatch', () => {
    const euicc = openedEuicc();
    const old = challengeOf(euicc);
    challengeOf(euicc);
    expect(errorOf(euicc, authenticateRequest(euicc, { challenge: old }))).toBe(codes.challengeMismatch);
  });

  test('an unknown CI: ciPKUnknown', () => {
    const euicc = openedEuicc();
    expect(errorOf(euicc, authenticateRequest(euicc, { ciPkId: strangePki.ciPkId }))).toBe(codes.ciPkUnknown);
  });

  test('a certificate of another CI: invalidCertificate', () => {
    const euicc = openedEuicc();
    expect(errorOf(euicc, authenticateRequest(euicc, { signer: strangePki.dpAuth }))).toBe(codes.invalidCertificate);
  });

  test('a damaged certificate: invalidCertificate', () => {
    const euicc = openedEuicc();
    const certificate = damaged(pki.dpAuth.certificate);
    expect(errorOf(euicc, authenticateRequest(euicc, { certificate }))).toBe(codes.invalidCertificate);
  });

  test('something that is no certificate: invalidCertificate', () => {
    const euicc = openedEuicc();
    expect(errorOf(euicc, authenticateRequest(euicc, { certificate: fromHex('3003020101') }))).toBe(codes.invalidCertificate);
  });

  test('a certificate without registered identifier: invalidCertificate', async () => {
    const euicc = openedEuicc();
    expect(errorOf(euicc, authenticateRequest(euicc, { signer: await issueNameless('dpAuth') }))).toBe(codes.invalidCertificate);
  });

  test('a certificate for profile binding: invalidOid', () => {
    const euicc = openedEuicc();
    expect(errorOf(euicc, authenticateRequest(euicc, { signer: pki.dpPb }))).toBe(codes.invalidOid);
  });

  test('a key on another curve: unsupportedCurve', async () => {
    const euicc = openedEuicc();
    expect(errorOf(euicc, authenticateRequest(euicc, { signer: await issueOnP384('dpAuth') }))).toBe(codes.unsupportedCurve);
  });

  test('a wrong signature: invalidSignature', () => {
    const euicc = openedEuicc();
    const request = authenticateRequest(euicc);
    const signature = need(readTlv(request), 0x5f37).raw;
    expect(errorOf(euicc, withChild(request, 0x5f37, damaged(signature)))).toBe(codes.invalidSignature);
  });

  test.each([
    ['serverSigned1', 0x30],
    ['serverSignature1', 0x5f37],
    ['euiccCiPKIdToBeUsed', 0x04],
    ['ctxParams1', 0xa0],
  ])('a request without %s: 6A80, and the session goes on', (_, tag) => {
    const euicc = openedEuicc();
    const request = authenticateRequest(euicc);
    expect(refused(euicc, withChild(request, tag, undefined))).toBe('6A80');
    expect(need(ask(euicc, request), 0xa0)).toBeDefined();
  });

  test.each([
    ['no transactionId', 0x80, undefined],
    ['a transactionId of 17 bytes', 0x80, tlv(0x80, new Uint8Array(17))],
    ['a challenge of 15 bytes', 0x81, tlv(0x81, new Uint8Array(15))],
    ['no serverAddress', 0x83, undefined],
    ['no serverChallenge', 0x84, undefined],
  ])('serverSigned1 with %s: 6A80', (_, tag, replacement) => {
    const euicc = openedEuicc();
    const request = authenticateRequest(euicc);
    const signed = withChild(need(readTlv(request), 0x30).raw, tag, replacement);
    expect(refused(euicc, withChild(request, 0x30, signed))).toBe('6A80');
  });
});
