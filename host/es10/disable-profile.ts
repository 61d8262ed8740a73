// SPDX-License-Identifier: Apache-2.0
// ES10c.DisableProfile (SGP.22 v2.5 §5.7.17).

import { tlv } from '../asn1/tlv.js';
import { booleanContents, defineEs10, type RefreshInput, requireOk } from './function.js';
import { identifierTlv, type ProfileIdentifier } from './profile-identifier.js';

const RESULTS = {
  0: 'ok',
  1: 'iccidOrAidNotFound',
  2: 'profileNotInEnabledState',
  3: 'disallowedByPolicy',

  5: 'catBusy',
  127: 'undefinedError',
};

/** Disables a profile. Only a consumer eUICC does so without a package of its eIM. */
export const disableProfile = defineEs10<ProfileIdentifier & RefreshInput, void>({
  name: 'DisableProfile',
  tag: 0xbf32,
  request: (profile) => [tlv(0xa0, identifierTlv(profile)), tlv(0x81, booleanContents(profile.refresh ?? false))],
  response: (response) => requireOk(response, 0x80, 'disableResult', RESULTS),
});
