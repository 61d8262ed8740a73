// SPDX-License-Identifier: Apache-2.0
// ECDSA values as RSP carries them, checked against another implementation.
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import { expect, it } from 'vitest';
import { fromHex, utf8 } from '../../../host/sim/codec/bytes.js';
import { signRs, verifyRs } from '../../../host/sim/crypto/ecdsa.js';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

it('signs the concatenation of the parts with r||s', () => {
  const signature = signRs(privateKey, utf8('one'), utf8('two'));
  expect(signature.length).toBe(64);
  expect(verifyRs(publicKey, signature, utf8('onetwo'))).toBe(true);
  expect(verifyRs(publicKey, signature, utf8('onetw'))).toBe(false);
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Uint8Array.from([4, ...Buffer.from(x, 'base64url'), ...Buffer.from(y, 'base64url')]);
  expect(p256.verify(signature, utf8('onetwo'), point, { lowS: false })).toBe(true);
});

it('verifies a known answer (RFC 6979 deterministic, private key 32 times 11)', () => {
  const secret = new Uint8Array(32).fill(0x11);
  const signature = fromHex(
    '82433EF1824D93A1C7EE09EB85180009B879B0617173D44ED1E3FC476B90F01478F28CFDA67ECAB67F3399E5D1D02AFDBBA7CDABEB70F1AC40B325B5C7B9F6D9',
  );
  const point = p256.getPublicKey(secret, false);
  const coordinate = (start: number) => Buffer.from(point.subarray(start, start + 32)).toString('base64url');
  const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: coordinate(1), y: coordinate(33) }, format: 'jwk' });
  expect(p256.sign(utf8('message'), secret, { lowS: false })).toEqual(signature);
  expect(verifyRs(key, signature, utf8('message'))).toBe(true);
  expect(verifyRs(key, signature, utf8('massage'))).toBe(false);
});

it('accepts DER, which some peers send', () => {
  const signature = p256.Signature.fromBytes(signRs(privateKey, utf8('x'))).toBytes('der');
  expect(verifyRs(publicKey, signature, utf8('x'))).toBe(true);
});

it.each([0, 1, 63, 64, 65, 72])('answers false for %i bytes of nonsense', (length) => {
  expect(verifyRs(publicKey, new Uint8Array(length).fill(0xff), utf8('x'))).toBe(false);
});
