// SPDX-License-Identifier: Apache-2.0
// Protection of the parts of a Bound Profile Package, both directions (SGP.22 v2.5 §2.5.4: SCP03t with AES-128).
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { cmac } from '@noble/ciphers/aes.js';
import { lengthOctets, type Tlv, tlv } from '../codec/ber.js';
import { concat, equal } from '../codec/bytes.js';
import type { BspKeys } from './key-agreement.js';

const BLOCK_BYTES = 16;
/** Bytes of the CMAC that travel with each part. */
const MAC_BYTES = 8;
/** Most bytes of plaintext in a part: 1008 padded, 8 of MAC and 4 of header make 1020 (SGP.22 v2.5 §2.5.4). */
export const MAX_PLAIN_SEGMENT_BYTES = 1007;

/** Why a protected part was not accepted: `structure` = cannot be one at all, `security` = MAC or padding wrong. */
export class BspError extends Error {
  override readonly name = 'BspError';

  constructor(
    readonly failure: 'structure' | 'security',
    message: string,
  ) {
    super(message);
  }
}

/** One direction of a protection session. Parts must be given in order: each changes the MAC chaining value and the counter. */
export class BspChannel {
  private chainingValue: Uint8Array;
  private counter = 1;

  constructor(private readonly keys: BspKeys) {
    this.chainingValue = keys.initialMacChainingValue;
  }

  /** Encrypts and MACs `plain` as one TLV with tag 86 or 87. */
  protect(tag: number, plain: Uint8Array): Uint8Array {
    const cipher = createCipheriv('aes-128-cbc', this.keys.encryptionKey, this.initialVector()).setAutoPadding(false);
    return this.withMac(tag, concat(cipher.update(pad(plain)), cipher.final()));
  }

  /** MACs `plain` as one TLV with tag 88; it counts like an encrypted one. */
  protectMacOnly(tag: number, plain: Uint8Array): Uint8Array {
    this.counter++;
    return this.withMac(tag, plain);
  }

  /** Verifies and decrypts a TLV made by `protect`. Throws BspError and leaves the session unchanged. */
  unprotect(part: Tlv): Uint8Array {
    const { payload, chainingValue } = this.verified(part);
    if (payload.length === 0 || payload.length % BLOCK_BYTES !== 0)
      throw new BspError('structure', 'the ciphertext is not a number of whole blocks');
    const decipher = createDecipheriv('aes-128-cbc', this.keys.encryptionKey, this.initialVector(0)).setAutoPadding(false);
    const plain = unpad(concat(decipher.update(payload), decipher.final()));
    this.counter++;
    this.chainingValue = chainingValue;
    return plain;
  }

  /** Verifies a TLV made by `protectMacOnly` and gives its contents. Throws BspError and leaves the session unchanged. */
  unprotectMacOnly(part: Tlv): Uint8Array {
    const { payload, chainingValue } = this.verified(part);
    this.counter++;
    this.chainingValue = chainingValue;
    return payload;
  }

  private withMac(tag: number, payload: Uint8Array): Uint8Array {
    this.chainingValue = this.mac(tag, payload);
    return tlv(tag, payload, this.chainingValue.subarray(0, MAC_BYTES));
  }

  private verified(part: Tlv): { payload: Uint8Array; chainingValue: Uint8Array } {
    if (part.value.length < MAC_BYTES) throw new BspError('structure', 'the part is too short for a MAC');
    const payload = part.value.subarray(0, -MAC_BYTES);
    const chainingValue = this.mac(part.tag, payload);
    if (!equal(chainingValue.subarray(0, MAC_BYTES), part.value.subarray(-MAC_BYTES))) throw new BspError('security', 'the MAC is wrong');
    return { payload, chainingValue };
  }

  /** The length in the MAC input already counts the MAC that will follow. */
  private mac(tag: number, payload: Uint8Array): Uint8Array {
    const header = concat(Uint8Array.of(tag), lengthOctets(payload.length + MAC_BYTES));
    return cmac(concat(this.chainingValue, header, payload), this.keys.macKey);
  }

  private initialVector(advance = 1): Uint8Array {
    const block = new Uint8Array(BLOCK_BYTES);
    new DataView(block.buffer).setUint32(BLOCK_BYTES - 4, this.counter);
    this.counter += advance;
    return createCipheriv('aes-128-ecb', this.keys.encryptionKey, null).setAutoPadding(false).update(block);
  }
}

/** ISO 9797-1 method 2: 80 and zeros to a whole block, at least one byte. */
function pad(plain: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((plain.length + 1) / BLOCK_BYTES) * BLOCK_BYTES);
  padded.set(plain);
  padded[plain.length] = 0x80;
  return padded;
}

function unpad(padded: Uint8Array): Uint8Array {
  const end = padded.findLastIndex((byte) => byte !== 0);
  if (end < padded.length - BLOCK_BYTES || padded[end] !== 0x80) throw new BspError('security', 'the padding is wrong');
  return padded.subarray(0, end);
}
