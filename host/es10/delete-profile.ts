// SPDX-License-Identifier: Apache-2.0
// ES10c.DeleteProfile (SGP.22 v2.5 §5.7.18).

import { defineEs10, requireOk } from './function.js';
import { identifierTlv, type ProfileIdentifier } from './profile-identifier.js';

const RESULTS = { 0: 'ok', 1: 'iccidOrAidNotFound', 2: 'profileNotInDisabledState', 3: 'disallowedByPolicy', 127: 'undefinedError' };

/** Deletes a disabled profile for good. Only a consumer eUICC does so without a package of its eIM. */
export const deleteProfile = defineEs10<ProfileIdentifier, void>({
  name: 'DeleteProfile',
  tag: 0xbf33,
  request: (profile) => [identifierTlv(profile)],
  response: (response) => requireOk(response, 0x80, 'deleteResult', RESULTS),
});
