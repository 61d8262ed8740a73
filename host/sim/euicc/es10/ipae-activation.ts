// SPDX-License-Identifier: Apache-2.0
// IpaeActivation: `BF42{80 options}` → `BF42{80 result}`, for devices without an IPA of their own (SGP.32 v1.2 §3.8.4). On a consumer eUICC the
// same tag is LpaeActivation (SGP.22 v2.5 §5.7.1), and the simulator has no LPA in it.
import { need, readBits, type Tlv, tlv } from '../../codec/ber.js';
import { integerElement } from '../domain/elements.js';
import type { Euicc } from '../state/euicc.js';

const RESULT = { ok: 0, notSupported: 1 } as const;
const ACTIVATE_IPAE = 0;

/** Once active, the IPA in the eUICC has the ES10 functions for itself until the card is reset and the device declares an IPAd. */
export function ipaeActivation({ session, settings }: Euicc, request: Tlv): Uint8Array {
  const wanted = readBits(need(request, 0x80)).includes(ACTIVATE_IPAE);
  const activated = wanted && settings.ipaeSupported && settings.kind === 'iot';
  if (activated) session.ipaeActive = true;
  return tlv(0xbf42, integerElement(0x80, activated ? RESULT.ok : RESULT.notSupported));
}
