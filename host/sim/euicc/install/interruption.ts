// SPDX-License-Identifier: Apache-2.0
// An installation that never came to its end: power was lost, or the IPA began something else (SGP.22 v2.5 §2.5.6, installFailedDueToInterruption).
import type { Euicc } from '../state/euicc.js';
import { INSTALL_ERROR } from './installation.js';
import { concludeInstallation, errorResult } from './installation-result.js';

/** Ends an unfinished installation, if there is one, with a result that the server will get as a notification. */
export function abandonInstallation(euicc: Euicc): void {
  const { installation } = euicc.memory;
  if (installation === undefined) return;
  concludeInstallation(euicc, installation, errorResult(installation.command, INSTALL_ERROR.interruption));
}
