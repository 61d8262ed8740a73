// SPDX-License-Identifier: Apache-2.0
// EuiccPackageResult (SGP.32 v1.2 §2.11.2.1): decoding, and checking the eUICC's signature.
import type { KeyObject } from 'node:crypto';
import { CodecError, child, need, readInteger, type Tlv } from '../../codec/ber.js';
import { hex, text } from '../../codec/bytes.js';
import { verifyRs } from '../../crypto/ecdsa.js';
import { defined } from '../defined.js';
import { associationTokenDataObject } from '../packages/euicc-package.js';
import { decodeEuiccResult, type EuiccResult } from './euicc-result-data.js';
import { readField } from './read-field.js';
import { PACKAGE_ERROR_WORDS, wordFor } from './words.js';

interface Origin {
  readonly eimId: string;
  /** Upper-case hexadecimal. */
  readonly eimTransactionId?: string;
  /** The result as received, tag BF51. */
  readonly raw: Uint8Array;
}

interface Signed {
  readonly counterValue: number;
  /** What the eUICC signed (a 30 TLV as received), without the association token that the signature also covers. */
  readonly signedData: Uint8Array;
  readonly signature: Uint8Array;
}

/** The package was executed, perhaps not to its end. */
export type EuiccPackageResultSigned = Origin &
  Signed & { readonly form: 'signed'; readonly seqNumber: number; readonly results: readonly EuiccResult[] };

/** The package was authentic but refused. */
export type EuiccPackageErrorSigned = Origin &
  Signed & { readonly form: 'errorSigned'; readonly errorCode: number; readonly errorWord: string };

/** The package was not authentic, or not even decodable. */
export type EuiccPackageErrorUnsigned = Origin & {
  readonly form: 'errorUnsigned';
  readonly associationToken?: number;
  /** Since v1.3. */
  readonly errorCode?: number;
  readonly errorWord?: string;
};

export type EuiccPackageResult = EuiccPackageResultSigned | EuiccPackageErrorSigned | EuiccPackageErrorUnsigned;

/**
 * Reads an EuiccPackageResult. Throws CodecError.
 * A result with 30 in the place of A0, as early implementations send it, is read as well.
 */
export function decodeEuiccPackageResult(result: Tlv): EuiccPackageResult {
  if (result.tag !== 0xbf51) throw new CodecError('an eUICC package result must have tag BF51');
  const [choice] = result.children;
  switch (choice?.tag) {
    case 0xa0:
    case 0x30:
      return signedResult(choice, result);
    case 0xa1:
      return signedError(choice, result);
    case 0xa2:
      return unsignedError(choice, result);
    default:
      throw new CodecError('an eUICC package result without one of its alternatives');
  }
}

/** Whether the eUICC's key signed this result for the eIM with this association token. Unsigned errors are never verified. */
export function isSignedBy(result: EuiccPackageResult, euiccPublicKey: KeyObject, associationToken: number): boolean {
  if (result.form === 'errorUnsigned') return false;
  return verifyRs(euiccPublicKey, result.signature, result.signedData, associationTokenDataObject(associationToken));
}

function signedResult(choice: Tlv, result: Tlv): EuiccPackageResultSigned {
  const data = need(choice, 0x30);
  return {
    form: 'signed',
    ...origin(data, result),
    ...signed(choice, data),
    seqNumber: readInteger(need(data, 0x83)),
    results: need(data, 0x30).children.map(decodeEuiccResult),
  };
}

function signedError(choice: Tlv, result: Tlv): EuiccPackageErrorSigned {
  const data = need(choice, 0x30);
  const errorCode = readInteger(need(data, 0x02));
  return {
    form: 'errorSigned',
    ...origin(data, result),
    ...signed(choice, data),
    errorCode,
    errorWord: wordFor(PACKAGE_ERROR_WORDS, errorCode),
  };
}

function unsignedError(choice: Tlv, result: Tlv): EuiccPackageErrorUnsigned {
  const errorCode = readField(choice, 0x8f, readInteger);
  return {
    form: 'errorUnsigned',
    ...origin(choice, result),
    ...defined({
      associationToken: readField(choice, 0x84, readInteger),
      errorCode,
      errorWord: errorCode === undefined ? undefined : wordFor(PACKAGE_ERROR_WORDS, errorCode),
    }),
  };
}

function origin(data: Tlv, result: Tlv): Origin {
  const transactionId = child(data, 0x82);
  return {
    eimId: text(need(data, 0x80).value),
    ...defined({ eimTransactionId: transactionId && hex(transactionId.value) }),
    raw: result.raw,
  };
}

function signed(choice: Tlv, data: Tlv): Signed {
  return { counterValue: readInteger(need(data, 0x81)), signedData: data.raw, signature: need(choice, 0x5f37).value };
}
