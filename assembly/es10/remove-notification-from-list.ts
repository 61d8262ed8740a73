// SPDX-License-Identifier: Apache-2.0
// ES10b.RemoveNotificationFromList (SGP.22 v2.5 §5.7.11, SGP.32 v1.2 §5.9.12): forgets a notification or package result that
// was delivered. Sequence numbers are kept as the bytes they came in: 0 is a number, and so is one of eight bytes.

import { ErrorCode } from '../abi/errors';
import { S, SCRATCH_END, SEQUENCE } from '../abi/state';
import { cardSendBack } from '../wire/card-lane';
import { backBegin, backTlv } from '../wire/der-back';
import { derCopy, derLength, findTlv } from '../wire/der-read';
import { readResultCode } from './refresh-flag';

const SEQUENCE_BYTES: u32 = 8;

/** Keeps the value of the element just read as sequence number. Returns 0 or BadValue. */
export function keepSequence(): i32 {
  if (derLength - 1 >= SEQUENCE_BYTES) return ErrorCode.BadValue;
  S.sequenceLength = derCopy(SEQUENCE);
  return 0;
}

/** Keeps the sequence number 80 among the elements from `at` to `end`. */
export function readSequence(at: usize, end: usize): i32 {
  const result = findTlv(at, end, 0x80);
  return result ? result : keepSequence();
}

/** Sends BF30{80 seq} for the sequence number kept. */
export function sendRemoveNotification(): void {
  backBegin(SCRATCH_END);
  backTlv(0x80, SEQUENCE, S.sequenceLength);
  cardSendBack(0xbf30);
}

const NOTHING_TO_DELETE: i32 = 1;

/** Reads BF30{80 status}: 0 ok and 1 nothingToDelete are both fine; other codes give EuiccRefused. */
export function readRemoveNotification(): i32 {
  const result = readResultCode(0xbf30);
  return S.stepDetail == NOTHING_TO_DELETE ? 0 : result;
}
