// SPDX-License-Identifier: Apache-2.0
// ESipa.CancelSession (SGP.32 v1.2 §6.3.2.5): hands the eUICC's signed cancellation on.

import { S, SCRATCH } from '../abi/state';
import { putHeader, tlvBytes } from '../wire/der-write';
import { networkPut } from '../wire/network-lane';
import { beginSessionRequest } from './get-bound-profile-package';

/** Sends BF41{80 transactionId, A1{contents of the card's BF41}} (SPEC.md, I-9). */
export function sendCancelSessionEsipa(): void {
  const length = S.requestEnd - S.requestAt;
  beginSessionRequest(0xbf41, tlvBytes(0xa1, length));
  networkPut(SCRATCH, putHeader(SCRATCH, 0xa1, length) - SCRATCH);
  S.networkSourceAt = S.requestAt;
  S.networkSourceEnd = S.requestEnd;
}
