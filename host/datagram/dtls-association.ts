// SPDX-License-Identifier: Apache-2.0
// One DTLS 1.2 association (RFC 6347) over any channel, in either role: GnuTLS does the protocol, this file feeds it datagrams and time.
// Nothing of the caller's runs while a function of GnuTLS does.

import { systemClock } from '../clock.js';
import { type Clock, type DatagramChannel, NetworkError, type NetworkFailureReason } from '../interfaces.js';
import type { DtlsCredentials } from './dtls-credentials.js';
import type { DtlsChannel, DtlsOptions } from './dtls-options.js';
import { DtlsOutbox } from './dtls-outbox.js';
import { MAX_RECORD_BYTES, splitRecords } from './dtls-records.js';
import { gnutlsCallbacks, type SessionHooks } from './gnutls-callbacks.js';
import { Alert, InitFlag, Result, SHUT_WR } from './gnutls-constants.js';
import type { Datum, Out, Pointer } from './gnutls-functions.js';
import { check, type Gnutls } from './gnutls-library.js';
import { withClock } from './gnutls-time.js';
import { ReceivingSide } from './receiving-side.js';
import type { SessionStore } from './session-store.js';

/** What differs from one association to the next. */
export interface AssociationSetup {
  readonly gnutls: Gnutls;
  readonly lower: DatagramChannel;
  readonly role: 'client' | 'server';
  /** Freed by the association. */
  readonly credentials: DtlsCredentials;
  readonly options: DtlsOptions;
  /** Of gnutls_init, beside those of every association. */
  readonly flags: number;
  /** Last settings before the handshake. */
  prepare(session: Pointer): void;
  /** Why the peer, which has just shown its certificate or key, is the wrong one. */
  peerRefusal?(session: Pointer): string | undefined;
  /** The key of a client's identity. */
  pskOf?(identity: string): Uint8Array | undefined;
  readonly sessions?: SessionStore | undefined;
  /** What may be wrong when a peer answers and yet no session comes about. */
  readonly silenceHint?: string;
}

/** Records that wait for GnuTLS while it is busy; what comes then is dropped, as a network would. */
const MAX_WAITING = 256;
/** 1280 of IPv6 (RFC 8200 §5) without its header and UDP's. */
const DEFAULT_MTU = 1232;
/** Below, the headers of DTLS leave nothing for a message; above, there is no UDP. */
const [MIN_MTU, MAX_MTU] = [64, 65_507];
/** GnuTLS takes the largest numbers for something else. */
const LONGER_THAN_ANY_MS = 0x7fff_ffff;

/** What was read last; each datagram is copied out of it at once. */
const received = new Uint8Array(MAX_RECORD_BYTES);

export class DtlsAssociation implements DtlsChannel {
  readonly name: string;
  resumed = false;
  description = '';
  pskIdentity: string | undefined;
  maxBytes = 0;
  /** Whether anything came from the peer. */
  heard = false;
  private readonly clock: Clock;
  private readonly mtu: number;
  private readonly session: Pointer;
  private readonly waiting: Uint8Array[] = [];
  private readonly outbox: DtlsOutbox;
  private readonly receiving = new ReceivingSide();
  private state: 'handshake' | 'open' | 'closed' = 'handshake';
  private running = false;
  private released = false;
  private refusal: string | undefined;
  private settle: ((error?: NetworkError) => void) | undefined;
  private readonly giveUp = () => {
    if (this.state === 'handshake') this.end(this.error('connectionLost', `the DTLS handshake with ${this.name} was given up`));
  };
  private cancelRetransmission = () => {};
  private cancelTimeout = () => {};

