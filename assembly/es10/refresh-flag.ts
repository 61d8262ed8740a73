// SPDX-License-Identifier: Apache-2.0
// ES10b functions whose request is a refreshFlag and whose answer begins with a result code (SGP.32 v1.2 §5.9.15, §5.9.16).

import { ErrorCode } from '../abi/errors';
import { S, SCRATCH } from '../abi/state';
import { cardSend } from '../wire/card-lane';
import { derInteger, derValue, readTlv } from '../wire/der-read';
import { putByteTlv, putHeader } from '../wire/der-write';
import { expectResponse } from './response';

/** Sends `tag`{80 refreshFlag TRUE}. */
export function sendRefreshFlag(tag: u32): void {
  cardSend(SCRATCH, putByteTlv(putHeader(SCRATCH, tag, 3), 0x80, 0xff));
}

/** Reads `tag`{code, …}. Returns 0, EuiccRefused with the code as detail, or a wire error. */
export function readResultCode(tag: u32): i32 {
  let result = expectResponse(tag);
  if (!result) result = readTlv(derValue, S.collectAt);
  if (result) return result;
  S.stepDetail = derInteger();
  return S.stepDetail ? ErrorCode.EuiccRefused : 0;
}
