// SPDX-License-Identifier: Apache-2.0
// ESipa.ProvideEimPackageResult (SGP.32 v1.2 §6.3.2.7) in all its forms, and the acknowledgements that answer it.

import { ErrorCode } from '../abi/errors';
import { HAS_MORE_OPTIONS, HAS_PUSH } from '../abi/features';
import { OWED_BYTES } from '../abi/limits';
import { EIM_TRANSACTION_ID, MESSAGE, O, OWED, OWED_END, S } from '../abi/state';
import { isJson, isPushed } from '../rsp/peer';
import { PREFIX } from '../rsp/prefix';
import { requestBegin, requestPut, requestRest } from '../rsp/request';
import { Reply } from '../rsp/slots';
import { backAt, backBegin, backByteTlv, backCopy, backHeader, backTlv } from '../wire/der-back';
import { putHeader, tlvBytes } from '../wire/der-write';
import { keepAcknowledgements, putEid } from './get-eim-package';

/** Headers and transaction id around the result of a trigger, at most. */
const MOST_TRIGGER_BYTES: usize = 23;

/** EimPackageResultErrorCode. */
export const enum PackageError {
  InvalidPackageFormat = 1,
  UnknownPackage = 2,
  Undefined = 127,
}

/**
 * Starts BF50{5A eidValue, …} with `resultBytes` of EimPackageResult to follow; in v1.0 it is the result alone, and so it is in the answer to a
 * package that was pushed (TransferEimPackageResponse, §6.3.3.1).
 */
export function beginProvideResult(resultBytes: u32): void {
  if (isPushed()) return requestBegin(0xbf4e, PREFIX, 0, resultBytes);
  requestBegin(0xbf50, !HAS_MORE_OPTIONS || O.esipaVersion || isJson() ? putEid(PREFIX) : PREFIX, 0, resultBytes);
}

/** Answers a push with eimPackageReceived; what came with it stays where it is. */
export function sendReceipt(): void {
  requestBegin(0xbf4e, putHeader(PREFIX, 0x05, 0), 0, 0);
  S.replyState = Reply.Reading;
}

/** Sends the EuiccPackageResult kept in MESSAGE up to keepEnd, as it is. */
export function sendPackageResult(): void {
  beginProvideResult(S.keepEnd - MESSAGE);
  requestRest(MESSAGE, S.keepEnd);
}

/** Sends ePRAndNotifications: 30{BF51, A0 list}; the list of `listBytes` is streamed behind what lies in MESSAGE. */
export function sendPackageResultAndNotifications(listBytes: u32): void {
  const length = S.keepEnd - MESSAGE + listBytes;
  beginProvideResult(tlvBytes(0x30, length));
  const end = putHeader(PREFIX, 0x30, length);
  requestPut(PREFIX, end - PREFIX);
  requestRest(MESSAGE, S.keepEnd);
}

/** Reads the answer: sequence numbers to remove then lie between acknowledgedAt and acknowledgedEnd. EimError when it refuses. */
export function readProvideResult(): i32 {
  const choice = S.replyChoice;
  if (choice != 0xbf53) S.collectAt = MESSAGE;
  keepAcknowledgements();
  // the eIM acknowledges what it has pushed by a push
  if (HAS_PUSH && S.replyOuter == 0xbf4e) return 0;
  if (choice == 0xbf53 || choice == 0x30) return 0;
  S.stepDetail = S.replyCode;
  return choice == 0x02 || choice == 0x81 ? ErrorCode.EimError : ErrorCode.BadEimAnswer;
}

/** Puts the transaction id of the package, where it had one, in front, under `tag`. */
function backTransactionId(tag: u32): void {
  const length: u32 = S.eimTransactionIdLength;
  if (length) backTlv(tag, EIM_TRANSACTION_ID, length);
}

/** `tag`{what was written} is owed. */
function setOwed(tag: u32, isTriggerResult: bool): void {
  backHeader(tag, OWED_END);
  S.owedLength = OWED_END - backAt;
  S.owedIsTriggerResult = isTriggerResult;
  memory.copy(OWED, backAt, OWED_END - backAt);
}

/** Writes [80 eimTransactionId], 02 code. */
function backError(code: u32): void {
  backBegin(OWED_END);
  backByteTlv(0x02, code);
  backTransactionId(0x80);
}

/** Owes eimPackageResultResponseError: A0{[80 eimTransactionId], 02 code}. */
export function owePackageError(code: u32): void {
  backError(code);
  setOwed(0xa0, false);
}

/** Owes ipaEuiccDataResponseError: BF52{A1{[80 eimTransactionId], 02 code}}. */
export function oweDataError(code: u32): void {
  backError(code);
  backHeader(0xa1, OWED_END);
  setOwed(0xbf52, false);
}

/** Owes the result of a direct download: BF54{[82 eimTransactionId], BF37}; the PIR lies from `at` to `end`. False when it is too long. */
export function oweInstallationResult(at: usize, end: usize): bool {
  if (end - at > <usize>OWED_BYTES - MOST_TRIGGER_BYTES) return false;
  backBegin(OWED_END);
  backCopy(at, end);
  oweTriggerResult();
  return true;
}

function oweTriggerResult(): void {
  backTransactionId(0x82);
  setOwed(0xbf54, true);
}

/** Owes profileDownloadError undefinedError: BF54{[82 eimTransactionId], 30{80 7F}}. */
export function oweTriggerError(): void {
  backBegin(OWED_END);
  backByteTlv(0x80, 127);
  backHeader(0x30, OWED_END);
  oweTriggerResult();
}
