// SPDX-License-Identifier: Apache-2.0
// GetProfilesInfo: `BF2D{[A0 search], [5C tags]}` → `BF2D{A0{E3…}}` or `BF2D{81 error}` (SGP.22 v2.5 §5.7.15).
import type { Tlv } from '../../codec/ber.js';
import { profileInfoList } from '../domain/profile-info.js';
import type { Euicc } from '../state/euicc.js';

/** What is reported when the request has no tag list. */
const DEFAULT_TAGS = [0x5a, 0x4f, 0x9f70, 0x90, 0x91, 0x92, 0x93, 0x94, 0x95];

/** Profiles in the order of their installation. */
export function getProfilesInfo({ memory }: Euicc, request: Tlv): Uint8Array {
  return profileInfoList(memory.profiles, request, DEFAULT_TAGS);
}
