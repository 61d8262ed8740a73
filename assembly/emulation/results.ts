// SPDX-License-Identifier: Apache-2.0
// The eUICC package results that the virtual ISD-R keeps until the eIM has them (SGP.32 v1.2 §2.11.2): complete BF51, oldest first.
// Their sequence numbers are so high that no notification of the card has one of them.

import { VIRTUAL_RESULTS_BYTES } from '../abi/limits';
import { derEnd, derInteger, derValue, findTlv, readTlv } from '../wire/der-read';
import { putHeader, tlvBytes } from '../wire/der-write';
import { answer } from './answer';
import { ANSWER, RESULTS, V } from './memory';

/** Sequence numbers are above this one; all take four bytes, of which the first is that of the base. */
export const SEQUENCE_BASE: u32 = 0x40000000;
const SEQUENCE_BYTES: u32 = 4;

function resultsEnd(): usize {
  return RESULTS + V.resultsBytes;
}

/** Whether the value at `at` of `length` bytes is a number of a result. */
export function isResultNumber(at: usize, length: u32): bool {
  return length == SEQUENCE_BYTES && load<u8>(at) == SEQUENCE_BASE >> 24;
}

/** The result with this number, or 0. */
function findResult(number: i32): usize {
  for (let at = RESULTS; at < resultsEnd(); ) {
    // BF51{A0{30{… 83}}} of our own making
    readTlv(at, resultsEnd());
    const next = derEnd;
    readTlv(derValue, next);
    readTlv(derValue, next);
    if (!findTlv(derValue, derEnd, 0x83) && derInteger() == number) return at;
    at = next;
  }
  return 0;
}

/** Drops the result with this number. False when there is none. */
export function removeResult(number: i32): bool {
  const at = findResult(number);
  if (!at) return false;
  readTlv(at, resultsEnd());
  const next = derEnd;
  memory.copy(at, next, resultsEnd() - next);
  V.resultsBytes -= next - at;
  return true;
}

/** Keeps the result from `at` to `end`; the oldest ones make room for it. */
export function keepResult(at: usize, end: usize): void {
  const length = end - at;
  while (<usize>VIRTUAL_RESULTS_BYTES - V.resultsBytes < length) {
    readTlv(RESULTS, resultsEnd());
    const next = derEnd;
    memory.copy(RESULTS, next, resultsEnd() - next);
    V.resultsBytes -= next - RESULTS;
  }
  memory.copy(resultsEnd(), at, length);
  V.resultsBytes += length;
}

/** RetrieveNotificationsList for results: BF2B{A2{BF51 …}}, of all of them when `number` is 0. Without such a result the list is empty. */
export function answerResults(number: i32): void {
  let from = RESULTS;
  let length: u32 = V.resultsBytes;
  if (number) {
    from = findResult(number);
    length = from && !readTlv(from, resultsEnd()) ? derEnd - from : 0;
  }
  const at = putHeader(putHeader(ANSWER, 0xbf2b, tlvBytes(0xa2, length)), 0xa2, length);
  memory.copy(at, from, length);
  answer(ANSWER, at + length);
}
