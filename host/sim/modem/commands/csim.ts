// SPDX-License-Identifier: Apache-2.0
// AT+CSIM: any APDU to the card, on the channel that its class byte names (3GPP TS 27.007 §8.17).

import { channelBits } from '../apdu-parts.js';
import { readApdu, responseLine } from '../apdu-text.js';
import type { AtCommand } from '../at-command.js';
import { AtError, CmeError } from '../at-error.js';
import type { CommandHandler, ModemCore } from '../core.js';

/** AT+CSIM=<length>,"<command>"; length in hexadecimal characters. With one parameter it is Telit's lock. */
export const genericAccessCommand: CommandHandler = (command, core) => {
  if (command.form === 'test') return [];
  if (core.quirks.simLock !== undefined && command.parameters.length === 1) return lock(command, core);
  if (command.form !== 'set' || command.parameters.length !== 2) throw new AtError(CmeError.IncorrectParameters);
  requireLength(Number(command.parameters[0]), core);
  const apdu = readApdu(command.parameters[0], command.parameters[1]);
  core.card.requireReady();
  requireAllowed(apdu, core);
  return [responseLine('+CSIM', core.card.exchange(apdu, '+CSIM'), core.quirks)];
};

/** AT+CSIM=1 and AT+CSIM=0; the card seems to be gone for the modem's own purposes as long as the host has it. */
function lock(command: AtCommand, core: ModemCore): string[] {
  const [wanted = ''] = command.parameters;
  if (!/^[01]$/.test(wanted)) throw new AtError(CmeError.IncorrectParameters);
  core.card.requireReady();
  core.card.isLocked = wanted === '1';
  core.afterAnswer([core.card.isLocked ? '#QSS: 0' : '#QSS: 1']);
  return [];
}

function requireLength(characters: number, { quirks }: ModemCore): void {
  const [least, most] = quirks.csimLengths ?? [0, Number.POSITIVE_INFINITY];
  if (characters < least || characters > most) throw new AtError(CmeError.OperationNotAllowed);
}

/** What the modem lets through. @throws AtError */
function requireAllowed(apdu: Uint8Array, { quirks, card }: ModemCore): void {
  const [classByte, instruction, , , p3 = 0] = apdu;
  const isExact = p3 === Math.max(0, apdu.length - 5);
  const isRefused =
    (quirks.simLock === 'required' && !card.isLocked) ||
    (quirks.basicChannelOnly && channelBits(classByte!) !== 0) ||
    quirks.refusedInstructions?.includes(instruction!) ||
    (quirks.exactLengthInstructions?.includes(instruction!) && !isExact);
  if (isRefused) throw new AtError(CmeError.OperationNotAllowed);
  if (quirks.csimNeedsProfile && !card.hasProfile) throw new AtError(CmeError.SimFailure);
}
