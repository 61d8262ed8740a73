// SPDX-License-Identifier: Apache-2.0
// All commands of the simulated modem, and how one is run.

import type { AtCommand } from './at-command.js';
import { AtError, CmeError } from './at-error.js';
import { echoCommand, errorReportingCommand, fixedCommand, restoreCommand } from './commands/basic.js';
import { channelAccessCommand, closeChannelCommand, openChannelCommand } from './commands/channels.js';
import { genericAccessCommand } from './commands/csim.js';
import { functionalityCommand, pinCommand } from './commands/functionality.js';
import { identityCommand } from './commands/identity.js';
import { operatorCommand, registrationCommand, signalCommand } from './commands/network.js';
import type { CommandHandler, ModemCore } from './core.js';
import type { CommandQuirks } from './quirks.js';

const COMMANDS: Readonly<Record<string, CommandHandler>> = {
  E: echoCommand,
  Z: restoreCommand,
  '&F': restoreCommand,
  V: fixedCommand(1),
  Q: fixedCommand(0),
  '+CMEE': errorReportingCommand,
  '+CGMI': identityCommand('manufacturer'),
  '+CGMM': identityCommand('model'),
  '+CGMR': identityCommand('revision'),
  '+CGSN': identityCommand('serialNumber'),
  '+CPIN': pinCommand,
  '+CFUN': functionalityCommand,
  '+CSIM': genericAccessCommand,
  '+CCHO': openChannelCommand,
  '+CGLA': channelAccessCommand,
  '+CCHC': closeChannelCommand,
  '+CEREG': registrationCommand,
  '+COPS': operatorCommand,
  '+CSQ': signalCommand,
};

/** Runs one command; returns its lines of information. @throws AtError for a refusal, also of a command that does not exist. */
export function runCommand(command: AtCommand, core: ModemCore): readonly string[] {
  const handler = Object.hasOwn(COMMANDS, command.name) ? COMMANDS[command.name] : undefined;
  if (handler === undefined || core.quirks.unsupported?.includes(command.name)) throw new AtError(CmeError.OperationNotSupported);
  if (command.form === 'test' && lacksTestForm(command.name, core.quirks)) throw new AtError(CmeError.OperationNotSupported);
  return handler(command, core);
}

function lacksTestForm(name: string, { noTestForms = false }: CommandQuirks): boolean {
  return typeof noTestForms === 'boolean' ? noTestForms : noTestForms.includes(name);
}
