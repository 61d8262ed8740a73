// SPDX-License-Identifier: Apache-2.0
// EuiccPackageResult, BF51: signed results and errors, and the unsigned error (SGP.32 v1.2 §2.11.2.1).
import { tlv } from '../../codec/ber.js';
import { associationTokenElement, integerElement, optional, textElement } from '../domain/elements.js';
import { euiccSignature } from '../domain/identity.js';
import type { Euicc } from '../state/euicc.js';
import { type StoredEim, takeSeqNumber } from '../state/non-volatile.js';

/** What results and errors repeat from the package they answer. */
interface PackageIdentity {
  readonly counterValue: number;
  readonly eimTransactionId: Uint8Array | undefined;
}

function head(eim: StoredEim, { counterValue, eimTransactionId }: PackageIdentity): Uint8Array[] {
  return [
    textElement(0x80, eim.eimId),
    integerElement(0x81, counterValue),
    optional(eimTransactionId, (transactionId) => tlv(0x82, transactionId)),
  ];
}

/** Signs, numbers and stores a result; the oldest goes when there are too many. Returns `BF51{A0…}` and its number. */
export function storeSignedResult(
  euicc: Euicc,
  eim: StoredEim,
  identity: PackageIdentity,
  results: readonly Uint8Array[],
): { readonly raw: Uint8Array; readonly seqNumber: number } {
  const { memory, settings } = euicc;
  const seqNumber = takeSeqNumber(memory);
  const data = tlv(0x30, ...head(eim, identity), integerElement(0x83, seqNumber), tlv(0x30, ...results));
  const raw = tlv(0xbf51, tlv(0xa0, data, euiccSignature(euicc.identity, data, associationTokenElement(eim.associationToken))));
  memory.packageResults.push({ seqNumber, eimId: eim.eimId, counterValue: identity.counterValue, raw });
  memory.packageResults = memory.packageResults.slice(-settings.maximumPackageResults);
  return { raw, seqNumber };
}

/** `BF51{A1{30{…, 02 code}, 5F37}}`; not stored. */
export function signedError(euicc: Euicc, eim: StoredEim, identity: PackageIdentity, code: number): Uint8Array {
  const data = tlv(0x30, ...head(eim, identity), integerElement(0x02, code));
  return tlv(0xbf51, tlv(0xa1, data, euiccSignature(euicc.identity, data, associationTokenElement(eim.associationToken))));
}

/** `BF51{A2{80 eimId, [82 transaction], [84 token]}}`, for packages of whose origin the eUICC is not sure. */
export function unsignedError(
  eimId: Uint8Array,
  eimTransactionId: Uint8Array | undefined,
  associationToken: number | undefined,
): Uint8Array {
  return tlv(
    0xbf51,
    tlv(
      0xa2,
      tlv(0x80, eimId),
      optional(eimTransactionId, (transactionId) => tlv(0x82, transactionId)),
      optional(associationToken, (token) => integerElement(0x84, token)),
    ),
  );
}
