// SPDX-License-Identifier: Apache-2.0
// A line inside the process: both sides see the bytes later, in order, never inside their own call.

import type { ByteLine } from '../../interfaces.js';
import type { ModemPort, PortOutput } from './port.js';

/** Makes the host's end of a line; `attach` gives the modem its end. */
export function connectPipe(name: string, attach: (output: PortOutput) => { port: ModemPort; detach: () => void }): ByteLine {
  return new Pipe(name, attach);
}

class Pipe implements ByteLine {
  private readonly port: ModemPort;
  private readonly detach: () => void;
  private readonly waiting: Uint8Array[] = [];
  private dataListener: ((bytes: Uint8Array) => void) | undefined;
  private closeListener: ((reason: Error) => void) | undefined;
  private broken: Error | undefined;
  private closed = false;

  constructor(
    readonly name: string,
    attach: (output: PortOutput) => { port: ModemPort; detach: () => void },
  ) {
    const attachment = attach({
      send: (chunk) => queueMicrotask(() => this.arrive(chunk)),
      hangUp: () => queueMicrotask(() => this.break()),
    });
    this.port = attachment.port;
    this.detach = attachment.detach;
  }

  write(bytes: Uint8Array): void {
    if (this.closed || this.broken !== undefined) return;
    // The caller may use its buffer again before the modem looks.
    const copy = new Uint8Array(bytes);
    queueMicrotask(() => this.port.receive(copy));
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.dataListener = listener;
    queueMicrotask(() => this.deliver());
  }

  onClose(listener: (reason: Error) => void): void {
    this.closeListener = listener;
    const { broken } = this;
    if (broken !== undefined) queueMicrotask(() => listener(broken));
  }

  async close(): Promise<void> {
    this.closed = true;
    this.waiting.length = 0;
    this.detach();
  }

  private arrive(chunk: Uint8Array): void {
    if (this.closed) return;
    this.waiting.push(chunk);
    this.deliver();
  }

  private deliver(): void {
    while (this.dataListener !== undefined && this.waiting.length > 0) this.dataListener(this.waiting.shift()!);
  }

  private break(): void {
    if (this.closed) return;
    this.detach();
    this.broken = new Error(`the modem line ${this.name} was closed by the other side`);
    this.closeListener?.(this.broken);
  }
}
