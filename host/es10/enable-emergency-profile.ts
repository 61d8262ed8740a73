// SPDX-License-Identifier: Apache-2.0
// ES10b.EnableEmergencyProfile (SGP.32 v1.2 §5.9.22).

import { defineRefreshing } from './function.js';

const RESULTS = { 0: 'ok', 2: 'profileNotInDisabledState', 5: 'catBusy', 8: 'ecallNotAvailable', 127: 'undefinedError' };

/** Enables the profile for emergency calls. */
export const enableEmergencyProfile = defineRefreshing('EnableEmergencyProfile', 0xbf5b, 'enableEmergencyProfileResult', RESULTS);
