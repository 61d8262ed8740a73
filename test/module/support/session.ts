// SPDX-License-Identifier: Apache-2.0
// One command of the module from begin to Finished, against peers that a test scripts. Time is counted, not waited for, and
// answers come in whatever pieces the test wants.

import {
  Action,
  CardLink,
  Command,
  ConsentAnswer,
  Event,
  NETWORK_WINDOW_BYTES,
  NetworkFailure,
  Option,
  Summary,
} from '../../../host/abi.js';
import { concat, text } from '../../../host/sim/codec/bytes.js';
import { type AtModem, plainModem, type RunApdu } from './at-modem.js';
import { Module } from './module.js';

/** What the module talks to. Everything is answered at once. */
export interface Peers {
  readonly card: RunApdu;
  /** Answers a whole request, or fails the exchange with a NetworkFailure code (plus 256 times the HTTP status). */
  eim(request: Uint8Array): Uint8Array | number;
  /** Called when the card is powered down and up again. */
  reset?(): void;
  /** Sees what action NetworkOpen tells; a number fails it. */
  open?(peer: Uint8Array): number | undefined;
}

/** Offsets at which an answer of this many bytes is cut into pieces. */
export type Cuts = (length: number) => Iterable<number>;

export interface SessionOptions {
  /** Loses the connection behind the first part of a request that has several, or behind the last part of an answer. */
  readonly networkBreaksOff?: 'sending' | 'receiving';
  readonly link?: 'at' | 'apdu';
  /** Instead of a plain one in front of the card. */
  readonly modem?: AtModem;
  readonly blockBytes?: number;
  /** Further option TLVs. */
  readonly options?: Uint8Array;
  readonly initialEim?: Uint8Array;
  readonly cutCard?: Cuts;
  readonly cutNetwork?: Cuts;
  /** Called before every call of the module; another module goes on from there. */
  readonly beforeCall?: (module: Module) => Module;
  /** Called whenever the module has nothing to ask for. */
  readonly onIdle?: (module: Module, untilMs: number) => void;
  /** The clock at the beginning, in milliseconds. */
  readonly nowMs?: number;
  /** Calls of the module at most. */
  readonly mostCalls?: number;
}

/** How the command went. */
export interface SessionResult {
  /** 0, or the error that ended it. */
  readonly error: number;
  readonly detail: number;
  readonly packages: number;
  readonly profilesInstalled: number;
  readonly notifications: number;
  /** Left out where the module tells -1, or has no schedule. */
  readonly nextPollSeconds?: number;
}

interface Happening {
  readonly kind: number;
  readonly argument?: number;
  readonly bytes?: Uint8Array;
}

const MOST_CALLS = 200_000;
const NETWORK_EVENTS: readonly number[] = [Event.NetworkSent, Event.NetworkData, Event.NetworkFailed, Event.NetworkOpened];

/** A command in progress. */
export class Session {
  module: Module;
  /** Calls of the module so far. */
  calls = 0;
  nowMs: number;
  /** Every action that was given out, but Idle. */
  readonly actions: number[] = [];
  readonly #happenings: Happening[] = [];
  /** The module took nothing of what the modem sent last. */
  #cardIsFull = false;
  readonly #modem: AtModem;
  #request: Uint8Array[] = [];
  #response: Uint8Array[] = [];
  #initialEim: Uint8Array[] = [];

  constructor(
    readonly peers: Peers,
    readonly options: SessionOptions = {},
    module = new Module(),
  ) {
    this.module = module;
    this.nowMs = options.nowMs ?? 0;
    this.#modem = options.modem ?? plainModem(peers.card);
    if (options.initialEim) this.#initialEim = this.#pieces(options.initialEim, NETWORK_WINDOW_BYTES, options.cutNetwork);
  }

  /** Begins the command and runs it to its end. */
  run(): SessionResult {
    const taken = this.#call((module) => module.event(Event.Command, 0, this.commandBytes()));
    if (taken < 0) throw new Error(`the command was refused: ${taken}`);
    return this.goOn();
  }

