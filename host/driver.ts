// SPDX-License-Identifier: Apache-2.0
// The loop between module and world. This is all a host does: ask the module what to do, do it, tell it what happened.

import { Action, Event, NetworkFailure, Summary } from './abi.js';
import { encodePoll, type PollOptions } from './command.js';
import { IpaError } from './core/errors.js';
import { type ByteLine, type CardSlot, type IpaInstance, NetworkError, type Action as Request, type Transport } from './interfaces.js';
import { decodePeer } from './peer.js';

/** What the driver connects the module with. */
export interface DriverLinks {
  readonly instance: IpaInstance;
  /** The line to the modem (option cardLink "at"), or a card in a reader ("apdu"). */
  readonly card: ByteLine | CardSlot;
  readonly transport: Transport;
  /** Milliseconds of any clock that runs on. Default: performance.now. */
  readonly nowMs?: () => number;
  /** Called at good moments to save the state region: a report is owed, or no longer owed. */
  readonly persist?: (state: Uint8Array) => Promise<void>;
  /** Sees every action before it is performed: for progress and traces. */
  readonly onAction?: (action: Request) => void;
}

/** How a command ended. */
export interface PollResult {
  /** The first thing that went wrong, although the eIM may have been told and everything else done; undefined: nothing. */
  readonly error: IpaError | undefined;
  /** The peer's own code behind the error: status word, +CME ERROR number, result code, HTTP status. */
  readonly detail: number;
  readonly packages: number;
  readonly profilesInstalled: number;
  readonly notifications: number;
}

const WINDOW_BYTES = { card: 256, network: 1024 } as const;

/** The rest of the argument of NetworkSend is the function. */
const BODY_LENGTH_MASK = 0xff_ffff;

interface Happening {
  readonly kind: number;
  readonly argument: number;
  readonly bytes: Uint8Array;
}

const NOTHING = new Uint8Array();
const FAILURES = {
  unreachable: NetworkFailure.Unreachable,
  timeout: NetworkFailure.Timeout,
  tlsRefused: NetworkFailure.TlsRefused,
  connectionLost: NetworkFailure.ConnectionLost,
  httpStatus: NetworkFailure.HttpStatus,
  malformed: NetworkFailure.Malformed,
} as const;

/** Runs one poll to its end (SGP.32 v1.2 §3.1.1.1). Rejects only when the module itself fails or is misused. */
export async function poll(links: DriverLinks, options: PollOptions = {}): Promise<PollResult> {
  const driver = new Driver(links, options);
  await links.instance.event(Event.Command, 0, encodePoll({ cardLink: 'write' in links.card ? 'at' : 'apdu', ...options }));
  return driver.run();
}

class Driver {
  readonly #happenings: Happening[] = [];
  #wake: (() => void) | undefined;
  #exchange = 0;
  #sentBytes = 0;
  #initialEimOffset = 0;
  #network: Promise<unknown> = Promise.resolve();

  constructor(
    readonly links: DriverLinks,
    readonly options: PollOptions,
  ) {
    if (!('write' in links.card)) return;
    links.card.onData((bytes) => {
      for (let at = 0; at < bytes.length; at += WINDOW_BYTES.card)
        this.#tell(Event.CardData, 0, bytes.subarray(at, at + WINDOW_BYTES.card));
    });
    links.card.onClose(() => this.#tell(Event.CardFailed));
  }

  async run(): Promise<PollResult> {
    const now = this.links.nowMs ?? (() => performance.now());
    for (;;) {
      const action = await this.links.instance.poll(Math.floor(now()) >>> 0);
      if (action.kind === Action.Finished) return this.#finish(action);
      if (action.kind !== Action.Idle) await this.#perform(action);
      else await this.#deliver(action.argument);
    }
  }

  /** Waits for something to happen, or for the module's clock, and tells the module. */
  async #deliver(untilMs: number): Promise<void> {
    if (this.#happenings.length === 0) await this.#sleep(untilMs);
    const happening = this.#happenings.shift();
    if (happening) await this.links.instance.event(happening.kind, happening.argument, happening.bytes);
  }

  #sleep(untilMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = untilMs >= 0 ? setTimeout(resolve, untilMs) : undefined;
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #tell(kind: number, argument = 0, bytes: Uint8Array = NOTHING): void {
    this.#happenings.push({ kind, argument, bytes });
    this.#wake?.();
  }

