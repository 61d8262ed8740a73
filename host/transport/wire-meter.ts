// SPDX-License-Identifier: Apache-2.0
// Bytes on the wire, TLS and all, over sockets that come and go.

import type { Socket } from 'node:net';

/** Counts the bytes of all TCP sockets it was given. */
export class WireMeter {
  private readonly open = new Set<Socket>();
  private closedUp = 0;
  private closedDown = 0;

  add(socket: Socket): void {
    this.open.add(socket);
    socket.once('close', () => {
      this.open.delete(socket);
      this.closedUp += socket.bytesWritten;
      this.closedDown += socket.bytesRead;
    });
  }

  get bytesUp(): number {
    return [...this.open].reduce((sum, socket) => sum + socket.bytesWritten, this.closedUp);
  }

  get bytesDown(): number {
    return [...this.open].reduce((sum, socket) => sum + socket.bytesRead, this.closedDown);
  }
}
