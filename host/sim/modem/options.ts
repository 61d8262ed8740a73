// SPDX-License-Identifier: Apache-2.0
// What a simulated modem can be told when it is made: its card, its name plate, and the ways in which it is odd.

import type { SyncCardSlot } from '../../interfaces.js';
import type { ChunkPolicy } from '../../wrap/chunk-policy.js';

/** What AT+CGMI, +CGMM, +CGMR and +CGSN answer. */
export interface ModemIdentity {
  readonly manufacturer: string;
  readonly model: string;
  readonly revision: string;
  /** IMEI, 15 digits. */
  readonly serialNumber: string;
}

/** Known oddities of real modems. All absent: a modem that does what 3GPP TS 27.007 says. */
export interface ModemQuirks {
  /** Commands answered as unknown, such as "+CCHC". */
  readonly unsupported?: readonly string[];
  /** The =? forms answer ERROR although the commands work. */
  readonly noTestForms?: boolean;
  /** +CCHO answers the bare handle, without "+CCHO: ". */
  readonly bareSession?: boolean;
  /** How handles of logical channels look: short decimal numbers (default) or 16 hexadecimal digits. */
  readonly sessionHandles?: 'decimal' | 'longHexadecimal';
  /** Responses of +CSIM and +CGLA come without quotes. */
  readonly unquotedResponses?: boolean;
  /** The modem sends GET RESPONSE itself after 61xx and hands over the data at once. */
  readonly fetchesResponses?: boolean;
  /** The modem repeats a command with the right Le itself after 6Cxx. */
  readonly correctsLength?: boolean;
  /** A response with more data bytes than this never arrives: the modem answers 6100 instead, each time. */
  readonly maximumResponseDataBytes?: number;
  /** Instruction bytes that the modem refuses with operation not allowed, such as 0xC0. */
  readonly refusedInstructions?: readonly number[];
  /** +CSIM on a logical channel other than the basic one is refused. */
  readonly basicChannelOnly?: boolean;
  /** +CGLA leaves the class byte as the host sent it instead of putting in the channel. */
  readonly passesClassByte?: boolean;
  /** After power-up this many commands that need the card answer SIM busy. */
  readonly busyCommandsAfterReset?: number;
  /** Unsolicited lines after a restart by AT+CFUN=1,1. */
  readonly bootLines?: readonly string[];
}

export interface SimulatedModemOptions {
  /** The card in the modem; absent: the slot is empty. */
  readonly slot?: SyncCardSlot;
  /** Whether commands are echoed after power-up. Default true, as with real modems. */
  readonly echo?: boolean;
  readonly identity?: Partial<ModemIdentity>;
  readonly quirks?: ModemQuirks;
  /** The longest command line in characters, "AT" included and CR not. Default 600: a whole short APDU by AT+CGLA fits. */
  readonly maximumLineLength?: number;
  /** How output is cut into chunks. Default whole. */
  readonly chunks?: ChunkPolicy;
}

export const DEFAULT_IDENTITY: ModemIdentity = {
  manufacturer: 'ipa-wasm',
  model: 'Simulated Modem',
  revision: '1.0',
  serialNumber: '004999010640000',
};
