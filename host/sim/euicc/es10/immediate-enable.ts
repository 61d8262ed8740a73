// SPDX-License-Identifier: Apache-2.0
// ImmediateEnable: `BF5A{80 refreshFlag}` → `BF5A{80 result}`, for the profile just installed (SGP.32 v1.2 §5.9.15).
import { type Tlv, tlv } from '../../codec/ber.js';
import { equal } from '../../codec/bytes.js';
import { integerElement } from '../domain/elements.js';
import { findProfile } from '../domain/identifiers.js';
import { isCatBusy } from '../domain/proactive.js';
import { emergencyActive, switchTo } from '../domain/profile-switch.js';
import type { Euicc } from '../state/euicc.js';
import type { InstalledProfile } from '../state/session.js';
import { readRefreshFlag } from './refresh-flag.js';

const RESULT = { ok: 0, immediateEnableNotAvailable: 1, noSessionContext: 4, catBusy: 5, undefinedError: 127 } as const;

/** Only when configured, for the configured SM-DP+ if one is, and not in an emergency. The session context is used up by success. */
export function immediateEnable(euicc: Euicc, request: Tlv): Uint8Array {
  const refresh = readRefreshFlag(request);
  return tlv(0xbf5a, integerElement(0x80, run(euicc, refresh)));
}

function run(euicc: Euicc, refresh: boolean): number {
  const { installed } = euicc.session;
  if (!euicc.memory.immediateEnable.enabled) return RESULT.immediateEnableNotAvailable;
  const profile = installed && findProfile(euicc.memory, installed.iccid);
  if (profile === undefined) return RESULT.noSessionContext;
  if (!isFromConfiguredServer(euicc, installed!)) return RESULT.immediateEnableNotAvailable;
  if (emergencyActive(euicc)) return RESULT.undefinedError;
  if (isCatBusy(euicc)) return RESULT.catBusy;
  euicc.session.installed = undefined;
  switchTo(euicc, profile, refresh);
  return RESULT.ok;
}

function isFromConfiguredServer({ memory }: Euicc, installed: InstalledProfile): boolean {
  const { smdpOid, smdpAddress } = memory.immediateEnable;
  const sameAddress = smdpAddress === undefined || smdpAddress === installed.smdpAddress;
  return sameAddress && (smdpOid === undefined || equal(smdpOid, installed.smdpOid));
}
