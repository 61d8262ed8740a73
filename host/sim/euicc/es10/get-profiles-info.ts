// SPDX-License-Identifier: Apache-2.0
// GetProfilesInfo: `BF2D{[A0 search], [5C tags]}` → `BF2D{A0{E3…}}` or `BF2D{81 error}` (SGP.22 v2.5 §5.7.15).
import { CodecError, type Tlv } from '../../codec/ber.js';
import { STATUS, StatusWordError } from '../apdu/status-word.js';
import { asksForUnknownTags, PROFILE_INFO_LIST_ERROR, profileInfoList, profileInfoListError } from '../domain/profile-info.js';
import type { Euicc } from '../state/euicc.js';

/** What is reported when the request has no tag list. */
const DEFAULT_TAGS = [0x5a, 0x4f, 0x9f70, 0x90, 0x91, 0x92, 0x93, 0x94, 0x95];

/**
 * Profiles in the order of their installation. An IoT eUICC answers profileChangeOngoing(11) until the terminal is done with REFRESH, and leaves
 * out elements it does not know; a consumer eUICC refuses a tag list with such elements.
 */
export function getProfilesInfo({ memory, session, settings }: Euicc, request: Tlv): Uint8Array {
  if (settings.kind === 'iot' && session.proactive) return profileInfoListError(PROFILE_INFO_LIST_ERROR.profileChangeOngoing);
  if (settings.kind === 'consumer' && hasUnknownTags(request)) {
    if (settings.unknownTagsByStatus) throw new StatusWordError(STATUS.incorrectData);
    return profileInfoListError(PROFILE_INFO_LIST_ERROR.incorrectInputValues);
  }
  return profileInfoList(memory.profiles, request, DEFAULT_TAGS);
}

function hasUnknownTags(request: Tlv): boolean {
  try {
    return asksForUnknownTags(request);
  } catch (error) {
    // A list that cannot be read is refused with the list itself.
    if (error instanceof CodecError) return false;
    throw error;
  }
}
