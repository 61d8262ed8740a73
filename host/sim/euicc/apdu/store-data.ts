// SPDX-License-Identifier: Apache-2.0
// STORE DATA as the transport of ES10 commands (SGP.22 v2.5 §5.7.2): blocks are chained by P1 and P2 until the last one.
import { concat } from '../../codec/bytes.js';
import { runEs10 } from '../es10/dispatch.js';
import { checkPermitted } from '../es10/permission.js';
import type { Euicc } from '../state/euicc.js';
import { type Channel, offer, success } from './channel.js';
import type { Command } from './command.js';
import { STATUS, StatusWordError } from './status-word.js';

/** Instruction byte; the dispatcher needs it to drop a chain when a block arrives damaged. */
export const STORE_DATA = 0xe2;

const MORE_BLOCKS = 0x11;
const LAST_BLOCK = 0x91;

/**
 * Takes one block. P2 counts blocks from 00; 00 also begins anew. 256 blocks of 255 bytes are the most an ES10 command can have,
 * because P2 cannot count further. A block that does not fit drops the chain: 6A86 for P1 or P2, 6700 for no data.
 * 6D00 when the ISD-R is not selected, 6985 when the assistant for it was not declared, or after a profile switch with `refuseUntilReset`.
 */
export function storeData(euicc: Euicc, command: Command): Uint8Array {
  const channel = euicc.session.channels[command.channel]!;
  if (!channel.isdrSelected) throw new StatusWordError(STATUS.instructionNotSupported);
  const blocks = [...(command.p2 === 0 ? [] : channel.chain)];
  channel.chain = [];
  checkPermitted(euicc, blocks[0] ?? command.data);
  checkBlock(command, blocks.length);
  blocks.push(command.data);
  if (command.p1 === MORE_BLOCKS) return keep(channel, blocks);
  return offer(channel, runEs10(euicc, concat(...blocks)), euicc.settings.inlineResponses);
}

function checkBlock({ p1, p2, data }: Command, expectedP2: number): void {
  if ((p1 !== MORE_BLOCKS && p1 !== LAST_BLOCK) || p2 !== expectedP2) throw new StatusWordError(STATUS.incorrectParameters);
  if (data.length === 0) throw new StatusWordError(STATUS.wrongLength);
}

function keep(channel: Channel, blocks: Uint8Array[]): Uint8Array {
  channel.chain = blocks;
  return success();
}
