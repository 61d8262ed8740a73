// SPDX-License-Identifier: Apache-2.0
// GetEuiccConfiguredAddresses: `BF3C` → `BF3C{[80 defaultDpAddress], 81 rootDsAddress}` (SGP.22 v2.5 §5.7.3).
import { type Tlv, tlv } from '../../codec/ber.js';
import { optional, textElement } from '../domain/elements.js';
import type { Euicc } from '../state/euicc.js';

/** The default SM-DP+ address is left out when none is set. */
export function getEuiccConfiguredAddresses({ memory, settings }: Euicc, _request: Tlv): Uint8Array {
  const defaultSmdp = optional(memory.defaultSmdpAddress, (address) => textElement(0x80, address));
  return tlv(0xbf3c, defaultSmdp, textElement(0x81, settings.rootSmdsAddress));
}
