// SPDX-License-Identifier: Apache-2.0
// What users of DTLS may choose, and what they learn of a session.

import type { KeyObject } from 'node:crypto';
import type { Clock, DatagramChannel, TrustAnchor } from '../interfaces.js';
import type { SessionStore } from './session-store.js';

/** A key that both ends know (RFC 4279); `identity` tells the server which. */
export interface PreSharedKey {
  readonly identity: string;
  readonly key: Uint8Array;
}

/** For both roles. */
export interface DtlsOptions {
  /** The largest datagram, DTLS and all, in bytes; what the handshake needs beyond it is cut. Default 1232, which IPv6 carries anywhere. */
  readonly mtu?: number;
  /** For the whole handshake, in milliseconds. Default 60 000. */
  readonly handshakeTimeoutMs?: number;
  /** Before a flight is sent again, in milliseconds; doubled each time. Default 1 000 (RFC 6347 §4.2.4.1); RFC 7925 §11 wants 9 000. */
  readonly retransmitMs?: number;
  /** How long a session may be resumed, in seconds. Default 86 400, a day. */
  readonly sessionLifetimeS?: number;
  /** Default the system's. */
  readonly clock?: Clock;
  /** Gives the handshake up, with NetworkError connectionLost; nothing once there is a session. */
  readonly signal?: AbortSignal;
}

export interface DtlsClientOptions extends DtlsOptions {
  /** Proves both ends to each other; `trust` is then not looked at. */
  readonly psk?: PreSharedKey;
  /** Which server is the right one. Default: any that the platform's authorities vouch for. */
  readonly trust?: TrustAnchor;
  /** What the server's certificate must be made out to, and what the server is asked for: a DNS name or an IP address, without port. */
  readonly serverName?: string;
  /** PEM text, or one certificate in DER, in place of the platform's authorities. */
  readonly ca?: Uint8Array | string;
  /** Where the session is kept for the next time. Default: it is not. */
  readonly sessionStore?: SessionStore;
  /** Under what name, such as "host:port". What the server is trusted by is added to it. Default: the name of the channel below. */
  readonly sessionName?: string;
  /**
   * Whether the server may give a ticket for the session. A ticket is sent with each resumption, some 340 bytes; without, a number of 32
   * bytes is, which servers must remember. Default true, as more servers know tickets.
   */
  readonly tickets?: boolean;
}

export interface DtlsServerOptions extends DtlsOptions {
  /** For clients that want a certificate; `chain` holds the authorities in between, the issuer first. DER. */
  readonly certificate?: { readonly privateKey: KeyObject; readonly certificate: Uint8Array; readonly chain?: readonly Uint8Array[] };
  /** For clients that want just the key (RFC 7250). */
  readonly rawPublicKey?: KeyObject;
  /** The key of an identity; undefined refuses it. */
  readonly psk?: (identity: string) => Uint8Array | undefined;
  /** Keeps sessions here, so that clients resume with a number of 32 bytes. */
  readonly sessions?: SessionStore;
  /** Gives sessions to clients as tickets under this key, of `createTicketKey`: the server keeps nothing, the client sends more. */
  readonly ticketKey?: Uint8Array;
  /** 16 random bytes: clients must first prove that they receive at their address, which costs a round trip (RFC 6347 §4.2.1). */
  readonly cookieKey?: Uint8Array;
}

/** A channel under DTLS. What the peer sends outside the session is dropped without a word, as RFC 6347 §4.1.2.7 has it. */
export interface DtlsChannel extends DatagramChannel {
  /** True when the handshake was the short one. */
  readonly resumed: boolean;
  /** Version and cipher suite, for people. */
  readonly description: string;
  /** Who the client is, in a server, when it has a pre-shared key. */
  readonly pskIdentity: string | undefined;
  /** The most bytes `send` takes; it throws RangeError for more. */
  readonly maxBytes: number;
}
