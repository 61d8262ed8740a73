// SPDX-License-Identifier: Apache-2.0
// Ephemeral P-256 keys and the derivation of session keys (SGP.22 v2.5 §2.6; X9.63 KDF of BSI TR-03111 with SHA-256).
import { createECDH, createHash } from 'node:crypto';
import { concat } from '../codec/bytes.js';

/** A public point of the other side that is not on the curve. */
export class KeyAgreementError extends Error {
  override readonly name = 'KeyAgreementError';
}

/** A one-time key pair on P-256 (otSK/otPK). */
export class EphemeralKey {
  private readonly ecdh = createECDH('prime256v1');

  /** `scalar` (32 bytes) is for known-answer tests and seeded runs; absent, the key is random. */
  constructor(scalar?: Uint8Array) {
    if (scalar) this.ecdh.setPrivateKey(scalar);
    else this.ecdh.generateKeys();
  }

  /** Uncompressed public point 04 || X || Y, 65 bytes (value of tag 5F49). */
  get publicPoint(): Uint8Array {
    return new Uint8Array(this.ecdh.getPublicKey());
  }

  /** The shared secret Z: the X coordinate, 32 bytes. Throws KeyAgreementError for a point that is not on P-256. */
  agree(otherPublicPoint: Uint8Array): Uint8Array {
    try {
      return new Uint8Array(this.ecdh.computeSecret(otherPublicPoint));
    } catch (cause) {
      throw new KeyAgreementError('the public key of the other side is not a point of P-256', { cause });
    }
  }
}

/** Contents of the control reference template A6 in InitialiseSecureChannel (SGP.22 v2.5 §2.5.4). */
export interface ControlReference {
  /** 0x88: AES. */
  readonly keyType: number;
  /** 0x10: 16 bytes. */
  readonly keyLengthBytes: number;
  /** 1 to 16 bytes. */
  readonly hostId: Uint8Array;
}

/** Keys of a BPP protection session; 16 bytes each. */
export interface BspKeys {
  readonly initialMacChainingValue: Uint8Array;
  readonly encryptionKey: Uint8Array;
  readonly macKey: Uint8Array;
}

/** Derives the session keys from Z for the eUICC with this EID (16 bytes). */
export function deriveBspKeys(sharedSecret: Uint8Array, reference: ControlReference, eid: Uint8Array): BspKeys {
  const { keyType, keyLengthBytes, hostId } = reference;
  const sharedInfo = concat(Uint8Array.of(keyType, keyLengthBytes, hostId.length), hostId, Uint8Array.of(eid.length), eid);
  const key = x963(sharedSecret, sharedInfo, 48);
  return { initialMacChainingValue: key.subarray(0, 16), encryptionKey: key.subarray(16, 32), macKey: key.subarray(32, 48) };
}

function x963(secret: Uint8Array, sharedInfo: Uint8Array, lengthBytes: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let counter = 1; blocks.length * 32 < lengthBytes; counter++) {
    const number = Uint8Array.of(0, 0, 0, counter);
    blocks.push(createHash('sha256').update(secret).update(number).update(sharedInfo).digest());
  }
  return concat(...blocks).subarray(0, lengthBytes);
}
