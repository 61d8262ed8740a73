// SPDX-License-Identifier: Apache-2.0
// The seams of the host: what the driver needs from the module, from the line to the card, and from the network.
// Everything in host/ depends on this file; this file depends on nothing.

/** One thing the module asks for. `bytes` is a copy; `argument` is described beside each action in assembly/abi/actions.ts. */
export interface Action {
  readonly kind: number;
  readonly argument: number;
  readonly bytes: Uint8Array;
}

/** An instance of the module, wherever it runs (this process, or a runtime on the other end of a pipe). */
export interface IpaInstance {
  /** Name and version of what executes the module, for people: "node 20.1.0", "wasmtime 49.0.4". */
  readonly runtime: string;
  /** Asks what to do next. `nowMs` is any monotonic clock, in milliseconds, modulo 2^32. */
  poll(nowMs: number): Promise<Action>;
  /** Tells what happened. Resolves to the number of bytes taken (>= 0); rejects with IpaError on a negative result. */
  event(kind: number, argument: number, bytes?: Uint8Array): Promise<number>;
  /** A copy of the state region; all that is needed to go on in a fresh instance. */
  saveState(): Promise<Uint8Array>;
  /** Puts a saved state region back. */
  restoreState(state: Uint8Array): Promise<void>;
  /** Linear memory the module can use, in bytes (`__heap_base`). */
  readonly memoryBytes: number;
  close(): Promise<void>;
}

/** A line of bytes to a modem (AT commands). Chunks may be split or merged anywhere. */
export interface ByteLine {
  /** For people and traces: "tcp:127.0.0.1:4000", "pty:/dev/pts/3", "sim:". */
  readonly name: string;
  write(bytes: Uint8Array): void;
  /** One listener; bytes that came before it was set are delivered to it. */
  onData(listener: (bytes: Uint8Array) => void): void;
  /** Called once when the line breaks or is closed by the peer. */
  onClose(listener: (reason: Error) => void): void;
  close(): Promise<void>;
}

/** A card in a reader: one command APDU in, one response APDU (data and SW1SW2) out. */
export interface CardSlot {
  /** Power on or reset; gives the ATR. */
  reset(): Uint8Array | Promise<Uint8Array>;
  powerOff(): void;
  /**
   * Runs one command APDU. Never throws for what the command says: the status word tells. Rejects when card or reader are gone.
   * The next command comes only after the response to this one.
   */
  transmit(command: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** A card that answers at once, such as the simulated one. */
export interface SyncCardSlot extends CardSlot {
  reset(): Uint8Array;
  transmit(command: Uint8Array): Uint8Array;
}

/** Which key the server must show, from the eUICC's eIM configuration (SGP.32 v1.2 §2.11.1.1.1, trustedPublicKeyDataTls). */
export type TrustAnchor =
  | { readonly kind: 'publicKey' /** DER SubjectPublicKeyInfo; the server's leaf key must equal it. */; readonly spki: Uint8Array }
  | { readonly kind: 'certificate' /** DER Certificate: the server's own or its issuer. */; readonly certificate: Uint8Array }
  | { readonly kind: 'platform' };

/** Who is at the other end: an eIM (ESipa), an SM-DP+ (ES9+) or an SM-DS (ES11). */
export type PeerKind = 'eim' | 'smdp' | 'smds';

/** How messages are written: DER, or JSON with base64 of DER in it. */
export type Binding = 'asn1' | 'json';

/** The functions of ESipa, ES9+ and ES11 as the JSON binding has them in its paths. */
export type RspFunction =
  | 'initiateAuthentication'
  | 'getBoundProfilePackage'
  | 'authenticateClient'
  | 'handleNotification'
  | 'cancelSession'
  | 'getEimPackage'
  | 'provideEimPackageResult';

/** How messages travel: HTTP over TLS, CoAP over DTLS, or CoAP over bare UDP, which nothing protects. */
export type Scheme = 'https' | 'coaps' | 'coap';

export interface Peer {
  readonly kind: PeerKind;
  readonly binding: Binding;
  /** Default "https". */
  readonly scheme?: Scheme;
  /** The peer is the one that sends first: the device waits for it on a port of its own (SGP.32 v1.2 §3.1.1.2). Datagrams alone. */
  readonly listen?: boolean;
  /** "host" or "host:port". */
  readonly address: string;
  readonly trust: TrustAnchor;
}

export interface RequestHead {
  /** The length of the whole request body in bytes. */
  readonly totalBytes: number;
  readonly function: RspFunction;
}

export interface ResponseChunk {
  readonly bytes: Uint8Array;
  /** False with the last chunk of the message (which may be empty). */
  readonly more: boolean;
}

/** Request and response over some network binding; one exchange at a time. */
export interface Transport {
  /** Selects the peer. Connecting may wait until the first request. */
  open(peer: Peer): Promise<void>;
  /** Starts a request; its body follows by sendChunk. */
  beginRequest(head: RequestHead): Promise<void>;
  /** Sends a part of the body; resolves when the next part may be given. The last part completes the request. */
  sendChunk(bytes: Uint8Array, last: boolean): Promise<void>;
  /** The next part of the response body, at most `maxBytes`. The first call waits for the response head. Rejects with NetworkError. */
  receive(maxBytes: number): Promise<ResponseChunk>;
  /** Drops the exchange in progress (the rest of a response is not wanted); the peer stays selected and the next request works. */
  abort(): Promise<void>;
  close(): Promise<void>;
  /** Bytes of message bodies so far, and on the wire as far as the transport can tell. */
  readonly counters: { requests: number; bodyBytesUp: number; bodyBytesDown: number; wireBytesUp: number; wireBytesDown: number };
}

/**
 * Sends datagrams to one peer and receives its datagrams: UDP, DTLS over it, a simulated link. Each may be lost, doubled or overtaken; none
 * is cut or joined with another.
 */
export interface DatagramChannel {
  /** For people and traces: "udp:127.0.0.1:5683", "dtls:…". */
  readonly name: string;
  /** Sends one datagram. Never throws for what becomes of it on its way. */
  send(bytes: Uint8Array): void;
  /** One listener; datagrams that came before it was set are delivered to it. */
  onDatagram(listener: (bytes: Uint8Array) => void): void;
  /** Called once when nothing more can come: the peer closed the association, or the port is unreachable. */
  onFailure(listener: (error: NetworkError) => void): void;
  close(): Promise<void>;
}

/** Channels to peers. */
export interface DatagramTransport {
  /** A channel on which datagrams may be sent; with DTLS after its handshake. Rejects with NetworkError. */
  open(peer: Peer): Promise<DatagramChannel>;
  /** Closes all channels. */
  close(): Promise<void>;
}

/** Time, and being called later: the system's, or a virtual one that tests turn on. */
export interface Clock {
  /** Milliseconds since some moment, never going back. */
  nowMs(): number;
  /** Calls `task` once, `delayMs` from now. Returns what cancels that. */
  after(delayMs: number, task: () => void): () => void;
}

/** Why the network could not do it; `reason` is one of the NetworkFailure codes of the ABI. */
export type NetworkFailureReason = 'unreachable' | 'timeout' | 'tlsRefused' | 'connectionLost' | 'httpStatus' | 'malformed';

export class NetworkError extends Error {
  constructor(
    readonly reason: NetworkFailureReason,
    message: string,
    /** The HTTP status for reason httpStatus. */
    readonly status: number = 0,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'NetworkError';
  }
}
