// SPDX-License-Identifier: Apache-2.0
// PSMO delete, A5 (SGP.32 v1.2 §3.4.3).
import type { Tlv } from '../../../codec/ber.js';
import { equal } from '../../../codec/bytes.js';
import { findProfile } from '../../domain/identifiers.js';
import { EVENT } from '../../domain/notifications.js';
import { policyRulesOf } from '../../domain/profile-metadata.js';
import { POLICY_RULE } from '../../domain/profile-policy.js';
import { enabledProfile } from '../../domain/profile-switch.js';
import type { StoredProfile } from '../../state/non-volatile.js';
import { codeResult, iccidOf, type OperationResult, type PackageExecution, RESULT } from '../execution.js';

/** The profile goes at once; its delete notifications follow the result. */
export function deleteProfile(execution: PackageExecution, element: Tlv): OperationResult {
  return codeResult(0x85, run(execution, element));
}

function run(execution: PackageExecution, element: Tlv): number {
  const { memory } = execution.euicc;
  const iccid = iccidOf(element);
  if (iccid === undefined) return RESULT.undefinedError;
  const profile = findProfile(memory, iccid);
  if (profile === undefined) return RESULT.iccidNotFound;
  const obstacle = obstacleTo(execution, profile);
  if (obstacle !== undefined) return obstacle;
  memory.profiles = memory.profiles.filter((each) => each !== profile);
  execution.events.push({ profile, event: EVENT.delete });
  return RESULT.ok;
}

function obstacleTo(execution: PackageExecution, profile: StoredProfile): number | undefined {
  const { memory } = execution.euicc;
  if (profile.state === 'enabled') return RESULT.wrongState;
  if (policyRulesOf(profile).includes(POLICY_RULE.deletionNotAllowed)) return RESULT.disallowedByPolicy;
  if (execution.rollbackIccid && equal(execution.rollbackIccid, profile.iccid)) return RESULT.rollbackNotAvailable;
  const { fallbackReturnIccid } = memory;
  const fallbackInUse = enabledProfile(memory)?.fallbackAttribute === true;
  const isReturn = fallbackReturnIccid !== undefined && equal(fallbackReturnIccid, profile.iccid);
  return fallbackInUse && isReturn ? RESULT.returnFallbackProfile : undefined;
}
