// SPDX-License-Identifier: Apache-2.0
// ES10b.ProfileRollback (SGP.32 v1.2 §5.9.16).

import { tlv } from '../asn1/tlv.js';
import { booleanContents, defineEs10, type RefreshInput, requireOk } from './function.js';

const RESULTS = { 0: 'ok', 1: 'rollbackNotAllowed', 5: 'catBusy', 7: 'commandError', 127: 'undefinedError' };

/** Enables the profile again that was enabled before the last package; gives the new EuiccPackageResult (BF51) in DER, for the eIM. */
export const profileRollback = defineEs10<RefreshInput | undefined, Uint8Array | undefined>({
  name: 'ProfileRollback',
  tag: 0xbf58,
  request: (input) => [tlv(0x80, booleanContents(input?.refresh ?? false))],
  response: (response) => {
    requireOk(response, 0x02, 'cmdResult', RESULTS);
    return response.optional(0xbf51, 'eUICCPackageResult')?.raw;
  },
});
