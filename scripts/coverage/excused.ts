// SPDX-License-Identifier: Apache-2.0
// Edges of the step tables that no test can take, each with its reason. One that is taken all the same, or that does not exist, is
// an error.

const FOUND_BEFORE = 'the eIM was found when the command began; that it is gone meanwhile is the error EimNotAssociated';
const WAITED_BEFORE =
  'only the first opening of a command waits for the eIM to push; later ones are of the device, which has something to tell';
const SEEDED_BEFORE = 'the seed was there when the command began';

/** Reasons by "<procedure> row <number> <step>: outcome <n>" or ": failure". */
export const excused: Readonly<Record<string, string>> = {
  'attach row 3 OpenChannel: outcome 1':
    'the card was just reset: stale channels are looked for by start-up alone, elsewhere it is an error',
  'notification-delivery row 24 GetEimConfigurationData: outcome 1': FOUND_BEFORE,
  'profile-download row 57 GetEimConfigurationData: outcome 1': FOUND_BEFORE,
  'lost-result row 4 GetEimConfigurationData: outcome 1': FOUND_BEFORE,
  'notification-delivery row 25 OpenNetwork: outcome 1': WAITED_BEFORE,
  'profile-download row 58 OpenNetwork: outcome 1': WAITED_BEFORE,
  'lost-result row 5 OpenNetwork: outcome 1': WAITED_BEFORE,
  'notification-delivery row 25 OpenNetwork: failure': SEEDED_BEFORE,
  'profile-download row 58 OpenNetwork: failure': SEEDED_BEFORE,
  'lost-result row 5 OpenNetwork: failure': SEEDED_BEFORE,
};
