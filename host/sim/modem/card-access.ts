// SPDX-License-Identifier: Apache-2.0
// The modem's own way to the card: power, one APDU at a time, and what some modems add to or take from it.

import type { SyncCardSlot } from '../../interfaces.js';
import { channelBits, FETCH, GET_RESPONSE, isMissing, MORE_DATA, SELECT, statusHigh, TERMINAL_RESPONSE } from './apdu-parts.js';
import { AtError, CmeError } from './at-error.js';
import type { CardQuirks } from './card-quirks.js';
import { HeldResponse } from './held-response.js';
import { LastBlocks } from './last-blocks.js';
import { serveProactive } from './proactive.js';

/** A card that announces data for ever must not hang the modem: 256 parts are more than any ES10 response has. */
const MOST_PARTS = 256;

/** The card as the commands see it. Each card reset forgets the sessions of AT+CCHO. */
export class CardAccess {
  /** Channel number by session handle. */
  readonly sessions = new Map<string, number>();
  /** APDUs that reached the card. */
  apdus = 0;
  /** Times that the card was powered on or reset. */
  resets = 0;
  /** Whether the host has the SIM interface for itself (Telit). */
  isLocked = false;
  private powered = false;
  private profileSeen = false;
  private busyCommands = 0;
  private readonly held: HeldResponse;
  private readonly lastBlocks: LastBlocks;

  constructor(
    private readonly slot: SyncCardSlot | undefined,
    private readonly quirks: CardQuirks,
    private readonly hasEnabledProfile: () => boolean = () => true,
    private readonly onResponse: (response: Uint8Array) => void = () => {},
  ) {
    this.held = new HeldResponse(quirks.maximumResponseDataBytes);
    this.lastBlocks = new LastBlocks(quirks.lostLastBlocks);
  }

  get isPowered(): boolean {
    return this.powered;
  }

  /** Whether there was an enabled profile when the card was last read. */
  get hasProfile(): boolean {
    return this.profileSeen;
  }

  /** Powers the card on, or resets it when it is on. */
  reset(): void {
    this.forget();
    this.resets += 1;
    this.powered = this.slot !== undefined;
    this.busyCommands = this.quirks.busyCommandsAfterReset ?? 0;
    this.slot?.reset();
    this.profileSeen = this.powered && this.hasEnabledProfile();
  }

  powerOff(): void {
    this.forget();
    this.powered = false;
    this.slot?.powerOff();
  }

  private forget(): void {
    this.sessions.clear();
    this.isLocked = false;
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
  exchange(command: Uint8Array, by: '+CSIM' | '+CGLA'): Uint8Array {
    this.requirePassing(command);
    const response = this.held.answer(command) ?? this.pass(command, by);
    this.onResponse(response);
    return response;
  }

  private pass(command: Uint8Array, by: '+CSIM' | '+CGLA'): Uint8Array {
    const response = this.complete(command, this.transmit(command));
    if (this.quirks.proactiveCommands === 'modem') this.serve(response);
    if (this.lastBlocks.isLost(command, response, by)) throw new AtError();
    this.requireApplication(command, response, by);
    return this.held.pass(response);
  }

  /** Runs a command APDU for the modem itself. @throws AtError when the card answers nothing that is a response. */
  transmit(command: Uint8Array): Uint8Array {
    if (this.slot === undefined || !this.powered) throw new AtError(CmeError.SimFailure);
    this.apdus += 1;
    const response = this.slot.transmit(command);
    if (response.length < 2) throw new AtError(CmeError.SimFailure);
    return response;
  }

  /** Collects the data announced by 61xx, in at most so many parts. */
  fetchAll(classByte: number, first: Uint8Array, mostParts = MOST_PARTS): Uint8Array {
    const parts = [first.subarray(0, -2)];
    let response = first;
    for (let part = 0; part < mostParts && statusHigh(response) === MORE_DATA; part += 1) {
      response = this.transmit(Uint8Array.of(channelBits(classByte), GET_RESPONSE, 0, 0, response.at(-1)!));
      parts.push(response.subarray(0, -2));
    }
    return Buffer.concat([...parts, response.subarray(-2)]);
  }

  private requirePassing(command: Uint8Array): void {
    const isProactive = command[1] === FETCH || command[1] === TERMINAL_RESPONSE;
    if (isProactive && this.quirks.proactiveCommands === 'nobody') throw new AtError(CmeError.OperationNotAllowed);
  }

  private requireApplication(command: Uint8Array, response: Uint8Array, by: string): void {
    const { missingSelectError } = this.quirks;
    const counts = missingSelectError !== undefined && by === '+CSIM' && command[1] === SELECT;
    if (counts && isMissing(response)) throw new AtError(missingSelectError);
  }

  /** What the modem makes of 6Cxx and 61xx. */
  private complete(command: Uint8Array, first: Uint8Array): Uint8Array {
    const { correctsLength, fetchesResponses } = this.quirks;
    const isCorrected = correctsLength && statusHigh(first) === 0x6c;
    const response = isCorrected ? this.transmit(Uint8Array.of(...command.subarray(0, 4), first.at(-1)!)) : first;
    if (!fetchesResponses) return response;
    return this.fetchAll(command[0]!, response, fetchesResponses === 'once' ? 1 : MOST_PARTS);
  }

  private serve(response: Uint8Array): void {
    const work = serveProactive(response, (command) => this.transmit(command));
    if (work === 'reset') this.reset();
    if (work === 'readAgain') this.profileSeen = this.hasEnabledProfile();
  }
}
