// SPDX-License-Identifier: Apache-2.0
// ES10b.ImmediateEnable (SGP.32 v1.2 §5.9.15): enables the profile just installed where the eUICC is configured so.

import { readResultCode, sendRefreshFlag } from './refresh-flag';

/** Sends BF5A{80 FF}. */
export function sendImmediateEnable(): void {
  sendRefreshFlag(0xbf5a);
}

/** Reads BF5A{80 code}: 0 when the profile is enabled, else EuiccRefused with the code as detail, or a wire error. */
export function readImmediateEnable(): i32 {
  return readResultCode(0xbf5a);
}
