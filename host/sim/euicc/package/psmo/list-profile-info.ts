// SPDX-License-Identifier: Apache-2.0
// PSMO listProfileInfo, BF2D (SGP.32 v1.2 §2.11.1.1.3). Reports the states marked by earlier operations of the package.
import type { Tlv } from '../../../codec/ber.js';
import { PROFILE_INFO_LIST_ERROR, profileInfoList, profileInfoListError } from '../../domain/profile-info.js';
import type { OperationResult, PackageExecution } from '../execution.js';

/** Reported when the request has no tag list; not the default of GetProfilesInfo. */
const DEFAULT_TAGS = [0x5a, 0x4f, 0x9f70, 0x91, 0x92, 0x95, 0x9f7b, 0x9f26, 0x9f67];

const LIST = 0xa0;

/** A list, possibly empty, or an error that ends the package; profileChangeOngoing(11) while REFRESH for an earlier switch is open. */
export function listProfileInfo({ euicc }: PackageExecution, element: Tlv): OperationResult {
  if (euicc.session.proactive) return { encoded: profileInfoListError(PROFILE_INFO_LIST_ERROR.profileChangeOngoing), ok: false };
  const encoded = profileInfoList(euicc.memory.profiles, element, DEFAULT_TAGS);
  return { encoded, ok: encodedAlternative(encoded) === LIST };
}

/** The tag after the header of `BF2D len`. */
function encodedAlternative(encoded: Uint8Array): number | undefined {
  const lengthByte = encoded[2]!;
  return encoded[3 + (lengthByte > 0x80 ? lengthByte & 0x7f : 0)];
}
