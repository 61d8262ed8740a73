// SPDX-License-Identifier: Apache-2.0
// TERMINAL PROFILE (ETSI TS 102 221 §11.2.1): which proactive commands the terminal knows. REFRESH is asked of every terminal, so that the
// contents make no difference.
import type { Euicc } from '../state/euicc.js';
import { success } from './channel.js';
import type { Command } from './command.js';
import { STATUS, StatusWordError } from './status-word.js';

/** 6700 without contents. */
export function terminalProfile(_euicc: Euicc, command: Command): Uint8Array {
  if (command.p1 !== 0 || command.p2 !== 0) throw new StatusWordError(STATUS.incorrectParameters);
  if (command.data.length === 0) throw new StatusWordError(STATUS.wrongLength);
  return success();
}
