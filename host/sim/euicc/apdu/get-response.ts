// SPDX-License-Identifier: Apache-2.0
// GET RESPONSE (ISO/IEC 7816-4, ETSI TS 102 221 §7.3.1.1): hands out waiting response data in parts.
import { concat } from '../../codec/bytes.js';
import type { Euicc } from '../state/euicc.js';
import { moreData, success } from './channel.js';
import type { Command } from './command.js';
import { STATUS, StatusWordError, statusBytes } from './status-word.js';

/** Le = 00 asks for as much as there is, up to 256 bytes; a larger Le than what waits is answered 6CXX. 6985 when nothing waits. */
export function getResponse(euicc: Euicc, command: Command): Uint8Array {
  if (command.p1 !== 0 || command.p2 !== 0) throw new StatusWordError(STATUS.incorrectParameters);
  if (command.data.length > 0) throw new StatusWordError(STATUS.wrongLength);
  const channel = euicc.session.channels[command.channel]!;
  const waiting = channel.pending;
  if (waiting.length === 0) throw new StatusWordError(STATUS.conditionsNotSatisfied);
  const wanted = command.expectedBytes ?? 256;
  if (wanted > waiting.length && wanted !== 256) throw new StatusWordError(0x6c00 | waiting.length);
  channel.pending = waiting.slice(wanted);
  if (channel.pending.length === 0) return success(waiting);
  return concat(waiting.subarray(0, wanted), statusBytes(moreData(channel.pending.length)));
}
