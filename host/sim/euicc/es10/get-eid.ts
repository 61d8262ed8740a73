// SPDX-License-Identifier: Apache-2.0
// GetEID: `BF3E{5C 01 5A}` → `BF3E{5A EID}` (SGP.22 v2.5 §5.7.20).
import { need, type Tlv, tlv } from '../../codec/ber.js';
import { equal } from '../../codec/bytes.js';
import { STATUS, StatusWordError } from '../apdu/status-word.js';
import type { Euicc } from '../state/euicc.js';

const EID_ONLY = Uint8Array.of(0x5a);

/** 6A80 for a tag list that asks for anything else. */
export function getEid(euicc: Euicc, request: Tlv): Uint8Array {
  if (!equal(need(request, 0x5c).value, EID_ONLY)) throw new StatusWordError(STATUS.incorrectData);
  return tlv(0xbf3e, tlv(0x5a, euicc.identity.eidBytes));
}
