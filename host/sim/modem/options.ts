// SPDX-License-Identifier: Apache-2.0
// What a simulated modem can be told when it is made: its card, its name plate, the ways in which it is odd, and its time.

import type { Clock, SyncCardSlot } from '../../interfaces.js';
import type { ChunkPolicy } from '../../wrap/chunk-policy.js';
import type { ModemQuirks } from './quirks.js';

/** What AT+CGMI, +CGMM, +CGMR and +CGSN answer. */
export interface ModemIdentity {
  readonly manufacturer: string;
  readonly model: string;
  readonly revision: string;
  /** IMEI, 15 digits. */
  readonly serialNumber: string;
}

export interface SimulatedModemOptions {
  /** The card in the modem; absent: the slot is empty. */
  readonly slot?: SyncCardSlot;
  /** Whether the card has an enabled profile; asked whenever the modem reads the card. Default: it has. */
  readonly hasEnabledProfile?: () => boolean;
  /** Sees the response APDU of each +CSIM and +CGLA before the line has it: what the host must come to read. */
  readonly onResponse?: (response: Uint8Array) => void;
  /** Whether commands are echoed after power-up. Default true, as with real modems. */
  readonly echo?: boolean;
  readonly identity?: Partial<ModemIdentity>;
  readonly quirks?: ModemQuirks;
  /** The same as the quirk, and before it. */
  readonly maximumLineLength?: number;
  /** How output is cut into chunks. Default whole. */
  readonly chunks?: ChunkPolicy;
  /** The clock of delayed answers. Default: the system's. */
  readonly clock?: Clock;
}

export const DEFAULT_IDENTITY: ModemIdentity = {
  manufacturer: 'ipa-wasm',
  model: 'Simulated Modem',
  revision: '1.0',
  serialNumber: '004999010640000',
};
