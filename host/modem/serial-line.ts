// SPDX-License-Identifier: Apache-2.0
// A modem behind a serial port, on every system that the optional package serialport is made for: it sets the speed and the flow
// control, and keeps other programs away from the port, which a bare device file (pty-line.ts) does not.

import type { EventEmitter } from 'node:events';
import type { ByteLine } from '../interfaces.js';
import { optionalPackage } from './optional-package.js';

export interface SerialLineOptions {
  /** Speed in bits per second. Default 115,200; a modem on USB takes any. */
  readonly baudRate?: number;
  /** Flow control by the lines RTS and CTS. Default false: many boards leave them unconnected. */
  readonly rtscts?: boolean;
}

const DEFAULT_BAUD_RATE = 115_200;

/** What is used of the package. */
interface SerialPort extends EventEmitter {
  readonly isOpen: boolean;
  open(ended: (error: Error | null) => void): void;
  write(bytes: Uint8Array): void;
  close(ended: (error: Error | null) => void): void;
}

interface SerialPortPackage {
  readonly SerialPort: new (options: {
    readonly path: string;
    readonly baudRate: number;
    readonly rtscts: boolean;
    readonly autoOpen: false;
  }) => SerialPort;
}

/**
 * Opens a serial port such as /dev/ttyUSB2 or COM3 as a modem line, with 8 data bits, no parity and 1 stop bit. Rejects with an Error that
 * names the port when it cannot be opened or another program has it, and with one that says what to install when serialport is not here.
 */
export async function openSerialLine(path: string, options: SerialLineOptions = {}): Promise<ByteLine> {
  const { SerialPort } = await optionalPackage<SerialPortPackage>('serialport', 'serial:', 'or open the port by pty:<device path>');
  const { baudRate = DEFAULT_BAUD_RATE, rtscts = false } = options;
  const port = new SerialPort({ path, baudRate, rtscts, autoOpen: false });
  await new Promise<void>((resolve, reject) => {
    port.open((cause) => {
      if (cause) reject(new Error(`cannot use the serial port ${path}: ${wordsOf(cause)}`, { cause }));
      else resolve();
    });
  });
  return new SerialLine(`serial:${path}`, port);
}

/** The package puts "Error: " before what the system says. */
function wordsOf({ message }: Error): string {
  return message.replace(/^(Error:?\s*)+/, '');
}

class SerialLine implements ByteLine {
  #failure: Error | undefined;
  #broken: Error | undefined;
  #closing = false;
  #closeListener: ((reason: Error) => void) | undefined;

  constructor(
    readonly name: string,
    private readonly port: SerialPort,
  ) {
    port.on('error', (error) => {
      this.#failure = error;
    });
    port.once('close', (error: Error | null) => this.#onPortClose(error ?? this.#failure));
  }

  write(bytes: Uint8Array): void {
    // A copy: the caller may use its window again before the port has taken the bytes.
    if (this.port.isOpen) this.port.write(new Uint8Array(bytes));
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    // The port is read from the first listener on, so nothing that came early is lost.
    this.port.removeAllListeners('data');
    this.port.on('data', listener);
  }

  onClose(listener: (reason: Error) => void): void {
    this.#closeListener = listener;
    const broken = this.#broken;
    if (broken !== undefined) queueMicrotask(() => listener(broken));
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (!this.port.isOpen) return;
    await new Promise<void>((resolve) => this.port.close(() => resolve()));
  }

  #onPortClose(cause: Error | undefined): void {
    if (this.#closing) return;
    const why = cause === undefined ? 'was closed by the other side' : `broke: ${wordsOf(cause)}`;
    this.#broken = new Error(`the modem line ${this.name} ${why}`, { cause });
    this.#closeListener?.(this.#broken);
  }
}
