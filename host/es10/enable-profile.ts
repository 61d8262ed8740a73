// SPDX-License-Identifier: Apache-2.0
// ES10c.EnableProfile (SGP.22 v2.5 §5.7.16).

import { tlv } from '../asn1/tlv.js';
import { booleanContents, defineEs10, type RefreshInput, requireOk } from './function.js';
import { identifierTlv, type ProfileIdentifier } from './profile-identifier.js';

const RESULTS = {
  0: 'ok',
  1: 'iccidOrAidNotFound',
  2: 'profileNotInDisabledState',
  3: 'disallowedByPolicy',
  4: 'wrongProfileReenabling',
  5: 'catBusy',
  127: 'undefinedError',
};

/** Enables a profile; the one that was enabled is disabled. Only a consumer eUICC does so without a package of its eIM. */
export const enableProfile = defineEs10<ProfileIdentifier & RefreshInput, void>({
  name: 'EnableProfile',
  tag: 0xbf31,
  request: (profile) => [tlv(0xa0, identifierTlv(profile)), tlv(0x81, booleanContents(profile.refresh ?? false))],
  response: (response) => requireOk(response, 0x80, 'enableResult', RESULTS),
});
