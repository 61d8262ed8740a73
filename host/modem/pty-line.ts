// SPDX-License-Identifier: Apache-2.0
// A modem behind a character device: a serial port, a USB modem's AT port, a pseudo-terminal.

import { execFile } from 'node:child_process';
import { close, constants, open } from 'node:fs';
import { ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import type { ByteLine } from '../interfaces.js';
import { streamLine } from './stream-line.js';

export interface PtyLineOptions {
  /** Speed of the port in bits per second; left as it is when absent. */
  readonly baudRate?: number;
}

/**
 * Opens a character device as a modem line, in raw mode: no echo, no translation of line ends, no flow control by characters.
 * Rejects with an Error that names the device when it is no terminal or cannot be opened.
 */
export async function openPtyLine(path: string, options: PtyLineOptions = {}): Promise<ByteLine> {
  const name = `pty:${path}`;
  await setRawMode(path, options).catch((error: Error) => {
    throw new Error(`cannot use ${path} as a modem line: ${error.message}`, { cause: error });
  });
  const descriptor = await promisify(open)(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  try {
    return streamLine(name, new ReadStream(descriptor));
  } catch (error) {
    await promisify(close)(descriptor);
    throw new Error(`cannot use ${path} as a modem line: it is no terminal device`, { cause: error });
  }
}

/** Node's own raw mode would still turn LF into CR LF on output, which changes what the modem gets; hence stty. */
async function setRawMode(path: string, options: PtyLineOptions): Promise<void> {
  const speed = options.baudRate === undefined ? [] : [String(options.baudRate)];
  const select = process.platform === 'darwin' ? '-f' : '-F';
  // clocal: an AT port without carrier detect must not block the opening that follows.
  await promisify(execFile)('stty', [select, path, 'raw', '-echo', 'clocal', ...speed]);
}
