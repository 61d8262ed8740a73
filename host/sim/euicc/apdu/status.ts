// SPDX-License-Identifier: Apache-2.0
// STATUS (ETSI TS 102 221 §11.1.2), as far as a terminal polling a channel needs it.
import { tlv } from '../../codec/ber.js';
import { fromHex } from '../../codec/bytes.js';
import type { Euicc } from '../state/euicc.js';
import { success } from './channel.js';
import type { Command } from './command.js';
import { fileControlInformation, ISDR_AID } from './select.js';
import { STATUS, StatusWordError } from './status-word.js';

/** FCP of the master file: file descriptor, identifier 3F00, proprietary information, activated. */
const MASTER_FILE = fromHex('62 0D 82027821 83023F00 A500 8A0105');
const LAST_INDICATION = 0x02;

/** P2 00: the template of what is selected on the channel; 01: its application identifier; 0C: nothing. */
export function status(euicc: Euicc, command: Command): Uint8Array {
  if (command.p1 > LAST_INDICATION) throw new StatusWordError(STATUS.incorrectParameters);
  if (command.data.length > 0) throw new StatusWordError(STATUS.wrongLength);
  const data = answer(euicc, command);
  const wanted = command.expectedBytes ?? 256;
  if (data.length > 0 && wanted !== 256 && wanted !== data.length) throw new StatusWordError(0x6c00 | data.length);
  return success(data);
}

function answer(euicc: Euicc, command: Command): Uint8Array {
  const { isdrSelected } = euicc.session.channels[command.channel]!;
  if (command.p2 === 0x0c) return new Uint8Array(0);
  if (command.p2 === 0x01) return isdrSelected ? tlv(0x84, ISDR_AID) : new Uint8Array(0);
  if (command.p2 === 0x00) return isdrSelected ? fileControlInformation(euicc) : MASTER_FILE;
  throw new StatusWordError(STATUS.incorrectParameters);
}
