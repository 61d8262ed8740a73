// SPDX-License-Identifier: Apache-2.0
// The module's actions on the network, done by a transport and by channels for datagrams, and the events that they end by.

import { Event, NetworkFailure, RspFunction } from './abi.js';
import {
  type DatagramChannel,
  type DatagramTransport,
  NetworkError,
  type Peer,
  type RspFunction as RspFunctionName,
  type Transport,
} from './interfaces.js';
import { decodePeer } from './peer.js';

/** What the network is reached by. */
export interface NetworkLinks {
  readonly transport: Transport;
  /** Channels for CoAP. Without, an eIM can be reached by HTTPS alone. */
  readonly datagrams?: DatagramTransport;
}

/** Something the module is to be told. */
export interface NetworkEvent {
  /** One of Event. */
  readonly kind: number;
  readonly argument: number;
  readonly bytes: Uint8Array;
  /** Nobody has asked for it: it is of a channel. */
  readonly unasked?: boolean;
}

/** The rest of the argument of NetworkSend is the function. */
const BODY_LENGTH_MASK = 0xff_ffff;
const FUNCTION_SHIFT = 24;

const FAILURES = {
  unreachable: NetworkFailure.Unreachable,
  timeout: NetworkFailure.Timeout,
  tlsRefused: NetworkFailure.TlsRefused,
  connectionLost: NetworkFailure.ConnectionLost,
  httpStatus: NetworkFailure.HttpStatus,
  malformed: NetworkFailure.Malformed,
} as const;

const FUNCTIONS: Readonly<Record<number, RspFunctionName>> = {
  [RspFunction.InitiateAuthentication]: 'initiateAuthentication',
  [RspFunction.GetBoundProfilePackage]: 'getBoundProfilePackage',
  [RspFunction.AuthenticateClient]: 'authenticateClient',
  [RspFunction.HandleNotification]: 'handleNotification',
  [RspFunction.CancelSession]: 'cancelSession',
  [RspFunction.GetEimPackage]: 'getEimPackage',
  [RspFunction.ProvideEimPackageResult]: 'provideEimPackageResult',
};

const NOTHING = new Uint8Array();

const event = (kind: number, argument = 0, bytes: Uint8Array = NOTHING): NetworkEvent => ({ kind, argument, bytes });

/**
 * Does what the module asks of the network, one thing after the other. Each of open, send and receive ends by one event, unless the exchange
 * is given up before: then nothing more of it is told. Nothing throws for what the network or a peer does.
 */
export class NetworkLane {
  /** Raised when what was begun is given up. */
  #exchange = 0;
  #sentBytes = 0;
  #work: Promise<unknown> = Promise.resolve();
  #channel: DatagramChannel | undefined;
  #closing: Promise<void> = Promise.resolve();

  constructor(
    private readonly links: NetworkLinks,
    private readonly tell: (event: NetworkEvent) => void,
  ) {}

  /** Action NetworkOpen: ends by NetworkOpened. A channel that is open to another peer is closed. */
  open(bytes: Uint8Array): void {
    try {
      const peer = decodePeer(bytes);
      const exchange = this.#exchange;
      if (peer.scheme === 'https') this.#inTurn(() => this.#openTransport(peer));
      // not in turn: a handshake that was given up must not hold up the next one
      else void this.#settle(exchange, () => this.#openChannel(peer, exchange));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Action NetworkSend: ends by NetworkSent. */
  send(bytes: Uint8Array, argument: number): void {
    const totalBytes = argument & BODY_LENGTH_MASK;
    const first = this.#sentBytes === 0;
    this.#sentBytes += bytes.length;
    const last = this.#sentBytes >= totalBytes;
    if (last) this.#sentBytes = 0;
    const { transport } = this.links;
    this.#inTurn(async () => {
      if (first) await transport.beginRequest({ totalBytes, function: functionOf(argument) });
      await transport.sendChunk(bytes, last);
      return event(Event.NetworkSent);
    });
  }

  /** Action NetworkReceive: ends by NetworkData with at most `maxBytes`. */
  receive(maxBytes: number): void {
    this.#inTurn(async () => {
      const { bytes, more } = await this.links.transport.receive(maxBytes);
      return event(Event.NetworkData, more ? 1 : 0, bytes);
    });
  }

  /** Action NetworkAbort: what was begun ends by no event. */
  abort(): void {
    this.#giveUp(this.links.transport.abort());
  }

  /** Action NetworkClose: as abort, and connection and channel are closed. */
  async close(): Promise<void> {
    const closed = Promise.all([this.#closeChannel(), this.links.transport.close()]);
    this.#giveUp(closed);
    await closed;
  }

  /** Action DatagramSend. */
  sendDatagram(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#channel?.send(bytes);
  }

  /** What is begun from now on waits for `ending`, and for what was begun before. */
  #giveUp(ending: Promise<unknown>): void {
    this.#exchange++;
    this.#sentBytes = 0;
    this.#work = Promise.allSettled([this.#work, ending]);
  }

  #inTurn(work: () => Promise<NetworkEvent>): void {
    const exchange = this.#exchange;
    this.#work = this.#work.then(() => (exchange === this.#exchange ? this.#settle(exchange, work) : undefined));
  }

  /** Tells how work ends, unless it has been given up meanwhile. */
  async #settle(exchange: number, work: () => Promise<NetworkEvent>): Promise<void> {
    const outcome = await work().catch((error: unknown) => ({ error }));
    if (exchange !== this.#exchange) return;
    if ('error' in outcome) this.#fail(outcome.error);
    else this.tell(outcome);
  }

  #fail(error: unknown): void {
    this.#sentBytes = 0;
    this.tell(event(Event.NetworkFailed, failureArgument(error)));
  }

  async #openTransport(peer: Peer): Promise<NetworkEvent> {
    await this.#closeChannel();
    await this.links.transport.open(peer);
    return event(Event.NetworkOpened);
  }

  async #openChannel(peer: Peer, exchange: number): Promise<NetworkEvent> {
    const { datagrams } = this.links;
    if (!datagrams)
      throw new NetworkError('unreachable', `${peer.address} is to be reached by ${peer.scheme}: the host has no links.datagrams`);
    await this.#closeChannel();
    const channel = await datagrams.open(peer);
    if (exchange === this.#exchange) this.#listenTo(channel);
    else await channel.close();
    return event(Event.NetworkOpened);
  }

  /** What an old channel still has to say is of nobody's interest. */
  #listenTo(channel: DatagramChannel): void {
    this.#channel = channel;
    const tellUnasked = (happened: NetworkEvent) => {
      if (this.#channel === channel) this.tell({ ...happened, unasked: true });
    };
    channel.onDatagram((datagram) => tellUnasked(event(Event.Datagram, 0, datagram)));
    channel.onFailure((error) => tellUnasked(event(Event.NetworkFailed, failureArgument(error))));
  }

  #closeChannel(): Promise<void> {
    const channel = this.#channel;
    this.#channel = undefined;
    if (channel) this.#closing = channel.close();
    return this.#closing;
  }
}

/** The argument of event NetworkFailed. */
function failureArgument(error: unknown): number {
  const { reason, status } = error instanceof NetworkError ? error : new NetworkError('malformed', String(error));
  return FAILURES[reason] + 256 * status;
}

/** @throws NetworkError malformed: a newer module's function, which no path is known for */
function functionOf(argument: number): RspFunctionName {
  const name = FUNCTIONS[argument >>> FUNCTION_SHIFT];
  if (name === undefined) throw new NetworkError('malformed', `function ${argument >>> FUNCTION_SHIFT} is unknown to this host`);
  return name;
}
