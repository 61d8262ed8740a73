// SPDX-License-Identifier: Apache-2.0
// PSMOs setFallbackAttribute, A8, and unsetFallbackAttribute, A9 (SGP.32 v1.2 §3.4.6 and §3.4.7).
import type { Tlv } from '../../../codec/ber.js';
import { findProfile } from '../../domain/identifiers.js';
import { hasFlag } from '../../domain/profile-metadata.js';
import { codeResult, iccidOf, type OperationResult, type PackageExecution, RESULT } from '../execution.js';

const FALLBACK_ALLOWED = 0x9f67;
const ECALL_INDICATION = 0x9f7b;

const FALLBACK_RESULT = { fallbackNotAllowed: 2, noFallbackAttribute: 2, fallbackProfileEnabled: 3 } as const;

/** Moves the attribute to a profile that allows it, unless the profile that has it is in use. */
export function setFallbackAttribute(execution: PackageExecution, element: Tlv): OperationResult {
  return codeResult(0x8d, set(execution, element));
}

function set({ euicc }: PackageExecution, element: Tlv): number {
  const { memory } = euicc;
  const iccid = iccidOf(element);
  if (iccid === undefined) return RESULT.undefinedError;
  const profile = findProfile(memory, iccid);
  if (profile === undefined) return RESULT.iccidNotFound;
  if (profile.fallbackAttribute) return RESULT.ok;
  if (!hasFlag(profile, FALLBACK_ALLOWED) || hasFlag(profile, ECALL_INDICATION)) return FALLBACK_RESULT.fallbackNotAllowed;
  const current = memory.profiles.find((each) => each.fallbackAttribute);
  if (current?.state === 'enabled') return FALLBACK_RESULT.fallbackProfileEnabled;
  if (current) current.fallbackAttribute = false;
  profile.fallbackAttribute = true;
  return RESULT.ok;
}

/** Removes the attribute, unless the profile that has it is in use. */
export function unsetFallbackAttribute({ euicc }: PackageExecution, _element: Tlv): OperationResult {
  const current = euicc.memory.profiles.find((each) => each.fallbackAttribute);
  if (current === undefined) return codeResult(0x8e, FALLBACK_RESULT.noFallbackAttribute);
  if (current.state === 'enabled') return codeResult(0x8e, FALLBACK_RESULT.fallbackProfileEnabled);
  current.fallbackAttribute = false;
  return codeResult(0x8e, RESULT.ok);
}
