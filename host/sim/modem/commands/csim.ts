// SPDX-License-Identifier: Apache-2.0
// AT+CSIM: any APDU to the card, on the channel that its class byte names (3GPP TS 27.007 §8.17).

import { readApdu, responseLine } from '../apdu-text.js';
import { AtError, CmeError } from '../at-error.js';
import { channelBits } from '../card-access.js';
import type { CommandHandler } from '../core.js';

/** AT+CSIM=<length>,"<command>"; length in hexadecimal characters. */
export const genericAccessCommand: CommandHandler = (command, core) => {
  if (command.form === 'test') return [];
  if (command.form !== 'set' || command.parameters.length !== 2) throw new AtError(CmeError.IncorrectParameters);
  const apdu = readApdu(command.parameters[0], command.parameters[1]);
  core.card.requireReady();
  if (core.quirks.basicChannelOnly && channelBits(apdu[0]!) !== 0) throw new AtError(CmeError.OperationNotAllowed);
  return [responseLine('+CSIM', core.card.exchange(apdu), core.quirks)];
};
