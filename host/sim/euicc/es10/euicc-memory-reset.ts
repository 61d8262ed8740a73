// SPDX-License-Identifier: Apache-2.0
// eUICCMemoryReset: `BF64{82 options}` → `BF64{80 result, [81 eIM result], [82 immediate enabling result]}` (SGP.32 v1.2 §5.9.5), and on a
// consumer eUICC `BF34{82 options}` → `BF34{80 result}` (SGP.22 v2.5 §5.7.19).
import { need, readBits, type Tlv, tlv } from '../../codec/ber.js';
import { integerElement } from '../domain/elements.js';
import { EVENT, type ProfileEvent } from '../domain/notifications.js';
import { isCatBusy } from '../domain/proactive.js';
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

/** Options that SGP.22 knows; the rest mean nothing to a consumer eUICC. */
const CONSUMER_OPTIONS: readonly number[] = [OPTION.operationalProfiles, OPTION.fieldLoadedTestProfiles, OPTION.defaultSmdpAddress];

const RESULT = { ok: 0, nothingToDelete: 1, catBusy: 5, ecallActive: 104 } as const;
const EIM_RESET_NOT_SUPPORTED = 2;
const RESET_IEC_NOT_SUPPORTED = 1;

/** Profile Policy Rules do not stand in the way. A refusal concerns all options. */
export function euiccMemoryReset(euicc: Euicc, request: Tlv): Uint8Array {
  const options = new Set(readBits(need(request, 0x82)));
  if (isCatBusy(euicc)) return tlv(0xbf64, integerElement(0x80, RESULT.catBusy));
  if (emergencyActive(euicc)) return tlv(0xbf64, integerElement(0x80, RESULT.ecallActive));
  const results = [resetProfilesAndAddress(euicc, options)];
  if (options.has(OPTION.eimConfigurationData)) results.push(resetEims(euicc));
  if (options.has(OPTION.immediateEnableConfiguration)) results.push(resetImmediateEnable(euicc));
  return tlv(0xbf64, ...results);
}

/** The same with the first three options. */
export function consumerMemoryReset(euicc: Euicc, request: Tlv): Uint8Array {
  const options = new Set(readBits(need(request, 0x82)).filter((option) => CONSUMER_OPTIONS.includes(option)));
  if (isCatBusy(euicc)) return tlv(0xbf34, integerElement(0x80, RESULT.catBusy));
  return tlv(0xbf34, resetProfilesAndAddress(euicc, options));
}

function resetProfilesAndAddress(euicc: Euicc, options: ReadonlySet<number>): Uint8Array {
  const { memory } = euicc;
  const doomed = memory.profiles.filter((profile) => options.has(optionFor(profile)));
  const forgetsAddress = options.has(OPTION.defaultSmdpAddress) && memory.defaultSmdpAddress !== undefined;
  if (forgetsAddress) memory.defaultSmdpAddress = undefined;
  if (doomed.length > 0) {
    memory.profiles = memory.profiles.filter((profile) => !doomed.includes(profile));
    memory.rollback = undefined;
    announce(euicc, doomed.flatMap(eventsOf), true);
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

function resetEims({ memory, settings }: Euicc): Uint8Array {
  if (!settings.eimResetSupported) return integerElement(0x81, EIM_RESET_NOT_SUPPORTED);
  const code = memory.eims.length > 0 ? RESULT.ok : RESULT.nothingToDelete;
  memory.eims = [];
  memory.rollback = undefined;
  return integerElement(0x81, code);
}

function resetImmediateEnable({ memory, settings }: Euicc): Uint8Array {
  if (!settings.immediateEnableResetSupported) return integerElement(0x82, RESET_IEC_NOT_SUPPORTED);
  memory.immediateEnable = { enabled: false, smdpOid: undefined, smdpAddress: undefined };
  return integerElement(0x82, RESULT.ok);
}
