// SPDX-License-Identifier: Apache-2.0
// Results of the operations of a package, one behind the other (SGP.32 v1.2 §2.11.2.1, EuiccResultData).

import { putByteTlv } from '../wire/der-write';
import { V } from './memory';

/** processingTerminated. */
export const enum Termination {
  ResultSizeOverflow = 1,
  UnknownOrDamagedCommand = 2,
}

/** Puts down the result of an operation; any but 0 is a failure, and the rest of the package is not run. */
export function putCode(tag: u32, code: i32): void {
  V.resultEnd = putByteTlv(V.resultEnd, tag, code);
  if (code) V.stopped = 1;
}

/** Ends the package. */
export function terminate(reason: Termination): void {
  putCode(0x02, reason);
}
