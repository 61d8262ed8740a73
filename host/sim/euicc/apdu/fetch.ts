// SPDX-License-Identifier: Apache-2.0
// FETCH (ETSI TS 102 221 §11.2.3): hands out the proactive command that 91XX announced.
import { unfetchedCommand } from '../domain/proactive.js';
import type { Euicc } from '../state/euicc.js';
import { success } from './channel.js';
import type { Command } from './command.js';
import { STATUS, StatusWordError } from './status-word.js';

/** 6985 when nothing was announced, 6CXX for another length than the announced one. */
export function fetch(euicc: Euicc, command: Command): Uint8Array {
  if (command.p1 !== 0 || command.p2 !== 0) throw new StatusWordError(STATUS.incorrectParameters);
  if (command.data.length > 0) throw new StatusWordError(STATUS.wrongLength);
  const proactive = unfetchedCommand(euicc);
  if (proactive === undefined) throw new StatusWordError(STATUS.conditionsNotSatisfied);
  const { bytes } = proactive;
  if (command.expectedBytes !== bytes.length) throw new StatusWordError(0x6c00 | bytes.length);
  proactive.fetched = true;
  return success(bytes);
}
