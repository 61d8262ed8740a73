// SPDX-License-Identifier: Apache-2.0
// The cryptography of a module in front of a consumer eUICC: results are signed by the device, packages of an eIM are checked with the
// key of its configuration (SGP.32 v1.2 §2.11.1.1).

import { createPublicKey, type KeyObject, sign, verify, X509Certificate } from 'node:crypto';
import { Element, FieldError } from './asn1/element.js';
import { tlv } from './asn1/tlv.js';
import { decodeAnchor } from './peer.js';

const RAW_SIGNATURE_BYTES = 64;

/** ECDSA with SHA-256 over the bytes of action Sign: r and s, 32 bytes each. */
export function signAsDevice(deviceKey: KeyObject, bytes: Uint8Array): Uint8Array {
  const signature = sign('sha256', bytes, { key: deviceKey, dsaEncoding: 'ieee-p1363' });
  if (signature.length !== RAW_SIGNATURE_BYTES) throw new RangeError('deviceKey must be a private key on a curve of 256 bits');
  return new Uint8Array(signature);
}

/** Whether the signature in the bytes of action VerifyEim is right; a key that cannot be read has made none. */
export function isSignedByEim(bytes: Uint8Array): boolean {
  try {
    const given = Element.read(tlv(0x30, bytes), 'verification');
    const anchor = decodeAnchor(given.required(0xa5, 'eimPublicKeyData'));
    const signed = Buffer.concat([given.required(0x30, 'euiccPackageSigned').raw, given.required(0x84, 'associationToken').raw]);
    const signature = given.required(0x5f37, 'eimSignature').value;
    const key =
      anchor.kind === 'publicKey'
        ? createPublicKey({ key: Buffer.from(anchor.spki), format: 'der', type: 'spki' })
        : new X509Certificate(Buffer.from(anchor.certificate)).publicKey;
    // r and s as the specification has it; some write the DER form
    const dsaEncoding = signature.length === RAW_SIGNATURE_BYTES ? 'ieee-p1363' : 'der';
    return key.asymmetricKeyType === 'ec' && verify('sha256', signed, { key, dsaEncoding }, signature);
  } catch (error) {
    if (error instanceof FieldError || isCryptoError(error)) return false;
    throw error;
  }
}

/** Errors of OpenSSL and of node:crypto have a code. */
function isCryptoError(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}
