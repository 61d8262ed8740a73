// SPDX-License-Identifier: Apache-2.0
// ES10b.GetConnectivityParameters (SGP.32 v1.2 §5.9.24).

import { defineEs10, requireAlternative } from './function.js';

const ERRORS = { 1: 'parametersNotAvailable', 127: 'undefinedError' };

/** Parameters of the enabled profile for HTTP, as the eUICC has them; undefined where it has none. */
export const getConnectivityParameters = defineEs10<void, Uint8Array | undefined>({
  name: 'GetConnectivityParameters',
  tag: 0xbf5f,
  response: (response) =>
    requireAlternative(response, [0xa0, 'connectivityParameters'], [0x81, 'connectivityParametersError'], ERRORS).optional(
      0x81,
      'httpParams',
    )?.value,
});
