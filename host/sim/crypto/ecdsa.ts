// SPDX-License-Identifier: Apache-2.0
// ECDSA with SHA-256 as RSP uses it: values are r||s, 32 bytes each (BSI TR-03111 plain format; SGP.22 v2.5 §2.6).
import { type KeyObject, sign, verify } from 'node:crypto';
import { concat } from '../codec/bytes.js';

const PLAIN_SIGNATURE_BYTES = 64;

/** Signs the concatenation of `parts` (complete TLVs, protocol order); returns r||s, 64 bytes. */
export function signRs(privateKey: KeyObject, ...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(sign('sha256', concat(...parts), { key: privateKey, dsaEncoding: 'ieee-p1363' }));
}

/**
 * Verifies a signature over the concatenation of `parts`. 64 bytes are r||s; any other length is tried as DER, which some peers send.
 * Never throws for a bad signature.
 */
export function verifyRs(publicKey: KeyObject, signature: Uint8Array, ...parts: readonly Uint8Array[]): boolean {
  const dsaEncoding = signature.length === PLAIN_SIGNATURE_BYTES ? 'ieee-p1363' : 'der';
  try {
    return verify('sha256', concat(...parts), { key: publicKey, dsaEncoding }, signature);
  } catch {
    return false;
  }
}
