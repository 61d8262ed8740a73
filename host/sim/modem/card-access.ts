// SPDX-License-Identifier: Apache-2.0
// The modem's own way to the card: power, one APDU at a time, and what some modems add to or take from it.

import type { SyncCardSlot } from '../../interfaces.js';
import { AtError, CmeError } from './at-error.js';
import type { ModemQuirks } from './options.js';

const GET_RESPONSE = 0xc0;

/** The card as the commands see it. Each card reset forgets the sessions of AT+CCHO. */
export class CardAccess {
  /** Channel number by session handle. */
  readonly sessions = new Map<string, number>();
  /** APDUs that reached the card. */
  apdus = 0;
  private powered = false;
  private busyCommands = 0;

  constructor(
    private readonly slot: SyncCardSlot | undefined,
    private readonly quirks: ModemQuirks,
  ) {}

  get isPowered(): boolean {
    return this.powered;
  }

  /** Powers the card on, or resets it when it is on. */
  reset(): void {
    this.sessions.clear();
    this.powered = this.slot !== undefined;
    this.busyCommands = this.quirks.busyCommandsAfterReset ?? 0;
    this.slot?.reset();
  }

  powerOff(): void {
    this.sessions.clear();
    this.powered = false;
    this.slot?.powerOff();
  }

  /** To be called first by each command that needs the card. @throws AtError when the card cannot be used now. */
  requireReady(): void {
    if (this.slot === undefined) throw new AtError(CmeError.SimNotInserted);
    if (!this.powered) throw new AtError(CmeError.SimFailure);
    if (this.busyCommands === 0) return;
    this.busyCommands -= 1;
    throw new AtError(CmeError.SimBusy);
  }

  /** Runs a command APDU for the host, with the modem's oddities. Returns data and status word. @throws AtError */
  exchange(command: Uint8Array): Uint8Array {
    if (this.quirks.refusedInstructions?.includes(command[1]!)) throw new AtError(CmeError.OperationNotAllowed);
    let response = this.transmit(command);
    if (this.quirks.correctsLength && statusHigh(response) === 0x6c) {
      response = this.transmit(Uint8Array.of(...command.subarray(0, 4), response.at(-1)!));
    }
    if (this.quirks.fetchesResponses) response = this.fetchAll(command[0]!, response);
    const limit = this.quirks.maximumResponseDataBytes ?? Number.POSITIVE_INFINITY;
    return response.length - 2 > limit ? Uint8Array.of(0x61, 0x00) : response;
  }

  /** Runs a command APDU for the modem itself. @throws AtError when the card answers nothing that is a response. */
  transmit(command: Uint8Array): Uint8Array {
    if (this.slot === undefined || !this.powered) throw new AtError(CmeError.SimFailure);
    this.apdus += 1;
    const response = this.slot.transmit(command);
    if (response.length < 2) throw new AtError(CmeError.SimFailure);
    return response;
  }

  /** Collects all data announced by 61xx, as a modem with a T=1 mind does. */
  fetchAll(classByte: number, first: Uint8Array): Uint8Array {
    const parts = [first.subarray(0, -2)];
    let response = first;
    // A card that announces data for ever must not hang the modem: 256 parts are more than any ES10 response has.
    for (let part = 0; part < 256 && statusHigh(response) === 0x61; part += 1) {
      response = this.transmit(Uint8Array.of(channelBits(classByte), GET_RESPONSE, 0, 0, response.at(-1)!));
      parts.push(response.subarray(0, -2));
    }
    return Buffer.concat([...parts, response.subarray(-2)]);
  }
}

/** SW1 of a response. */
export function statusHigh(response: Uint8Array): number {
  return response.at(-2)!;
}

/** The interindustry class byte of the same logical channel (ETSI TS 102 221 §10.1.1); 00 for the basic channel. */
export function channelBits(classByte: number): number {
  return (classByte & 0x40) === 0 ? classByte & 0x03 : classByte & 0x4f;
}
