// SPDX-License-Identifier: Apache-2.0
// ES10b.CancelSession (SGP.22 v2.5 §5.7.14): the eUICC signs that the session is over, and why.

import { S, SCRATCH_END, TRANSACTION_ID } from '../abi/state';
import { cardSendBack } from '../wire/card-lane';
import { backBegin, backByteTlv, backTlv } from '../wire/der-back';
import { derEnd, derTag, derValue, readTlv } from '../wire/der-read';
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
  backBegin(SCRATCH_END);
  backByteTlv(0x81, S.cancelReason);
  backTlv(0x80, TRANSACTION_ID, S.transactionIdLength);
  cardSendBack(0xbf41);
}

/** Whether the eUICC answered with a signed cancellation; its contents then lie between requestAt and requestEnd. */
export function readCancelSession(): bool {
  if (expectResponse(0xbf41)) return false;
  S.requestAt = derValue;
  S.requestEnd = derEnd;
  return !readTlv(derValue, derEnd) && derTag == 0xa0;
}
