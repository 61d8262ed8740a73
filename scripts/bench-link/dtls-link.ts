// SPDX-License-Identifier: Apache-2.0
// A simulated link with DTLS on it, which counts what passes: CoAP messages above DTLS, datagrams below, and turns of the conversation.

import {
  acceptDtls,
  connectDtls,
  createMemorySessionStore,
  type DtlsClientOptions,
  type DtlsServerOptions,
  type SessionStore,
} from '../../host/datagram/index.js';
import { type Clock, type DatagramChannel, type DatagramTransport, NetworkError, type Peer } from '../../host/interfaces.js';
import { DEFAULT_EIM_FQDN, type TestPki } from '../../host/sim/pki/index.js';
import { createDatagramLink, type DatagramLink, type LinkParameters } from '../../host/wrap/datagram-link.js';
import { SIGNATURE_BYTES } from './keys.js';

/** How the device and the eIM know each other: by the eIM's certificate, by a key that both have, or from the last time. */
export type Security = 'certificate' | 'psk' | 'resumed';

/** One direction. */
export interface Traffic {
  /** CoAP messages, and their bytes. */
  coapMessages: number;
  coapBytes: number;
  /** DTLS datagrams, and their bytes: handshake, CoAP in its records, the closing alert. */
  datagrams: number;
  dtlsBytes: number;
  /** With IP and UDP headers. */
  ipBytes: number;
}

/** What passed in one run. */
export interface LinkCount {
  readonly up: Traffic;
  readonly down: Traffic;
  /** Times that something came from the eIM after the device had spoken. */
  readonly roundTrips: number;
  /** Of these, those of handshakes of DTLS. */
  readonly handshakeRoundTrips: number;
  readonly handshakes: number;
  /** When CoAP messages passed, for looking into it: milliseconds, direction, bytes. */
  readonly log: readonly LoggedMessage[];
}

export interface LoggedMessage {
  readonly atMs: number;
  readonly direction: 'up' | 'down';
  readonly bytes: Uint8Array;
}

/** Sessions that outlive a run, at both ends. */
export interface SessionStores {
  readonly device: SessionStore;
  readonly eim: SessionStore;
}

export function createSessionStores(): SessionStores {
  return { device: createMemorySessionStore(), eim: createMemorySessionStore() };
}

/** How long an answer is waited for before the question is sent again, at first. */
export interface Timers {
  /** Of CoAP. */
  readonly ackTimeoutMs: number;
  /** Of the handshake of DTLS. */
  readonly retransmitMs: number;
}

export interface DtlsLinkOptions {
  readonly clock: Clock;
  readonly pki: TestPki;
  readonly link: LinkParameters;
  /** Of what the link loses. */
  readonly seed: number;
  readonly security: Security;
  /** For `resumed`. */
  readonly stores?: SessionStores | undefined;
  readonly timers: Timers;
  /** Answers CoAP on a channel to one device. */
  readonly serve: (channel: DatagramChannel) => void;
}

/** The key that both ends have: 8 bytes of identity, 16 of key. */
const PSK = { identity: 'device-1', key: Buffer.from('000102030405060708090A0B0C0D0E0F', 'hex') };
/** At 370 bit/s a certificate takes its time. */
const HANDSHAKE_TIMEOUT_MS = 600_000;

/** A DatagramTransport whose peers are one eIM. Each open makes a new association on the same link. */
export class DtlsLink implements DatagramTransport {
  readonly #options: DtlsLinkOptions;
  readonly #links: DatagramLink[] = [];
  readonly #log: LoggedMessage[] = [];
  readonly #coap = { up: { messages: 0, bytes: 0 }, down: { messages: 0, bytes: 0 } };
  #turn: 'up' | 'down' = 'down';
  #roundTrips = 0;
  #handshakeRoundTrips = 0;
  #signatureBytes = SIGNATURE_BYTES;

  constructor(options: DtlsLinkOptions) {
    this.#options = options;
  }

