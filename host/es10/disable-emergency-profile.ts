// SPDX-License-Identifier: Apache-2.0
// ES10b.DisableEmergencyProfile (SGP.32 v1.2 §5.9.23).

import { defineRefreshing } from './function.js';

const RESULTS = { 0: 'ok', 2: 'profileNotInEnabledState', 5: 'catBusy', 127: 'undefinedError' };

/** Disables the profile for emergency calls; the one before is enabled again. */
export const disableEmergencyProfile = defineRefreshing('DisableEmergencyProfile', 0xbf5c, 'disableEmergencyProfileResult', RESULTS);
