// SPDX-License-Identifier: Apache-2.0
// One UDP port of the loopback interface as a source of channels: one for each address that sends to it.
import { createSocket, type Socket } from 'node:dgram';
import { type DatagramChannel, NetworkError } from '../../../interfaces.js';

/** Addresses that are remembered; the oldest goes when another one comes. */
const MOST_PEERS = 1_024;

/** A listening port. */
export class UdpPeers {
  private readonly socket: Socket = createSocket('udp4');
  private readonly channels = new Map<string, UdpChannel>();

  constructor(private readonly onPeer: (channel: DatagramChannel) => void) {
    this.socket.on('message', (datagram, { address, port }) => this.channelFor(address, port).receive(new Uint8Array(datagram)));
  }

  /** Starts listening on 127.0.0.1; port 0 takes any. Rejects with the system's error. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.socket.once('error', reject);
      this.socket.bind(port, '127.0.0.1', () => {
        this.socket.off('error', reject);
        resolve();
      });
    });
    return this.socket.address().port;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.close(resolve));
  }

  private channelFor(address: string, port: number): UdpChannel {
    const name = `udp:${address}:${port}`;
    const known = this.channels.get(name);
    if (known !== undefined) return known;
    const channel = new UdpChannel(
      name,
      (bytes) => this.socket.send(bytes, port, address, () => {}),
      () => this.channels.delete(name),
    );
    this.channels.set(name, channel);
    const [oldest] = this.channels.values();
    if (this.channels.size > MOST_PEERS) oldest!.giveUp();
    this.onPeer(channel);
    return channel;
  }
}

class UdpChannel implements DatagramChannel {
  private listener: ((bytes: Uint8Array) => void) | undefined;
  private failed: ((error: NetworkError) => void) | undefined;
  private readonly early: Uint8Array[] = [];

  constructor(
    readonly name: string,
    private readonly transmit: (bytes: Uint8Array) => void,
    private readonly forget: () => void,
  ) {}

  receive(bytes: Uint8Array): void {
    if (this.listener === undefined) this.early.push(bytes);
    else this.listener(bytes);
  }

  send(bytes: Uint8Array): void {
    this.transmit(bytes);
  }

  onDatagram(listener: (bytes: Uint8Array) => void): void {
    this.listener = listener;
    for (const bytes of this.early.splice(0)) listener(bytes);
  }

  onFailure(listener: (error: NetworkError) => void): void {
    this.failed = listener;
  }

  async close(): Promise<void> {
    this.forget();
  }

  /** The only way to fail: a bound port is not told what becomes of its datagrams. */
  giveUp(): void {
    this.forget();
    this.failed?.(new NetworkError('connectionLost', `${this.name} has been silent while ${MOST_PEERS} other peers came`));
  }
}
