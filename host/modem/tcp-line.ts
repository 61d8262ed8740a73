// SPDX-License-Identifier: Apache-2.0
// A modem behind a TCP port: a terminal server, a simulated modem, a board with a network.

import type { ByteLine } from '../interfaces.js';
import { connectTcp, hostAndPort } from '../tcp-connection.js';
import { streamLine } from './stream-line.js';

export interface TcpLineOptions {
  /** How long connecting may take, in milliseconds. Default 10 000. */
  readonly connectTimeoutMs?: number;
}

/** Connects to a modem over TCP. Rejects with an Error that names host and port when nothing answers there. */
export async function openTcpLine(host: string, port: number, options: TcpLineOptions = {}): Promise<ByteLine> {
  const name = `tcp:${hostAndPort(host, port)}`;
  const timeoutMs = options.connectTimeoutMs ?? 10_000;
  return streamLine(name, await connectTcp(host, port, { name: `the modem at ${name}`, timeoutMs }));
}