  /** @throws Error when GnuTLS does not take what it is set up with; nothing is left behind then. */
  constructor(private readonly setup: AssociationSetup) {
    const { lower, options } = setup;
    this.name = `dtls:${lower.name.replace(/^udp:/, '')}`;
    this.clock = options.clock ?? systemClock;
    this.mtu = options.mtu ?? DEFAULT_MTU;
    this.outbox = new DtlsOutbox(lower, this.mtu);
    try {
      checkMtu(this.mtu);
      this.session = this.begin();
    } catch (error) {
      setup.credentials.free();
      throw error;
    }
    try {
      this.configure();
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /** Resolves when datagrams may be sent. Rejects with NetworkError; the channel below stays open. */
  handshake(): Promise<void> {
    const { lower, options } = this.setup;
    const timeoutMs = options.handshakeTimeoutMs ?? 60_000;
    const done = new Promise<void>((resolve, reject) => {
      this.settle = (error) => (error === undefined ? resolve() : reject(error));
    });
    this.cancelTimeout = this.clock.after(timeoutMs, () => this.end(this.timeoutError(timeoutMs)));
    lower.onFailure((error) => this.end(error));
    options.signal?.addEventListener('abort', this.giveUp);
    if (options.signal?.aborted) this.giveUp();
    // Before the listener: datagrams that are there already must not find a client that has said nothing.
    this.run();
    lower.onDatagram((bytes) => this.receive(bytes));
    return done;
  }

  send(bytes: Uint8Array): void {
    const { gnutls } = this.setup;
    // An empty record says nothing, and GnuTLS takes it for something else.
    if (this.state !== 'open' || bytes.length === 0) return;
    if (bytes.length > this.maxBytes)
      throw new RangeError(
        `a datagram of ${bytes.length} bytes to ${this.name} is too long; ${this.maxBytes} fit into an MTU of ${this.mtu}`,
      );
    const result = this.call(() => gnutls.record_send(this.session, bytes, bytes.length));
    if (result < 0) this.end(this.error('connectionLost', `cannot send to ${this.name}: ${gnutls.strerror(result)}`));
    this.outbox.release();
  }

  onDatagram(listener: (bytes: Uint8Array) => void): void {
    this.receiving.onDatagram(listener);
  }

  onFailure(listener: (error: NetworkError) => void): void {
    this.receiving.onFailure(listener);
  }

  /** Tells the peer that nothing more comes; closes the channel below. */
  async close(): Promise<void> {
    this.receiving.close();
    if (this.state === 'open') this.call(() => this.setup.gnutls.bye(this.session, SHUT_WR));
    this.end(this.error('connectionLost', `the association with ${this.name} was closed`));
    await this.setup.lower.close();
  }

  /** What resumes this session; undefined when nothing does. Only while the association is open. */
  resumption(): Uint8Array | undefined {
    const { gnutls } = this.setup;
    const data: Partial<Datum> = {};
    return this.state === 'open' && gnutls.session_get_data2(this.session, data) === 0 ? gnutls.take(data) : undefined;
  }

  private begin(): Pointer {
    const { gnutls, flags } = this.setup;
    const session: Out<Pointer> = [null];
    const role = this.setup.role === 'client' ? InitFlag.CLIENT : InitFlag.SERVER;
    check(gnutls, gnutls.init(session, role | InitFlag.DATAGRAM | InitFlag.NONBLOCK | flags), 'begin a session');
    return session[0];
  }

  private configure(): void {
    const { gnutls, credentials, options } = this.setup;
    const { session } = this;
    const callbacks = gnutlsCallbacks(gnutls);
    callbacks.attach(session, this.hooks());
    check(gnutls, gnutls.priority_set_direct(session, credentials.priorities, null), 'offer the cipher suites of DTLS');
    credentials.use(session);
    gnutls.transport_set_ptr(session, session);
    gnutls.transport_set_push_function(session, callbacks.push);
    gnutls.transport_set_pull_function(session, callbacks.pull);
    gnutls.transport_set_pull_timeout_function(session, callbacks.pullTimeout);
    gnutls.dtls_set_mtu(session, this.mtu);
    // The end of the whole handshake is watched in this file.
    gnutls.dtls_set_timeouts(session, options.retransmitMs ?? 1000, LONGER_THAN_ANY_MS);
    gnutls.db_set_cache_expiration(session, options.sessionLifetimeS ?? 86_400);
    if (this.setup.peerRefusal !== undefined) gnutls.session_set_verify_function(session, callbacks.verify);
    this.call(() => this.setup.prepare(session));
  }

  private hooks(): SessionHooks {
    const { setup } = this;
    return {
      push: (bytes) => this.outbox.push(bytes),
      pull: () => this.waiting.shift(),
      hasInput: () => this.waiting.length > 0,
      isPeerTrusted: () => {
        this.refusal = 'what it shows cannot be read';
        this.refusal = setup.peerRefusal?.(this.session);
        return this.refusal === undefined;
      },
      pskOf: (identity) => setup.pskOf?.(identity),
      sessions: setup.sessions,
    };
  }

  private receive(bytes: Uint8Array): void {
    const records = splitRecords(bytes);
    if (records.length === 0 || this.state === 'closed' || this.waiting.length >= MAX_WAITING) return;
    this.heard = true;
    this.waiting.push(...records);
    this.run();
  }

  /** Lets GnuTLS work through what came. Not entered twice: a channel in this process may answer while it is sent to. */
  private run(): void {
    if (this.running || this.state === 'closed') return;
    this.running = true;
    try {
      do {
        const before = this.waiting.length;
        if (this.state === 'handshake') this.call(() => this.shakeHands());
        if (this.state === 'open') this.call(() => this.readRecords());
        // What it does not want to see now it will not want later.
        if (before > 0 && this.waiting.length >= before) this.waiting.shift();
        this.outbox.flush();
      } while (this.waiting.length > 0 && !this.isClosed());
    } finally {
      this.running = false;
      if (this.isClosed()) this.release();
    }
  }

  private isClosed(): boolean {
    return this.state === 'closed';
  }

  private shakeHands(): void {
    const { gnutls } = this.setup;
    this.cancelRetransmission();
    let result = gnutls.handshake(this.session);
    // A warning of the peer ends nothing.
    while (result < 0 && !mustWait(result) && gnutls.error_is_fatal(result) === 0) result = gnutls.handshake(this.session);
    if (result === 0) this.open();
    else if (!mustWait(result)) this.refuse(result);
    else this.cancelRetransmission = this.clock.after(Math.max(1, gnutls.dtls_get_timeout(this.session)), () => this.run());
  }

  private open(): void {
    const { gnutls, role } = this.setup;
    this.endOfHandshake();
    this.state = 'open';
    this.resumed = gnutls.session_is_resumed(this.session) !== 0;
    this.maxBytes = gnutls.dtls_get_data_mtu(this.session);
    this.description = this.describe();
    this.pskIdentity = role === 'server' ? (gnutls.psk_server_get_username(this.session) ?? undefined) : undefined;
    // In the short handshake the client has the last word (RFC 5246 §7.3): it waits a moment for the first datagram to go with it.
    if (role === 'client' && this.resumed) this.outbox.hold();
    this.settle?.();
  }

  private endOfHandshake(): void {
    this.cancelTimeout();
    this.setup.options.signal?.removeEventListener('abort', this.giveUp);
  }

  private describe(): string {
    const { gnutls } = this.setup;
    const text = gnutls.session_get_desc(this.session);
    return text === null ? '' : gnutls.takeText(text);
  }

  private readRecords(): void {
    const { gnutls } = this.setup;
    while (!this.isClosed()) {
      const result = gnutls.record_recv(this.session, received, received.length);
      if (mustWait(result)) return;
      if (result > 0) this.receiving.arrive(received.slice(0, result));
      else if (result === Result.REHANDSHAKE) gnutls.alert_send(this.session, Alert.WARNING, Alert.NO_RENEGOTIATION);
      else if (result === 0 || gnutls.error_is_fatal(result) !== 0) {
        const message = result === 0 ? `${this.name} closed the association` : this.complaint(result);
        this.end(this.error('connectionLost', message));
      }
    }
  }

  private refuse(result: number): void {
    const { gnutls } = this.setup;
    const complaint = this.complaint(result);
    if (result !== Result.FATAL_ALERT_RECEIVED) gnutls.alert_send_appropriate(this.session, result);
    this.end(this.error('tlsRefused', complaint));
  }

  private complaint(result: number): string {
    const { gnutls } = this.setup;
    if (this.refusal !== undefined) return `${this.name} is not trusted: ${this.refusal}`;
    if (result !== Result.FATAL_ALERT_RECEIVED) return `no DTLS with ${this.name}: ${gnutls.strerror(result)}`;
    const alert = gnutls.alert_get(this.session);
    return `${this.name} refused DTLS: ${gnutls.alert_get_name(alert) ?? 'alert'} (alert ${alert})`;
  }

  private timeoutError(timeoutMs: number): NetworkError {
    const { silenceHint } = this.setup;
    if (!this.heard) return this.error('timeout', `${this.name} did not answer within ${timeoutMs} ms`);
    const hint = silenceHint === undefined ? '' : `; ${silenceHint}`;
    return this.error('timeout', `${this.name} answered, but no DTLS session came about within ${timeoutMs} ms${hint}`);
  }

  private error(reason: NetworkFailureReason, message: string): NetworkError {
    return new NetworkError(reason, message);
  }

  private call<T>(native: () => T): T {
    return withClock(this.setup.gnutls, this.clock, native);
  }

  private end(error: NetworkError): void {
    if (this.state === 'closed') return;
    const inHandshake = this.state === 'handshake';
    this.state = 'closed';
    this.endOfHandshake();
    this.cancelRetransmission();
    this.outbox.release();
    if (!this.running) this.release();
    if (inHandshake) this.settle?.(error);
    else this.receiving.fail(error);
  }

  /** Gives native memory back, once no function of GnuTLS runs. */
  private release(): void {
    if (this.released) return;
    this.released = true;
    const { gnutls, credentials } = this.setup;
    gnutls.deinit(this.session);
    gnutlsCallbacks(gnutls).detach(this.session);
    credentials.free();
  }
}

function mustWait(result: number): boolean {
  return result === Result.AGAIN || result === Result.INTERRUPTED;
}

function checkMtu(mtu: number): void {
  if (!Number.isInteger(mtu) || mtu < MIN_MTU || mtu > MAX_MTU)
    throw new RangeError(`an MTU of ${mtu} bytes is impossible; from ${MIN_MTU} to ${MAX_MTU} are possible`);
}
