// SPDX-License-Identifier: Apache-2.0
// A UDP port for servers, with a channel for each peer that sends to it. Whoever can send can make up addresses: their number is bounded,
// and the peer that was silent longest makes room.

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { systemClock } from '../clock.js';
import { type Clock, type DatagramChannel, NetworkError } from '../interfaces.js';
import { ReceivingSide } from './receiving-side.js';
import { nameOf } from './udp-address.js';
import { type UdpCounters, UdpMeter } from './udp-meter.js';

export interface UdpListenerOptions {
  /** An IP address of this machine. Default "127.0.0.1". */
  readonly host?: string;
  /** Default 0: any that is free. */
  readonly port?: number;
  /** Peers at a time. Default 64. */
  readonly maxPeers?: number;
  /** After how much silence of a peer its channel fails, in milliseconds. Default 300 000; 0 never. */
  readonly idleMs?: number;
  /** Default the system's. */
  readonly clock?: Clock;
}

interface PeerEntry {
  readonly receiving: ReceivingSide;
  readonly name: string;
  lastHeardMs: number;
  cancelIdle: () => void;
}

export class UdpListener {
  private readonly peers = new Map<string, PeerEntry>();
  private readonly clock: Clock;
  private closed = false;

  private constructor(
    private readonly socket: Socket,
    private readonly options: UdpListenerOptions,
    private readonly onPeer: (channel: DatagramChannel) => void,
    private readonly meter: UdpMeter,
  ) {
    this.clock = options.clock ?? systemClock;
    socket.on('message', (bytes, from) => this.receive(new Uint8Array(bytes), from));
    // A peer that has gone is told to nobody: its channel falls silent.
    socket.on('error', () => {});
  }

  /** Binds a port; `onPeer` gets a channel for each new peer before its first datagram. Rejects with NetworkError unreachable. */
  static bind(options: UdpListenerOptions, onPeer: (channel: DatagramChannel) => void, meter = new UdpMeter()): Promise<UdpListener> {
    const { host = '127.0.0.1', port = 0 } = options;
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    return new Promise((resolve, reject) => {
      socket.once('error', (cause) => {
        socket.close();
        reject(new NetworkError('unreachable', `cannot listen on ${nameOf({ host, port })}: ${cause.message}`, 0, { cause }));
      });
      socket.bind(port, host, () => {
        socket.removeAllListeners('error');
        resolve(new UdpListener(socket, options, onPeer, meter));
      });
    });
  }

  /** "host:port" of the port that is bound. */
  get address(): string {
    const { address, port } = this.socket.address();
    return nameOf({ host: address, port });
  }

  get counters(): UdpCounters {
    return this.meter.counters;
  }

  /** How many peers have a channel. */
  get peerCount(): number {
    return this.peers.size;
  }

  /** Closes the port; all channels fail. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    for (const key of [...this.peers.keys()]) this.drop(key, 'the port was closed');
    // What was sent a moment ago must leave first: closing the socket would drop it.
    await new Promise<void>((resolve) => {
      setImmediate(() => this.socket.close(() => resolve()));
    });
  }

  private receive(bytes: Uint8Array, from: RemoteInfo): void {
    if (this.closed) return;
    this.meter.down(bytes.length);
    const key = nameOf({ host: from.address, port: from.port });
    const known = this.peers.get(key) ?? this.admit(key, from);
    known.lastHeardMs = this.clock.nowMs();
    known.receiving.arrive(bytes);
  }

  private admit(key: string, { address, port }: RemoteInfo): PeerEntry {
    this.makeRoom();
    const entry: PeerEntry = { receiving: new ReceivingSide(), name: `udp:${key}`, lastHeardMs: this.clock.nowMs(), cancelIdle: () => {} };
    this.peers.set(key, entry);
    this.watch(key, entry, this.options.idleMs ?? 300_000);
    this.onPeer({
      name: entry.name,
      send: (bytes) => {
        if (this.peers.get(key) !== entry) return;
        this.meter.up(bytes.length);
        this.socket.send(bytes, port, address, () => {});
      },
      onDatagram: (listener) => entry.receiving.onDatagram(listener),
      onFailure: (listener) => entry.receiving.onFailure(listener),
      close: async () => {
        entry.receiving.close();
        if (this.peers.get(key) === entry) this.drop(key, '');
      },
    });
    return entry;
  }

  private makeRoom(): void {
    if (this.peers.size < (this.options.maxPeers ?? 64)) return;
    const [quietest] = [...this.peers].sort(([, a], [, b]) => a.lastHeardMs - b.lastHeardMs)[0]!;
    this.drop(quietest, 'another peer needed the place');
  }

  private watch(key: string, entry: PeerEntry, idleMs: number): void {
    if (idleMs === 0) return;
    const check = (): void => {
      const leftMs = entry.lastHeardMs + idleMs - this.clock.nowMs();
      if (leftMs > 0) entry.cancelIdle = this.clock.after(leftMs, check);
      else this.drop(key, `it was silent for ${idleMs} ms`);
    };
    entry.cancelIdle = this.clock.after(idleMs, check);
  }

  private drop(key: string, why: string): void {
    const entry = this.peers.get(key);
    if (entry === undefined) return;
    this.peers.delete(key);
    entry.cancelIdle();
    entry.receiving.fail(new NetworkError('connectionLost', `the channel to ${entry.name} was closed: ${why}`));
  }
}
