// SPDX-License-Identifier: Apache-2.0
// A card for tests of the modem: keeps what it was sent, opens channels, and answers by a table.

import type { SyncCardSlot } from '../../../host/interfaces.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));

/** `answers`: hexadecimal start of a command to hexadecimal response; the longest start that fits wins. Default 6D00. */
export class RecordingCard implements SyncCardSlot {
  readonly commands: string[] = [];
  readonly power: string[] = [];
  private nextChannel = 1;

  constructor(
    private readonly answers: Readonly<Record<string, string>> = {},
    private readonly maximumChannels = 3,
  ) {}

  reset(): Uint8Array {
    this.power.push('reset');
    this.nextChannel = 1;
    return bytesOf('3B9F96C00A');
  }

  powerOff(): void {
    this.power.push('off');
  }

  transmit(command: Uint8Array): Uint8Array {
    const text = hex(command);
    this.commands.push(text);
    const known = Object.keys(this.answers).filter((start) => text.startsWith(start));
    const best = known.sort((a, b) => b.length - a.length)[0];
    if (best !== undefined) return bytesOf(this.answers[best]!);
    if (text === '0070000001') return this.openChannel();
    if (text.startsWith('007080')) return bytesOf('9000');
    return bytesOf('6D00');
  }

  private openChannel(): Uint8Array {
    if (this.nextChannel > this.maximumChannels) return bytesOf('6A81');
    const channel = this.nextChannel;
    this.nextChannel += 1;
    return Uint8Array.of(channel, 0x90, 0x00);
  }
}
