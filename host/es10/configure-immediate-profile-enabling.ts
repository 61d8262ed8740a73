// SPDX-License-Identifier: Apache-2.0
// ES10b.ConfigureImmediateProfileEnabling (SGP.32 v1.2 §5.9.17).

import { tlv } from '../asn1/tlv.js';
import { oidContents } from '../asn1/values.js';
import { defineEs10, requireOk } from './function.js';

const RESULTS = { 0: 'ok', 1: 'insufficientMemory', 2: 'associatedEimAlreadyExists', 127: 'undefinedError' };

/** From which SM-DP+ profiles are enabled right after their installation. */
export interface ImmediateEnabling {
  readonly enabled: boolean;
  /** Dotted. Default: any. */
  readonly smdpOid?: string;
  readonly smdpAddress?: string;
}

/** Configures immediate enabling, while the eUICC has no eIM. */
export const configureImmediateProfileEnabling = defineEs10<ImmediateEnabling, void>({
  name: 'ConfigureImmediateProfileEnabling',
  tag: 0xbf59,
  request: ({ enabled, smdpOid, smdpAddress }) => [
    ...(enabled ? [tlv(0x80)] : []),
    ...(smdpOid === undefined ? [] : [tlv(0x81, oidContents('smdpOid', smdpOid))]),
    ...(smdpAddress === undefined ? [] : [tlv(0x82, Buffer.from(smdpAddress))]),
  ],
  response: (response) => requireOk(response, 0x80, 'configImmediateEnableResult', RESULTS),
});
