// SPDX-License-Identifier: Apache-2.0
// ESipa over CoAP (SGP.32 v1.2 §6.2): serves any number of peers, each over its own channel: a UDP address, a DTLS association, a
// simulated link. The same endpoint also sends the requests of inject mode.
import { acceptDtls, type DtlsServerOptions, UdpListener } from '../../../datagram/index.js';
import type { Clock, DatagramChannel } from '../../../interfaces.js';
import { SeededBytes } from '../../profile/seeded-bytes.js';
import { FaultPlan } from '../faults.js';
import type { EsipaResponse } from '../service.js';
import type { BlockBytes } from './block.js';
import { CoapEndpoint } from './endpoint.js';
import { EsipaResource } from './esipa-resource.js';
import type { CoapFault } from './faults.js';

export interface CoapServerOptions {
  /** Answers one ESipa message; never rejects. */
  readonly handle: (body: Uint8Array) => Promise<EsipaResponse>;
  readonly clock: Clock;
  /** Longest block in bytes, sent and asked for; a client may ask for shorter ones. */
  readonly largestBlock: BlockBytes;
  /** Longest request body taken, in bytes. */
  readonly maxRequestBytes: number;
  /** A request whose answer takes longer is acknowledged first and answered by itself. */
  readonly separateAfterMs: number;
  /** Decides message IDs, tokens and the spread of time-outs. */
  readonly seed: number;
}

/** Devices at a time on one port; the one that was silent longest makes room for another. */
const MOST_PEERS = 1_024;

/** What a port under DTLS needs. */
export interface CoapsPort {
  /** What the server proves itself with to the next device. */
  readonly identity: () => DtlsServerOptions;
  /** Told why a device got no session. */
  readonly onRefused: (problem: string) => void;
}

/** A CoAP server without a port, until listen(). */
export class CoapServer {
  readonly faults = new FaultPlan<CoapFault>();
  private readonly endpoints = new Map<DatagramChannel, CoapEndpoint>();
  private readonly random: SeededBytes;
  private readonly ports: UdpListener[] = [];
  /** Those of this server's own ports. */
  private readonly associations = new Set<DatagramChannel>();

  constructor(private readonly options: CoapServerOptions) {
    this.random = new SeededBytes(options.seed);
  }

  /**
   * Serves plain CoAP on a UDP port of 127.0.0.1, which nothing protects; port 0 takes any. Gives "127.0.0.1:port". Rejects with NetworkError
   * unreachable.
   */
  listen(port: number): Promise<string> {
    return this.bind(port, (channel) => void this.serve(channel));
  }

  /** The same under DTLS. */
  listenDtls(port: number, { identity, onRefused }: CoapsPort): Promise<string> {
    return this.bind(port, (lower) => {
      acceptDtls(lower, { clock: this.options.clock, ...identity() }).then(
        (channel) => {
          this.associations.add(channel);
          this.serve(channel);
        },
        ({ message }: Error) => onRefused(message),
      );
    });
  }

  /** A device that ends its association may begin another one from the same port. */
  private forget(channel: DatagramChannel): void {
    this.endpoints.delete(channel);
    if (this.associations.delete(channel)) void channel.close();
  }

  private async bind(port: number, onPeer: (channel: DatagramChannel) => void): Promise<string> {
    const { clock } = this.options;
    const listener = await UdpListener.bind({ port, clock, maxPeers: MOST_PEERS }, onPeer);
    this.ports.push(listener);
    return listener.address;
  }

  /** Serves the peer behind this channel until the channel fails or the server is closed. The same endpoint for the same channel. */
  serve(channel: DatagramChannel): CoapEndpoint {
    const known = this.endpoints.get(channel);
    if (known !== undefined) return known;
    const { clock, separateAfterMs } = this.options;
    const resource = new EsipaResource({ ...this.options, faults: this.faults });
    const endpoint = new CoapEndpoint(channel, {
      clock,
      random: this.random,
      separateAfterMs,
      onRequest: (request) => resource.answer(request),
      onEnd: () => this.forget(channel),
    });
    this.endpoints.set(channel, endpoint);
    return endpoint;
  }

  /** Frees the ports and stops all timers; channels that were given are left open. */
  async close(): Promise<void> {
    for (const endpoint of [...this.endpoints.values()]) endpoint.close();
    await Promise.all(this.ports.splice(0).map((listener) => listener.close()));
  }
}
