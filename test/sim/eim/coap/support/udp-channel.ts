// SPDX-License-Identifier: Apache-2.0
// A channel over UDP to a port of this machine.
import { createSocket } from 'node:dgram';
import type { DatagramChannel } from '../../../../../host/interfaces.js';

export function udpChannel(port: number): DatagramChannel {
  const socket = createSocket('udp4');
  return {
    name: `udp:127.0.0.1:${port}`,
    send: (bytes) => socket.send(bytes, port, '127.0.0.1'),
    onDatagram: (listener) => void socket.on('message', (datagram) => listener(new Uint8Array(datagram))),
    onFailure: () => {},
    close: () => new Promise((resolve) => socket.close(resolve)),
  };
}
