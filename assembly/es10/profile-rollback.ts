// SPDX-License-Identifier: Apache-2.0
// ES10b.ProfileRollback (SGP.32 v1.2 §5.9.16): goes back to the profile that was enabled before the package that allowed it.

import { readResultCode, sendRefreshFlag } from './refresh-flag';

/** Sends BF58{80 FF}. */
export function sendProfileRollback(): void {
  sendRefreshFlag(0xbf58);
}

/** Reads BF58{02 code, [BF51]}: 0 when the former profile is back; the eUICC keeps the new result, which is fetched with the others. */
export function readProfileRollback(): i32 {
  return readResultCode(0xbf58);
}
