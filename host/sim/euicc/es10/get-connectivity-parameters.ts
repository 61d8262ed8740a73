// SPDX-License-Identifier: Apache-2.0
// GetConnectivityParameters: `BF5F` → `BF5F{81 error}`; profiles of the simulator hold no such parameters (SGP.32 v1.2 §5.9.24).
import { type Tlv, tlv } from '../../codec/ber.js';
import { integerElement } from '../domain/elements.js';
import type { Euicc } from '../state/euicc.js';

const PARAMETERS_NOT_AVAILABLE = 1;

/** Always parametersNotAvailable(1). */
export function getConnectivityParameters(_euicc: Euicc, _request: Tlv): Uint8Array {
  return tlv(0xbf5f, integerElement(0x81, PARAMETERS_NOT_AVAILABLE));
}
