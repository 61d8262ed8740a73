// SPDX-License-Identifier: Apache-2.0
// LoadCRL (SGP.22 v2.5 §5.7.12, RFC 5280 §5): revocation lists as a CI issues them, every refusal, and what a loaded list does.
import { describe, expect, test } from 'vitest';
import { need, readInteger, readTlv, tlv } from '../../../host/sim/codec/ber.js';
import { concat, fromHex, hex } from '../../../host/sim/codec/bytes.js';
import type { SimulatedEuicc } from '../../../host/sim/euicc/index.js';
import type { KeyAndCertificate } from '../../../host/sim/pki/index.js';
import { ask, askHex, makeEuicc, openedEuicc, openIsdr, pki, refused } from './support/card.js';
import { issueServer, strangePki } from './support/certificates.js';
import { type ListOptions, loadCrlRequest, revocationList } from './support/revocation-list.js';
import { authenticateRequest, prepareRequest, TRANSACTION_ID } from './support/server.js';

const LOADED = 'BF3502A000';

async function load(euicc: SimulatedEuicc, options: ListOptions = {}): Promise<string> {
  return hex(ask(euicc, loadCrlRequest(await revocationList(options))).raw);
}

/** Result of AuthenticateServer with this certificate: 0, or the error code. */
function authentication(euicc: SimulatedEuicc, signer: KeyAndCertificate): number {
  const response = ask(euicc, authenticateRequest(euicc, { signer }));
  return response.children[0]!.tag === 0xa0 ? 0 : readInteger(need(response.children[0]!, 0x02));
}

const server = (serialNumber: string) => issueServer('dpAuth', { serialNumber });

describe('a loaded list', () => {
  test('ok; an empty list is one too', async () => {
    expect(await load(openedEuicc())).toBe(LOADED);
    expect(await load(openedEuicc(), { revoked: ['1234'] })).toBe(LOADED);
  });

  test('the certificates on it are refused by AuthenticateServer: invalidCertificate(1); others are not', async () => {
    const [revoked, good] = [await server('0ABC'), await server('0ABD')];
    const euicc = openedEuicc();
    expect(authentication(euicc, revoked)).toBe(0);
    expect(await load(euicc, { revoked: ['77', '0ABC', '00F1'] })).toBe(LOADED);
    expect(authentication(euicc, revoked)).toBe(1);
    expect(authentication(euicc, good)).toBe(0);
    expect(authentication(euicc, await server('00F1'))).toBe(1);
  });

  test('and by PrepareDownload: invalidCertificate(1)', async () => {
    const euicc = openedEuicc();
    const dpPb = await issueServer('dpPb', { serialNumber: '0BAD' });
    await load(euicc, { revoked: ['0BAD'] });
    const signature = need(need(ask(euicc, authenticateRequest(euicc)), 0xa0), 0x5f37).raw;
    const error = need(ask(euicc, prepareRequest(signature, { signer: dpPb })), 0xa1);
    expect(hex(need(error, 0x80).value)).toBe(hex(TRANSACTION_ID));
    expect(readInteger(need(error, 0x02))).toBe(1);
  });

  test('stays over resets, and in saved memory', async () => {
    const [first, revoked] = [openedEuicc(), await server('0ABC')];
    await load(first, { revoked: ['0ABC'] });
    const second = makeEuicc();
    second.restoreNonVolatile(first.saveNonVolatile());
    for (const euicc of [first, second]) {
      openIsdr(euicc);
      expect(authentication(euicc, revoked)).toBe(1);
    }
  });

  test('a newer list takes the place of the one before', async () => {
    const euicc = openedEuicc();
    await load(euicc, { crlNumber: 1, revoked: ['0ABC'] });
    expect(await load(euicc, { crlNumber: 2, revoked: ['0ABD'] })).toBe(LOADED);
    expect(authentication(euicc, await server('0ABC'))).toBe(0);
    expect(authentication(euicc, await server('0ABD'))).toBe(1);
  });

  test('of another trusted CI, for its own certificates', async () => {
    const euicc = openedEuicc({ trustedCiCertificates: [strangePki.ci.certificate] });
    expect(await load(euicc, { issuer: strangePki.ci, revoked: ['0ABC'] })).toBe(LOADED);
    expect(authentication(euicc, await server('0ABC'))).toBe(0);
  });

  test('may also come with its own tag under A0', async () => {
    const list = await revocationList({ revoked: ['0ABC'] });
    const euicc = openedEuicc();
    expect(hex(ask(euicc, tlv(0xbf35, tlv(0xa0, list))).raw)).toBe(LOADED);
    expect(authentication(euicc, await server('0ABC'))).toBe(1);
  });
});

