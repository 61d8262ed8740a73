// SPDX-License-Identifier: Apache-2.0
// PSMO enable, A3 (SGP.32 v1.2 §3.4.1).
import { child, type Tlv } from '../../../codec/ber.js';
import { findProfile } from '../../domain/identifiers.js';
import { isCatBusy } from '../../domain/proactive.js';
import { policyRulesOf } from '../../domain/profile-metadata.js';
import { POLICY_RULE } from '../../domain/profile-policy.js';
import { enabledProfile, markEnabled } from '../../domain/profile-switch.js';
import { codeResult, iccidOf, type OperationResult, type PackageExecution, RESULT } from '../execution.js';

/** Enabling disables the profile enabled so far, which its PPR1 can forbid. One enable per package. */
export function enable(execution: PackageExecution, element: Tlv): OperationResult {
  return codeResult(0x83, run(execution, element));
}

function run(execution: PackageExecution, element: Tlv): number {
  const { memory } = execution.euicc;
  const iccid = iccidOf(element);
  if (iccid === undefined || execution.enableDone) return RESULT.undefinedError;
  const profile = findProfile(memory, iccid);
  if (profile === undefined) return RESULT.iccidNotFound;
  if (profile.state === 'enabled') return RESULT.wrongState;
  const current = enabledProfile(memory);
  const previous = execution.previousIccid && findProfile(memory, execution.previousIccid);
  const rollback = child(element, 0x05) !== undefined;
  if (rollback && previous === undefined) return RESULT.rollbackNotAvailable;
  if (current && policyRulesOf(current).includes(POLICY_RULE.disablingNotAllowed)) return RESULT.disallowedByPolicy;
  if (isCatBusy(execution.euicc)) return RESULT.catBusy;
  execution.events.push(...markEnabled(memory, profile));
  execution.enableDone = true;
  execution.rollbackIccid = rollback ? previous?.iccid : undefined;
  memory.fallbackReturnIccid = undefined;
  return RESULT.ok;
}
