// SPDX-License-Identifier: Apache-2.0
// ESipa.HandleNotification (SGP.32 v1.2 §6.3.2.4): notifications and the result of a download trigger; answered without a body.

import { MESSAGE, OWED, S, SCRATCH } from '../abi/state';
import { putHeader, tlvBytes } from '../wire/der-write';
import { networkBegin, networkPut } from '../wire/network-lane';
import { putEid } from './get-eim-package';
import { beginProvideResult } from './provide-eim-package-result';
import { replyBegin } from './reply';

const EID_TLV_BYTES: u32 = 18;

/** Starts BF3D{A0{…}} with `notificationBytes` of PendingNotification to follow. */
export function beginHandleNotification(notificationBytes: u32): void {
  const inner = tlvBytes(0xa0, notificationBytes);
  replyBegin(0xbf3d);
  networkBegin(tlvBytes(0xbf3d, inner));
  networkPut(SCRATCH, putHeader(putHeader(SCRATCH, 0xbf3d, inner), 0xa0, notificationBytes) - SCRATCH);
}

/** Sends the ProfileInstallationResult in MESSAGE up to collectAt, as it is. */
export function sendInstallationResult(): void {
  beginHandleNotification(S.collectAt - MESSAGE);
  S.networkSourceAt = MESSAGE;
  S.networkSourceEnd = S.collectAt;
}

/** Sends the report that only this module holds: BF50{5A, …}, or BF3D{BF50{5A, BF54}} for a download trigger. */
export function sendOwed(): void {
  if (S.owedIsTriggerResult) {
    const inner = EID_TLV_BYTES + S.owedLength;
    const length = tlvBytes(0xbf50, inner);
    replyBegin(0xbf3d);
    networkBegin(tlvBytes(0xbf3d, length));
    networkPut(SCRATCH, putEid(putHeader(putHeader(SCRATCH, 0xbf3d, length), 0xbf50, inner)) - SCRATCH);
  } else beginProvideResult(S.owedLength);
  S.networkSourceAt = OWED;
  S.networkSourceEnd = OWED + S.owedLength;
}
