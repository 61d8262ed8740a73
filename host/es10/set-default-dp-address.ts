// SPDX-License-Identifier: Apache-2.0
// ES10a.SetDefaultDpAddress of consumer eUICCs (SGP.22 v2.5 §5.7.4), and that of IoT eUICCs (SGP.32 v1.2 §5.9.25).

import { tlv } from '../asn1/tlv.js';
import { defineEs10, requireOk } from './function.js';

const RESULTS = { 0: 'ok', 127: 'undefinedError' };

const define = (tag: number) =>
  defineEs10<string, void>({
    name: 'SetDefaultDpAddress',
    tag,
    request: (address) => [tlv(0x80, Buffer.from(address))],
    response: (response) => requireOk(response, 0x80, 'setDefaultDpAddressResult', RESULTS),
  });

/** SGP.22: sets the address of the default SM-DP+; an empty one removes it. */
export const setDefaultDpAddress = define(0xbf3f);

/** SGP.32: the same. */
export const setDefaultDpAddressIot = define(0xbf65);
