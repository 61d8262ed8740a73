// SPDX-License-Identifier: Apache-2.0
// Puts a card into the virtual reader of vsmartcard (vpcd), so that whatever speaks PC/SC finds it there: other people's assistants, tools, tests.
//
// vpcd hands APDUs through as the program wrote them and tells PC/SC the protocols of the ATR, so the ATR decides who fetches response data.
// That of the simulated eUICC offers T=0 alone, as TS 102 221 §7.2 has it of every UICC and as some assistants demand when they connect. Programs
// know what T=0 means: the card answers 61XX, they send GET RESPONSE; a driver of a real reader would not do it for them either. A command of
// case 4 may still carry its Le, which the card takes for nothing more than it is.

import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { SyncCardSlot } from '../../interfaces.js';
import { connectTcp, hostAndPort } from '../../tcp-connection.js';
import { CONTROL, MessageReader, writeMessage } from './vpcd-messages.js';

/** Where vpcd waits for the card of its first reader; the second reader's is one higher. */
export const VPCD_PORT = 35_963;

export interface VpcdOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default VPCD_PORT. */
  readonly port?: number;
  /** How long connecting may take, in milliseconds. Default 10 000. */
  readonly connectTimeoutMs?: number;
}

/** A card in a virtual reader. */
export interface VpcdConnection {
  /** Settles when the card is out of the reader: undefined after `close()`, else what happened. Never rejects. */
  readonly closed: Promise<Error | undefined>;
  /** Takes the card out. */
  close(): Promise<void>;
}

/**
 * Puts the card into the reader: resets it for its ATR and switches it off again until the reader wants it. It is switched off, too, when it
 * comes out. Rejects with an Error that names host and port when no vpcd is there; the card is not touched then.
 */
export async function connectVpcd(card: SyncCardSlot, options: VpcdOptions = {}): Promise<VpcdConnection> {
  const { host = '127.0.0.1', port = VPCD_PORT, connectTimeoutMs = 10_000 } = options;
  const name = `vpcd at ${hostAndPort(host, port)}`;
  const advice = 'start pcscd where the package vsmartcard-vpcd is installed';
  const socket = await connectTcp(host, port, { name, timeoutMs: connectTimeoutMs, advice });
  try {
    return new CardInReader(card, socket, name);
  } catch (cause) {
    socket.destroy();
    throw cause;
  }
}

class CardInReader implements VpcdConnection {
  readonly closed: Promise<Error | undefined>;
  private readonly reader = new MessageReader();
  /** vpcd asks for it again and again, to see whether the card is there; the card itself gives it only when it is reset. */
  private atr: Uint8Array;
  private failure: Error | undefined;
  private closing = false;

  constructor(
    private readonly card: SyncCardSlot,
    private readonly socket: Socket,
    private readonly name: string,
  ) {
    this.atr = card.reset();
    card.powerOff();
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        card.powerOff();
        resolve(this.closing ? undefined : (this.failure ?? this.departure()));
      });
    });
    socket.on('error', (cause) => {
      this.failure ??= new Error(`the connection to ${name} broke: ${cause.message}`, { cause });
    });
    socket.on('data', (bytes) => this.receive(bytes));
  }

  async close(): Promise<void> {
    this.closing = true;
    if (this.socket.closed) return;
    const closed = once(this.socket, 'close');
    this.socket.destroy();
    await closed;
  }

  private receive(bytes: Uint8Array): void {
    for (const message of this.reader.take(bytes)) {
      if (this.socket.destroyed) return;
      try {
        this.obey(message);
      } catch (cause) {
        this.giveUp(`the card in the reader of ${this.name} failed: ${(cause as Error).message}`, cause);
      }
    }
  }

  private obey(message: Uint8Array): void {
    const [control] = message;
    if (message.length > 1) this.send(this.card.transmit(message));
    else if (control === CONTROL.powerOff) this.card.powerOff();
    else if (control === CONTROL.powerOn || control === CONTROL.reset) this.atr = this.card.reset();
    else if (control === CONTROL.getAtr) this.send(this.atr);
    else this.refuse(control);
  }

  /** A response without any byte, from a card that is gone, is for vpcd a card that was taken out. */
  private send(message: Uint8Array): void {
    this.socket.write(writeMessage(message));
  }

  /** After something that vpcd never says, nothing else can be read for sure. */
  private refuse(control: number | undefined): void {
    const what = control === undefined ? 'an empty message' : `the unknown control message ${control}`;
    this.giveUp(`${this.name} sent ${what}; is it vpcd that listens there?`);
  }

  private giveUp(problem: string, cause?: unknown): void {
    this.failure = new Error(problem, { cause });
    this.socket.destroy();
  }

  private departure(): Error {
    const { unfinishedBytes } = this.reader;
    const where = unfinishedBytes > 0 ? `in the middle of a message, after ${unfinishedBytes} bytes of it` : 'the connection';
    return new Error(`${this.name} closed ${where}`);
  }
}
