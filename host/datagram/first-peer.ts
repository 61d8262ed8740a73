// SPDX-License-Identifier: Apache-2.0
// A device that is called (SGP.32 v1.2 §3.1.1.2): it binds a port and talks to the first peer that comes, or that proves itself.

import { type Clock, type DatagramChannel, NetworkError } from '../interfaces.js';
import { UdpListener } from './udp-listener.js';
import type { UdpMeter } from './udp-meter.js';

export interface FirstPeerOptions {
  readonly host: string;
  readonly port: number;
  /** How long somebody is waited for, in milliseconds; undefined for ever. */
  readonly timeoutMs: number | undefined;
  readonly clock: Clock;
  readonly meter: UdpMeter;
  readonly onListening: (address: string) => void;
  /** Told when the port was given back. */
  readonly onClosed: () => void;
  /** Makes the channel that is handed out. When it rejects with NetworkError, the next peer may come. */
  readonly accept: (lower: DatagramChannel, signal: AbortSignal) => Promise<DatagramChannel>;
}

/** At a time while nobody is chosen; each may be in a handshake. */
const MAX_CANDIDATES = 16;

/** A port of its own that one peer gets. */
export class FirstPeer {
  /** Rejects with NetworkError timeout or what `close` was given, or with what `accept` failed with for good. */
  readonly channel: Promise<DatagramChannel>;
  /** Ends the handshakes of those that are not chosen. */
  private readonly chosen = new AbortController();
  private readonly listener: UdpListener;
  private settle: (channel: DatagramChannel | undefined, error?: unknown) => void = () => {};
  private settled = false;
  private cancelTimeout = () => {};

  private constructor(
    private readonly options: FirstPeerOptions,
    bound: (onPeer: (channel: DatagramChannel) => void) => UdpListener,
  ) {
    this.channel = new Promise((resolve, reject) => {
      this.settle = (channel, error) => (channel === undefined ? reject(error) : resolve(channel));
    });
    this.listener = bound((lower) => void this.consider(lower));
    const { timeoutMs, clock } = options;
    if (timeoutMs !== undefined)
      this.cancelTimeout = clock.after(timeoutMs, () => {
        void this.close(new NetworkError('timeout', `nobody came to ${this.listener.address} within ${timeoutMs} ms`));
      });
  }

  /** Rejects with NetworkError unreachable when the port is taken. */
  static async wait(options: FirstPeerOptions): Promise<FirstPeer> {
    let onPeer = (lower: DatagramChannel): void => void lower.close();
    const { host, port, clock, meter } = options;
    const listening = { host, port, clock, maxPeers: MAX_CANDIDATES, idleMs: 0 };
    const listener = await UdpListener.bind(listening, (lower) => onPeer(lower), meter);
    const first = new FirstPeer(options, (consider) => {
      onPeer = consider;
      return listener;
    });
    options.onListening(listener.address);
    return first;
  }

  /** Gives the port back. Whoever still waits is told `error`. */
  async close(error: NetworkError): Promise<void> {
    this.finish();
    this.settle(undefined, error);
    await this.closePort();
  }

  private async consider(lower: DatagramChannel): Promise<void> {
    if (this.settled) return lower.close();
    try {
      this.choose(await this.options.accept(lower, this.chosen.signal));
    } catch (error) {
      if (error instanceof NetworkError) return;
      this.finish();
      this.settle(undefined, error);
      await this.closePort();
    }
  }

  private choose(channel: DatagramChannel): void {
    if (this.settled) return void channel.close();
    this.finish();
    this.settle({
      name: channel.name,
      send: (bytes) => channel.send(bytes),
      onDatagram: (listener) => channel.onDatagram(listener),
      onFailure: (listener) => channel.onFailure(listener),
      close: () => channel.close().then(() => this.closePort()),
    });
  }

  private async closePort(): Promise<void> {
    this.options.onClosed();
    await this.listener.close();
  }

  private finish(): void {
    this.settled = true;
    this.cancelTimeout();
    this.chosen.abort();
  }
}
