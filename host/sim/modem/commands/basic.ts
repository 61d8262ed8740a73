// SPDX-License-Identifier: Apache-2.0
// E, Z, &F, V, Q and AT+CMEE: how the modem talks (ITU-T V.250 §6.1, §6.2; 3GPP TS 27.007 §9.1).

import type { AtCommand } from '../at-command.js';
import { AtError, CmeError, type ErrorReporting } from '../at-error.js';
import type { CommandHandler } from '../core.js';

/** ATE0 and ATE1 (V.250 §6.2.4). */
export const echoCommand: CommandHandler = (command, core) => {
  const echo = numberOf(command, 1) === 1;
  if (!core.quirks.stubbornEcho) core.settings.echo = echo;
  return [];
};

/** ATZ and AT&F (V.250 §6.1.1, §6.1.2). */
export const restoreCommand: CommandHandler = (command, core) => {
  numberOf(command, 1);
  core.restoreSettings();
  return [];
};

/** ATV1 and ATQ0 ask for what the modem does anyway; other values are refused (V.250 §6.2.5, §6.2.6). */
export function fixedCommand(only: number): CommandHandler {
  return (command) => {
    if (Number(command.parameters[0] ?? 0) !== only) throw new AtError(CmeError.OperationNotSupported);
    return [];
  };
}

/** AT+CMEE (TS 27.007 §9.1). */
export const errorReportingCommand: CommandHandler = (command, core) => {
  if (command.form === 'test') return ['+CMEE: (0,1,2)'];
  if (command.form === 'read') return [`+CMEE: ${core.settings.errorReporting}`];
  core.settings.errorReporting = numberOf(command, 2) as ErrorReporting;
  return [];
};

/** The one number of a command, 0 when left out. @throws AtError when it is above `maximum` or there is more than one. */
function numberOf(command: AtCommand, maximum: number): number {
  const [value = '0', ...more] = command.parameters;
  if (!/^\d{1,3}$/.test(value) || Number(value) > maximum || more.length > 0) throw new AtError(CmeError.IncorrectParameters);
  return Number(value);
}
