// SPDX-License-Identifier: Apache-2.0
// AT+CCHO, +CGLA and +CCHC: logical channels that the modem manages, known to the host by a handle (3GPP TS 27.007 §8.43, §8.45, §8.46).

import { isMissing, statusHigh } from '../apdu-parts.js';
import { readApdu, responseLine } from '../apdu-text.js';
import { AtError, CmeError } from '../at-error.js';
import type { CardAccess } from '../card-access.js';
import type { CommandHandler, ModemCore } from '../core.js';

/** Handles do not start at 1, so that a host that takes the handle for the channel number is found out. */
const FIRST_HANDLE = 17;

/** AT+CCHO="<AID>": opens a channel, selects the application, and answers the handle. The FCI stays in the modem. */
export const openChannelCommand: CommandHandler = (command, core) => {
  if (command.form === 'test') return [];
  const aid = command.parameters[0] ?? '';
  if (command.form !== 'set' || command.parameters.length !== 1 || !/^([0-9a-f]{2}){5,16}$/i.test(aid)) {
    throw new AtError(CmeError.IncorrectParameters);
  }
  core.card.requireReady();
  if (core.quirks.channelRefusal !== undefined) throw new AtError(core.quirks.channelRefusal);
  const channel = openChannel(core.card);
  selectOrClose(core, channel, Buffer.from(aid, 'hex'));
  const handle = core.quirks.sessionHandles === 'channelNumber' ? String(channel) : freeHandle(core);
  core.card.sessions.set(handle, channel);
  return [core.quirks.bareSession ? handle : `+CCHO: ${handle}`];
};

/** AT+CGLA=<handle>,<length>,"<command>": an APDU on that channel. */
export const channelAccessCommand: CommandHandler = (command, core) => {
  if (command.form === 'test') return [];
  if (command.form !== 'set' || command.parameters.length !== 3) throw new AtError(CmeError.IncorrectParameters);
  const apdu = readApdu(command.parameters[1], command.parameters[2]);
  core.card.requireReady();
  const channel = channelOf(core, command.parameters[0]!);
  if (!core.quirks.passesClassByte) apdu[0] = classByteFor(apdu[0]!, channel);
  return [responseLine('+CGLA', core.card.exchange(apdu, '+CGLA'), core.quirks)];
};

/** AT+CCHC=<handle>: closes the channel; the handle is gone whatever the card says. */
export const closeChannelCommand: CommandHandler = (command, core) => {
  if (command.form === 'test') return [];
  if (command.form !== 'set' || command.parameters.length !== 1) throw new AtError(CmeError.IncorrectParameters);
  core.card.requireReady();
  const channel = channelOf(core, command.parameters[0]!);
  core.card.sessions.delete(command.parameters[0]!);
  closeChannel(core.card, channel);
  return ['+CCHC'];
};

function channelOf(core: ModemCore, handle: string): number {
  const channel = core.card.sessions.get(handle);
  if (channel === undefined) throw new AtError(CmeError.InvalidIndex);
  return channel;
}

function openChannel(card: CardAccess): number {
  const response = card.transmit(Uint8Array.of(0x00, 0x70, 0x00, 0x00, 0x01));
  if (response.length !== 3 || statusHigh(response) !== 0x90) throw new AtError(CmeError.MemoryFull);
  return response[0]!;
}

function closeChannel(card: CardAccess, channel: number): void {
  card.transmit(Uint8Array.of(0x00, 0x70, 0x80, channel, 0x00));
}

/** SELECT by AID. A channel whose application is not there must not stay open: nobody would know its handle. */
function selectOrClose({ card, quirks }: ModemCore, channel: number, aid: Uint8Array): void {
  const classByte = classByteFor(0x00, channel);
  const selected = card.transmit(Uint8Array.of(classByte, 0xa4, 0x04, 0x00, aid.length, ...aid));
  const response = card.fetchAll(classByte, selected);
  if ([0x90, 0x91, 0x62, 0x63].includes(statusHigh(response))) return;
  closeChannel(card, channel);
  throw new AtError(isMissing(response) ? (quirks.missingApplicationError ?? CmeError.NotFound) : CmeError.SimFailure);
}

/** Channels 0 to 3 are in the low bits; 4 to 19 need the form with bit 7 set (ETSI TS 102 221 §10.1.1). */
function classByteFor(classByte: number, channel: number): number {
  return channel < 4 ? (classByte & 0xbc) | channel : (classByte & 0x80) | 0x40 | (channel - 4);
}

function freeHandle(core: ModemCore): string {
  let handle = FIRST_HANDLE;
  while (core.card.sessions.has(written(handle, core))) handle += 1;
  return written(handle, core);
}

function written(handle: number, core: ModemCore): string {
  if (core.quirks.sessionHandles !== 'longHexadecimal') return String(handle);
  return (0x38a_a300 + handle).toString(16).padStart(16, '0');
}
