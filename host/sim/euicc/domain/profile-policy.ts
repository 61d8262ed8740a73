// SPDX-License-Identifier: Apache-2.0
// Profile Policy Rules against the Rules Authorisation Table (SGP.22 v2.5 §2.9).
import { CodecError, child, need, readBits, readTlvs, type Tlv } from '../../codec/ber.js';
import { equal, hex } from '../../codec/bytes.js';
import type { Euicc } from '../state/euicc.js';
import { PROFILE_CLASS, type ProfileMetadata } from './profile-metadata.js';

/** PprIds bits. */
export const POLICY_RULE = { updateControl: 0, disablingNotAllowed: 1, deletionNotAllowed: 2 } as const;

const KNOWN_RULES: readonly number[] = [POLICY_RULE.disablingNotAllowed, POLICY_RULE.deletionNotAllowed];

/** Whether a profile with these metadata may be installed: every rule known, not forbidden, and granted to the owner by the table; PPR1 only as the first operational profile. */
export function policyRulesAllowed({ memory, settings }: Euicc, metadata: ProfileMetadata): boolean {
  const rules = metadata.policyRules.filter((rule) => rule !== POLICY_RULE.updateControl);
  if (rules.length === 0) return true;
  const hasOperational = memory.profiles.some((profile) => profile.profileClass === PROFILE_CLASS.operational);
  if (rules.includes(POLICY_RULE.disablingNotAllowed) && hasOperational) return false;
  if (rules.some((rule) => !KNOWN_RULES.includes(rule) || settings.forbiddenProfilePolicyRules.includes(rule))) return false;
  const owner = metadata.profileOwner;
  return owner !== undefined && rules.every((rule) => granted(settings.rulesAuthorisationTable, rule, owner));
}

function granted(table: Uint8Array, rule: number, owner: Tlv): boolean {
  return readTlvs(table).some((entry) => {
    const rules = readBits(need(entry, 0x80));
    return rules.includes(rule) && need(entry, 0xa1).children.some((operator) => operatorMatches(operator, owner));
  });
}

function operatorMatches(allowed: Tlv, owner: Tlv): boolean {
  const wanted = hex(need(allowed, 0x80).value);
  const actual = hex(mccMncOf(owner));
  const sameNetwork = [...wanted].every((digit, index) => digit === 'E' || digit === actual[index]);
  return sameNetwork && groupMatches(child(allowed, 0x81), child(owner, 0x81)) && groupMatches(child(allowed, 0x82), child(owner, 0x82));
}

function mccMncOf(owner: Tlv): Uint8Array {
  const { value } = need(owner, 0x80);
  if (value.length !== 3) throw new CodecError('mccMnc has three bytes');
  return value;
}

/** An absent group identifier matches only an absent one, an empty one matches all. */
function groupMatches(allowed: Tlv | undefined, actual: Tlv | undefined): boolean {
  if (allowed === undefined) return actual === undefined;
  return allowed.value.length === 0 || (actual !== undefined && equal(allowed.value, actual.value));
}
