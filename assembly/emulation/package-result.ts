// SPDX-License-Identifier: Apache-2.0
// What the virtual ISD-R says about an eUICC package (SGP.32 v1.2 §2.11.2.1): results and errors, signed by the host over the data and
// the token behind it, and unsigned errors.

import { Action } from '../abi/actions';
import { S } from '../abi/state';
import { ask } from '../wire/ask';
import { derLength, derValue, findTlv } from '../wire/der-read';
import { headerBytes, putByteTlv, putHeader, putTlv, tlvBytes } from '../wire/der-write';
import { CardState } from '../wire/lanes';
import { answer, answerStatus } from './answer';
import { findEim, putToken, readEimField, removeDeleted } from './eims';
import { putInteger } from './integer';
import {
  ANSWER,
  HEAD,
  ICCID_BYTES,
  OPERATION_RESULTS,
  Phase,
  PREVIOUS,
  ROLLBACK_HEAD,
  ROLLBACK_ICCID,
  SIGNATURE,
  SIGNATURE_BYTES,
  Signed,
  V,
} from './memory';
import { keepResult, removeResult, SEQUENCE_BASE } from './results';

/** Where the contents of the data begin; the headers around it are put before it. */
const DATA_CONTENTS: usize = ANSWER + 32;
const SIGNATURE_TLV_BYTES: u32 = SIGNATURE_BYTES + 3;

/** The eIM that the head names, also when the package has deleted it, or 0. */
export function eimOfHead(head: usize, bytes: u32): usize {
  return findTlv(head, head + bytes, 0x80) ? 0 : findEim(derValue, derLength, true);
}

/** Answers BF51{A2{80 eimId, 82?, 84?}}: of whose package it was is not sure. */
export function answerUnsignedError(): void {
  const eim = eimOfHead(HEAD, V.headBytes);
  findTlv(HEAD, HEAD + V.headBytes, 0x80);
  const contents = ANSWER + 8;
  let to = putTlv(contents, 0x80, derValue, derLength);
  if (!findTlv(HEAD, HEAD + V.headBytes, 0x82)) to = putTlv(to, 0x82, derValue, derLength);
  if (eim && readEimField(eim, 0x84)) to = putTlv(to, 0x84, derValue, derLength);
  const length = to - contents;
  const at = putHeader(putHeader(ANSWER, 0xbf51, tlvBytes(0xa2, length)), 0xa2, length);
  memory.copy(at, contents, length);
  answer(ANSWER, at + length);
}

/** Puts `bytes` of head down. Returns the address behind it. */
function putHead(head: usize, bytes: u32): usize {
  memory.copy(DATA_CONTENTS, head, bytes);
  return DATA_CONTENTS + bytes;
}

/** Asks the host for the signature over the data, whose contents lie from DATA_CONTENTS to `end`, and the token of `eim`. */
function sign(end: usize, choice: u32, eim: usize, signed: Signed): void {
  const length = end - DATA_CONTENTS;
  const inner = tlvBytes(0x30, length) + SIGNATURE_TLV_BYTES;
  V.dataAt = DATA_CONTENTS - headerBytes(0x30, length);
  putHeader(V.dataAt, 0x30, length);
  const outer = V.dataAt - headerBytes(choice, inner);
  putHeader(outer, choice, inner);
  V.answerAt = outer - headerBytes(0xbf51, tlvBytes(choice, inner));
  putHeader(V.answerAt, 0xbf51, tlvBytes(choice, inner));
  V.answerEnd = end;
  V.dataEnd = putToken(end, eim);
  V.signed = signed;
  V.phase = Phase.Signing;
  // the lane was used for the card meanwhile: what it was given first is not answered yet
  S.cardState = CardState.Waiting;
  ask(Action.Sign);
}

/** Answers BF51{A1{30{80, 81, 82?, 02 code}, 5F37}}. */
export function answerSignedError(code: u32): void {
  sign(putByteTlv(putHead(HEAD, V.headBytes), 0x02, code), 0xa1, eimOfHead(HEAD, V.headBytes), Signed.Error);
}

/** Puts the results of the operations together to BF51{A0{30{80, 81, 82?, 83, 30{…}}, 5F37}}. Eims that were deleted go now. */
export function signResult(): void {
  const length = V.resultEnd - OPERATION_RESULTS;
  let to = putInteger(putHead(HEAD, V.headBytes), 0x83, SEQUENCE_BASE + ++V.resultCount);
  to = putHeader(to, 0x30, length);
  memory.copy(to, OPERATION_RESULTS, length);
  sign(to + length, 0xa0, eimOfHead(HEAD, V.headBytes), Signed.Result);
  removeDeleted();
  ask(Action.Persist);
}

/** The same for the rollback of `eim`, with the result 8C 00 alone. */
export function signRollbackResult(eim: usize): void {
  const to = putInteger(putHead(ROLLBACK_HEAD, V.rollbackHeadBytes), 0x83, SEQUENCE_BASE + ++V.resultCount);
  sign(putByteTlv(putHeader(to, 0x30, 3), 0x8c, 0), 0xa0, eim, Signed.RollbackResult);
}

/** The signature is at SIGNATURE, or there is none: conditions of use not satisfied. */
export function takeSignature(length: u32): void {
  if (!length) return answerStatus(0x6985);
  const end = putTlv(V.answerEnd, 0x5f37, SIGNATURE, SIGNATURE_BYTES);
  let at = V.answerAt;
  if (V.signed != Signed.Error) {
    if (V.signed == Signed.RollbackResult) removeResult(V.rollbackNumber);
    else if (V.granted) allowRollback();
    keepResult(at, end);
    ask(Action.Persist);
  }
  if (V.signed == Signed.RollbackResult) {
    // BF58{02 00, BF51 …}
    const inner = at - 3;
    putByteTlv(inner, 0x02, 0);
    at = inner - headerBytes(0xbf58, end - inner);
    putHeader(at, 0xbf58, end - inner);
  }
  answer(at, end);
}

/** The package has enabled a profile, and the eIM wants the former one back should its result not come. */
function allowRollback(): void {
  V.rollbackAllowed = 1;
  V.rollbackNumber = SEQUENCE_BASE + V.resultCount;
  V.rollbackHeadBytes = V.headBytes;
  memory.copy(ROLLBACK_HEAD, HEAD, V.headBytes);
  memory.copy(ROLLBACK_ICCID, PREVIOUS, ICCID_BYTES);
}
