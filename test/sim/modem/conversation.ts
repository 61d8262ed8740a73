// SPDX-License-Identifier: Apache-2.0
// Talks to a simulated modem as a terminal program would.

import type { ByteLine } from '../../../host/interfaces.js';

/** Sends text over a line and collects what comes back. */
export class Conversation {
  readonly chunks: string[] = [];
  closed: Error | undefined;
  private wake: (() => void) | undefined;

  constructor(readonly line: ByteLine) {
    line.onData((bytes) => {
      this.chunks.push(Buffer.from(bytes).toString('latin1'));
      this.wake?.();
    });
    line.onClose((reason) => {
      this.closed = reason;
      this.wake?.();
    });
  }

  get received(): string {
    return this.chunks.join('');
  }

  send(text: string): void {
    this.line.write(Buffer.from(text, 'latin1'));
  }

  /** Waits until what was received contains `text` (or, without it, until the line closes). */
  async until(text?: string): Promise<void> {
    while (text === undefined ? this.closed === undefined : !this.received.includes(text)) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** For lines inside the process: sends a command line and returns all that comes back at once. */
  async ask(command: string): Promise<string> {
    this.chunks.length = 0;
    this.send(`${command}\r`);
    await this.settle();
    return this.received;
  }

  /** For lines inside the process: lets all that is on its way arrive. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
