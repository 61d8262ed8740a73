// SPDX-License-Identifier: Apache-2.0
// The module and nothing else: a test says which datagram comes and when, and sees which ones leave. The card answers at once, or is
// held by the test.

import { Action, CardLink, Command, Event, Option, Scheme } from '../../../host/abi.js';
import { concat, fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { Module } from './module.js';
import { readResult, type SessionResult } from './session.js';
import { SimplePeers } from './simple-peers.js';

export interface ByHandOptions {
  readonly peers?: SimplePeers;
  /** Default: Poll. */
  readonly command?: Command;
  /** Default: Coaps. */
  readonly scheme?: Scheme;
  /** Option Seed; 0 leaves it out. Default 1. */
  readonly seed?: number;
  /** Further option TLVs, in hexadecimal. */
  readonly options?: string;
  readonly module?: Module;
}

const uint32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];

/** The option TLV of a number of 4 bytes, in hexadecimal. */
export const numberOption = (option: Option, value: number): string => hex(Uint8Array.of(option, 4, ...uint32(value)));

/** A command in progress. Datagrams are in upper-case hexadecimal. */
export class CoapByHand {
  nowMs = 0;
  /** When the module wants to look at the clock; undefined: it waits for an event alone. */
  #dueMs: number | undefined;
  result: SessionResult | undefined;
  /** What action NetworkOpen told last. */
  opened = '';
  /** While it is true, the card's answers are kept back. */
  isCardHeld = false;
  readonly module: Module;
  readonly peers: SimplePeers;
  readonly command: Uint8Array;
  #response: Uint8Array | undefined;

  constructor(options: ByHandOptions = {}) {
    const { command = Command.Poll, scheme = Scheme.Coaps, seed = 1 } = options;
    this.peers = options.peers ?? new SimplePeers();
    this.module = options.module ?? new Module();
    const bytes = [Option.Command, 1, command, Option.CardLink, 1, CardLink.Apdu, Option.EsipaScheme, 1, scheme];
    // these conversations go through the eIM, whatever the eUICC says of it
    bytes.push(Option.IpaFeatures, 1, 0x50);
    if (seed !== 0) bytes.push(Option.Seed, 4, ...uint32(seed));
    this.command = concat(Uint8Array.from(bytes), fromHex(options.options ?? ''));
  }

  /** Begins the command. Returns the datagrams that leave before the module waits. */
  begin(): string[] {
    const taken = this.module.event(Event.Command, 0, this.command);
    if (taken < 0) throw new Error(`the command was refused: ${taken}`);
    return this.settle();
  }

  /** A datagram comes. Returns those that leave then. */
  down(datagram: string): string[] {
    const taken = this.module.event(Event.Datagram, 0, fromHex(datagram));
    if (taken !== datagram.length / 2) throw new Error(`${datagram}: ${taken} bytes taken`);
    return this.settle();
  }

  /** The card gives the answer that was held; the next one is held again. */
  answerOfCard(): string[] {
    const response = this.#response;
    if (!response) throw new Error('the card was asked nothing');
    this.#response = undefined;
    this.module.event(Event.CardResponse, 0, response);
    return this.settle();
  }

  /** Whether the card was asked something that it has not answered. */
  get isCardBusy(): boolean {
    return this.#response !== undefined;
  }

  /** Time passes, as long as the command goes on. Returns the datagrams that leave, each as "ms: datagram". */
  pass(ms: number): string[] {
    const endMs = this.nowMs + ms;
    const sent: string[] = [];
    while (!this.result && this.#dueMs !== undefined && this.#dueMs <= endMs) {
      this.nowMs = this.#dueMs;
      sent.push(...this.settle().map((datagram) => `${this.nowMs}: ${datagram}`));
    }
    if (!this.result) this.nowMs = endMs;
    return sent;
  }

  /** Does what the module asks until it waits or is done. */
  settle(): string[] {
    const sent: string[] = [];
    while (!this.result) {
      const { kind, argument, bytes } = this.module.poll(this.nowMs >>> 0);
      if (kind === Action.Idle) {
        if (argument === 0) continue;
        this.#dueMs = argument < 0 ? undefined : this.nowMs + argument;
        if (!this.#response || this.isCardHeld) return sent;
        this.module.event(Event.CardResponse, 0, this.#response);
        this.#response = undefined;
      } else if (kind === Action.CardTransmit) this.#response = this.peers.card(bytes);
      else if (kind === Action.CardReset) this.module.event(Event.CardReady);
      else if (kind === Action.NetworkOpen) {
        this.opened = hex(bytes);
        this.module.event(Event.NetworkOpened);
      } else if (kind === Action.DatagramSend) sent.push(...(bytes.length > 0 ? [hex(bytes)] : []));
      else if (kind === Action.Finished) this.result = readResult(argument, bytes);
      else if (kind === Action.NetworkSend || kind === Action.NetworkReceive) throw new Error(`action ${kind} with a scheme of datagrams`);
    }
    return sent;
  }
}
