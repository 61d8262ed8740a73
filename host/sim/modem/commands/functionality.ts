// SPDX-License-Identifier: Apache-2.0
// AT+CFUN and AT+CPIN: power of radio and card (3GPP TS 27.007 §8.2, §8.3).

import type { AtCommand } from '../at-command.js';
import { AtError, CmeError } from '../at-error.js';
import type { CommandHandler, Functionality, ModemCore } from '../core.js';
import { registrationReport } from './network.js';

/** AT+CFUN=<fun>[,<rst>]; with <rst> 1 the whole modem restarts, as after power-up. */
export const functionalityCommand: CommandHandler = (command, core) => {
  if (command.form === 'test') return ['+CFUN: (0,1,4),(0,1)'];
  if (command.form === 'read') return [`+CFUN: ${core.functionality}`];
  const { functionality, restart } = readRequest(command);
  if (restart) restartModem(core, functionality);
  else changeFunctionality(core, functionality);
  return [];
};

/** AT+CPIN?: READY, as the simulated cards have no PIN. */
export const pinCommand: CommandHandler = (command, core) => {
  if (command.form === 'test') return [];
  if (command.form !== 'read') throw new AtError(CmeError.OperationNotSupported);
  core.card.requireReady();
  return ['+CPIN: READY'];
};

function readRequest(command: AtCommand): { functionality: Functionality; restart: boolean } {
  const [functionality = '', restart = '0', ...more] = command.parameters;
  if (command.form !== 'set' || !/^[014]$/.test(functionality) || !/^[01]$/.test(restart) || more.length > 0) {
    throw new AtError(CmeError.IncorrectParameters);
  }
  return { functionality: Number(functionality) as Functionality, restart: restart === '1' };
}

/** Full functionality from any other makes the modem read the card anew; asked for again it changes nothing. */
function changeFunctionality(core: ModemCore, wanted: Functionality): void {
  if (wanted === core.functionality) return;
  if (wanted === 0) core.card.powerOff();
  else if (wanted === 1 || core.functionality === 0) core.card.reset();
  core.functionality = wanted;
  core.afterAnswer(registrationReport(core));
}

function restartModem(core: ModemCore, wanted: Functionality): void {
  core.restoreSettings();
  core.functionality = wanted;
  core.card.powerOff();
  if (wanted !== 0) core.card.reset();
  core.afterAnswer(core.quirks.bootLines ?? []);
}
