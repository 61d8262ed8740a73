// SPDX-License-Identifier: Apache-2.0
// A line whose other end is the test itself.

import type { ByteLine } from '../../../host/interfaces.js';

/** Keeps what is written; `feed` and `drop` play the modem. */
export class FakeLine implements ByteLine {
  readonly name = 'fake:';
  readonly written: string[] = [];
  closed = false;
  feed: (bytes: Uint8Array) => void = () => {};
  drop: (reason: Error) => void = () => {};

  write(bytes: Uint8Array): void {
    this.written.push(Buffer.from(bytes).toString('latin1'));
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.feed = listener;
  }

  onClose(listener: (reason: Error) => void): void {
    this.drop = listener;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}
