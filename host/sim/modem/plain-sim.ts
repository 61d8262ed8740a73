// SPDX-License-Identifier: Apache-2.0
// A card that is no eUICC: a USIM and nothing else, to see that an assistant finds out and says so.

import type { SyncCardSlot } from '../../interfaces.js';
import { SELECT, STORE_DATA } from './apdu-parts.js';

const MANAGE_CHANNEL = 0x70;
const STATUS = 0xf2;
/** The USIM by the first bytes of its AID: RID of 3GPP, application code 1002 (ETSI TS 101 220 annex E). */
const USIM = 'A0000000871002';

/** Opens channels, selects its USIM, and knows no other application: 6A82. */
export class PlainSim implements SyncCardSlot {
  private open = new Set([0]);

  reset(): Uint8Array {
    this.open = new Set([0]);
    return Uint8Array.of(0x3b, 0x9f, 0x96, 0xc0, 0x0a, 0x3f, 0xc7, 0x82, 0x80, 0x31, 0xe0, 0x73, 0xfe, 0x21, 0x1f, 0x63, 0xd0, 0x02, 0x09);
  }

  powerOff(): void {}

  transmit(command: Uint8Array): Uint8Array {
    const [classByte = 0, instruction] = command;
    if ((classByte & 0x7c) !== 0) return Uint8Array.of(0x6e, 0x00);
    if (!this.open.has(classByte & 0x03)) return Uint8Array.of(0x68, 0x81);
    if (instruction === MANAGE_CHANNEL) return this.manageChannel(command);
    if (instruction === SELECT) return select(command);
    if (instruction === STATUS) return Uint8Array.of(0x90, 0x00);
    return Uint8Array.of(instruction === STORE_DATA ? 0x6e : 0x6d, 0x00);
  }

  /** Opens a channel of the card's choice, or closes the one in P2 (ETSI TS 102 221 §11.1.17). */
  private manageChannel([, , p1, p2]: Uint8Array): Uint8Array {
    if (p1 === 0x80) return this.open.delete(p2! || -1) ? Uint8Array.of(0x90, 0x00) : Uint8Array.of(0x62, 0x00);
    const number = [1, 2, 3].find((channel) => !this.open.has(channel));
    if (p1 !== 0 || p2 !== 0 || number === undefined) return Uint8Array.of(0x6a, 0x81);
    this.open.add(number);
    return Uint8Array.of(number, 0x90, 0x00);
  }
}

function select(command: Uint8Array): Uint8Array {
  const aid = Buffer.from(command.subarray(5, 5 + command[4]!))
    .toString('hex')
    .toUpperCase();
  return aid.startsWith(USIM) ? Uint8Array.of(0x90, 0x00) : Uint8Array.of(0x6a, 0x82);
}
