// SPDX-License-Identifier: Apache-2.0
// Test profiles on a consumer eUICC: while one is enabled, only another one, or the operational profile enabled before, may be enabled
// (SGP.22 v2.5 §5.7.16 and §5.7.17).
import type { NonVolatileMemory, StoredProfile } from '../state/non-volatile.js';
import { findProfile } from './identifiers.js';
import { PROFILE_CLASS } from './profile-metadata.js';
import { enabledProfile } from './profile-switch.js';

/** Whether this is a test profile. */
export function isTestProfile(profile: StoredProfile): boolean {
  return profile.profileClass === PROFILE_CLASS.test;
}

/** The profile that was enabled before test profiles were, if it is still there. */
export function profileBeforeTest(memory: NonVolatileMemory): StoredProfile | undefined {
  return memory.operationalBeforeTestIccid && findProfile(memory, memory.operationalBeforeTestIccid);
}

/** Whether enabling `target` would end testing with another profile than it began with. */
export function isWrongReenabling(memory: NonVolatileMemory, target: StoredProfile): boolean {
  const current = enabledProfile(memory);
  if (current === undefined || !isTestProfile(current) || isTestProfile(target)) return false;
  return profileBeforeTest(memory) !== target;
}

/** To be called before `target` is enabled: remembers what is to come back after a test, and forgets it when that comes. */
export function rememberForTest(memory: NonVolatileMemory, target: StoredProfile): void {
  const current = enabledProfile(memory);
  if (!isTestProfile(target)) memory.operationalBeforeTestIccid = undefined;
  else if (current === undefined || !isTestProfile(current)) memory.operationalBeforeTestIccid = current?.iccid;
}
