// SPDX-License-Identifier: Apache-2.0
// ExecuteFallbackMechanism, BF5D, and ReturnFromFallback, BF5E (SGP.32 v1.2 §5.9.20 and §5.9.21).
import { type Tlv, tlv } from '../../codec/ber.js';
import { integerElement } from '../domain/elements.js';
import { findProfile } from '../domain/identifiers.js';
import { isCatBusy } from '../domain/proactive.js';
import { emergencyActive, enabledProfile, switchTo } from '../domain/profile-switch.js';
import type { Euicc } from '../state/euicc.js';
import { readRefreshFlag } from './refresh-flag.js';

const RESULT = { ok: 0, profileNotInDisabledState: 2, catBusy: 5, fallbackNotAvailable: 6, commandError: 7, ecallActive: 104 } as const;

/** Enables the fallback profile and remembers the one enabled so far. */
export function executeFallbackMechanism(euicc: Euicc, request: Tlv): Uint8Array {
  const refresh = readRefreshFlag(request);
  return tlv(0xbf5d, integerElement(0x80, execute(euicc, refresh)));
}

function execute(euicc: Euicc, refresh: boolean): number {
  const { memory } = euicc;
  const current = enabledProfile(memory);
  const fallback = memory.profiles.find((profile) => profile.fallbackAttribute);
  if (current === undefined) return RESULT.commandError;
  if (fallback === undefined || !euicc.settings.fallbackSupported) return RESULT.fallbackNotAvailable;
  if (emergencyActive(euicc)) return RESULT.ecallActive;
  if (fallback === current) return RESULT.profileNotInDisabledState;
  if (isCatBusy(euicc)) return RESULT.catBusy;
  memory.fallbackReturnIccid = current.iccid;
  switchTo(euicc, fallback, refresh);
  return RESULT.ok;
}

/** Goes back to the profile that was enabled before the fallback. */
export function returnFromFallback(euicc: Euicc, request: Tlv): Uint8Array {
  const refresh = readRefreshFlag(request);
  return tlv(0xbf5e, integerElement(0x80, goBack(euicc, refresh)));
}

function goBack(euicc: Euicc, refresh: boolean): number {
  const { memory } = euicc;
  const previous = memory.fallbackReturnIccid && findProfile(memory, memory.fallbackReturnIccid);
  if (!enabledProfile(memory)?.fallbackAttribute || previous === undefined) return RESULT.fallbackNotAvailable;
  if (isCatBusy(euicc)) return RESULT.catBusy;
  memory.fallbackReturnIccid = undefined;
  switchTo(euicc, previous, refresh);
  return RESULT.ok;
}
