// SPDX-License-Identifier: Apache-2.0
// EnableEmergencyProfile, BF5B, and DisableEmergencyProfile, BF5C (SGP.32 v1.2 §5.9.22 and §5.9.23).
import { type Tlv, tlv } from '../../codec/ber.js';
import { integerElement } from '../domain/elements.js';
import { findProfile } from '../domain/identifiers.js';
import { isCatBusy } from '../domain/proactive.js';
import { announce, emergencyActive, emergencyProfile, enabledProfile, markDisabled, switchTo } from '../domain/profile-switch.js';
import type { Euicc } from '../state/euicc.js';
import { readRefreshFlag } from './refresh-flag.js';

const RESULT = { ok: 0, wrongState: 2, catBusy: 5, ecallNotAvailable: 8 } as const;

/** Enables the profile with ecallIndication and remembers the one enabled so far. */
export function enableEmergencyProfile(euicc: Euicc, request: Tlv): Uint8Array {
  const refresh = readRefreshFlag(request);
  return tlv(0xbf5b, integerElement(0x80, enable(euicc, refresh)));
}

function enable(euicc: Euicc, refresh: boolean): number {
  const { memory } = euicc;
  const emergency = emergencyProfile(memory);
  if (emergency === undefined || !euicc.settings.ecallSupported) return RESULT.ecallNotAvailable;
  if (emergency.state === 'enabled') return RESULT.wrongState;
  if (isCatBusy(euicc)) return RESULT.catBusy;
  memory.emergencyReturnIccid = enabledProfile(memory)?.iccid;
  switchTo(euicc, emergency, refresh);
  return RESULT.ok;
}

/** Goes back to the profile enabled before, or to none. */
export function disableEmergencyProfile(euicc: Euicc, request: Tlv): Uint8Array {
  const refresh = readRefreshFlag(request);
  return tlv(0xbf5c, integerElement(0x80, disable(euicc, refresh)));
}

function disable(euicc: Euicc, refresh: boolean): number {
  const { memory } = euicc;
  if (!emergencyActive(euicc)) return RESULT.wrongState;
  if (isCatBusy(euicc)) return RESULT.catBusy;
  const previous = memory.emergencyReturnIccid && findProfile(memory, memory.emergencyReturnIccid);
  memory.emergencyReturnIccid = undefined;
  if (previous) switchTo(euicc, previous, refresh);
  else announce(euicc, markDisabled(enabledProfile(memory)!), refresh);
  return RESULT.ok;
}
