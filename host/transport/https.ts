// SPDX-License-Identifier: Apache-2.0
// ESipa, ES9+ and ES11 over HTTPS in both bindings (SGP.32 v1.2 §6.1, §6.3, §6.4; SGP.22 v2.5 §6.3): one POST per message, both bodies
// streamed.

import type { Readable } from 'node:stream';
import { Client } from 'undici';
import { NetworkError, type Peer, type RequestHead, type ResponseChunk, type Transport } from '../interfaces.js';
import { Exchange } from './exchange.js';
import { type AddressOptions, httpsTarget } from './https-address.js';
import { ADMIN_PROTOCOLS, CONTENT_TYPES, MEDIA_TYPES, pathOf } from './rsp-binding.js';
import { TlsConnector } from './tls-connector.js';
import { createTrustCheck } from './trust.js';
import { WireMeter } from './wire-meter.js';

export interface HttpsOptions extends AddressOptions {
  /**
   * PEM text with one certificate or more, or one certificate in DER, trusted in place of the platform's authorities where no anchor is
   * given: for every SM-DP+ and SM-DS, such as the CI of the RSP PKI (SGP.22 v2.5 §2.6.6).
   */
  readonly ca?: Uint8Array | string;
  /** For TCP and TLS together, in milliseconds. Default 10 000. */
  readonly connectTimeoutMs?: number;
  /** From the end of the request to the head of the response, in milliseconds. Default 30 000. */
  readonly headersTimeoutMs?: number;
  /** Between two pieces of the response while it is wanted, in milliseconds. Default 30 000. */
  readonly bodyTimeoutMs?: number;
  /** Default "gsma-rsp-ipad" (SGP.32 v1.2 §6.1); an LPA is "gsma-rsp-lpad" (SGP.22 v2.5 §6.2). */
  readonly userAgent?: string;
  /** The X-Admin-Protocol header. Default "gsma/rsp/v2.1.0" towards an eIM, "gsma/rsp/v2.2.2" towards SM-DP+ and SM-DS. */
  readonly adminProtocol?: string;
}

/** A server under one trust anchor. Its TLS session outlives its client. */
interface SelectedPeer {
  readonly name: string;
  readonly connector: TlsConnector;
  client: Client;
}

/**
 * The HTTPS transport. Connections are kept and TLS sessions resumed over requests to the same peer. Redirects are not followed: any status
 * outside 2xx is a NetworkError httpStatus. sendChunk may already reject with the NetworkError that receive would give.
 */
export class HttpsTransport implements Transport {
  private readonly peers = new Map<string, SelectedPeer>();
  private readonly meter = new WireMeter();
  private peer: SelectedPeer | undefined;
  private manner: Pick<Peer, 'kind' | 'binding'> = { kind: 'eim', binding: 'asn1' };
  private exchange: Exchange | undefined;
  private requests = 0;
  private bodyBytesUp = 0;
  private bodyBytesDown = 0;
  private largestQueuedBytes = 0;

  constructor(private readonly options: HttpsOptions = {}) {}

  /** Rejects with Error for what is no address, and with NetworkError tlsRefused for an anchor that cannot be read. */
  async open(peer: Peer): Promise<void> {
    await this.abort();
    const key = JSON.stringify([peer.address, peer.trust.kind, anchorText(peer)]);
    this.peer = this.peers.get(key) ?? this.createPeer(peer);
    this.peers.set(key, this.peer);
    this.manner = peer;
  }

  async beginRequest(head: RequestHead): Promise<void> {
    if (this.peer === undefined) throw new Error('no peer is open');
    if (this.exchange?.isOver === false) throw new Error('the exchange before this one is not over; abort it first');
    const { kind, binding } = this.manner;
    const exchange = new Exchange(this.peer.name, MEDIA_TYPES[binding], head.totalBytes);
    this.exchange = exchange;
    this.requests += 1;
    // The client takes any async iterable; its type declarations name only streams here.
    const body = exchange.body as AsyncIterable<Uint8Array> as unknown as Readable;
    const path = pathOf(kind, binding, head.function);
    this.peer.client.dispatch({ method: 'POST', path, headers: this.headers(head), body }, exchange);
  }

  async sendChunk(bytes: Uint8Array, last: boolean): Promise<void> {
    await this.current().body.offer(bytes, last);
    this.bodyBytesUp += bytes.length;
  }

  async receive(maxBytes: number): Promise<ResponseChunk> {
    const exchange = this.current();
    if (!Number.isInteger(maxBytes) || maxBytes < 1) throw new RangeError(`cannot receive ${maxBytes} bytes`);
    const chunk = await exchange.receive(maxBytes);
    this.bodyBytesDown += chunk.bytes.length;
    this.largestQueuedBytes = Math.max(this.largestQueuedBytes, exchange.largestQueuedBytes);
    return chunk;
  }

  async abort(): Promise<void> {
    const { exchange, peer } = this;
    this.exchange = undefined;
    if (exchange === undefined || peer === undefined) return;
    const dropped = exchange.holdsConnection;
    exchange.fail(new NetworkError('connectionLost', `the exchange with ${peer.name} was aborted`));
    if (!dropped) return;
    // The request may still wait for its connection, where it can be dropped only together with its client.
    const { client } = peer;
    peer.client = this.createClient(peer.name, peer.connector);
    peer.connector.cancel();
    await client.destroy();
  }

  async close(): Promise<void> {
    await this.abort();
    const clients = [...this.peers.values()].map((peer) => peer.client);
    this.peers.clear();
    this.peer = undefined;
    await Promise.all(clients.map((client) => client.destroy()));
  }

  get counters(): Transport['counters'] {
    const { requests, bodyBytesUp, bodyBytesDown, meter } = this;
    return { requests, bodyBytesUp, bodyBytesDown, wireBytesUp: meter.bytesUp, wireBytesDown: meter.bytesDown };
  }

  /** The most bytes of a response that ever waited in this transport, whatever the size of the response. */
  get largestBufferedBytes(): number {
    return this.largestQueuedBytes;
  }

  private current(): Exchange {
    if (this.exchange === undefined) throw new Error('no request was begun');
    return this.exchange;
  }

  private createPeer(peer: Peer): SelectedPeer {
    const target = httpsTarget(peer.address, this.options);
    const check = createTrustCheck(peer.trust, target.hostName, this.options.ca);
    const connectTimeoutMs = this.options.connectTimeoutMs ?? 10_000;
    const connector = new TlsConnector({ target, check, connectTimeoutMs, meter: this.meter });
    return { name: target.origin, connector, client: this.createClient(target.origin, connector) };
  }

  private createClient(origin: string, connector: TlsConnector): Client {
    return new Client(origin, {
      connect: (_, callback) => connector.connect(callback),
      headersTimeout: this.options.headersTimeoutMs ?? 30_000,
      bodyTimeout: this.options.bodyTimeoutMs ?? 30_000,
      pipelining: 1,
      allowH2: false,
    });
  }

  private headers(head: RequestHead): Record<string, string> {
    const { kind, binding } = this.manner;
    return {
      'user-agent': this.options.userAgent ?? 'gsma-rsp-ipad',
      'x-admin-protocol': this.options.adminProtocol ?? ADMIN_PROTOCOLS[kind],
      'content-type': CONTENT_TYPES[binding],
      'content-length': String(head.totalBytes),
    };
  }
}

function anchorText({ trust }: Peer): string {
  if (trust.kind === 'platform') return '';
  return Buffer.from(trust.kind === 'publicKey' ? trust.spki : trust.certificate).toString('base64');
}
