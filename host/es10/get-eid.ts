// SPDX-License-Identifier: Apache-2.0
// ES10c.GetEID (SGP.22 v2.5 §5.7.20).

import { tlv } from '../asn1/tlv.js';
import { defineEs10 } from './function.js';

const EID_BYTES = 16;

/** The EID, 32 digits. */
export const getEid = defineEs10<void, string>({
  name: 'GetEID',
  tag: 0xbf3e,
  request: () => [tlv(0x5c, [0x5a])],
  response: (response) => response.required(0x5a, 'eidValue').hex(EID_BYTES),
});
