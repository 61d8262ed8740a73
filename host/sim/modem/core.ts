// SPDX-License-Identifier: Apache-2.0
// The state that the AT commands share, and what a command handler is.

import type { AtCommand } from './at-command.js';
import type { ErrorReporting } from './at-error.js';
import type { CardAccess } from './card-access.js';
import type { Network } from './network.js';
import type { ModemIdentity } from './options.js';
import type { ModemQuirks } from './quirks.js';

/** AT+CFUN: 0 minimum (card off), 1 full, 4 radio off (card on) (3GPP TS 27.007 §8.2). */
export type Functionality = 0 | 1 | 4;

/** What AT&F and a restart put back. */
export interface ModemSettings {
  echo: boolean;
  errorReporting: ErrorReporting;
  /** AT+CEREG=<n>: from 1 on, changes of registration are reported. */
  registrationReports: number;
}

/** What a command handler may use. */
export interface ModemCore {
  readonly card: CardAccess;
  readonly identity: ModemIdentity;
  readonly quirks: ModemQuirks;
  readonly settings: ModemSettings;
  readonly network: Network;
  functionality: Functionality;
  /** Puts the settings of power-up back (AT&F). */
  restoreSettings(): void;
  /** Sends lines after the answer of the command now running. */
  afterAnswer(lines: readonly string[]): void;
}

/** Runs one command. Returns the lines of information before OK. @throws AtError for a refusal. */
export type CommandHandler = (command: AtCommand, core: ModemCore) => readonly string[];
