// SPDX-License-Identifier: Apache-2.0
// Connections to one server: TCP, TLS, and the check of who is there before anything is said. Keeps the TLS session for the next one.

import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { NetworkError } from '../interfaces.js';
import type { HttpsTarget } from './https-address.js';
import { failureDuringConnect, failureDuringHandshake } from './network-failure.js';
import type { TrustCheck } from './trust.js';
import type { WireMeter } from './wire-meter.js';

/** Told once: the socket, or a NetworkError (unreachable, timeout, tlsRefused, connectionLost). */
export type ConnectCallback = (...result: [null, TLSSocket] | [Error, null]) => void;

export interface ConnectorOptions {
  readonly target: HttpsTarget;
  readonly check: TrustCheck;
  readonly connectTimeoutMs: number;
  readonly meter: WireMeter;
}

/** Makes connections to one server under one trust anchor; sessions are never shared with another. */
export class TlsConnector {
  private session: Buffer | undefined;
  private pending: Socket | undefined;

  constructor(private readonly options: ConnectorOptions) {}

  connect(callback: ConnectCallback): void {
    const { target, meter, connectTimeoutMs } = this.options;
    const socket = connectTcp({ host: target.connectHost, port: target.connectPort, noDelay: true, keepAlive: true });
    const attempt = new Attempt(socket, callback);
    this.pending = socket;
    meter.add(socket);
    const name = target.origin;
    attempt.failAfter(connectTimeoutMs, () => new NetworkError('timeout', `${name} did not connect within ${connectTimeoutMs} ms`));
    socket.once('error', (error) => attempt.fail(failureDuringConnect(error, name)));
    socket.once('close', () => attempt.fail(new NetworkError('connectionLost', `the connection to ${name} was given up`)));
    socket.once('connect', () => this.secure(socket, attempt));
  }

  /** Gives up a connection that is being made; its callback is told. */
  cancel(): void {
    this.pending?.destroy();
  }

  private secure(socket: Socket, attempt: Attempt): void {
    socket.removeAllListeners('error');
    // TLS reports what happens below it; without a listener here the same error would end the process.
    socket.on('error', () => {});
    this.judge(connectTls({ ...this.tlsOptions(), socket }), attempt);
  }

  private tlsOptions(): ConnectionOptions {
    const { target, check } = this.options;
    return {
      ...check.tlsOptions,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      // A server name is a DNS name by definition (RFC 6066 §3).
      ...(isIP(target.hostName) === 0 ? { servername: target.hostName } : {}),
      ...(this.session === undefined ? {} : { session: this.session }),
    };
  }

  private judge(secure: TLSSocket, attempt: Attempt): void {
    const { target, check } = this.options;
    let offered: Buffer | undefined;
    const onSession = (session: Buffer) => {
      offered = session;
    };
    const refuse = (error: NetworkError) => {
      this.session = undefined;
      secure.destroy();
      attempt.fail(error);
    };
    const onError = (error: Error) => refuse(failureDuringHandshake(error, target.origin));
    secure.on('session', onSession);
    secure.on('error', onError);
    secure.once('secureConnect', () => {
      // A resumed session shows no certificate. It proves the same peer as the connection that was judged when it was kept.
      const why = secure.isSessionReused() ? undefined : check.refusal(secure);
      if (why !== undefined) return refuse(new NetworkError('tlsRefused', `${target.origin} is not trusted: ${why}`));
      secure.off('session', onSession);
      secure.off('error', onError);
      this.hand(secure, attempt, offered);
    });
  }

  /** Only from here on are sessions kept: the server has been judged. With TLS 1.3 they come later, with TLS 1.2 one was `offered` before. */
  private hand(secure: TLSSocket, attempt: Attempt, offered: Buffer | undefined): void {
    this.pending = undefined;
    this.session = offered ?? this.session;
    secure.on('session', (session) => {
      this.session = session;
    });
    attempt.succeed(secure);
  }
}

/** One attempt ends once, whatever comes first. */
class Attempt {
  private timer: NodeJS.Timeout | undefined;
  private ended = false;

  constructor(
    private readonly socket: Socket,
    private readonly callback: ConnectCallback,
  ) {}

  failAfter(timeoutMs: number, error: () => NetworkError): void {
    this.timer = setTimeout(() => this.fail(error()), timeoutMs);
  }

  fail(error: NetworkError): void {
    if (!this.end()) return;
    this.socket.on('error', () => {});
    this.socket.destroy();
    this.callback(error, null);
  }

  succeed(secure: TLSSocket): void {
    if (this.end()) this.callback(null, secure);
  }

  private end(): boolean {
    if (this.ended) return false;
    this.ended = true;
    clearTimeout(this.timer);
    return true;
  }
}
