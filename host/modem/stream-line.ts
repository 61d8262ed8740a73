// SPDX-License-Identifier: Apache-2.0
// A byte line over a Node socket (TCP or terminal). What differs is only how the socket was opened.

import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { ByteLine } from '../interfaces.js';

/** Makes a line of an open socket. The socket belongs to the line from here on. */
export function streamLine(name: string, socket: Socket): ByteLine {
  return new StreamLine(name, socket);
}

class StreamLine implements ByteLine {
  private failure: Error | undefined;
  private broken: Error | undefined;
  private closing = false;
  private closeListener: ((reason: Error) => void) | undefined;

  constructor(
    readonly name: string,
    private readonly socket: Socket,
  ) {
    socket.on('error', (error) => {
      this.failure = error;
    });
    socket.once('close', () => this.onSocketClose());
  }

  write(bytes: Uint8Array): void {
    // A copy: the caller may use its window again before the kernel has taken the bytes.
    if (!this.socket.destroyed) this.socket.write(new Uint8Array(bytes));
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    // The socket reads nothing before its first listener, so nothing that came early is lost.
    this.socket.removeAllListeners('data');
    this.socket.on('data', listener);
  }

  onClose(listener: (reason: Error) => void): void {
    this.closeListener = listener;
    const { broken } = this;
    if (broken !== undefined) queueMicrotask(() => listener(broken));
  }

  async close(): Promise<void> {
    this.closing = true;
    if (this.socket.destroyed) return;
    const closed = once(this.socket, 'close');
    this.socket.destroy();
    await closed;
  }

  private onSocketClose(): void {
    if (this.closing) return;
    const why = this.failure === undefined ? 'was closed by the other side' : `broke: ${this.failure.message}`;
    this.broken = new Error(`the modem line ${this.name} ${why}`, { cause: this.failure });
    this.closeListener?.(this.broken);
  }
}
