// SPDX-License-Identifier: Apache-2.0
// The simulated modem behind a pseudo-terminal, for programs that want a serial port.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import type { ModemPort, PortOutput } from './port.js';

/** The modem's pseudo-terminal. */
export interface ModemDevice {
  /** The device a program opens, such as /dev/pts/3. */
  readonly path: string;
  close(): Promise<void>;
}

/** The part of the terminal package's `open` that its type declarations leave out. */
interface OpenedTerminal {
  readonly master: Socket;
  readonly slave: Socket;
  readonly ptsName: string;
}

/** Opens a pseudo-terminal in raw mode. Rejects with an Error that says so when this machine cannot make one. */
export async function openPty(attach: (output: PortOutput) => { port: ModemPort; detach: () => void }): Promise<ModemDevice> {
  const { master, slave, ptsName: path } = await openTerminal();
  // This process holds the slave open, so that the modem outlives the programs that come and go. As a bare file: even a paused
  // stream reads ahead, and would take answers away from the program that waits for them.
  const holder = await open(path, constants.O_RDWR | constants.O_NOCTTY);
  slave.on('error', () => {});
  master.on('error', () => {});
  await destroyed(slave);
  await setRawMode(path);
  const line = attach({ send: (chunk) => void master.write(chunk), hangUp: () => void destroyed(master) });
  master.on('data', (bytes: Uint8Array) => line.port.receive(bytes));
  master.once('close', () => {
    line.detach();
    void holder.close();
  });
  return { path, close: () => destroyed(master) };
}

async function openTerminal(): Promise<OpenedTerminal> {
  try {
    const terminals = (await import('@lydell/node-pty')) as unknown as { open(options: { encoding: null }): OpenedTerminal };
    return terminals.open({ encoding: null });
  } catch (error) {
    throw new Error('no pseudo-terminal can be opened here; use the modem over TCP instead', { cause: error });
  }
}

/** A new terminal echoes and translates line ends, as for a person; a modem line must do neither. */
async function setRawMode(path: string): Promise<void> {
  await promisify(execFile)('stty', [process.platform === 'darwin' ? '-f' : '-F', path, 'raw', '-echo']);
}

async function destroyed(socket: Socket): Promise<void> {
  if (socket.closed) return;
  const closed = once(socket, 'close');
  socket.destroy();
  await closed;
}
