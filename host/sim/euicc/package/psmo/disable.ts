// SPDX-License-Identifier: Apache-2.0
// PSMO disable, A4 (SGP.32 v1.2 §3.4.2).
import type { Tlv } from '../../../codec/ber.js';
import { findProfile } from '../../domain/identifiers.js';
import { isCatBusy } from '../../domain/proactive.js';
import { policyRulesOf } from '../../domain/profile-metadata.js';
import { POLICY_RULE } from '../../domain/profile-policy.js';
import { markDisabled } from '../../domain/profile-switch.js';
import { codeResult, iccidOf, type OperationResult, type PackageExecution, RESULT } from '../execution.js';

/** One disable per package, and not after an enable. */
export function disable(execution: PackageExecution, element: Tlv): OperationResult {
  return codeResult(0x84, run(execution, element));
}

function run(execution: PackageExecution, element: Tlv): number {
  const { memory } = execution.euicc;
  const iccid = iccidOf(element);
  if (iccid === undefined || execution.enableDone || execution.disableDone) return RESULT.undefinedError;
  const profile = findProfile(memory, iccid);
  if (profile === undefined) return RESULT.iccidNotFound;
  if (profile.state !== 'enabled') return RESULT.wrongState;
  if (policyRulesOf(profile).includes(POLICY_RULE.disablingNotAllowed)) return RESULT.disallowedByPolicy;
  if (isCatBusy(execution.euicc)) return RESULT.catBusy;
  execution.events.push(...markDisabled(profile));
  execution.disableDone = true;
  return RESULT.ok;
}
