// SPDX-License-Identifier: Apache-2.0
// Servers that say anything at all, in place of an eIM.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { certificatePem, type KeyAndCertificate } from '../../../host/sim/pki/index.js';

export interface RawServer {
  /** "127.0.0.1:port" */
  readonly address: string;
  /** How many have connected. */
  readonly connections: () => number;
  close(): Promise<void>;
}

async function listening(server: Server): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A server on bare TCP. */
export function startTcpServer(serve: (socket: Socket) => void): Promise<RawServer> {
  return listening(createServer(serve));
}

/** A server under TLS 1.2 that answers each request by `answer`, once all of its head and some of its body are there. */
export function startTlsServer(
  identity: KeyAndCertificate,
  answer: (socket: Socket) => void,
  version: 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.2',
): Promise<RawServer> {
  const key = identity.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const options = { key, cert: certificatePem(identity.certificate), minVersion: version, maxVersion: version } as const;
  const server = createTlsServer(options, (socket) => {
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      if (!/\r\n\r\n./s.test(text)) return;
      text = '';
      answer(socket);
    });
  });
  server.on('tlsClientError', () => {});
  return listening(server);
}

/** A UDP port that answers each datagram by `answer`. */
export async function startUdpServer(answer: (bytes: Buffer, send: (bytes: Uint8Array) => void) => void): Promise<RawServer> {
  const socket = createSocket('udp4');
  let datagrams = 0;
  socket.on('message', (bytes, { port, address }) => {
    datagrams++;
    answer(bytes, (sent) => socket.send(sent, port, address));
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    connections: () => datagrams,
    close: async () => {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}
