// SPDX-License-Identifier: Apache-2.0
// One line into the modem: gathers commands, echoes, and cuts what goes back into chunks, each in its time.

import type { Clock } from '../../interfaces.js';
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
  readonly clock: Clock;
  /** Whether what comes in while an answer is still to be given is lost. */
  readonly deafWhileBusy: boolean;
}

/** A port never throws for what comes in. */
export class ModemPort {
  private readonly reader: CommandReader;
  private readonly chunker: Chunker;
  private open = true;
  /** When the answers given so far are out. */
  private busyUntilMs = 0;
  /** What cancels the parts of answers that wait for their time. */
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly owner: PortOwner,
    private readonly output: PortOutput,
    private readonly settings: PortSettings,
  ) {
    this.reader = new CommandReader(settings.maximumLineLength);
    this.chunker = createChunker(settings.chunks);
  }

  /** Bytes from the host. */
  receive(bytes: Uint8Array): void {
    this.owner.countIn(bytes.length);
    if (this.settings.deafWhileBusy && this.isBusy) return;
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
    this.close();
    this.output.hangUp();
  }

  /** The line is gone: what was to be sent later is not. */
  close(): void {
    this.open = false;
    for (const cancel of this.waiting) cancel();
    this.waiting.clear();
  }

  /** By what still waits, not by the time: of parts that are due at the same moment none overtakes another. */
  private get isBusy(): boolean {
    return this.waiting.size > 0;
  }

  /** Echo and answer leave as one block, as they do from a fast modem on a slow line; a late answer comes behind those before it. */
  private reply(echo: readonly number[], { parts, drops }: Reply): void {
    const [first, ...rest] = parts;
    const isPrompt = first !== undefined && first.afterMs === 0 && !this.isBusy;
    this.send(Buffer.concat([Uint8Array.from(echo), isPrompt ? first.bytes : new Uint8Array(0)]));
    for (const part of isPrompt ? rest : parts) this.later(part.afterMs, () => this.send(part.bytes));
    if (drops && !this.isBusy) this.hangUp();
    else if (drops) this.later(0, () => this.hangUp());
  }

  private later(afterMs: number, task: () => void): void {
    const nowMs = this.settings.clock.nowMs();
    this.busyUntilMs = Math.max(nowMs, this.busyUntilMs) + afterMs;
    const cancel = this.settings.clock.after(this.busyUntilMs - nowMs, () => {
      this.waiting.delete(cancel);
      task();
    });
    this.waiting.add(cancel);
  }
}
