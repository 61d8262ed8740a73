// SPDX-License-Identifier: Apache-2.0
// ES10b.AddInitialEim (SGP.32 v1.2 §5.9.4): the request comes from the host as it is and is streamed to the card; only the
// answer is read here. It is all or nothing: on an error the eUICC has stored nothing.

import { ErrorCode } from '../abi/errors';
import { S } from '../abi/state';
import { derEnd, derInteger, derTag, derValue, readTlv } from '../wire/der-read';
import { expectResponse } from './response';

/** Reads BF57{A0 … | 81 code}. Returns 0, a wire error, or EuiccRefused with its code as detail. */
export function readAddInitialEim(): i32 {
  let result = expectResponse(0xbf57);
  if (!result) result = readTlv(derValue, derEnd);
  if (result || derTag == 0xa0) return result;
  S.stepDetail = derInteger();
  return ErrorCode.EuiccRefused;
}
