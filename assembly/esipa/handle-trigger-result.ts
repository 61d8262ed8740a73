// SPDX-License-Identifier: Apache-2.0
// Reports that only this module holds: ESipa.ProvideEimPackageResult (SGP.32 v1.2 §6.3.2.7), or ESipa.HandleNotification
// (§6.3.2.4) for the result of a download trigger.

import { OWED, S } from '../abi/state';
import { isPushed } from '../rsp/peer';
import { PREFIX } from '../rsp/prefix';
import { requestBegin, requestPut, requestRest } from '../rsp/request';
import { derEnd, derStart, derValue, expectTlv, findTlv } from '../wire/der-read';
import { putHeader, tlvBytes } from '../wire/der-write';
import { putEid } from './get-eim-package';
import { beginProvideResult } from './provide-eim-package-result';

const EID_TLV_BYTES: u32 = 18;

/** Sends what is owed: BF50{5A, …}, or BF3D{BF50{5A, BF54}} for a download trigger. */
export function sendOwed(): void {
  const owed: u32 = S.owedLength;
  // of eimPackageResultResponseError a push is answered with the code alone
  if (isPushed() && !expectTlv(OWED, OWED + owed, 0xa0) && !findTlv(derValue, derEnd, 0x02)) {
    beginProvideResult(derEnd - derStart);
    return requestRest(derStart, derEnd);
  }
  if (!S.owedIsTriggerResult) beginProvideResult(owed);
  else {
    const inner = EID_TLV_BYTES + owed;
    S.restIsResult = true;
    requestBegin(0xbf3d, PREFIX, 0, tlvBytes(0xbf50, inner));
    requestPut(PREFIX, putEid(putHeader(PREFIX, 0xbf50, inner)) - PREFIX);
  }
  requestRest(OWED, OWED + owed);
}