  async open(peer: Peer): Promise<DatagramChannel> {
    const { clock, link, seed, serve } = this.#options;
    const made = createDatagramLink(link, { clock, seed: seed + this.#links.length });
    this.#links.push(made);
    // what fails here fails at the device, too, which tells
    acceptDtls(made.server, this.#serverOptions()).then(serve, () => {});
    const before = this.#roundTrips;
    const channel = await connectDtls(this.#watched(made.device), this.#clientOptions(peer));
    this.#handshakeRoundTrips += this.#roundTrips - before;
    // the rest of the run would be in vain
    if (!this.isEven) throw new NetworkError('connectionLost', 'a handshake with a signature of another length than usual');
    return this.#counted(channel);
  }

  async close(): Promise<void> {}

  /** Whether the signatures of all handshakes had the usual length. */
  get isEven(): boolean {
    return this.#signatureBytes === SIGNATURE_BYTES;
  }

  get count(): LinkCount {
    return {
      up: this.#traffic('up'),
      down: this.#traffic('down'),
      roundTrips: this.#roundTrips,
      handshakeRoundTrips: this.#handshakeRoundTrips,
      handshakes: this.#links.length,
      log: this.#log,
    };
  }

  #traffic(direction: 'up' | 'down'): Traffic {
    const sum = (pick: (counters: DatagramLink['up']) => number) => this.#links.reduce((total, link) => total + pick(link[direction]), 0);
    const { messages, bytes } = this.#coap[direction];
    return {
      coapMessages: messages,
      coapBytes: bytes,
      datagrams: sum((counters) => counters.datagrams),
      dtlsBytes: sum((counters) => counters.bytes),
      ipBytes: sum((counters) => counters.lineBytes),
    };
  }

  /** The device's end below DTLS. */
  #watched(device: DatagramChannel): DatagramChannel {
    return {
      name: device.name,
      send: (bytes) => {
        this.#turn = 'up';
        device.send(bytes);
      },
      onDatagram: (listener) =>
        device.onDatagram((bytes) => {
          if (this.#turn === 'up') this.#roundTrips++;
          this.#turn = 'down';
          this.#signatureBytes = signatureBytes(bytes) ?? this.#signatureBytes;
          listener(bytes);
        }),
      onFailure: (listener) => device.onFailure(listener),
      close: () => device.close(),
    };
  }

  /** The device's end above DTLS. */
  #counted(channel: DatagramChannel): DatagramChannel {
    return {
      name: channel.name,
      send: (bytes) => {
        this.#note('up', bytes);
        channel.send(bytes);
      },
      onDatagram: (listener) =>
        channel.onDatagram((bytes) => {
          this.#note('down', bytes);
          listener(bytes);
        }),
      onFailure: (listener) => channel.onFailure(listener),
      close: () => channel.close(),
    };
  }

  #note(direction: 'up' | 'down', bytes: Uint8Array): void {
    this.#coap[direction].messages++;
    this.#coap[direction].bytes += bytes.length;
    this.#log.push({ atMs: this.#options.clock.nowMs(), direction, bytes: new Uint8Array(bytes) });
  }

  #clientOptions({ trust }: Peer): DtlsClientOptions {
    const { security, stores } = this.#options;
    return {
      ...this.#timing(),
      sessionName: DEFAULT_EIM_FQDN,
      serverName: DEFAULT_EIM_FQDN,
      // a number of 32 bytes, which the server remembers, in place of a ticket of some 340
      tickets: false,
      ...(security === 'psk' ? { psk: PSK } : { trust }),
      ...(stores ? { sessionStore: stores.device } : {}),
    };
  }

  #serverOptions(): DtlsServerOptions {
    const { security, stores, pki } = this.#options;
    return {
      ...this.#timing(),
      ...(security === 'psk' ? { psk: (identity) => (identity === PSK.identity ? PSK.key : undefined) } : { certificate: pki.eimTls }),
      ...(stores ? { sessions: stores.eim } : {}),
    };
  }

  #timing() {
    const { clock, timers } = this.#options;
    return { clock, retransmitMs: timers.retransmitMs, handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS };
  }
}

const RECORD_HEAD_BYTES = 13;
const [HANDSHAKE, SERVER_KEY_EXCHANGE] = [22, 12];
/** Curve type and name, length and point on P-256, algorithms of the signature (RFC 8422 §5.4). */
const BEFORE_SIGNATURE_BYTES = 3 + 1 + 65 + 2;

/** Bytes of the signature in a ServerKeyExchange, when one begins in a record of this datagram. */
function signatureBytes(datagram: Uint8Array): number | undefined {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.length);
  for (let at = 0; at + RECORD_HEAD_BYTES < datagram.length; at += RECORD_HEAD_BYTES + view.getUint16(at + 11)) {
    const body = at + RECORD_HEAD_BYTES;
    const isInTheClear = view.getUint16(at + 3) === 0;
    if (view.getUint8(at) === HANDSHAKE && isInTheClear && view.getUint8(body) === SERVER_KEY_EXCHANGE)
      return view.getUint16(body + 2) - BEFORE_SIGNATURE_BYTES - 2;
  }
  return undefined;
}
