// SPDX-License-Identifier: Apache-2.0
// ES10b.ExecuteFallbackMechanism (SGP.32 v1.2 §5.9.20).

import { defineRefreshing } from './function.js';

const RESULTS = {
  0: 'ok',
  2: 'profileNotInDisabledState',
  5: 'catBusy',
  6: 'fallbackNotAvailable',
  7: 'commandError',
  104: 'ecallActive',
  127: 'undefinedError',
};

/** Enables the profile with the fallback attribute. */
export const executeFallbackMechanism = defineRefreshing('ExecuteFallbackMechanism', 0xbf5d, 'executeFallbackMechanismResult', RESULTS);
