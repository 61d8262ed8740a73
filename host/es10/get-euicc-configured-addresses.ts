// SPDX-License-Identifier: Apache-2.0
// ES10a.GetEuiccConfiguredAddresses (SGP.22 v2.5 §5.7.3).

import { defineEs10 } from './function.js';

/** "host" or "host:port". */
export interface ConfiguredAddresses {
  readonly defaultSmdpAddress: string | undefined;
  readonly rootSmdsAddress: string;
}

/** The servers that the eUICC knows; an empty address is none. */
export const getEuiccConfiguredAddresses = defineEs10<void, ConfiguredAddresses>({
  name: 'GetEuiccConfiguredAddresses',
  tag: 0xbf3c,
  response: (response) => ({
    defaultSmdpAddress: response.optional(0x80, 'defaultDpAddress')?.text() || undefined,
    rootSmdsAddress: response.required(0x81, 'rootDsAddress').text(),
  }),
});
