// SPDX-License-Identifier: Apache-2.0
// ES10b.ReturnFromFallback (SGP.32 v1.2 §5.9.21).

import { defineRefreshing } from './function.js';

const RESULTS = { 0: 'ok', 5: 'catBusy', 6: 'fallbackNotAvailable', 7: 'commandError', 127: 'undefinedError' };

/** Enables the profile again that was enabled before the fallback. */
export const returnFromFallback = defineRefreshing('ReturnFromFallback', 0xbf5e, 'returnFromFallbackResult', RESULTS);
