// SPDX-License-Identifier: Apache-2.0
// ESipa.GetEimPackage (SGP.32 v1.2 §6.3.2.6): asks the eIM for the next package, and tells it of a
// change that was not its own.

import { ErrorCode } from '../abi/errors';
import { HAS_DATA, HAS_MORE_OPTIONS, HAS_PUSH, HAS_STATE_CHANGES } from '../abi/features';
import { EID, EIM_TRANSACTION_ID, MESSAGE, O, RPLMN, S } from '../abi/state';
import { isPushed } from '../rsp/peer';
import { PREFIX } from '../rsp/prefix';
import { requestBegin } from '../rsp/request';
import { derCopy, derLength, findTlv } from '../wire/der-read';
import { putByteTlv, putHeader, putTlv } from '../wire/der-write';

const EID_BYTES: u32 = 16;
const RPLMN_BYTES: u32 = 3;
const TRANSACTION_ID_BYTES: u32 = 16;

/** What the eIM has; in the order of the rows behind GetEimPackage in proc/eim-package-retrieval.ts. */
export const enum PackageKind {
  None = 0,
  EuiccPackage = 1,
  IpaEuiccData = 2,
  DownloadTrigger = 3,
  Unknown = 4,
  Invalid = 5,
  /** eimAcknowledgements, pushed. */
  Acknowledgements = 6,
}

const NO_PACKAGE_AVAILABLE: i32 = 1;

/** Writes 5A eidValue. */
export function putEid(at: usize): usize {
  return putTlv(at, 0x5a, EID, EID_BYTES);
}

/** The next package is another transaction. */
export function forgetTransaction(): void {
  S.eimTransactionIdLength = 0;
}

/** Sends BF4F{5A eidValue, [80 notifyStateChange, 81 stateChangeCause], [82 rPLMN]}. */
export function sendGetEimPackage(): void {
  forgetTransaction();
  let at = putEid(PREFIX);
  if (HAS_STATE_CHANGES && S.stateChanged) at = putByteTlv(putHeader(at, 0x80, 0), 0x81, S.stateChangeCause);
  if (HAS_MORE_OPTIONS && O.rplmnLength) at = putTlv(at, 0x82, RPLMN, RPLMN_BYTES);
  requestBegin(0xbf4f, at, 0, 0);
}

/** Says what kind of package came. Returns a PackageKind, or EimError with eimPackageError as detail. */
export function readGetEimPackage(): i32 {
  switch (S.replyChoice) {
    case 0xbf51:
      return PackageKind.EuiccPackage;
    case 0xbf52:
      keepEimTransactionId(0x83);
      return HAS_DATA ? PackageKind.IpaEuiccData : PackageKind.Unknown;
    case 0xbf54:
      keepEimTransactionId(0x82);
      return PackageKind.DownloadTrigger;
    case 0xbf53:
      if (!HAS_PUSH || !isPushed()) return PackageKind.Unknown;
      keepAcknowledgements();
      return PackageKind.Acknowledgements;
    case 0x81:
    case 0x02:
      if (S.replyCode == NO_PACKAGE_AVAILABLE) return PackageKind.None;
      S.stepDetail = S.replyCode;
      return ErrorCode.EimError;
    default:
      return PackageKind.Unknown;
  }
}

function keepEimTransactionId(tag: u32): void {
  if (findTlv(MESSAGE, S.collectAt, tag) || derLength - 1 >= TRANSACTION_ID_BYTES) return;
  S.eimTransactionIdLength = derCopy(EIM_TRANSACTION_ID);
}

/** What lies in MESSAGE are the sequence numbers to remove: they are then between acknowledgedAt and acknowledgedEnd. */
export function keepAcknowledgements(): void {
  S.acknowledgedAt = MESSAGE;
  S.acknowledgedEnd = S.collectAt;
  S.keepEnd = S.collectAt;
}
