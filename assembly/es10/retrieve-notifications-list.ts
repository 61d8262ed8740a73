// SPDX-License-Identifier: Apache-2.0
// ES10b.RetrieveNotificationsList (SGP.32 v1.2 §5.9.11): notifications (answer A0) and eUICC package results (answer A2).
// The answer may be larger than any buffer; it is streamed on, one item or the whole list, and not read here.

import { S, SCRATCH_END, SEQUENCE } from '../abi/state';
import { cardSendBack, cardSendEmpty } from '../wire/card-lane';
import { backBegin, backCopy, backHeader, backTlv } from '../wire/der-back';

/** Asks for all notifications: BF2B 00. */
export function sendRetrieveNotifications(): void {
  cardSendEmpty(0xbf2b);
}

/** Asks for all eUICC package results: BF2B{A0{82 00}}. */
export function sendRetrieveResults(): void {
  backBegin(SCRATCH_END);
  backHeader(0x82, SCRATCH_END);
  sendCriteria();
}

/** Asks for what belongs to the sequence number in SEQUENCE: BF2B{A0{80 seq}}. */
export function sendRetrieveBySequence(): void {
  backBegin(SCRATCH_END);
  backTlv(0x80, SEQUENCE, S.sequenceLength);
  sendCriteria();
}

/** Asks by the criterion that lies between `at` and `end` (80 seq or 81 event): BF2B{A0{criterion}}. At most 32 bytes. */
export function sendRetrieveByCriterion(at: usize, end: usize): void {
  backBegin(SCRATCH_END);
  backCopy(at, end);
  sendCriteria();
}

function sendCriteria(): void {
  backHeader(0xa0, SCRATCH_END);
  cardSendBack(0xbf2b);
}
