// SPDX-License-Identifier: Apache-2.0
// CancelSession of ESipa (SGP.32 v1.2 §6.3.2.5) and ES9+ (SGP.22 v2.5 §5.6.5): hands the eUICC's signed cancellation on.

import { S } from '../abi/state';
import { isJson } from './peer';
import { requestRest, sessionRequestBegin } from './request';

/** Sends BF41{80 transactionId, A1{contents of the card's BF41}} (SPEC.md, I-9); in JSON the field holds the card's BF41 itself. */
export function sendCancelSessionResponse(): void {
  const at = isJson() ? S.keepEnd : S.requestAt;
  const end = S.requestEnd;
  sessionRequestBegin(0xbf41, 0xa1, end - at);
  requestRest(at, end);
}
