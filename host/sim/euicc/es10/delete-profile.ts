// SPDX-License-Identifier: Apache-2.0
// DeleteProfile of a consumer eUICC: `BF33{4F | 5A}` → `BF33{80 result}` (SGP.22 v2.5 §5.7.18).
import { type Tlv, tlv } from '../../codec/ber.js';
import { integerElement } from '../domain/elements.js';
import { EVENT } from '../domain/notifications.js';
import { identifiedProfile } from '../domain/profile-identifier.js';
import { policyRulesOf } from '../domain/profile-metadata.js';
import { POLICY_RULE } from '../domain/profile-policy.js';
import { announce } from '../domain/profile-switch.js';
import type { Euicc } from '../state/euicc.js';

const RESULT = { ok: 0, iccidOrAidNotFound: 1, profileNotInDisabledState: 2, disallowedByPolicy: 3 } as const;

/** Only a disabled profile without PPR2 goes; its delete notifications stay. */
export function deleteProfile(euicc: Euicc, request: Tlv): Uint8Array {
  return tlv(0xbf33, integerElement(0x80, remove(euicc, request)));
}

function remove(euicc: Euicc, request: Tlv): number {
  const { memory } = euicc;
  const profile = identifiedProfile(memory, request);
  if (profile === undefined) return RESULT.iccidOrAidNotFound;
  if (profile.state === 'enabled') return RESULT.profileNotInDisabledState;
  if (policyRulesOf(profile).includes(POLICY_RULE.deletionNotAllowed)) return RESULT.disallowedByPolicy;
  memory.profiles = memory.profiles.filter((each) => each !== profile);
  announce(euicc, [{ profile, event: EVENT.delete }], false);
  return RESULT.ok;
}