  async #perform(action: Request): Promise<void> {
    const { card, transport, instance, persist, onAction } = this.links;
    onAction?.(action);
    switch (action.kind) {
      case Action.CardWrite:
        return (card as ByteLine).write(action.bytes);
      case Action.CardTransmit:
        return this.#tell(Event.CardResponse, 0, (card as CardSlot).transmit(action.bytes));
      case Action.CardReset:
        (card as CardSlot).reset();
        return this.#tell(Event.CardReady);
      case Action.NetworkOpen:
        return this.#attempt(() => transport.open(decodePeer(action.bytes)), Event.NetworkOpened);
      case Action.NetworkSend:
        return this.#send(action.bytes, action.argument & BODY_LENGTH_MASK);
      case Action.NetworkReceive:
        return this.#receive();
      case Action.NetworkAbort:
        return this.#abort();
      case Action.NetworkClose:
        this.#exchange++;
        return transport.close();
      case Action.RequestRead:
        return this.#readInitialEim();
      case Action.Persist:
        return persist?.(await instance.saveState());
    }
  }

  /** Starts network work one after the other and tells how it ends, unless the module has given the exchange up meanwhile. */
  #attempt<Result>(work: () => Promise<Result>, success: number, told?: (result: Result) => { argument: number; bytes: Uint8Array }): void {
    const exchange = this.#exchange;
    const stillWanted = () => exchange === this.#exchange;
    this.#network = this.#network.then(async () => {
      if (!stillWanted()) return;
      try {
        const result = await work();
        const { argument, bytes } = told?.(result) ?? { argument: 0, bytes: NOTHING };
        if (stillWanted()) this.#tell(success, argument, bytes);
      } catch (error) {
        if (stillWanted()) this.#fail(error);
      }
    });
  }

  #fail(error: unknown): void {
    this.#sentBytes = 0;
    const known = error instanceof NetworkError ? error : new NetworkError('malformed', String(error));
    this.#tell(Event.NetworkFailed, FAILURES[known.reason] + 256 * known.status);
  }

  #send(bytes: Uint8Array, totalBytes: number): void {
    const first = this.#sentBytes === 0;
    this.#sentBytes += bytes.length;
    const last = this.#sentBytes >= totalBytes;
    if (last) this.#sentBytes = 0;
    const { transport } = this.links;
    this.#attempt(async () => {
      if (first) await transport.beginRequest({ totalBytes });
      await transport.sendChunk(bytes, last);
    }, Event.NetworkSent);
  }

  #receive(): void {
    this.#attempt(
      () => this.links.transport.receive(WINDOW_BYTES.network),
      Event.NetworkData,
      ({ bytes, more }) => ({ argument: more ? 1 : 0, bytes }),
    );
  }

  /** What the network still tells of the exchange that was given up is not for the module. */
  #abort(): void {
    this.#exchange++;
    this.#sentBytes = 0;
    const isNetwork = ({ kind }: Happening) => kind === Event.NetworkData || kind === Event.NetworkSent || kind === Event.NetworkFailed;
    for (let i = this.#happenings.length; i--; ) if (isNetwork(this.#happenings[i]!)) this.#happenings.splice(i, 1);
    const aborted = this.links.transport.abort();
    this.#network = Promise.allSettled([this.#network, aborted]);
  }

  #readInitialEim(): void {
    const request = this.options.initialEim ?? NOTHING;
    const bytes = request.subarray(this.#initialEimOffset, this.#initialEimOffset + WINDOW_BYTES.network);
    this.#initialEimOffset += bytes.length;
    this.#tell(Event.RequestData, this.#initialEimOffset < request.length ? 1 : 0, bytes);
  }

  #finish(action: Request): PollResult {
    const summary = readSummary(action.bytes);
    return {
      error: action.argument < 0 ? IpaError.fromNumber(action.argument) : undefined,
      detail: summary.get(Summary.Detail) ?? 0,
      packages: summary.get(Summary.Packages) ?? 0,
      profilesInstalled: summary.get(Summary.ProfilesInstalled) ?? 0,
      notifications: summary.get(Summary.Notifications) ?? 0,
    };
  }
}

/** The TLVs of action Finished: tag, length 4, big-endian value. */
function readSummary(bytes: Uint8Array): Map<number, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Map<number, number>();
  for (let at = 0; at + 6 <= bytes.length; at += 6) values.set(bytes[at]!, view.getInt32(at + 2));
  return values;
}
