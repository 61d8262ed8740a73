// SPDX-License-Identifier: Apache-2.0
// ESipa.GetBoundProfilePackage (SGP.32 v1.2 §6.3.2.3): the profile comes in the answer and is streamed to the card.

import { S, SCRATCH, TRANSACTION_ID } from '../abi/state';
import { putHeader, putTlv, tlvBytes } from '../wire/der-write';
import { networkBegin, networkPut } from '../wire/network-lane';
import { replyBegin } from './reply';

/** Starts a request `tag`{80 transactionId, …} with `restBytes` to follow. */
export function beginSessionRequest(tag: u32, restBytes: u32): void {
  const id: u32 = S.transactionIdLength;
  const length = tlvBytes(0x80, id) + restBytes;
  replyBegin(tag);
  networkBegin(tlvBytes(tag, length));
  networkPut(SCRATCH, putTlv(putHeader(SCRATCH, tag, length), 0x80, TRANSACTION_ID, id) - SCRATCH);
}

/** Sends BF3A{80 transactionId, BF21}; the eUICC's PrepareDownloadResponse lies between keepEnd and collectAt. */
export function sendGetBoundProfilePackage(): void {
  beginSessionRequest(0xbf3a, S.collectAt - S.keepEnd);
  S.networkSourceAt = S.keepEnd;
  S.networkSourceEnd = S.collectAt;
}
