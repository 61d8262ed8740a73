// SPDX-License-Identifier: Apache-2.0
// CoAP's carriers: UDP for coap, DTLS over UDP for coaps (RFC 7252 §3, §9.1; SGP.32 v1.2 §6.2).

import { systemClock } from '../clock.js';
import { type DatagramChannel, type DatagramTransport, NetworkError, type Peer } from '../interfaces.js';
import { CalledPort } from './called-port.js';
import { connectDtls } from './dtls-client.js';
import type { DtlsOptions, DtlsServerOptions, PreSharedKey } from './dtls-options.js';
import { acceptDtls } from './dtls-server.js';
import { loadGnutls } from './gnutls-library.js';
import { createMemorySessionStore, type SessionStore } from './session-store.js';
import { DEFAULT_PORTS, udpTarget } from './udp-address.js';
import { openUdpChannel } from './udp-channel.js';
import { type UdpCounters, UdpMeter } from './udp-meter.js';

export interface UdpTransportOptions extends DtlsOptions {
  /** Where a "host" or "host:port" is found: another "host:port". The name in the certificate stays that of the address. */
  readonly resolve?: Readonly<Record<string, string>>;
  /** For coaps: proves both ends to each other in place of the peer's trust anchor; undefined leaves it to that. */
  readonly psk?: PreSharedKey | ((peer: Peer) => PreSharedKey | undefined);
  /** PEM text, or one certificate in DER, in place of the platform's authorities where no anchor is given. */
  readonly ca?: Uint8Array | string;
  /** Default: sessions last as long as this transport. */
  readonly sessionStore?: SessionStore;
  /** Whether servers may give tickets for sessions (DtlsClientOptions). Default true. */
  readonly tickets?: boolean;
  /** Puts something between UDP and what is above it, DTLS or CoAP: a simulated link, a trace. */
  readonly wrap?: (lower: DatagramChannel) => DatagramChannel;
  /** For peers that send first: the port and address of this machine. Default any port, and 127.0.0.1. */
  readonly listenPort?: number;
  readonly listenHost?: string;
  /** Told "host:port" when the port is bound. */
  readonly onListening?: (address: string) => void;
  /** How long nothing must have passed before another peer is talked to over coap, in milliseconds. Default 5 000. */
  readonly quietMs?: number;
  /** What the device proves itself with to a peer that sends first, for coaps. */
  readonly server?: DtlsServerOptions;
}

/** UDP and DTLS for peers of schemes coap and coaps. Sessions of DTLS outlive their channels. */
export class UdpDatagramTransport implements DatagramTransport {
  private readonly meter = new UdpMeter();
  private readonly ports = new Set<CalledPort>();
  /** What closes each open socket, and what is above it. */
  private readonly sockets = new Map<DatagramChannel, () => Promise<void>>();
  private readonly sessionStore: SessionStore;

  constructor(private readonly options: UdpTransportOptions = {}) {
    this.sessionStore = options.sessionStore ?? createMemorySessionStore();
  }

  /**
   * Rejects with NetworkError: unreachable, timeout, tlsRefused, connectionLost; with Error for what is no address or no scheme of this
   * transport, or when GnuTLS is needed and not there.
   */
  async open(peer: Peer): Promise<DatagramChannel> {
    const { scheme } = peer;
    if (scheme !== 'coap' && scheme !== 'coaps') throw new Error(`UDP carries coap and coaps, not ${scheme ?? 'https'}`);
    return peer.listen === true ? this.listen(scheme) : this.connect(peer, scheme);
  }

  async close(): Promise<void> {
    const error = new NetworkError('connectionLost', 'the transport was closed');
    await Promise.all([...[...this.sockets.values()].map((closeAll) => closeAll()), ...[...this.ports].map((port) => port.fail(error))]);
  }

  /** Of all channels so far. */
  get counters(): UdpCounters {
    return this.meter.counters;
  }

  private async connect(peer: Peer, scheme: 'coap' | 'coaps'): Promise<DatagramChannel> {
    const { sessionStore } = this;
    const { psk: pskOption, ...options } = this.options;
    const target = udpTarget(peer.address, DEFAULT_PORTS[scheme], options.resolve);
    const socket = await openUdpChannel(target, this.meter, () => this.sockets.delete(socket));
    const lower = this.wrapped(socket);
    this.sockets.set(socket, () => lower.close());
    if (scheme === 'coap') return lower;
    const handshake = new AbortController();
    this.sockets.set(socket, async () => handshake.abort());
    const psk = typeof pskOption === 'function' ? pskOption(peer) : pskOption;
    const { name: sessionName, hostName: serverName } = target;
    const common = { ...options, sessionStore, sessionName, serverName, trust: peer.trust, signal: handshake.signal };
    const channel = await connectDtls(lower, psk === undefined ? common : { ...common, psk });
    this.sockets.set(socket, () => channel.close());
    return channel;
  }

  private async listen(scheme: 'coap' | 'coaps'): Promise<DatagramChannel> {
    const { psk: _clients, ...options } = this.options;
    const { server, listenHost = '127.0.0.1', listenPort = 0, quietMs = 5000, clock = systemClock } = options;
    if (scheme === 'coaps') {
      if (server === undefined) throw new Error('a device that is called over coaps needs the option `server`');
      await loadGnutls();
    }
    const port = await CalledPort.bind({
      host: listenHost,
      port: listenPort,
      clock,
      quietMs,
      meter: this.meter,
      onClosed: () => this.ports.delete(port),
      wrap: (lower) => this.wrapped(lower),
      prove: scheme === 'coap' ? undefined : (lower, signal) => acceptDtls(lower, { ...options, ...server, signal }),
    });
    this.ports.add(port);
    options.onListening?.(port.address);
    return port;
  }

  private wrapped(lower: DatagramChannel): DatagramChannel {
    return this.options.wrap?.(lower) ?? lower;
  }
}
