// SPDX-License-Identifier: Apache-2.0
// ES10b.ImmediateEnable (SGP.32 v1.2 §5.9.15).

import { defineRefreshing } from './function.js';

const RESULTS = { 0: 'ok', 1: 'immediateEnableNotAvailable', 4: 'noSessionContext', 5: 'catBusy', 127: 'undefinedError' };

/** Enables the profile that was installed just now, where that is configured. */
export const immediateEnable = defineRefreshing('ImmediateEnable', 0xbf5a, 'immediateEnableResult', RESULTS);
