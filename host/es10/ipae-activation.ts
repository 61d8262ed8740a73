// SPDX-License-Identifier: Apache-2.0
// ES10b.IpaeActivation (SGP.32 v1.2 §5.9.3).

import { tlv } from '../asn1/tlv.js';
import { bitContents } from '../asn1/values.js';
import { defineEs10, requireOk } from './function.js';

const RESULTS = { 0: 'ok', 1: 'notSupported' };

/** Activates the IPA in the eUICC, which takes effect with the next reset. */
export const ipaeActivation = defineEs10<void, void>({
  name: 'IpaeActivation',
  tag: 0xbf42,
  request: () => [tlv(0x80, bitContents(['activateIpae'], ['activateIpae']))],
  response: (response) => requireOk(response, 0x80, 'ipaeActivationResult', RESULTS),
});