describe('a list in parts', () => {
  test('the missing parts are named until none is missing; each part counts at once', async () => {
    const euicc = openedEuicc();
    expect(await load(euicc, { part: [2, 3], revoked: ['0ABD'] })).toBe('BF350AA008A006020101020103');
    expect(authentication(euicc, await server('0ABD'))).toBe(1);
    expect(await load(euicc, { part: [1, 3], revoked: ['0ABC'] })).toBe('BF3507A005A003020103');
    expect(await load(euicc, { part: [3, 3] })).toBe(LOADED);
    expect(authentication(euicc, await server('0ABC'))).toBe(1);
  });

  test('an older list counts until the new one is complete', async () => {
    const euicc = openedEuicc();
    await load(euicc, { crlNumber: 1, revoked: ['0ABC'] });
    await load(euicc, { crlNumber: 2, part: [1, 2] });
    expect(authentication(euicc, await server('0ABC'))).toBe(1);
    await load(euicc, { crlNumber: 2, part: [2, 2] });
    expect(authentication(euicc, await server('0ABC'))).toBe(0);
  });

  test('the same part again: fresherCrlAlreadyLoaded(5)', async () => {
    const euicc = openedEuicc();
    await load(euicc, { part: [1, 2] });
    expect(await load(euicc, { part: [1, 2] })).toBe('BF3503810105');
  });

  test.each([[[0, 2]], [[3, 2]], [[-1, 2]], [[1, 256]]] as const)('part %j: invalidCRLFormat(2)', async (part) => {
    expect(await load(openedEuicc(), { part })).toBe('BF3503810102');
  });
});

describe('a delta list', () => {
  test('adds to its base and takes from it', async () => {
    const euicc = openedEuicc();
    await load(euicc, { crlNumber: 5, revoked: ['0ABC', '0ABD'] });
    expect(await load(euicc, { crlNumber: 6, baseCrlNumber: 5, revoked: ['0ABE'], removed: ['0ABC'] })).toBe(LOADED);
    const results = ['0ABC', '0ABD', '0ABE'].map(async (serial) => authentication(euicc, await server(serial)));
    expect(await Promise.all(results)).toEqual([0, 1, 1]);
  });

  test('baseCrlMissing(6) without a base, or with one too old or incomplete', async () => {
    expect(await load(openedEuicc(), { crlNumber: 6, baseCrlNumber: 5 })).toBe('BF3503810106');
    const old = openedEuicc();
    await load(old, { crlNumber: 4 });
    expect(await load(old, { crlNumber: 6, baseCrlNumber: 5 })).toBe('BF3503810106');
    const incomplete = openedEuicc();
    await load(incomplete, { crlNumber: 5, part: [1, 2] });
    expect(await load(incomplete, { crlNumber: 6, baseCrlNumber: 5 })).toBe('BF3503810106');
  });
});

describe('refused, and nothing is changed', () => {
  test('invalidSignature(1): another key than that of the CI it names, or a changed list', async () => {
    const euicc = openedEuicc();
    expect(await load(euicc, { issuer: strangePki.ci, named: pki.ci, revoked: ['0ABC'] })).toBe('BF3503810101');
    const list = await revocationList({ revoked: ['0ABC'] });
    const changed = fromHex(hex(list).replace('02020ABC', '02020ABD'));
    expect(hex(ask(euicc, loadCrlRequest(changed)).raw)).toBe('BF3503810101');
    expect(authentication(euicc, await server('0ABC'))).toBe(0);
    expect(authentication(euicc, await server('0ABD'))).toBe(0);
  });

  test('invalidCRLFormat(2): no number, another algorithm, a certificate', async () => {
    expect(await load(openedEuicc(), { crlNumber: undefined })).toBe('BF3503810102');
    expect(await load(openedEuicc(), { hash: 'SHA-384' })).toBe('BF3503810102');
    expect(hex(ask(openedEuicc(), loadCrlRequest(pki.ci.certificate)).raw)).toBe('BF3503810102');
  });

  test.each(['BF3500', 'BF3502A000', 'BF3504A0023000', 'BF350AA00830003000030200AA'])('%s: invalidCRLFormat(2)', (bytes) => {
    expect(askHex(openedEuicc(), bytes)).toBe('BF3503810102');
  });

  test('invalidCRLFormat(2): something after the signature', async () => {
    const list = concat(readTlv(await revocationList()).value, fromHex('0500'));
    expect(hex(ask(openedEuicc(), tlv(0xbf35, tlv(0xa0, list))).raw)).toBe('BF3503810102');
  });

  test('notEnoughMemorySpace(3)', async () => {
    const euicc = openedEuicc({ revocationListBytes: 400 });
    const revoked = Array.from({ length: 20 }, (_, index) => (0x1000 + index).toString(16));
    expect(await load(euicc, { revoked })).toBe('BF3503810103');
    expect(authentication(euicc, await server('1000'))).toBe(0);
    expect(await load(euicc, { revoked: ['1000'] })).toBe(LOADED);
    expect(authentication(euicc, await server('1000'))).toBe(1);
  });

  test('verificationKeyNotFound(4): a CI that is not trusted', async () => {
    expect(await load(openedEuicc(), { issuer: strangePki.ci })).toBe('BF3503810104');
  });

  test('fresherCrlAlreadyLoaded(5): an older list, or the same one', async () => {
    const euicc = openedEuicc();
    await load(euicc, { crlNumber: 9, revoked: ['0ABC'] });
    expect(await load(euicc, { crlNumber: 8 })).toBe('BF3503810105');
    expect(await load(euicc, { crlNumber: 9 })).toBe('BF3503810105');
    expect(authentication(euicc, await server('0ABC'))).toBe(1);
  });

  test('cut short: 6A80', async () => {
    const whole = loadCrlRequest(await revocationList());
    expect(refused(openedEuicc(), whole.subarray(0, -1))).toBe('6A80');
  });
});
