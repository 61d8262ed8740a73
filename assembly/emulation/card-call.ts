// SPDX-License-Identifier: Apache-2.0
// Commands of the virtual ISD-R's own, over the card lane, whose present command waits meanwhile.

import { ErrorCode } from '../abi/errors';
import { S } from '../abi/state';
import { cardChunkTaken, cardFail, cardSend } from '../wire/card-lane';
import { checkTlv, derEnd, derInteger, derValue, expectTlv } from '../wire/der-read';
import { putHeader, putTlv } from '../wire/der-write';
import { ANSWER_END, ICCID_BYTES, Next, Phase, REQUEST, V } from './memory';

/** Room that is left behind the answer of the card: for the signature. */
const RESERVE: usize = 96;
const UNDEFINED_ERROR: i32 = 127;

/** Sends the ES10 command from REQUEST to `end`; `next` goes on with its answer, which is gathered at resultEnd. */
export function callCard(end: usize, next: Next): void {
  V.phase = Phase.Card;
  V.next = next;
  V.cardError = 0;
  V.collectAt = V.resultEnd;
  V.collectEnd = V.resultEnd;
  cardSend(REQUEST, end);
}

/** Gathers a piece of the card's answer. */
export function collect(): void {
  const length = S.responseEnd - S.responseAt;
  if (ANSWER_END - RESERVE - V.collectEnd < length) return cardFail(ErrorCode.MessageTooLong, 0);
  memory.copy(V.collectEnd, S.responseAt, length);
  V.collectEnd += length;
  cardChunkTaken();
}

/** Whether the card has answered one well-formed element with `tag`, which is then read. */
export function isAnswered(tag: u32): bool {
  return !V.cardError && !checkTlv(V.collectAt, V.collectEnd) && !expectTlv(V.collectAt, V.collectEnd, tag);
}

/** The code in `tag`{80 code}, where bit n of `known` says that n means the same to the eIM; everything else is undefinedError. */
export function answeredCode(tag: u32, known: u32): i32 {
  if (!isAnswered(tag) || expectTlv(derValue, derEnd, 0x80)) return UNDEFINED_ERROR;
  const code: u32 = derInteger();
  return code < 32 && (known >> code) & 1 ? code : UNDEFINED_ERROR;
}

/** EnableProfile or DisableProfile: `tag`{A0{5A iccid}, 81 refreshFlag FALSE}. The modem is reset by who asked for the change. */
export function callSwitch(tag: u32, iccid: usize, next: Next): void {
  let at = putHeader(REQUEST, tag, 17);
  at = putTlv(putHeader(at, 0xa0, 12), 0x5a, iccid, ICCID_BYTES);
  store<u32>(at, 0x000181);
  callCard(at + 3, next);
}