  /** Option TLVs of the command. */
  commandBytes(): Uint8Array {
    const { link = 'apdu', blockBytes, options, initialEim } = this.options;
    const bytes = [Option.Command, 1, Command.Poll, Option.CardLink, 1, link === 'at' ? CardLink.At : CardLink.Apdu];
    // these conversations go through the eIM, whatever the eUICC says of it
    bytes.push(Option.IpaFeatures, 1, 0x50);
    if (blockBytes !== undefined) bytes.push(Option.BlockBytes, 1, blockBytes);
    if (initialEim) bytes.push(Option.InitialEim, 0);
    return concat(Uint8Array.from(bytes), options ?? new Uint8Array());
  }

  /** Runs a command that was begun to its end. */
  goOn(): SessionResult {
    for (;;) {
      const result = this.step();
      if (result) return result;
    }
  }

  /** Polls once and does what is asked. Returns the result when the command is over. */
  step(): SessionResult | undefined {
    const action = this.#call((module) => module.poll(this.nowMs >>> 0));
    if (action.kind !== Action.Idle) {
      this.actions.push(action.kind);
      return action.kind === Action.Finished
        ? readResult(action.argument, action.bytes)
        : this.#perform(action.kind, action.argument, action.bytes);
    }
    if (action.argument === 0) return undefined;
    this.options.onIdle?.(this.module, action.argument);
    const happening = this.#nextHappening();
    if (happening?.kind === Event.CardData) this.#giveCardData(happening.bytes ?? new Uint8Array());
    else if (happening) this.tell(happening.kind, happening.argument, happening.bytes);
    else if (action.argument < 0)
      throw new Error(`the module waits for an event that nobody will tell, after actions ${this.actions.slice(-12)}`);
    else this.nowMs += action.argument;
    return undefined;
  }

  /** Nothing more of the modem while the module has no room for what it has sent. */
  #nextHappening(): Happening | undefined {
    if (!this.#cardIsFull) return this.#happenings.shift();
    this.#cardIsFull = false;
    // what the modem goes on to say comes after all else
    const at = this.#happenings.findIndex(({ kind }) => kind !== Event.CardData);
    return at < 0 ? this.#happenings.shift() : this.#happenings.splice(at, 1)[0];
  }

