// SPDX-License-Identifier: Apache-2.0
// AT+CEREG, +COPS and +CSQ: a network that is there whenever radio and card are (3GPP TS 27.007 §10.1.22, §7.3, §8.5).

import { AtError, CmeError } from '../at-error.js';
import type { CommandHandler, ModemCore } from '../core.js';

/** AT+CEREG: <stat> 1 (registered, home) while radio and card are on, else 0. */
export const registrationCommand: CommandHandler = (command, core) => {
  if (command.form === 'test') return [`${command.name}: (0-2)`];
  if (command.form === 'read') return [`${command.name}: ${core.settings.registrationReports},${registrationState(core)}`];
  if (command.form !== 'set' || !/^[0-2]$/.test(command.parameters[0]!) || command.parameters.length > 1) {
    throw new AtError(CmeError.IncorrectParameters);
  }
  core.settings.registrationReports = Number(command.parameters[0]);
  return [];
};

/** The unsolicited line for a change of registration; none when the host did not ask for it. */
export function registrationReport(core: ModemCore): string[] {
  return core.settings.registrationReports === 0 ? [] : [`+CEREG: ${registrationState(core)}`];
}

/** AT+COPS? and the choice of name format AT+COPS=3,<format>; there is one network, of the test PLMN 001 01. */
export const operatorCommand: CommandHandler = (command, core) => {
  if (command.form === 'read') return [registrationState(core) === 1 ? '+COPS: 0,2,"00101",7' : '+COPS: 0'];
  if (command.form === 'set' && command.parameters[0] === '3') return [];
  throw new AtError(CmeError.OperationNotSupported);
};

/** AT+CSQ: a good signal with the radio on, else unknown. */
export const signalCommand: CommandHandler = (command, core) => {
  if (command.form === 'test') return ['+CSQ: (0-31,99),(0-7,99)'];
  if (command.form !== 'execute') throw new AtError(CmeError.OperationNotSupported);
  return [core.functionality === 1 ? '+CSQ: 20,99' : '+CSQ: 99,99'];
};

function registrationState(core: ModemCore): 0 | 1 {
  return core.functionality === 1 && core.card.isPowered ? 1 : 0;
}
