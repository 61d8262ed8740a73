// SPDX-License-Identifier: Apache-2.0
// What the operations of one eUICC package share while they run, and how each says what came of it (SGP.32 v1.2 §2.11.2.1).
import { child, type Tlv } from '../../codec/ber.js';
import { integerElement } from '../domain/elements.js';
import type { ProfileEvent } from '../domain/notifications.js';
import type { Euicc } from '../state/euicc.js';

/** One package in progress. The profiles in `euicc.memory` carry the states marked so far. */
export interface PackageExecution {
  readonly euicc: Euicc;
  enableDone: boolean;
  disableDone: boolean;
  /** ICCID of the profile enabled when the package began, which a rollback would go back to. */
  readonly previousIccid: Uint8Array | undefined;
  /** Set by an enable with rollbackFlag. */
  rollbackIccid: Uint8Array | undefined;
  /** Identifiers of eIMs deleted by this package; they go once the result is signed. */
  readonly deletedEims: Set<string>;
  readonly events: ProfileEvent[];
}

/** EuiccResultData of one operation; the first that is not `ok` ends the package. */
export interface OperationResult {
  readonly encoded: Uint8Array;
  readonly ok: boolean;
}

export type Operation = (execution: PackageExecution, element: Tlv) => OperationResult;

/** Result codes with the same meaning for several operations. */
export const RESULT = {
  ok: 0,
  iccidNotFound: 1,
  wrongState: 2,
  disallowedByPolicy: 3,
  catBusy: 5,
  commandError: 7,
  rollbackNotAvailable: 20,
  returnFallbackProfile: 21,
  undefinedError: 127,
} as const;

/** A result that is just a code under the operation's result tag. */
export function codeResult(tag: number, code: number): OperationResult {
  return { encoded: integerElement(tag, code), ok: code === RESULT.ok };
}

/** The 10 bytes of the operation's ICCID; undefined when it is missing or no ICCID. */
export function iccidOf(element: Tlv): Uint8Array | undefined {
  const iccid = child(element, 0x5a)?.value;
  return iccid?.length === 10 ? iccid : undefined;
}
