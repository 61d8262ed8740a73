// SPDX-License-Identifier: Apache-2.0
// What TLS and DTLS have in common when they read whom to trust.

import { X509Certificate } from 'node:crypto';
import { NetworkError } from './interfaces.js';

/** @throws NetworkError tlsRefused when `read` throws: nobody can be trusted by an anchor that nobody can read. */
export function readAnchor<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new NetworkError('tlsRefused', 'the trust anchor for the server cannot be read', 0, { cause });
  }
}

/** PEM text of authorities: as it is, or of one certificate in DER. */
export function pemOf(ca: Uint8Array | string): string {
  if (typeof ca === 'string') return ca;
  return ca[0] === 0x30 ? new X509Certificate(Buffer.from(ca)).toString() : Buffer.from(ca).toString('latin1');
}
