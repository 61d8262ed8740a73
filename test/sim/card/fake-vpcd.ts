// SPDX-License-Identifier: Apache-2.0
// The reader's end of a connection to vpcd, byte for byte: what tests send is not written by the code that they test.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { fromHex, hex } from '../../../host/sim/codec/bytes.js';

/** A card that has come. */
export interface FakeReader {
  /** Sends bytes as they are, in hexadecimal; spaces are left out. */
  send(text: string): void;
  /** Resolves with the bytes received since the last call, in hexadecimal, when there are that many. */
  receive(bytes: number): Promise<string>;
  /** Resolves when the card is taken out. */
  readonly gone: Promise<void>;
  /** Ends the connection after what was sent; or breaks it. */
  leave(how?: 'reset'): void;
}

/** Listens on a free port of 127.0.0.1 until the test ends; `inserted` is the next card. */
export async function startFakeVpcd(): Promise<{ readonly port: number; inserted(): Promise<FakeReader> }> {
  const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const coming: ((reader: FakeReader) => void)[] = [];
  const here: FakeReader[] = [];
  server.on('connection', (socket) => {
    onTestFinished(() => void socket.destroy());
    const next = coming.shift();
    if (next) next(fakeReader(socket));
    else here.push(fakeReader(socket));
  });
  onTestFinished(() => void server.close());
  const inserted = () => {
    const reader = here.shift();
    return reader ? Promise.resolve(reader) : new Promise<FakeReader>((resolve) => coming.push(resolve));
  };
  return { port: (server.address() as AddressInfo).port, inserted };
}

function fakeReader(socket: Socket): FakeReader {
  let received = Buffer.alloc(0);
  let look = () => {};
  socket.on('data', (bytes) => {
    received = Buffer.concat([received, bytes]);
    look();
  });
  socket.on('error', () => {});
  const receive = (bytes: number) =>
    new Promise<string>((resolve) => {
      look = () => {
        if (received.length < bytes) return;
        look = () => {};
        const text = hex(received);
        received = Buffer.alloc(0);
        resolve(text);
      };
      look();
    });
  return {
    send: (text) => void socket.write(fromHex(text)),
    receive,
    gone: once(socket, 'close').then(() => {}),
    leave: (how) => void (how === 'reset' ? socket.resetAndDestroy() : socket.end()),
  };
}
