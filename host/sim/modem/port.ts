// SPDX-License-Identifier: Apache-2.0
// One line into the modem: gathers commands, echoes, and cuts what goes back into chunks.

import { type Chunker, type ChunkPolicy, createChunker } from '../../wrap/chunk-policy.js';
import type { Reply } from './answer.js';
import { type CommandLine, CommandReader } from './command-reader.js';

/** Where a port's output goes; made by whoever carries the bytes. */
export interface PortOutput {
  /** Takes one chunk; the bytes are not used again. */
  send(chunk: Uint8Array): void;
  /** Breaks the line after what was sent. */
  hangUp(): void;
}

/** What a port needs from its modem. */
export interface PortOwner {
  readonly echo: boolean;
  /** Runs a command line. */
  answer(line: CommandLine): Reply;
  countIn(bytes: number): void;
  countOut(bytes: number): void;
}

export interface PortSettings {
  readonly maximumLineLength: number;
  readonly chunks: ChunkPolicy;
}

/** A port never throws for what comes in. */
export class ModemPort {
  private readonly reader: CommandReader;
  private readonly chunker: Chunker;
  private open = true;

  constructor(
    private readonly owner: PortOwner,
    private readonly output: PortOutput,
    settings: PortSettings,
  ) {
    this.reader = new CommandReader(settings.maximumLineLength);
    this.chunker = createChunker(settings.chunks);
  }

  /** Bytes from the host. */
  receive(bytes: Uint8Array): void {
    this.owner.countIn(bytes.length);
    const echo: number[] = [];
    for (const byte of bytes) {
      if (!this.open) return;
      if (this.owner.echo) echo.push(byte);
      const line = this.reader.take(byte);
      if (line !== undefined) this.reply(echo.splice(0), this.owner.answer(line));
    }
    this.send(Uint8Array.from(echo));
  }

  /** Bytes to the host that no command asked for. */
  send(bytes: Uint8Array): void {
    if (!this.open) return;
    this.owner.countOut(bytes.length);
    // Plain copies: a rule's bytes may go out many times, and nobody should hold views into them.
    for (const chunk of this.chunker(bytes)) this.output.send(new Uint8Array(chunk));
  }

  /** Breaks the line from the modem's side. */
  hangUp(): void {
    if (!this.open) return;
    this.open = false;
    this.output.hangUp();
  }

  /** Echo and answer leave as one block, as they do from a fast modem on a slow line. */
  private reply(echo: readonly number[], reply: Reply): void {
    this.send(Buffer.concat([Uint8Array.from(echo), reply.bytes]));
    if (reply.drops) this.hangUp();
  }
}
