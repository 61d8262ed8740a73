// SPDX-License-Identifier: Apache-2.0
// From an address to an open card, whatever it is behind: a modem on any kind of line, or a card reader.

import { readFile } from 'node:fs/promises';
import type { ByteLine, CardSlot } from '../interfaces.js';
import { replayLine } from '../wrap/replay-line.js';
import { type ModemAddress, parseModemAddress } from './address.js';
import { openPcscCard } from './pcsc-card.js';
import { openPtyLine } from './pty-line.js';
import { openSerialLine } from './serial-line.js';
import { openTcpLine } from './tcp-line.js';

/** What can be opened here. The simulated modem is made by SimulatedModem of ipa-wasm/sim. */
export type CardAddress = Exclude<ModemAddress, { readonly kind: 'sim' }>;

export interface OpenCardOptions {
  /** Speed of a serial port in bits per second, where the address says none. Default: 115,200 of serial:, what it is of pty:. */
  readonly baudRate?: number;
  /** Flow control of serial: by RTS and CTS. Default false. */
  readonly rtscts?: boolean;
}

/** An open card, as `links.card` of the driver takes it. */
export interface OpenedCard {
  /** A line to a modem, or a card in a reader. */
  readonly card: ByteLine | CardSlot;
  /** For people: "serial:/dev/ttyUSB2", "pcsc:<whole name of the reader>". */
  readonly name: string;
  /** Of a transcript: rejects with what was done otherwise than then, or not at all. */
  close(): Promise<void>;
}

/** Opens it. Rejects with an Error that names the place and says what is the matter with it, or what to write instead. */
export async function openCard(address: string | CardAddress, options: OpenCardOptions = {}): Promise<OpenedCard> {
  const parsed = typeof address === 'string' ? parseModemAddress(address) : address;
  switch (parsed.kind) {
    case 'pcsc': {
      const card = await openPcscCard(parsed.reader);
      return { card, name: card.name, close: () => card.close() };
    }
    case 'replay':
      return openReplay(parsed.file);
    case 'sim':
      throw new Error('sim: is for the command line; a program makes a SimulatedModem of ipa-wasm/sim, and connects with it');
    default: {
      const line = await openLine(parsed, options);
      return { card: line, name: line.name, close: () => line.close() };
    }
  }
}

async function openReplay(file: string): Promise<OpenedCard> {
  const transcript = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`the transcript ${file} cannot be read (${cause.code})`, { cause });
  });
  const line = replayLine(transcript);
  const close = async () => {
    await line.close();
    line.finish();
  };
  return { card: line, name: line.name, close };
}

function openLine(address: Exclude<CardAddress, { readonly kind: 'pcsc' | 'replay' }>, options: OpenCardOptions): Promise<ByteLine> {
  const { baudRate, rtscts = false } = options;
  switch (address.kind) {
    case 'tcp':
      return openTcpLine(address.host, address.port);
    case 'serial': {
      const speed = address.baudRate ?? baudRate;
      return openSerialLine(address.path, speed === undefined ? { rtscts } : { baudRate: speed, rtscts });
    }
    case 'pty':
      return openPtyLine(address.path, baudRate === undefined ? {} : { baudRate });
  }
}
