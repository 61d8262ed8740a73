// SPDX-License-Identifier: Apache-2.0
// Runs one command APDU: checks class, instruction and channel, calls the instruction, and turns every refusal into a status word.
import { CodecError } from '../../codec/ber.js';
import { concat } from '../../codec/bytes.js';
import { unfetchedCommand } from '../domain/proactive.js';
import type { Euicc } from '../state/euicc.js';
import { type Command, type CommandHeader, readBody, readHeader } from './command.js';
import { fetch } from './fetch.js';
import { getResponse } from './get-response.js';
import { manageChannel } from './manage-channel.js';
import { select } from './select.js';
import { status } from './status.js';
import { STATUS, StatusWordError, statusBytes } from './status-word.js';
import { STORE_DATA, storeData } from './store-data.js';
import { terminalCapability } from './terminal-capability.js';
import { terminalProfile } from './terminal-profile.js';
import { terminalResponse } from './terminal-response.js';

interface Instruction {
  /** Class bytes the instruction is defined for. */
  readonly interindustry: boolean;
  readonly proprietary: boolean;
  readonly run: (euicc: Euicc, command: Command) => Uint8Array;
}

const GET_RESPONSE = 0xc0;
const PROACTIVE_COMMAND_WAITS = 0x91;

const INSTRUCTIONS: ReadonlyMap<number, Instruction> = new Map([
  [0x10, { interindustry: false, proprietary: true, run: terminalProfile }],
  [0x12, { interindustry: false, proprietary: true, run: fetch }],
  [0x14, { interindustry: false, proprietary: true, run: terminalResponse }],
  [0x70, { interindustry: true, proprietary: false, run: manageChannel }],
  [0xa4, { interindustry: true, proprietary: false, run: select }],
  [0xaa, { interindustry: false, proprietary: true, run: terminalCapability }],
  [GET_RESPONSE, { interindustry: true, proprietary: true, run: getResponse }],
  [STORE_DATA, { interindustry: false, proprietary: true, run: storeData }],
  [0xf2, { interindustry: false, proprietary: true, run: status }],
]);

/** Response data and SW1SW2 for the command. Throws only for a fault of the simulator itself. */
export function runCommand(euicc: Euicc, bytes: Uint8Array): Uint8Array {
  return announced(euicc, answer(euicc, bytes));
}

/** 91XX takes the place of 9000 while a proactive command waits to be fetched (ETSI TS 102 221 §7.4.2). */
function announced(euicc: Euicc, response: Uint8Array): Uint8Array {
  const waiting = unfetchedCommand(euicc);
  const status = response.subarray(-2);
  if (waiting === undefined || status[0] !== STATUS.ok >> 8 || status[1] !== (STATUS.ok & 0xff)) return response;
  return concat(response.subarray(0, -2), Uint8Array.of(PROACTIVE_COMMAND_WAITS, waiting.bytes.length));
}

function answer(euicc: Euicc, bytes: Uint8Array): Uint8Array {
  try {
    const header = readHeader(bytes);
    const instruction = findInstruction(euicc, header);
    return instruction.run(euicc, readCommand(euicc, header, bytes));
  } catch (error) {
    if (error instanceof StatusWordError) return statusBytes(error.statusWord);
    if (error instanceof CodecError) return statusBytes(STATUS.incorrectData);
    throw error;
  }
}

function findInstruction(euicc: Euicc, header: CommandHeader): Instruction {
  const instruction = INSTRUCTIONS.get(header.instruction);
  if (instruction === undefined) throw new StatusWordError(STATUS.instructionNotSupported);
  if (!(header.proprietary ? instruction.proprietary : instruction.interindustry)) throw new StatusWordError(STATUS.classNotSupported);
  const channel = euicc.session.channels[header.channel]!;
  if (!channel.open) throw new StatusWordError(STATUS.channelNotSupported);
  // Response data waits only for the very next command on its channel.
  if (header.instruction !== GET_RESPONSE) channel.pending = new Uint8Array(0);
  return instruction;
}

function readCommand(euicc: Euicc, header: CommandHeader, bytes: Uint8Array): Command {
  try {
    return readBody(header, bytes);
  } catch (error) {
    if (header.instruction === STORE_DATA) euicc.session.channels[header.channel]!.chain = [];
    throw error;
  }
}
