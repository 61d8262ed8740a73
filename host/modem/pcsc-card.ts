// SPDX-License-Identifier: Apache-2.0
// A card in a PC/SC reader of this machine, as the module sees cards: APDUs one after the other, and resets that take the power away.

import type { CardSlot } from '../interfaces.js';
import { openPcscMini } from './pcsc-mini.js';
import { type PcscConnection, PcscFailure, type PcscFailureCode, type PcscService } from './pcsc-service.js';

/** A card in a reader. */
export interface PcscCard extends CardSlot {
  /** For people and traces: "pcsc:<reader>". */
  readonly name: string;
  /** The whole name of the reader. */
  readonly reader: string;
  /** What the card answered to the reset that it was opened with. */
  readonly atr: Uint8Array;
  /** Gives the ATR; the card has forgotten what was selected and opened. */
  reset(): Promise<Uint8Array>;
  transmit(command: Uint8Array): Promise<Uint8Array>;
  /** Takes the power from the card and leaves it to other programs. */
  close(): Promise<void>;
}

export interface PcscOptions {
  /** Default: that of the machine, by the package pcsc-mini. */
  readonly openService?: () => Promise<PcscService>;
}

const WORDS: Readonly<Record<PcscFailureCode, string>> = {
  NoService: 'no PC/SC service runs here; install and start pcscd (on Windows the service "Smart Card")',
  NoReader: 'the reader is gone; plug it in again',
  NoCard: 'no card is in it; insert the eUICC',
  CardRemoved: 'the card was taken out; insert it and try again',
  CardMute: 'the card does not answer to reset; insert it the right way round, and check that the reader gives it its voltage',
  CardReset: 'another program has reset the card; end it and try again',
  Busy: 'another program uses the card; end it (often gpg-agent, or a browser with a smart card module)',
  NotAllowed: 'this user may not use it; the rules of polkit for org.debian.pcsc-lite decide that',
  Protocol: 'card and reader have no protocol in common',
  Other: 'PC/SC failed',
};

const HEADER_BYTES = 5;

/**
 * Opens the card in the reader whose name is, or contains, `reader` in any case; without one, in the only reader there is. It begins anew, as
 * programs leave channels open, and nobody else can use it meanwhile. Rejects with an Error that names the reader or lists all of them, and says what to do.
 */
export async function openPcscCard(reader?: string, options: PcscOptions = {}): Promise<PcscCard> {
  const service = await (options.openService ?? openPcscMini)().catch((error: unknown) => {
    throw error instanceof PcscFailure ? wordsFor('PC/SC', error) : error;
  });
  try {
    const name = chooseReader(await service.readers().catch((error) => Promise.reject(wordsFor('PC/SC', error))), reader);
    const connection = await connect(service, name);
    return new Card(name, service, connection, await powerUp(name, connection));
  } catch (error) {
    service.close();
    throw error;
  }
}

async function connect(service: PcscService, reader: string): Promise<PcscConnection> {
  return service.connect(reader).catch((error) => Promise.reject(wordsFor(`the card reader "${reader}"`, error)));
}

/** Gives the ATR. */
async function powerUp(reader: string, connection: PcscConnection): Promise<Uint8Array> {
  try {
    await connection.powerCycle();
    return await connection.atr();
  } catch (error) {
    throw wordsFor(`the card reader "${reader}"`, error);
  }
}

function wordsFor(what: string, cause: unknown): Error {
  const { code, message } = cause instanceof PcscFailure ? cause : new PcscFailure('Other', String(cause));
  return new Error(`${what}: ${WORDS[code]}${code === 'Other' ? ` (${message})` : ''}`, { cause });
}

/** @throws Error when it is none, or not just one */
function chooseReader(names: readonly string[], wanted: string | undefined): string {
  const list = names.map((name) => `"${name}"`).join(', ');
  if (names.length === 0) throw new Error('no card reader is connected; plug one in, and check that pcscd knows it (pcsc_scan lists them)');
  const exact = names.find((name) => name === wanted);
  const part = wanted?.toLowerCase() ?? '';
  const [found, ...more] = exact === undefined ? names.filter((name) => name.toLowerCase().includes(part)) : [exact];
  if (found === undefined) throw new Error(`no card reader has "${wanted}" in its name; there are ${list}`);
  if (more.length > 0)
    throw new Error(
      `${wanted ? `several card readers have "${wanted}" in their name` : 'there are several card readers'}; choose one of ${list}`,
    );
  return found;
}

class Card implements PcscCard {
  readonly name: string;
  /** Undefined without power. */
  #connection: PcscConnection | undefined;
  #powerOff: Promise<void> | undefined;

  constructor(
    readonly reader: string,
    private readonly service: PcscService,
    connection: PcscConnection,
    readonly atr: Uint8Array,
  ) {
    this.name = `pcsc:${reader}`;
    this.#connection = connection;
  }

  async reset(): Promise<Uint8Array> {
    await this.#powerOff;
    this.#connection ??= await connect(this.service, this.reader);
    return powerUp(this.reader, this.#connection);
  }

  powerOff(): void {
    this.#powerOff = this.#disconnect();
  }

  async transmit(command: Uint8Array): Promise<Uint8Array> {
    const connection = this.#connection;
    if (!connection) throw new Error(`the card reader "${this.reader}": the card has no power; reset it first`);
    const sent = connection.protocol === 'T=0' ? withoutLe(command) : command;
    return connection.transmit(sent).catch((error) => Promise.reject(wordsFor(`the card reader "${this.reader}"`, error)));
  }

  async close(): Promise<void> {
    await this.#powerOff;
    await this.#disconnect();
    this.service.close();
  }

  /** What fails when the card is already gone does not matter. */
  async #disconnect(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.disconnect().catch(() => {});
  }
}

/** T=0 sends no Le with data: the card tells by 61xx what there is (ISO/IEC 7816-3 §12.2.1, case 4). */
function withoutLe(command: Uint8Array): Uint8Array {
  const dataBytes = command[4] ?? 0;
  return dataBytes > 0 && command.length === HEADER_BYTES + dataBytes + 1 ? command.subarray(0, -1) : command;
}
