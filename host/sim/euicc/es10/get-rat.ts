// SPDX-License-Identifier: Apache-2.0
// GetRAT: `BF43` → `BF43{A0{30…}}`, the Rules Authorisation Table (SGP.22 v2.5 §5.7.22).
import { type Tlv, tlv } from '../../codec/ber.js';
import type { Euicc } from '../state/euicc.js';

/** The table as it was set up. */
export function getRat({ settings }: Euicc, _request: Tlv): Uint8Array {
  return tlv(0xbf43, tlv(0xa0, settings.rulesAuthorisationTable));
}
