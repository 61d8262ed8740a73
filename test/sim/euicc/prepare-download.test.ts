// SPDX-License-Identifier: Apache-2.0
// PrepareDownload (SGP.22 v2.5 §5.7.5): what is signed, one-time keys, and every refusal.
import { createPublicKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { need, readInteger, readTlv, tlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { verifyRs } from '../../../host/sim/crypto/ecdsa.js';
import { type SimulatedEuicc, seededRandom } from '../../../host/sim/euicc/index.js';
import { ask, damaged, openedEuicc, openIsdr, pki, refused, withChild } from './support/card.js';
import { issueNameless, issueOnP384, issueServer, strangePki } from './support/certificates.js';
import { authenticate, prepare, prepareRequest } from './support/server.js';

const EUICC_KEY = createPublicKey(pki.euicc.privateKey);
const HASH_CC = new Uint8Array(32).fill(0xcc);

function errorOf(euicc: SimulatedEuicc, request: Uint8Array): number {
  return readInteger(need(need(ask(euicc, request), 0xa1), 0x02));
}

describe('PrepareDownload accepted', () => {
  test('euiccSigned2 is signed together with smdpSignature2', () => {
    const euicc = openedEuicc();
    const request = prepareRequest(authenticate(euicc));
    const ok = need(ask(euicc, request), 0xa0);
    const signed = need(ok, 0x30);
    expect(signed.children.map((each) => each.tag)).toEqual([0x80, 0x5f49]);
    expect(need(signed, 0x5f49).value.length).toBe(65);
    const smdpSignature2 = need(readTlv(request), 0x5f37).raw;
    expect(verifyRs(EUICC_KEY, need(ok, 0x5f37).value, signed.raw, smdpSignature2)).toBe(true);
  });

  test('hashCc is echoed', () => {
    const euicc = openedEuicc();
    const ok = need(ask(euicc, prepareRequest(authenticate(euicc), { hashCc: HASH_CC })), 0xa0);
    expect(hex(need(need(ok, 0x30), 0x04).value)).toBe(hex(HASH_CC));
  });

  test('one-time keys follow the seed', () => {
    const first = prepare(openedEuicc({ random: seededRandom(7) }));
    expect(hex(prepare(openedEuicc({ random: seededRandom(7) })))).toBe(hex(first));
    expect(hex(prepare(openedEuicc({ random: seededRandom(8) })))).not.toBe(hex(first));
  });

  test('a one-time key is used again when the server asks for it, also after a reset', () => {
    const euicc = openedEuicc();
    const first = prepare(euicc);
    openIsdr(euicc);
    expect(hex(prepare(euicc, { bppEuiccOtpk: first }))).toBe(hex(first));
    expect(hex(prepare(euicc))).not.toBe(hex(first));
    expect(hex(prepare(euicc, { bppEuiccOtpk: first }))).not.toBe(hex(first));
  });
});

describe('PrepareDownload refused', () => {
  test('without authentication: noSessionContext(4)', () => {
    expect(errorOf(openedEuicc(), prepareRequest(new Uint8Array(67)))).toBe(4);
  });

  test('twice: noSessionContext(4)', () => {
    const euicc = openedEuicc();
    const request = prepareRequest(authenticate(euicc));
    ask(euicc, request);
    expect(errorOf(euicc, request)).toBe(4);
  });

  test('another transaction: invalidTransactionId(5)', () => {
    const euicc = openedEuicc();
    expect(errorOf(euicc, prepareRequest(authenticate(euicc), { transactionId: fromHex('01') }))).toBe(5);
  });

  test('a certificate of another role, actor or CI, or without a name: invalidCertificate(1)', async () => {
    const signers = [pki.dpAuth, await issueServer('dpPb', { registeredId: '2.999.11' }), strangePki.dpPb, await issueNameless('dpPb')];
    for (const signer of signers) {
      const euicc = openedEuicc();
      expect(errorOf(euicc, prepareRequest(authenticate(euicc), { signer }))).toBe(1);
    }
  });

  test('a key on another curve: unsupportedCurve(3)', async () => {
    const euicc = openedEuicc();
    expect(errorOf(euicc, prepareRequest(authenticate(euicc), { signer: await issueOnP384('dpPb') }))).toBe(3);
  });

  test('a signature over another euiccSignature1: invalidSignature(2)', () => {
    const euicc = openedEuicc();
    expect(errorOf(euicc, prepareRequest(damaged(authenticate(euicc))))).toBe(2);
  });

  test.each([
    ['smdpSigned2', 0x30],
    ['smdpSignature2', 0x5f37],
  ])('a request without %s: 6A80', (_, tag) => {
    const euicc = openedEuicc();
    expect(refused(euicc, withChild(prepareRequest(authenticate(euicc)), tag, undefined))).toBe('6A80');
  });

  test('a hashCc that is no SHA-256: 6A80', () => {
    const euicc = openedEuicc();
    const request = prepareRequest(authenticate(euicc), { hashCc: HASH_CC });
    expect(refused(euicc, withChild(request, 0x04, tlv(0x04, new Uint8Array(31))))).toBe('6A80');
  });

  test('a refusal leaves the session open', () => {
    const euicc = openedEuicc();
    const signature = authenticate(euicc);
    expect(errorOf(euicc, prepareRequest(signature, { signer: pki.dpAuth }))).toBe(1);
    expect(need(ask(euicc, prepareRequest(signature)), 0xa0)).toBeDefined();
  });
});
