// SPDX-License-Identifier: Apache-2.0
// GetBoundProfilePackage of ESipa (SGP.32 v1.2 §6.3.2.3) and ES9+ (SGP.22 v2.5 §5.6.2): the profile comes in the answer and is
// streamed to the card.

import { requestRest, sessionRequestBegin } from './request';

/** Sends BF3A{80 transactionId, BF21}; the eUICC's PrepareDownloadResponse lies between `at` and `end`. */
export function sendGetBoundProfilePackage(at: usize, end: usize): void {
  sessionRequestBegin(0xbf3a, 0, end - at);
  requestRest(at, end);
}
