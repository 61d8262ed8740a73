// SPDX-License-Identifier: Apache-2.0
// Which answers to last blocks of STORE DATA a modem loses: it does not wait as long as the card works on a whole command.

import { MORE_DATA, STORE_DATA, statusHigh } from './apdu-parts.js';
import type { LostLastBlocks } from './card-quirks.js';

const LAST_BLOCK = 0x91;

/** Watches the blocks that pass. */
export class LastBlocks {
  private candidates = 0;
  private lost = 0;
  private wasSilent = false;

  constructor(private readonly quirk: LostLastBlocks | undefined) {}

  /** Whether the answer to this command is lost. Call once per APDU of the host: it counts. */
  isLost(command: Uint8Array, response: Uint8Array, by: '+CSIM' | '+CGLA'): boolean {
    const [, instruction, p1, p2] = command;
    if (this.quirk === undefined || instruction !== STORE_DATA || p1 !== LAST_BLOCK) return false;
    const hasData = response.length > 2 || statusHigh(response) === MORE_DATA;
    const endsProfile = hasData && this.wasSilent;
    this.wasSilent = !hasData;
    const { command: only, fromBlock = 1, at = 'anywhere', every = 1, times = Number.POSITIVE_INFINITY } = this.quirk;
    if ((only ?? by) !== by || p2! < fromBlock || (at === 'profileEnd' && !endsProfile)) return false;
    this.candidates += 1;
    if (this.candidates % every !== 0 || this.lost >= times) return false;
    this.lost += 1;
    return true;
  }
}
