// SPDX-License-Identifier: Apache-2.0
// EnableProfile of a consumer eUICC: `BF31{A0{4F | 5A}, 81 refreshFlag}` → `BF31{80 result}` (SGP.22 v2.5 §5.7.16).
import { need, type Tlv, tlv } from '../../codec/ber.js';
import { integerElement } from '../domain/elements.js';
import { isCatBusy } from '../domain/proactive.js';
import { identifiedProfile } from '../domain/profile-identifier.js';
import { policyRulesOf } from '../domain/profile-metadata.js';
import { POLICY_RULE } from '../domain/profile-policy.js';
import { enabledProfile, switchTo } from '../domain/profile-switch.js';
import { isTestProfile, isWrongReenabling, rememberForTest } from '../domain/test-profile.js';
import type { Euicc } from '../state/euicc.js';
import type { StoredProfile } from '../state/non-volatile.js';
import { readConsumerRefreshFlag } from './refresh-flag.js';

const RESULT = {
  ok: 0,
  iccidOrAidNotFound: 1,
  profileNotInDisabledState: 2,
  disallowedByPolicy: 3,
  wrongProfileReenabling: 4,
  catBusy: 5,
} as const;

/** Disables the profile enabled so far, which its PPR1 can forbid, unless it makes way for a test profile. */
export function enableProfile(euicc: Euicc, request: Tlv): Uint8Array {
  const refresh = readConsumerRefreshFlag(request);
  const profile = identifiedProfile(euicc.memory, need(request, 0xa0));
  return tlv(0xbf31, integerElement(0x80, enable(euicc, profile, refresh)));
}

function enable(euicc: Euicc, profile: StoredProfile | undefined, refresh: boolean): number {
  const { memory } = euicc;
  if (profile === undefined) return RESULT.iccidOrAidNotFound;
  if (profile.state === 'enabled') return RESULT.profileNotInDisabledState;
  const current = enabledProfile(memory);
  const holdsOn = current !== undefined && policyRulesOf(current).includes(POLICY_RULE.disablingNotAllowed);
  if (holdsOn && !isTestProfile(profile)) return RESULT.disallowedByPolicy;
  if (isWrongReenabling(memory, profile)) return RESULT.wrongProfileReenabling;
  if (isCatBusy(euicc)) return RESULT.catBusy;
  rememberForTest(memory, profile);
  switchTo(euicc, profile, refresh);
  return RESULT.ok;
}
