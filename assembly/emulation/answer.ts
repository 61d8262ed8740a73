// SPDX-License-Identifier: Apache-2.0
// What the virtual ISD-R answers: response APDUs as a card gives them, with 61xx where more is to be fetched.

import { RESPONSE, S } from '../abi/state';
import { cardResponse } from '../wire/card-lane';
import { putByteTlv, putHeader } from '../wire/der-write';
import { CardState } from '../wire/lanes';
import { ANSWER, Phase, V } from './memory';

const RESPONSE_DATA_BYTES: usize = 256;

/** Gives the card lane a response APDU, whose `length` bytes of data lie at RESPONSE. */
function deliver(length: usize, statusWord: u32): void {
  store<u8>(RESPONSE + length, statusWord >> 8);
  store<u8>(RESPONSE + length, statusWord, 1);
  if (!S.apduStale) return cardResponse(length + 2);
  S.apduStale = false;
  S.cardState = CardState.Idle;
}

/** A block of a command that is not complete is taken. */
export function takeBlock(): void {
  V.phase = Phase.Gathering;
  deliver(0, 0x9000);
}

/** The lane was used for commands of the virtual ISD-R: it is put back to where the last block had been sent. */
function restoreLane(): void {
  S.chainOpen = false;
  S.blockFill = 0;
  S.commandRemaining = 0;
  S.getResponses = 0;
}

/** Answers with a status word alone. */
export function answerStatus(statusWord: u32): void {
  restoreLane();
  V.phase = Phase.Idle;
  deliver(0, statusWord);
}

/** The next piece of the answer. */
export function answerPiece(): void {
  const length = min<usize>(V.answerEnd - V.answerAt, RESPONSE_DATA_BYTES);
  memory.copy(RESPONSE, V.answerAt, length);
  V.answerAt += length;
  const left = V.answerEnd - V.answerAt;
  V.phase = left ? Phase.Answering : Phase.Idle;
  deliver(length, left ? 0x6100 | (<u32>min<usize>(left, RESPONSE_DATA_BYTES) & 0xff) : 0x9000);
}

/** Answers with the bytes from `at` to `end`. */
export function answer(at: usize, end: usize): void {
  restoreLane();
  V.answerAt = at;
  V.answerEnd = end;
  answerPiece();
}

/** Answers `tag`{inner code}. */
export function answerCode(tag: u32, inner: u32, code: u32): void {
  answer(ANSWER, putByteTlv(putHeader(ANSWER, tag, 3), inner, code));
}
