// SPDX-License-Identifier: Apache-2.0
// ES10b.CancelSession (SGP.22 v2.5 §5.7.14): the eUICC signs that the session is over, and why.

import { S, SCRATCH, TRANSACTION_ID } from '../abi/state';
import { cardSend } from '../wire/card-lane';
import { derEnd, derTag, derValue, readTlv } from '../wire/der-read';
import { putByteTlv, putHeader, putTlv, tlvBytes } from '../wire/der-write';
import { expectResponse } from './response';

/** CancelSessionReason (SGP.22 v2.5 §5.7.14). */
export const enum CancelReason {
  Timeout = 2,
  PprNotAllowed = 3,
  MetadataMismatch = 4,
  LoadBppExecutionError = 5,
  Undefined = 127,
}

/** Sends BF41{80 transactionId, 81 reason}. */
export function sendCancelSession(): void {
  const idLength: u32 = S.transactionIdLength;
  let at = putHeader(SCRATCH, 0xbf41, tlvBytes(0x80, idLength) + 3);
  at = putTlv(at, 0x80, TRANSACTION_ID, idLength);
  cardSend(SCRATCH, putByteTlv(at, 0x81, S.cancelReason));
}

/** Whether the eUICC answered with a signed cancellation; its contents then lie between requestAt and requestEnd. */
export function readCancelSession(): bool {
  if (expectResponse(0xbf41)) return false;
  S.requestAt = derValue;
  S.requestEnd = derEnd;
  return !readTlv(derValue, derEnd) && derTag == 0xa0;
}
