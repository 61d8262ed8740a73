// SPDX-License-Identifier: Apache-2.0
// A test peer on a real port of this machine, so that other people's CoAP clients and servers can talk to it.

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { DatagramChannel } from '../../host/interfaces.js';

export interface UdpChannel extends DatagramChannel {
  readonly port: number;
}

/** Binds 127.0.0.1. Datagrams go to `remotePort`, or else to whoever sent the last one. */
export async function openUdpChannel(remotePort?: number): Promise<UdpChannel> {
  const socket: Socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  let target = remotePort;
  return {
    port: socket.address().port,
    name: `udp:127.0.0.1:${remotePort ?? '*'}`,
    send: (bytes) => {
      if (target !== undefined) socket.send(bytes, target, '127.0.0.1');
    },
    onDatagram: (listener) =>
      void socket.on('message', (bytes, { port }: RemoteInfo) => {
        target = remotePort ?? port;
        listener(new Uint8Array(bytes));
      }),
    onFailure: () => {},
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}
