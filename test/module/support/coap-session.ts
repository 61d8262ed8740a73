// SPDX-License-Identifier: Apache-2.0
// One command of the module from begin to Finished with the network over datagrams, as a host would do it. The card answers at once; the
// network is whatever channel a test gives, and time is a virtual clock's.

import { Action, CardLink, Command, Event, Option, Scheme } from '../../../host/abi.js';
import type { DatagramChannel, Action as Request } from '../../../host/interfaces.js';
import { concat } from '../../../host/sim/codec/bytes.js';
import type { VirtualClock } from '../../../host/wrap/virtual-clock.js';
import { Module } from './module.js';
import { type Peers, readResult, type SessionResult } from './session.js';

export interface CoapSessionOptions {
  readonly clock: VirtualClock;
  /** The device's end. */
  readonly channel: DatagramChannel;
  /** Default: Poll. */
  readonly command?: Command;
  /** Option Seed, a 32-bit integer that is not zero; 0 leaves the option out. Default 1. */
  readonly seed?: number;
  readonly scheme?: Scheme;
  /** Option CoapBlockSzx. Default: left out. */
  readonly szx?: number;
  /** Option AckTimeoutMs. Default: left out. */
  readonly ackTimeoutMs?: number;
  /** Further option TLVs. */
  readonly options?: Uint8Array;
  /** Called before every call of the module; another module goes on from there. */
  readonly beforeCall?: (module: Module) => Module;
  /** Sees every action but Idle. */
  readonly onAction?: (action: Request) => void;
  /** Calls of the module at most. */
  readonly mostCalls?: number;
}

const MOST_CALLS = 1_000_000;

const uint32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];

/** A command in progress. */
export class CoapSession {
  module: Module;
  calls = 0;
  /** Datagrams that the module sent, and those that came for it. */
  sent = 0;
  received = 0;
  /** Datagrams that came and did not fit into the window, or that the module refused. */
  dropped = 0;
  /** Every action that was given out, but Idle and DatagramSend. */
  readonly actions: number[] = [];
  readonly #pending: (() => void)[] = [];
  readonly #options: CoapSessionOptions;
  #news = false;

  constructor(
    readonly peers: Pick<Peers, 'card' | 'reset'>,
    options: CoapSessionOptions,
    module = new Module(),
  ) {
    this.module = module;
    this.#options = options;
    options.channel.onDatagram((datagram) => this.#take(datagram));
  }

  /** Whether only datagrams and time can matter: neither the card nor the host has something to tell. */
  get isQuiet(): boolean {
    return this.#pending.length === 0;
  }

  /** Option TLVs of the command. */
  commandBytes(): Uint8Array {
    const { command = Command.Poll, scheme = Scheme.Coap, seed = 1, szx, ackTimeoutMs, options } = this.#options;
    const bytes = [Option.Command, 1, command, Option.CardLink, 1, CardLink.Apdu, Option.EsipaScheme, 1, scheme];
    // these conversations go through the eIM, whatever the eUICC says of it
    bytes.push(Option.IpaFeatures, 1, 0x50);
    if (seed !== 0) bytes.push(Option.Seed, 4, ...uint32(seed));
    if (szx !== undefined) bytes.push(Option.CoapBlockSzx, 1, szx);
    if (ackTimeoutMs !== undefined) bytes.push(Option.AckTimeoutMs, 4, ...uint32(ackTimeoutMs));
    return concat(Uint8Array.from(bytes), options ?? new Uint8Array());
  }

  /** Begins the command and runs it to its end. */
  run(): SessionResult {
    this.begin();
    for (;;) {
      const result = this.step();
      if (result) return result;
    }
  }

  /** Begins the command; go on with step. */
  begin(): void {
    this.#tell(Event.Command, 0, this.commandBytes());
  }

  /** Polls once and does what is asked, or lets time pass. Returns the result when the command is over. */
  step(): SessionResult | undefined {
    this.#news = false;
    const nowMs = Math.floor(this.#options.clock.nowMs()) >>> 0;
    const action = this.#call((module) => module.poll(nowMs));
    if (action.kind === Action.Idle) {
      if (action.argument !== 0 || this.#pending.length > 0) this.#idle(action.argument);
      return undefined;
    }
    this.#options.onAction?.(action);
    if (action.kind !== Action.DatagramSend) this.actions.push(action.kind);
    if (action.kind === Action.Finished) return readResult(action.argument, action.bytes);
    this.#perform(action);
    return undefined;
  }

  /** Tells what is to be told; else waits for a datagram or the time that the module names, whichever comes first. */
  #idle(ms: number): void {
    const tell = this.#pending.shift();
    if (tell) {
      tell();
      return;
    }
    const { clock } = this.#options;
    let isOver = false;
    const cancel =
      ms < 0
        ? () => {}
        : clock.after(ms, () => {
            isOver = true;
          });
    if (!clock.run(() => isOver || this.#news))
      throw new Error(`the module waits for an event that nobody will tell, after actions ${this.actions.slice(-12)}`);
    cancel();
  }

  #take(datagram: Uint8Array): void {
    this.received++;
    this.#news = true;
    const fits = datagram.length <= this.module.exports.ipa_window_size(Event.Datagram);
    if (!fits || this.#call((module) => module.event(Event.Datagram, 0, datagram)) < 0) this.dropped++;
  }

  #tell(kind: number, argument = 0, bytes: Uint8Array = new Uint8Array()): void {
    const result = this.#call((module) => module.event(kind, argument, bytes));
    if (result !== bytes.length) throw new Error(`event ${kind} of ${bytes.length} bytes: ${result}`);
  }

  #call<Result>(call: (module: Module) => Result): Result {
    if (this.#options.beforeCall) this.module = this.#options.beforeCall(this.module);
    if (++this.calls > (this.#options.mostCalls ?? MOST_CALLS)) throw new Error(`not over after ${this.calls - 1} calls`);
    return call(this.module);
  }

  #later(kind: number, argument = 0, bytes: Uint8Array = new Uint8Array()): void {
    this.#pending.push(() => this.#tell(kind, argument, bytes));
  }

  #perform({ kind, bytes }: Request): void {
    switch (kind) {
      case Action.CardTransmit:
        this.#later(Event.CardResponse, 0, this.peers.card(bytes));
        break;
      case Action.CardReset:
        this.peers.reset?.();
        this.#later(Event.CardReady);
        break;
      case Action.NetworkOpen:
        this.#later(Event.NetworkOpened);
        break;
      case Action.DatagramSend:
        this.sent++;
        this.#options.channel.send(bytes);
        break;
      case Action.NetworkSend:
      case Action.NetworkReceive:
        throw new Error(`action ${kind} with a scheme of datagrams`);
    }
  }
}
