// SPDX-License-Identifier: Apache-2.0
// A connected UDP socket as a channel: datagrams of anybody else are not seen, and a port that nobody listens on is told by ICMP.

import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { type DatagramChannel, NetworkError } from '../interfaces.js';
import { ReceivingSide } from './receiving-side.js';
import { nameOf, type UdpTarget } from './udp-address.js';
import type { UdpMeter } from './udp-meter.js';

/** Opens a socket to `target`; `onClosed` is told when it is closed. Rejects with NetworkError unreachable when the name is unknown or there is no way. */
export async function openUdpChannel(target: UdpTarget, meter: UdpMeter, onClosed: () => void): Promise<DatagramChannel> {
  const { sendHost, sendPort } = target;
  const unreachable = (cause: Error) => new NetworkError('unreachable', `cannot reach ${target.name}: ${cause.message}`, 0, { cause });
  try {
    const { address, family } = await lookup(sendHost);
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    await connect(socket, sendPort, address);
    return channelOf(socket, nameOf({ host: address, port: sendPort }), meter, unreachable, onClosed);
  } catch (error) {
    throw unreachable(error as Error);
  }
}

function connect(socket: Socket, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.connect(port, address, (error?: Error) => {
      socket.off('error', reject);
      if (error === undefined) return resolve();
      socket.close();
      reject(error);
    });
  });
}

/** The datagram was too long for the network, or the machine has no room for it now: it is lost, and nothing is wrong with the peer. */
const DROPPED = new Set(['EMSGSIZE', 'ENOBUFS', 'EAGAIN']);

function channelOf(
  socket: Socket,
  place: string,
  meter: UdpMeter,
  unreachable: (cause: Error) => NetworkError,
  onClosed: () => void,
): DatagramChannel {
  const receiving = new ReceivingSide();
  let closed = false;
  const report = (error: Error | null) => {
    if (error !== null && !DROPPED.has(String((error as NodeJS.ErrnoException).code))) receiving.fail(unreachable(error));
  };
  socket.on('error', report);
  socket.on('message', (bytes) => {
    meter.down(bytes.length);
    receiving.arrive(new Uint8Array(bytes));
  });
  return {
    name: `udp:${place}`,
    send: (bytes) => {
      if (closed) return;
      meter.up(bytes.length);
      socket.send(bytes, report);
    },
    onDatagram: (listener) => receiving.onDatagram(listener),
    onFailure: (listener) => receiving.onFailure(listener),
    close: () => {
      receiving.close();
      if (closed) return Promise.resolve();
      closed = true;
      onClosed();
      return new Promise((resolve) => {
        // What was sent a moment ago must leave first: closing the socket would drop it.
        setImmediate(() => socket.close(() => resolve()));
      });
    },
  };
}
