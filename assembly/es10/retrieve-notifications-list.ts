// SPDX-License-Identifier: Apache-2.0
// ES10b.RetrieveNotificationsList (SGP.32 v1.2 §5.9.11): notifications (answer A0) and eUICC package results (answer A2).
// The answer may be larger than any buffer; it is streamed on, one item or the whole list, and not read here.

import { S, SCRATCH, SEQUENCE } from '../abi/state';
import { cardSend, cardSendEmpty } from '../wire/card-lane';
import { putHeader, putTlv, tlvBytes } from '../wire/der-write';

/** Asks for all notifications: BF2B 00. */
export function sendRetrieveNotifications(): void {
  cardSendEmpty(0xbf2b);
}

/** Asks for all eUICC package results: BF2B{A0{82 00}}. */
export function sendRetrieveResults(): void {
  cardSend(SCRATCH, putHeader(putHeader(putHeader(SCRATCH, 0xbf2b, 4), 0xa0, 2), 0x82, 0));
}

/** Asks for what belongs to the sequence number in SEQUENCE: BF2B{A0{80 seq}}. */
export function sendRetrieveBySequence(): void {
  const length: u32 = S.sequenceLength;
  const inner = tlvBytes(0x80, length);
  const at = putHeader(putHeader(SCRATCH, 0xbf2b, tlvBytes(0xa0, inner)), 0xa0, inner);
  cardSend(SCRATCH, putTlv(at, 0x80, SEQUENCE, length));
}

/** Asks by the criterion that lies between `at` and `end` (80 seq or 81 event): BF2B{A0{criterion}}. At most 32 bytes. */
export function sendRetrieveByCriterion(at: usize, end: usize): void {
  const length = end - at;
  const to = putHeader(putHeader(SCRATCH, 0xbf2b, tlvBytes(0xa0, length)), 0xa0, length);
  memory.copy(to, at, length);
  cardSend(SCRATCH, to + length);
}
