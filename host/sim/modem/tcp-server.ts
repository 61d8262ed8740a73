// SPDX-License-Identifier: Apache-2.0
// The simulated modem behind a TCP port of this machine.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { ModemPort, PortOutput } from './port.js';

/** A listening modem. */
export interface ModemServer {
  readonly port: number;
  /** Stops listening and drops all lines. */
  close(): Promise<void>;
}

/** Listens on 127.0.0.1; `port` 0 takes a free one. Each connection becomes a line of its own into the same modem. */
export async function listenTcp(
  port: number,
  attach: (output: PortOutput) => { port: ModemPort; detach: () => void },
): Promise<ModemServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    const line = attach({ send: (chunk) => void socket.write(chunk), hangUp: () => socket.destroySoon() });
    socket.on('data', (bytes) => line.port.receive(bytes));
    // A host that goes away in the middle is nothing the modem minds; 'close' follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      line.detach();
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server, sockets) };
}

async function closeServer(server: ReturnType<typeof createServer>, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  for (const socket of sockets) socket.destroy();
  await closed;
}
