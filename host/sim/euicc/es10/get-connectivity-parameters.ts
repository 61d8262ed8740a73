// SPDX-License-Identifier: Apache-2.0
// GetConnectivityParameters: `BF5F` → `BF5F{A0{81 httpParams}}` or `BF5F{81 error}`, of the enabled profile (SGP.32 v1.2 §5.9.24).
import { type Tlv, tlv } from '../../codec/ber.js';
import { integerElement } from '../domain/elements.js';
import { enabledProfile } from '../domain/profile-switch.js';
import type { Euicc } from '../state/euicc.js';

const PARAMETERS_NOT_AVAILABLE = 1;

/** parametersNotAvailable(1) without an enabled profile, or when neither it nor the settings have parameters. */
export function getConnectivityParameters({ memory, settings }: Euicc, _request: Tlv): Uint8Array {
  const profile = enabledProfile(memory);
  const httpParams = profile && (profile.httpParams ?? settings.httpParams);
  if (httpParams === undefined) return tlv(0xbf5f, integerElement(0x81, PARAMETERS_NOT_AVAILABLE));
  return tlv(0xbf5f, tlv(0xa0, tlv(0x81, httpParams)));
}
