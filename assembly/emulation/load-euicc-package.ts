// SPDX-License-Identifier: Apache-2.0
// LoadEuiccPackage (SGP.32 v1.2 §5.9.1, §3.3.1): the checks in their order, then the operations one after the other. The counter is
// stored before the first of them: what is lost by a power cut is a result, and never is an operation done twice.

import { Action } from '../abi/actions';
import { ask } from '../wire/ask';
import { sameBytes } from '../wire/bytes';
import { checkTlv, derEnd, derInteger, derLength, derStart, derValue, expectTlv, findTlv, readTlv } from '../wire/der-read';
import { putByteTlv, putHeader, putTlv } from '../wire/der-write';
import { answerStatus } from './answer';
import { callCard, isAnswered } from './card-call';
import { runEco } from './eco';
import { eimCounter, findEim, putToken, readEimField, setEimCounter } from './eims';
import { ANSWER, ANSWER_END, COMMAND, HEAD, Next, OPERATION_RESULTS, OPERATION_RESULTS_END, Phase, REQUEST, V } from './memory';
import { Termination, terminate } from './operation-result';
import { answerSignedError, answerUnsignedError, eimOfHead, signResult } from './package-result';
import { beginPsmo } from './psmo';

const EID_BYTES: u32 = 16;
const EIM_ID_BYTES: u32 = 128;
const TRANSACTION_ID_BYTES: u32 = 16;
const MOST_COUNTER_BYTES: u32 = 8;
const MOST_TOKEN_BYTES: usize = 6;
const NOT_ENOUGH_MEMORY: u32 = 0x6a84;
/** A counter that is read as -1 is more than can be kept. */
const TOO_MUCH: u32 = 0xffffffff;

/** EuiccPackageErrorCode. */
const enum PackageError {
  InvalidEid = 3,
  ReplayError = 4,
  CounterValueOutOfRange = 6,
  Undefined = 127,
}

/** Begins BF51{30 euiccPackageSigned, 5F37 eimSignature} in COMMAND. */
export function loadEuiccPackage(): void {
  const decodable = !checkTlv(COMMAND, V.commandEnd);
  if (readTlv(COMMAND, V.commandEnd) || expectTlv(derValue, derEnd, 0x30)) return answerStatus(0x6a80);
  const signedAt = derStart;
  const at = derValue;
  const end = derEnd;
  if (findTlv(at, end, 0x80) || derLength - 1 >= EIM_ID_BYTES) return answerStatus(0x6a80);
  const idAt = derValue;
  const idLength = derLength;
  V.headBytes = putTlv(HEAD, 0x80, idAt, idLength) - HEAD;
  const decoded = decodable && readPackage(at, end);
  keepTransactionId(at, end);
  const eim = findEim(idAt, idLength, false);
  if (!decoded || !eim || findTlv(end, V.commandEnd, 0x5f37)) return answerUnsignedError();
  askVerification(eim, signedAt, end);
}

/** Reads what lies in euiccPackageSigned. False when something is missing or cannot be. */
function readPackage(at: usize, end: usize): bool {
  if (findTlv(at, end, 0x5a) || derLength != EID_BYTES) return false;
  V.packageEidAt = derValue;
  if (findTlv(at, end, 0x81) || derLength - 1 >= MOST_COUNTER_BYTES) return false;
  const counter = derInteger();
  // longer than four bytes, or negative in four: the sign is that of the first byte
  const negative = load<i8>(derValue) < 0;
  V.counter = negative ? 0 : counter < 0 ? TOO_MUCH : counter;
  const to = HEAD + V.headBytes;
  V.headBytes = putTlv(to, 0x81, derValue, derLength) - HEAD;
  if (!findTlv(at, end, 0x82) && derLength - 1 >= TRANSACTION_ID_BYTES) return false;
  V.isEco = findTlv(at, end, 0xa0) ? 1 : 0;
  if (V.isEco && findTlv(at, end, 0xa1)) return false;
  V.operationAt = derValue;
  V.operationsEnd = derEnd;
  return true;
}

function keepTransactionId(at: usize, end: usize): void {
  if (findTlv(at, end, 0x82) || derLength - 1 >= TRANSACTION_ID_BYTES) return;
  V.headBytes = putTlv(HEAD + V.headBytes, 0x82, derValue, derLength) - HEAD;
}

/** Hands the host key, signed bytes and signature, the signed bytes as they came. */
function askVerification(eim: usize, signedAt: usize, signedEnd: usize): void {
  readEimField(eim, 0xa5);
  const keyBytes = derEnd - derStart;
  if (ANSWER_END - ANSWER < keyBytes + (V.commandEnd - COMMAND) + MOST_TOKEN_BYTES) return answerStatus(NOT_ENOUGH_MEMORY);
  let to = put(ANSWER, derStart, derEnd);
  to = put(to, signedAt, signedEnd);
  to = putToken(to, eim);
  findTlv(signedEnd, V.commandEnd, 0x5f37);
  V.dataAt = ANSWER;
  V.dataEnd = put(to, derStart, derEnd);
  V.phase = Phase.Verifying;
  ask(Action.VerifyEim);
}

function put(to: usize, at: usize, end: usize): usize {
  memory.copy(to, at, end - at);
  return to + (end - at);
}

/** The host has checked the signature. Whose the card is, the card says. */
export function signatureChecked(right: bool): void {
  if (!right) return answerUnsignedError();
  V.resultEnd = OPERATION_RESULTS;
  callCard(putByteTlv(putHeader(REQUEST, 0xbf3e, 3), 0x5c, 0x5a), Next.PackageEid);
}

/** The card has told its EID. */
export function eidAnswered(): void {
  if (!isAnswered(0xbf3e) || expectTlv(derValue, derEnd, 0x5a) || derLength != EID_BYTES) return answerSignedError(PackageError.Undefined);
  if (!sameBytes(derValue, V.packageEidAt, EID_BYTES)) return answerSignedError(PackageError.InvalidEid);
  if (V.counter <= eimCounter(eimOfHead(HEAD, V.headBytes))) return answerSignedError(PackageError.ReplayError);
  if (V.counter == TOO_MUCH) return answerSignedError(PackageError.CounterValueOutOfRange);
  V.inPackage = 1;
  V.stopped = 0;
  V.enabled = 0;
  V.disabled = 0;
  V.previousKnown = 0;
  V.granted = 0;
  V.rollbackAllowed = 0;
  if (!V.isEco) storeCounter();
  nextOperation();
}

function storeCounter(): void {
  findTlv(HEAD, HEAD + V.headBytes, 0x80);
  const eim = findEim(derValue, derLength, false);
  if (eim) setEimCounter(eim, V.counter);
  ask(Action.Persist);
}

/** Goes on with the operations, until the card is asked or the package is over. */
export function nextOperation(): void {
  while (V.operationAt < V.operationsEnd && !V.stopped) {
    if (V.resultEnd > OPERATION_RESULTS_END) {
      terminate(Termination.ResultSizeOverflow);
      break;
    }
    readTlv(V.operationAt, V.operationsEnd);
    V.operationAt = derEnd;
    if (V.isEco) runEco();
    else if (beginPsmo()) return;
  }
  if (V.isEco) storeCounter();
  signResult();
}
