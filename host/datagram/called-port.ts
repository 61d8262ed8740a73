// SPDX-License-Identifier: Apache-2.0
// The port of a device that is called (SGP.32 v1.2 §3.1.1.2): one channel, behind which peers come and go. It talks to one at a time.

import { type Clock, type DatagramChannel, NetworkError } from '../interfaces.js';
import { ReceivingSide } from './receiving-side.js';
import { UdpListener } from './udp-listener.js';
import type { UdpMeter } from './udp-meter.js';

export interface CalledPortOptions {
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  readonly meter: UdpMeter;
  /** How long nothing must have passed before another peer is listened to, in milliseconds. */
  readonly quietMs: number;
  /** Puts something between UDP and what is above it. */
  readonly wrap: (lower: DatagramChannel) => DatagramChannel;
  /**
   * Makes what is talked through, or rejects when the peer is the wrong one. Undefined: anybody is talked to. A peer that has proved itself
   * takes the place of the one before at once: nobody else can.
   */
  readonly prove: ((lower: DatagramChannel, signal: AbortSignal) => Promise<DatagramChannel>) | undefined;
  /** Told when the port was given back. */
  readonly onClosed: () => void;
}

/** Peers at a time, each of which may be in a handshake. */
const MAX_PEERS = 16;
/** Strangers are forgotten after this silence. */
const IDLE_MS = 120_000;

export class CalledPort implements DatagramChannel {
  readonly name: string;
  private readonly receiving = new ReceivingSide();
  private readonly closing = new AbortController();
  private peer: DatagramChannel | undefined;
  private lastMs = Number.NEGATIVE_INFINITY;

  private constructor(
    private readonly options: CalledPortOptions,
    private readonly listener: UdpListener,
  ) {
    this.name = `${options.prove === undefined ? 'udp' : 'dtls'}:${listener.address}`;
  }

  /** Rejects with NetworkError unreachable when the port is taken. */
  static async bind(options: CalledPortOptions): Promise<CalledPort> {
    const { host, port, clock, meter } = options;
    let onPeer = (lower: DatagramChannel): void => void lower.close();
    const listening = { host, port, clock, maxPeers: MAX_PEERS, idleMs: IDLE_MS };
    const listener = await UdpListener.bind(listening, (lower) => onPeer(lower), meter);
    const bound = new CalledPort(options, listener);
    onPeer = (lower) => void bound.admit(lower);
    return bound;
  }

  /** "host:port" that is bound. */
  get address(): string {
    return this.listener.address;
  }

  send(bytes: Uint8Array): void {
    this.lastMs = this.options.clock.nowMs();
    this.peer?.send(bytes);
  }

  onDatagram(listener: (bytes: Uint8Array) => void): void {
    this.receiving.onDatagram(listener);
  }

  /** Told when the transport is closed: that a peer has gone is no failure, as another one may come. */
  onFailure(listener: (error: NetworkError) => void): void {
    this.receiving.onFailure(listener);
  }

  async close(): Promise<void> {
    this.receiving.close();
    await this.giveBack();
  }

  /** Closes it under whoever uses it. */
  async fail(error: NetworkError): Promise<void> {
    this.receiving.fail(error);
    await this.giveBack();
  }

  private async giveBack(): Promise<void> {
    this.closing.abort();
    await this.peer?.close();
    this.options.onClosed();
    await this.listener.close();
  }

  private async admit(socket: DatagramChannel): Promise<void> {
    const { prove, wrap } = this.options;
    const lower = wrap(socket);
    if (prove === undefined) return this.hear(lower, () => this.isQuiet());
    try {
      const proved = await prove(lower, this.closing.signal);
      if (this.closing.signal.aborted) return void proved.close();
      await this.peer?.close();
      this.peer = proved;
      this.hear(proved, () => false);
    } catch (error) {
      if (error instanceof NetworkError) return;
      await this.fail(new NetworkError('tlsRefused', `nobody can call ${this.address}: ${(error as Error).message}`, 0, { cause: error }));
    }
  }

  /** Passes on what the peer sends while it is the one that is talked to, or may become it. */
  private hear(channel: DatagramChannel, mayTakePlace: () => boolean): void {
    channel.onDatagram((bytes) => {
      if (this.peer !== channel && !mayTakePlace()) return;
      this.peer = channel;
      this.lastMs = this.options.clock.nowMs();
      this.receiving.arrive(bytes);
    });
    channel.onFailure(() => {
      if (this.peer === channel) this.peer = undefined;
      void channel.close();
    });
  }

  private isQuiet(): boolean {
    return this.peer === undefined || this.options.clock.nowMs() - this.lastMs >= this.options.quietMs;
  }
}
