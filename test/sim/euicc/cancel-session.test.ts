// SPDX-License-Identifier: Apache-2.0
// CancelSession (SGP.22 v2.5 §5.7.14) at every point of a session: what is signed, and every refusal.
import { createPublicKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { child, need, readInteger, readOid, tlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { verifyRs } from '../../../host/sim/crypto/ecdsa.js';
import type { SimulatedEuicc } from '../../../host/sim/euicc/index.js';
import { ask, askHex, es10, openedEuicc, openIsdr, pki, refused } from './support/card.js';
import { issueServer } from './support/certificates.js';
import { authenticate, authenticateRequest, challengeOf, prepare, prepareRequest, segments, TRANSACTION_ID } from './support/server.js';

const EUICC_KEY = createPublicKey(pki.euicc.privateKey);
const INVALID_TRANSACTION_ID = 'BF4103810105';
const UNDEFINED_ERROR = 'BF410381017F';
const REASONS = [0, 1, 2, 3, 4, 5, 127];

function cancelRequest(reason: number, transactionId = TRANSACTION_ID): Uint8Array {
  return tlv(0xbf41, tlv(0x80, transactionId), tlv(0x81, Uint8Array.of(reason)));
}

/** Cancels, and checks all that is signed. */
function expectCancelled(euicc: SimulatedEuicc, reason: number, oid = '2.999.10'): void {
  const ok = need(ask(euicc, cancelRequest(reason)), 0xa0);
  const signed = need(ok, 0x30);
  expect(signed.children.map((each) => each.tag)).toEqual([0x80, 0x81, 0x82]);
  expect(hex(need(signed, 0x80).value)).toBe(hex(TRANSACTION_ID));
  expect(readOid(need(signed, 0x81))).toBe(oid);
  expect(readInteger(need(signed, 0x82))).toBe(reason);
  expect(verifyRs(EUICC_KEY, need(ok, 0x5f37).value, signed.raw)).toBe(true);
}

describe('accepted', () => {
  test.each(REASONS)('after AuthenticateServer with reason %i, which is signed; the session is over then', (reason) => {
    const euicc = openedEuicc();
    const signature = authenticate(euicc);
    expectCancelled(euicc, reason);
    expect(hex(ask(euicc, cancelRequest(reason)).raw)).toBe(INVALID_TRANSACTION_ID);
    const error = need(ask(euicc, prepareRequest(signature)), 0xa1);
    expect(readInteger(need(error, 0x02))).toBe(4);
  });

  test.each(REASONS)('after PrepareDownload with reason %i; the package cannot be loaded any more', (reason) => {
    const euicc = openedEuicc();
    const [first] = segments(prepare(euicc));
    expectCancelled(euicc, reason);
    expect(refused(euicc, first!)).toBe('6985');
  });

  test('known answer up to the signature', () => {
    const euicc = openedEuicc();
    authenticate(euicc);
    expect(hex(ask(euicc, cancelRequest(3)).raw)).toMatch(
      /^BF4161A05F301A801000112233445566778899AABBCCDDEEFF810388370A8201035F3740[0-9A-F]{128}$/,
    );
  });

  test('after a refused PrepareDownload', () => {
    const euicc = openedEuicc();
    const signature = authenticate(euicc);
    expect(child(ask(euicc, prepareRequest(signature, { signer: pki.dpAuth })), 0xa1)).toBeDefined();
    expectCancelled(euicc, 127);
  });

  test('with an SM-DS, whose identifier is signed', async () => {
    const euicc = openedEuicc();
    authenticate(euicc, { signer: await issueServer('dsAuth', { registeredId: '2.999.15' }) });
    expectCancelled(euicc, 0, '2.999.15');
  });
});

describe('once a package is being loaded', () => {
  test('accepted, and then there is no installation result', () => {
    const euicc = openedEuicc();
    const [first, second] = segments(prepare(euicc));
    expect(es10(euicc, first!)).toEqual({ data: new Uint8Array(0), status: 0x9000 });
    expectCancelled(euicc, 5);
    expect(refused(euicc, second!)).toBe('6985');
    openIsdr(euicc);
    expect(euicc.notifications).toEqual([]);
  });

  test('cancelDuringInstallation false: invalidTransactionId(5), and loading goes on', () => {
    const euicc = openedEuicc({ cancelDuringInstallation: false });
    const [first, ...others] = segments(prepare(euicc));
    expect(es10(euicc, first!).status).toBe(0x9000);
    expect(hex(ask(euicc, cancelRequest(5)).raw)).toBe(INVALID_TRANSACTION_ID);
    for (const segment of others) es10(euicc, segment);
    expect(euicc.profiles).toHaveLength(1);
  });

  test('cancelDuringInstallation false: an installation given up is reported after the reset', () => {
    const euicc = openedEuicc({ cancelDuringInstallation: false });
    const [first] = segments(prepare(euicc));
    es10(euicc, first!);
    expect(hex(ask(euicc, cancelRequest(5)).raw)).toBe(INVALID_TRANSACTION_ID);
    openIsdr(euicc);
    const [result] = need(ask(euicc, 'BF2B00'), 0xa0).children;
    const error = need(need(need(result!, 0xbf27), 0xa2), 0xa1);
    expect(hex(error.raw)).toBe('A10680010081010B');
  });

  test('after the installation result there is nothing to cancel', () => {
    const euicc = openedEuicc();
    for (const segment of segments(prepare(euicc))) es10(euicc, segment);
    expect(hex(ask(euicc, cancelRequest(5)).raw)).toBe(INVALID_TRANSACTION_ID);
  });
});

describe('refused', () => {
  test('another transaction, or no session: invalidTransactionId(5)', () => {
    const euicc = openedEuicc();
    expect(hex(ask(euicc, cancelRequest(0)).raw)).toBe(INVALID_TRANSACTION_ID);
    challengeOf(euicc);
    expect(hex(ask(euicc, cancelRequest(0)).raw)).toBe(INVALID_TRANSACTION_ID);
    authenticate(euicc);
    expect(hex(ask(euicc, cancelRequest(0, fromHex('0102'))).raw)).toBe(INVALID_TRANSACTION_ID);
    expectCancelled(euicc, 0);
  });

  test('after a refused AuthenticateServer, or a reset: invalidTransactionId(5)', () => {
    const euicc = openedEuicc();
    ask(euicc, authenticateRequest(euicc, { signer: pki.dpPb }));
    expect(hex(ask(euicc, cancelRequest(127)).raw)).toBe(INVALID_TRANSACTION_ID);
    authenticate(euicc);
    openIsdr(euicc);
    expect(hex(ask(euicc, cancelRequest(127)).raw)).toBe(INVALID_TRANSACTION_ID);
  });

  test('a reason that does not exist, or none: undefinedError(127), and the session goes on', () => {
    const euicc = openedEuicc();
    authenticate(euicc);
    expect(hex(ask(euicc, cancelRequest(6)).raw)).toBe(UNDEFINED_ERROR);
    expect(hex(ask(euicc, cancelRequest(99)).raw)).toBe(UNDEFINED_ERROR);
    expect(askHex(euicc, hex(tlv(0xbf41, tlv(0x80, TRANSACTION_ID))))).toBe(UNDEFINED_ERROR);
    expectCancelled(euicc, 127);
  });

  test('without transactionId: 6A80', () => {
    expect(refused(openedEuicc(), 'BF4103810100')).toBe('6A80');
  });
});
