// SPDX-License-Identifier: Apache-2.0
// AT+CEREG, +COPS and +CSQ: what the modem tells of its network (3GPP TS 27.007 §10.1.22, §7.3, §8.5).

import { AtError, CmeError } from '../at-error.js';
import type { CommandHandler, ModemCore } from '../core.js';
import type { Registration } from '../network.js';

/** Tracking area code, cell, access technology E-UTRAN. */
const CELL = ',"1A2D","01A2D101",7';

/** AT+CEREG: <n>, <stat>, and the cell where the modem tells it; AT+CEREG=<n> chooses what is reported. */
export const registrationCommand: CommandHandler = (command, core) => {
  if (command.form === 'test') return [`${command.name}: (0-2)`];
  if (command.form === 'read') return registrationLines(command.name, core);
  if (command.form !== 'set' || !/^[0-2]$/.test(command.parameters[0]!) || command.parameters.length > 1) {
    throw new AtError(CmeError.IncorrectParameters);
  }
  core.settings.registrationReports = Number(command.parameters[0]);
  return [];
};

function registrationLines(name: string, core: ModemCore): string[] {
  const state = registrationState(core);
  const reports = core.quirks.tellsCell ? 2 : core.settings.registrationReports;
  const written = `${state}${core.quirks.tellsCell && isRegistered(state) ? CELL : ''}`;
  if (state === 2 && core.network.search()) core.afterAnswer(registrationReport(core));
  return [...(core.quirks.reportsWithQuery ? [`${name}: ${written}`] : []), `${name}: ${reports},${written}`];
}

/** The unsolicited line for a change of registration; none when the host did not ask for it. */
export function registrationReport(core: ModemCore): string[] {
  return core.settings.registrationReports === 0 ? [] : [`+CEREG: ${registrationState(core)}`];
}

/** AT+COPS? and the choice of name format AT+COPS=3,<format>; there is one network, of the test PLMN 001 01. */
export const operatorCommand: CommandHandler = (command, core) => {
  if (command.form === 'read') return [isRegistered(registrationState(core)) ? '+COPS: 0,2,"00101",7' : '+COPS: 0'];
  if (command.form === 'set' && command.parameters[0] === '3') return [];
  throw new AtError(CmeError.OperationNotSupported);
};

/** AT+CSQ: a good signal with the radio on, else unknown. */
export const signalCommand: CommandHandler = (command, core) => {
  if (command.form === 'test') return ['+CSQ: (0-31,99),(0-7,99)'];
  if (command.form !== 'execute') throw new AtError(CmeError.OperationNotSupported);
  return [core.functionality === 1 ? '+CSQ: 20,99' : '+CSQ: 99,99'];
};

function registrationState(core: ModemCore): Registration {
  return core.network.state(core.functionality === 1);
}

function isRegistered(state: Registration): boolean {
  return state === 1 || state === 5;
}
