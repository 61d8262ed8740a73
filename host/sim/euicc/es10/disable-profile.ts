// SPDX-License-Identifier: Apache-2.0
// DisableProfile of a consumer eUICC: `BF32{A0{4F | 5A}, 81 refreshFlag}` → `BF32{80 result}` (SGP.22 v2.5 §5.7.17).
import { need, type Tlv, tlv } from '../../codec/ber.js';
import { integerElement } from '../domain/elements.js';
import { isCatBusy } from '../domain/proactive.js';
import { identifiedProfile } from '../domain/profile-identifier.js';
import { policyRulesOf } from '../domain/profile-metadata.js';
import { POLICY_RULE } from '../domain/profile-policy.js';
import { announce, markDisabled, switchTo } from '../domain/profile-switch.js';
import { isTestProfile, profileBeforeTest } from '../domain/test-profile.js';
import type { Euicc } from '../state/euicc.js';
import type { StoredProfile } from '../state/non-volatile.js';
import { readConsumerRefreshFlag } from './refresh-flag.js';

const RESULT = { ok: 0, iccidOrAidNotFound: 1, profileNotInEnabledState: 2, disallowedByPolicy: 3, catBusy: 5 } as const;

/** Disabling a test profile enables the operational profile that was enabled before it. */
export function disableProfile(euicc: Euicc, request: Tlv): Uint8Array {
  const refresh = readConsumerRefreshFlag(request);
  const profile = identifiedProfile(euicc.memory, need(request, 0xa0));
  return tlv(0xbf32, integerElement(0x80, disable(euicc, profile, refresh)));
}

function disable(euicc: Euicc, profile: StoredProfile | undefined, refresh: boolean): number {
  const { memory } = euicc;
  if (profile === undefined) return RESULT.iccidOrAidNotFound;
  if (profile.state !== 'enabled') return RESULT.profileNotInEnabledState;
  if (policyRulesOf(profile).includes(POLICY_RULE.disablingNotAllowed)) return RESULT.disallowedByPolicy;
  if (isCatBusy(euicc)) return RESULT.catBusy;
  const previous = isTestProfile(profile) ? profileBeforeTest(memory) : undefined;
  memory.operationalBeforeTestIccid = undefined;
  if (previous) switchTo(euicc, previous, refresh);
  else announce(euicc, markDisabled(profile), refresh);
  return RESULT.ok;
}
