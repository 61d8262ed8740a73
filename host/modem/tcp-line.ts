// SPDX-License-Identifier: Apache-2.0
// A modem behind a TCP port: a terminal server, a simulated modem, a board with a network.

import { connect, type Socket } from 'node:net';
import type { ByteLine } from '../interfaces.js';
import { streamLine } from './stream-line.js';

export interface TcpLineOptions {
  /** How long connecting may take, in milliseconds. Default 10 000. */
  readonly connectTimeoutMs?: number;
}

/** Connects to a modem over TCP. Rejects with an Error that names host and port when nothing answers there. */
export async function openTcpLine(host: string, port: number, options: TcpLineOptions = {}): Promise<ByteLine> {
  const name = `tcp:${host.includes(':') ? `[${host}]` : host}:${port}`;
  const socket = connect({ host, port, noDelay: true });
  await connected(socket, name, options.connectTimeoutMs ?? 10_000);
  return streamLine(name, socket);
}

function connected(socket: Socket, name: string, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: Error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new Error(`cannot reach the modem at ${name}: ${why}`, { cause }));
    };
    const onError = (error: Error) => fail(error.message || (error as NodeJS.ErrnoException).code || 'refused', error);
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs);
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      resolve();
    });
  });
}
