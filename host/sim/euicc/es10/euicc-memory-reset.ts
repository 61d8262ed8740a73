// SPDX-License-Identifier: Apache-2.0
// eUICCMemoryReset: `BF64{82 options}` → `BF64{80 result, [81 eIM result], [82 immediate enabling result]}` (SGP.32 v1.2 §5.9.5).
import { need, readBits, type Tlv, tlv } from '../../codec/ber.js';
import { integerElement } from '../domain/elements.js';
import { EVENT, type ProfileEvent } from '../domain/notifications.js';
import { PROFILE_CLASS } from '../domain/profile-metadata.js';
import { announce, emergencyActive } from '../domain/profile-switch.js';
import type { Euicc } from '../state/euicc.js';
import type { StoredProfile } from '../state/non-volatile.js';

const OPTION = {
  operationalProfiles: 0,
  fieldLoadedTestProfiles: 1,
  defaultSmdpAddress: 2,
  preLoadedTestProfiles: 3,
  provisioningProfiles: 4,
  eimConfigurationData: 5,
  immediateEnableConfiguration: 6,
} as const;

const RESULT = { ok: 0, nothingToDelete: 1, catBusy: 5, ecallActive: 104 } as const;

/** Profile Policy Rules do not stand in the way. A refusal concerns all options. */
export function euiccMemoryReset(euicc: Euicc, request: Tlv): Uint8Array {
  const options = new Set(readBits(need(request, 0x82)));
  if (euicc.catBusy) return tlv(0xbf64, integerElement(0x80, RESULT.catBusy));
  if (emergencyActive(euicc.memory)) return tlv(0xbf64, integerElement(0x80, RESULT.ecallActive));
  const results = [resetProfilesAndAddress(euicc, options)];
  if (options.has(OPTION.eimConfigurationData)) results.push(resetEims(euicc));
  if (options.has(OPTION.immediateEnableConfiguration)) results.push(resetImmediateEnable(euicc));
  return tlv(0xbf64, ...results);
}

function resetProfilesAndAddress(euicc: Euicc, options: ReadonlySet<number>): Uint8Array {
  const { memory } = euicc;
  const doomed = memory.profiles.filter((profile) => options.has(optionFor(profile)));
  const forgetsAddress = options.has(OPTION.defaultSmdpAddress) && memory.defaultSmdpAddress !== undefined;
  if (forgetsAddress) memory.defaultSmdpAddress = undefined;
  if (doomed.length > 0) {
    memory.profiles = memory.profiles.filter((profile) => !doomed.includes(profile));
    memory.rollback = undefined;
    announce(euicc, doomed.flatMap(eventsOf));
  }
  return integerElement(0x80, doomed.length > 0 || forgetsAddress ? RESULT.ok : RESULT.nothingToDelete);
}

function optionFor({ profileClass, preloaded }: StoredProfile): number {
  if (profileClass === PROFILE_CLASS.provisioning) return OPTION.provisioningProfiles;
  if (profileClass === PROFILE_CLASS.operational) return OPTION.operationalProfiles;
  return preloaded ? OPTION.preLoadedTestProfiles : OPTION.fieldLoadedTestProfiles;
}

/** An enabled profile is disabled before it is deleted. */
function eventsOf(profile: StoredProfile): ProfileEvent[] {
  const deleted = { profile, event: EVENT.delete };
  return profile.state === 'enabled' ? [{ profile, event: EVENT.disable }, deleted] : [deleted];
}

function resetEims({ memory }: Euicc): Uint8Array {
  const code = memory.eims.length > 0 ? RESULT.ok : RESULT.nothingToDelete;
  memory.eims = [];
  memory.rollback = undefined;
  return integerElement(0x81, code);
}

function resetImmediateEnable({ memory }: Euicc): Uint8Array {
  memory.immediateEnable = { enabled: false, smdpOid: undefined, smdpAddress: undefined };
  return integerElement(0x82, RESULT.ok);
}
