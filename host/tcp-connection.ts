// SPDX-License-Identifier: Apache-2.0
// Connecting over TCP within some time: to a modem, to a virtual card reader.

import { connect, type Socket } from 'node:net';

export interface TcpConnectionOptions {
  /** Whom to blame in messages: "the modem at tcp:127.0.0.1:4000". */
  readonly name: string;
  /** How long connecting may take, in milliseconds. */
  readonly timeoutMs: number;
  /** What to do when nothing answers there, without a full stop. */
  readonly advice?: string;
}

/** "host:port", with brackets around an IPv6 address. */
export function hostAndPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Connects, without delay for small packets. Rejects with an Error that names the other side and says why. */
export function connectTcp(host: string, port: number, { name, timeoutMs, advice }: TcpConnectionOptions): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: Error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new Error(`cannot reach ${name}: ${why}${advice === undefined ? '' : `; ${advice}`}`, { cause }));
    };
    const onError = (error: Error) => fail(error.message || (error as NodeJS.ErrnoException).code || 'refused', error);
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs);
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      resolve(socket);
    });
  });
}
