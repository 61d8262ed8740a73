// SPDX-License-Identifier: Apache-2.0
// MANAGE CHANNEL (ETSI TS 102 221 §11.1.17): opens and closes logical channels 1 to 3.
import type { Euicc } from '../state/euicc.js';
import { CHANNELS, freshChannel, success } from './channel.js';
import type { Command } from './command.js';
import { STATUS, StatusWordError, statusBytes } from './status-word.js';

const OPEN = 0x00;
const CLOSE = 0x80;

/** P1 00 opens (P2 00: the card chooses and returns the number; otherwise channel P2), P1 80 closes channel P2. 6A81 when no channel is free. */
export function manageChannel(euicc: Euicc, command: Command): Uint8Array {
  if (command.data.length > 0) throw new StatusWordError(STATUS.wrongLength);
  if (command.p1 === OPEN) return open(euicc, command);
  if (command.p1 === CLOSE) return close(euicc, command.p2);
  throw new StatusWordError(STATUS.incorrectParameters);
}

function open(euicc: Euicc, { p2, expectedBytes }: Command): Uint8Array {
  const { channels } = euicc.session;
  if (p2 >= CHANNELS) throw new StatusWordError(STATUS.functionNotSupported);
  const number = p2 === 0 ? channels.findIndex((channel) => !channel.open) : p2;
  if (number < 0 || channels[number]!.open) throw new StatusWordError(STATUS.functionNotSupported);
  if (p2 === 0 && expectedBytes !== undefined && expectedBytes !== 1 && expectedBytes !== 256) throw new StatusWordError(0x6c01);
  channels[number] = freshChannel(true);
  return success(p2 === 0 ? Uint8Array.of(number) : undefined);
}

function close(euicc: Euicc, number: number): Uint8Array {
  const { channels } = euicc.session;
  if (number === 0) throw new StatusWordError(STATUS.incorrectParameters);
  if (number >= CHANNELS) throw new StatusWordError(STATUS.channelNotSupported);
  const wasOpen = channels[number]!.open;
  channels[number] = freshChannel(false);
  return wasOpen ? success() : statusBytes(STATUS.noInformation);
}