  #giveCardData(bytes: Uint8Array): void {
    const taken = this.#call((module) => module.event(Event.CardData, 0, bytes));
    if (taken < 0) throw new Error(`modem bytes were refused: ${taken}`);
    this.#cardIsFull = taken === 0;
    if (taken < bytes.length) this.#happenings.unshift({ kind: Event.CardData, argument: 0, bytes: bytes.subarray(taken) });
  }

  /** Tells the module something at once; a refusal is an error of the test. */
  tell(kind: number, argument = 0, bytes: Uint8Array = new Uint8Array()): void {
    const result = this.#call((module) => module.event(kind, argument, bytes));
    if (result < 0) throw new Error(`event ${kind} was refused: ${result}`);
    if (result !== bytes.length) throw new Error(`event ${kind}: ${result} of ${bytes.length} bytes taken`);
  }

  #call<Result>(call: (module: Module) => Result): Result {
    if (this.options.beforeCall) this.module = this.options.beforeCall(this.module);
    if (++this.calls > (this.options.mostCalls ?? MOST_CALLS)) throw new Error(`not over after ${this.calls - 1} calls`);
    return call(this.module);
  }

  #later(kind: number, argument = 0, bytes: Uint8Array = new Uint8Array()): undefined {
    this.#happenings.push({ kind, argument, bytes });
  }

  #perform(kind: number, argument: number, bytes: Uint8Array): undefined {
    switch (kind) {
      case Action.CardTransmit:
        return this.#later(Event.CardResponse, 0, this.peers.card(bytes));
      case Action.CardWrite:
        return this.#write(text(bytes));
      case Action.CardReset:
        this.peers.reset?.();
        return this.#later(Event.CardReady);
      case Action.NetworkOpen: {
        const failure = this.peers.open?.(bytes);
        return failure === undefined ? this.#later(Event.NetworkOpened) : this.#later(Event.NetworkFailed, failure);
      }
      case Action.NetworkSend:
        return this.#send(argument & 0xff_ffff, bytes); // the rest is the function
      case Action.NetworkReceive:
        return this.#give(Event.NetworkData, this.#response);
      case Action.RequestRead:
        return this.#give(Event.RequestData, this.#initialEim);
      case Action.NetworkAbort:
        return this.#abort();
      case Action.VerifyEim:
        return this.#later(Event.Verified, 1);
      case Action.Sign:
        return this.#later(Event.Signature, 0, new Uint8Array(64).fill(0x5a));
      case Action.Consent:
        return this.#later(Event.Consent, ConsentAnswer.Install);
      default:
        return undefined;
    }
  }

  #write(line: string): undefined {
    if (!line.endsWith('\r')) throw new Error(`a command line without its end: ${line}`);
    if (line === 'AT+CFUN=0\r') this.peers.reset?.();
    const answer = Uint8Array.from(Buffer.from(this.#modem(line.slice(0, -1)), 'latin1'));
    for (const piece of this.#pieces(answer, 256, this.options.cutCard)) if (piece.length > 0) this.#later(Event.CardData, 0, piece);
  }

  #send(total: number, bytes: Uint8Array): undefined {
    if (this.#response.length > 0) throw new Error('a new request before the answer to the last one was taken or given up');
    this.#request.push(bytes);
    const have = this.#request.reduce((sum, part) => sum + part.length, 0);
    if (have > total || bytes.length === 0) throw new Error(`a request of ${total} bytes grows to ${have} by ${bytes.length}`);
    if (have < total && this.options.networkBreaksOff === 'sending') return this.#breakOff();
    if (have < total) return this.#later(Event.NetworkSent);
    const response = this.peers.eim(concat(...this.#request));
    this.#request = [];
    if (typeof response === 'number') return this.#later(Event.NetworkFailed, response);
    this.#response = this.#pieces(response, NETWORK_WINDOW_BYTES, this.options.cutNetwork);
    return this.#later(Event.NetworkSent);
  }

  #give(kind: number, pieces: Uint8Array[]): undefined {
    const piece = pieces.shift();
    if (!piece) return this.#later(Event.NetworkFailed, NetworkFailure.ConnectionLost);
    const more = pieces.length > 0 || (kind === Event.NetworkData && this.options.networkBreaksOff === 'receiving');
    return this.#later(kind, more ? 1 : 0, piece);
  }

  #breakOff(): undefined {
    this.#request = [];
    return this.#later(Event.NetworkFailed, NetworkFailure.ConnectionLost);
  }

  #abort(): undefined {
    this.#request = [];
    this.#response = [];
    for (let i = this.#happenings.length; i--; ) if (NETWORK_EVENTS.includes(this.#happenings[i]!.kind)) this.#happenings.splice(i, 1);
  }

  /** The bytes in pieces: as the test wants, and none larger than the window. */
  #pieces(bytes: Uint8Array, window: number, cuts?: Cuts): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    let from = 0;
    for (const to of [...(cuts?.(bytes.length) ?? []), bytes.length]) {
      for (; to - from > window; from += window) pieces.push(bytes.subarray(from, from + window));
      pieces.push(bytes.subarray(from, to));
      from = to;
    }
    return pieces;
  }
}

/** Reads action Finished. */
export function readResult(error: number, bytes: Uint8Array): SessionResult {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Map<number, number>();
  for (let at = 0; at < bytes.length; at += 6) values.set(bytes[at]!, view.getInt32(at + 2));
  const value = (tag: number) => values.get(tag) ?? Number.NaN;
  return {
    error,
    detail: value(Summary.Detail),
    packages: value(Summary.Packages),
    profilesInstalled: value(Summary.ProfilesInstalled),
    notifications: value(Summary.Notifications),
    ...(value(Summary.NextPoll) !== -1 && values.has(Summary.NextPoll) && { nextPollSeconds: value(Summary.NextPoll) }),
  };
}
