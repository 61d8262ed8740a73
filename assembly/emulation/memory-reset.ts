// SPDX-License-Identifier: Apache-2.0
// eUICCMemoryReset of SGP.32 (v1.2 §5.9.5): profiles and default SM-DP+ by the card's own function, the rest here.

import { Action } from '../abi/actions';
import { ask } from '../wire/ask';
import { derLength, derValue, findTlv } from '../wire/der-read';
import { putByteTlv, putHeader } from '../wire/der-write';
import { answer, answerStatus } from './answer';
import { answeredCode, callCard } from './card-call';
import { ANSWER, Next, REQUEST, V } from './memory';

/** Named bits of resetOptions that SGP.22 has: operational, field-loaded test, default SM-DP+. */
const OF_CARD: u32 = 0xe0;
const EIM_CONFIGURATION: u32 = 0x04;
const IMMEDIATE_ENABLING: u32 = 0x02;
const NOTHING_TO_DELETE: i32 = 1;
const CAT_BUSY: i32 = 5;

/** Begins BF64{82 resetOptions}. */
export function memoryReset(at: usize, end: usize): void {
  if (findTlv(at, end, 0x82) || derLength < 2) return answerStatus(0x6a80);
  const options: u32 = load<u8>(derValue, 1);
  V.resetOptions = options;
  V.resultEnd = ANSWER;
  const ofCard = options & OF_CARD;
  if (!ofCard) return finishMemoryReset(NOTHING_TO_DELETE);
  at = putHeader(putHeader(REQUEST, 0xbf34, 4), 0x82, 2);
  store<u8>(at, ctz(ofCard));
  store<u8>(at, ofCard, 1);
  callCard(at + 2, Next.MemoryReset);
}

/** The card has answered BF34{80}. */
export function memoryResetAnswered(): void {
  const code = answeredCode(0xbf34, 0x23);
  if (!code) V.rollbackAllowed = 0;
  finishMemoryReset(code);
}

/** A refusal concerns all options. Answers BF64{80, 81?, 82?}. */
function finishMemoryReset(code: i32): void {
  const contents = ANSWER + 3;
  let to = putByteTlv(contents, 0x80, code);
  if (code < CAT_BUSY) {
    if (V.resetOptions & EIM_CONFIGURATION) {
      to = putByteTlv(to, 0x81, V.eimsBytes ? 0 : NOTHING_TO_DELETE);
      V.eimsBytes = 0;
      V.rollbackAllowed = 0;
    }
    if (V.resetOptions & IMMEDIATE_ENABLING) {
      to = putByteTlv(to, 0x82, 0);
      V.immediateEnable = 0;
      V.immediateBytes = 0;
    }
    ask(Action.Persist);
  }
  putHeader(ANSWER, 0xbf64, to - contents);
  answer(ANSWER, to);
}
