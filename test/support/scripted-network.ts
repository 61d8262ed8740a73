// SPDX-License-Identifier: Apache-2.0
// A network that keeps what it is asked, and answers as a test has written it down.

import {
  type DatagramChannel,
  type DatagramTransport,
  NetworkError,
  type Peer,
  type RequestHead,
  type ResponseChunk,
  type Transport,
} from '../../host/interfaces.js';
import { hex } from '../../host/sim/codec/bytes.js';

/** A transport that answers `receive` with these parts and failures, and waits for the next when there is none left. */
export class ScriptedTransport implements Transport {
  readonly counters = { requests: 0, bodyBytesUp: 0, bodyBytesDown: 0, wireBytesUp: 0, wireBytesDown: 0 };
  /** Peers, request heads, [bytes in hexadecimal, last], the bytes that receive asks for, 'abort' and 'close', in order. */
  readonly calls: unknown[] = [];
  #fail: ((error: Error) => void) | undefined;

  constructor(private readonly chunks: (ResponseChunk | Error)[] = []) {}

  async open(peer: Peer): Promise<void> {
    this.calls.push(peer);
  }

  async beginRequest(head: RequestHead): Promise<void> {
    this.calls.push(head);
  }

  async sendChunk(bytes: Uint8Array, last: boolean): Promise<void> {
    this.calls.push([hex(bytes), last]);
  }

  async receive(maxBytes: number): Promise<ResponseChunk> {
    this.calls.push(maxBytes);
    const chunk = this.chunks.shift();
    if (chunk instanceof Error) throw chunk;
    if (chunk) return chunk;
    return new Promise((_, reject) => {
      this.#fail = reject;
    });
  }

  async abort(): Promise<void> {
    this.calls.push('abort');
    this.#fail?.(new NetworkError('connectionLost', 'aborted'));
  }

  async close(): Promise<void> {
    this.calls.push('close');
    this.#fail?.(new NetworkError('connectionLost', 'closed'));
  }
}

/** A channel that a test speaks by. */
export class ScriptedChannel implements DatagramChannel {
  readonly name = 'test:';
  /** Datagrams that were sent, in hexadecimal. */
  readonly sent: string[] = [];
  isClosed = false;
  #onDatagram: (bytes: Uint8Array) => void = () => {};
  #onFailure: (error: NetworkError) => void = () => {};

  send(bytes: Uint8Array): void {
    this.sent.push(hex(bytes));
  }

  onDatagram(listener: (bytes: Uint8Array) => void): void {
    this.#onDatagram = listener;
  }

  onFailure(listener: (error: NetworkError) => void): void {
    this.#onFailure = listener;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  /** The peer sends. */
  give(bytes: Uint8Array): void {
    this.#onDatagram(bytes);
  }

  /** Nothing more can come. */
  fail(error: NetworkError): void {
    this.#onFailure(error);
  }
}

/** Channels to whatever peer; while `isSlow` they open when the test says so. */
export class ScriptedDatagrams implements DatagramTransport {
  readonly channels: ScriptedChannel[] = [];
  readonly peers: Peer[] = [];
  isSlow = false;
  readonly #opening: (() => void)[] = [];

  async open(peer: Peer): Promise<DatagramChannel> {
    this.peers.push(peer);
    const channel = new ScriptedChannel();
    this.channels.push(channel);
    if (this.isSlow) await new Promise<void>((resolve) => this.#opening.push(resolve));
    return channel;
  }

  async close(): Promise<void> {}

  /** The one that was asked for last. */
  get channel(): ScriptedChannel {
    return this.channels.at(-1)!;
  }

  /** Opens the slow one that was asked for first. */
  finishOpening(): void {
    this.#opening.shift()?.();
  }
}
