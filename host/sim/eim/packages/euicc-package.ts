// SPDX-License-Identifier: Apache-2.0
// EuiccPackageRequest (SGP.32 v1.2 §2.11.1.1): the signed list of operations for an eUICC.
import type { KeyObject } from 'node:crypto';
import { integerContent, tlv } from '../../codec/ber.js';
import { utf8 } from '../../codec/bytes.js';
import { signRs } from '../../crypto/ecdsa.js';
import { eidToBytes } from '../identifiers.js';
import type { Eco } from './eco.js';
import type { Psmo } from './psmo.js';

/** What the package makes the eUICC do: profile operations or eIM configuration operations, never both. */
export type PackageOperations = { readonly psmos: readonly Psmo[] } | { readonly ecos: readonly Eco[] };

/** The fields of EuiccPackageSigned. */
export interface EuiccPackageFields {
  readonly eimId: string;
  /** 32 digits. */
  readonly eid: string;
  readonly counterValue: number;
  /** 1 to 16 bytes. */
  readonly eimTransactionId?: Uint8Array;
  readonly operations: PackageOperations;
  /** Whole TLVs put after the specified components, inside what is signed: a receiver must keep and otherwise ignore them. */
  readonly extraFields?: readonly Uint8Array[];
}

/** EuiccPackageSigned, the 30 TLV that the eIM signs. */
export function euiccPackageSigned(fields: EuiccPackageFields): Uint8Array {
  const { operations } = fields;
  return tlv(
    0x30,
    tlv(0x80, utf8(fields.eimId)),
    tlv(0x5a, eidToBytes(fields.eid)),
    tlv(0x81, integerContent(fields.counterValue)),
    ...(fields.eimTransactionId === undefined ? [] : [tlv(0x82, fields.eimTransactionId)]),
    'psmos' in operations ? tlv(0xa0, ...operations.psmos.map(bytesOf)) : tlv(0xa1, ...operations.ecos.map(bytesOf)),
    ...(fields.extraFields ?? []),
  );
}

/** The associationToken data object that ends the input of every eIM and eUICC package signature; 0 stands for "none assigned" (SGP.32 v1.2 §2.11.1.1). */
export function associationTokenDataObject(associationToken: number): Uint8Array {
  return tlv(0x84, integerContent(associationToken));
}

/** The whole request: the signed part as it is, then eimSignature over it and the association token. */
export function euiccPackageRequest(signed: Uint8Array, associationToken: number, eimPrivateKey: KeyObject): Uint8Array {
  return assembleRequest(signed, signRs(eimPrivateKey, signed, associationTokenDataObject(associationToken)));
}

/** The same with one bit of the signature turned over, which every eUICC must refuse. */
export function badlySignedRequest(signed: Uint8Array, associationToken: number, eimPrivateKey: KeyObject): Uint8Array {
  const signature = signRs(eimPrivateKey, signed, associationTokenDataObject(associationToken));
  signature[signature.length - 1]! ^= 1;
  return assembleRequest(signed, signature);
}

function assembleRequest(signed: Uint8Array, signature: Uint8Array): Uint8Array {
  return tlv(0xbf51, signed, tlv(0x5f37, signature));
}

function bytesOf(operation: Psmo | Eco): Uint8Array {
  return operation.bytes;
}
