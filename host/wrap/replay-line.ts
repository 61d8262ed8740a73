// SPDX-License-Identifier: Apache-2.0
// A modem line that plays a transcript: the host must write what was written then, and gets what was answered, in the same chunks.

import type { ByteLine, Clock } from '../interfaces.js';
import { parseTranscript, type Transcript, type TranscriptEntry } from './transcript.js';

export interface ReplayOptions {
  /** Answers take the time they took then. Without a clock they come at once. */
  readonly clock?: Clock;
}

/** A line that has nothing but a transcript behind it. */
export interface ReplayedLine extends ByteLine {
  /** What the host did otherwise than then; the line breaks with it. */
  readonly failure: Error | undefined;
  /** To be called at the end. @throws Error when the host did otherwise, or when a part of the transcript was not played. */
  finish(): void;
}

/**
 * Plays a transcript of recordLine. Writes are compared byte by byte, however they are cut. The first difference breaks the line with an Error
 * that names the line of the transcript, what was written then, and what was now. @throws Error when the text is no transcript.
 */
export function replayLine(transcript: string, options: ReplayOptions = {}): ReplayedLine {
  return new Replay(parseTranscript(transcript), options.clock);
}

class Replay implements ReplayedLine {
  readonly name: string;
  failure: Error | undefined;
  private next = 0;
  /** Bytes of the present entry that were already written. */
  private matched = 0;
  /** Written by the host, and not compared yet. */
  private written = '';
  private lastMs = 0;
  private dataListener: ((bytes: Uint8Array) => void) | undefined;
  private closeListener: ((reason: Error) => void) | undefined;
  private ended = false;
  private isPlanned = false;

  constructor(
    private readonly transcript: Transcript,
    private readonly clock: Clock | undefined,
  ) {
    this.name = `replay:${transcript.line}`;
  }

  write(bytes: Uint8Array): void {
    if (this.ended) return;
    this.written += Buffer.from(bytes).toString('latin1');
    this.plan();
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.dataListener = listener;
    this.plan();
  }

  onClose(listener: (reason: Error) => void): void {
    this.closeListener = listener;
    const { failure } = this;
    if (failure !== undefined) queueMicrotask(() => listener(failure));
  }

  async close(): Promise<void> {
    if (this.present?.entry !== undefined && 'closed' in this.present.entry) this.next += 1;
    this.ended = true;
  }

  finish(): void {
    if (this.failure !== undefined) throw this.failure;
    if (this.present === undefined) return;
    const { number, entry } = this.present;
    throw new Error(`the transcript was not played to its end: line ${number} is next, ${describe(entry)}`);
  }

  private get present(): Transcript['entries'][number] | undefined {
    return this.transcript.entries[this.next];
  }

  /** Compares what is written at once; plays what the modem said in its time, never inside a call of the host. */
  private plan(): void {
    this.compare();
    const entry = this.present?.entry;
    if (this.ended || this.isPlanned || entry === undefined || !('in' in entry || 'broken' in entry)) return;
    if ('in' in entry && this.dataListener === undefined) return;
    this.isPlanned = true;
    const play = (): void => {
      this.isPlanned = false;
      this.play(entry);
    };
    if (this.clock === undefined) queueMicrotask(play);
    else this.clock.after(Math.max(0, entry.ms - this.lastMs), play);
  }

  private play(entry: TranscriptEntry): void {
    if (this.ended) return;
    this.advance(entry);
    if ('broken' in entry) {
      this.break(new Error(entry.broken));
      return;
    }
    if ('in' in entry) this.dataListener?.(Buffer.from(entry.in, 'latin1'));
    this.plan();
  }

  private advance(entry: TranscriptEntry): void {
    this.lastMs = entry.ms;
    this.matched = 0;
    this.next += 1;
  }

  /** Takes from what was written what the transcript has next. What the host writes before the modem has spoken waits. */
  private compare(): void {
    while (this.written !== '' && !this.ended) {
      const entry = this.present?.entry;
      if (entry === undefined) this.differ('nothing more', this.written);
      else if ('closed' in entry) this.differ('the host closes the line', this.written);
      else if ('out' in entry) this.match(entry);
      else break;
    }
  }

  private match(entry: TranscriptEntry & { readonly out: string }): void {
    const expected = entry.out.slice(this.matched);
    const seen = this.written.slice(0, expected.length);
    if (!expected.startsWith(seen)) {
      this.differ(JSON.stringify(entry.out), entry.out.slice(0, this.matched) + this.written);
      return;
    }
    this.written = this.written.slice(seen.length);
    this.matched += seen.length;
    if (this.matched === entry.out.length) this.advance(entry);
  }

  private differ(expected: string, seen: string): void {
    const { entries } = this.transcript;
    const where = this.present === undefined ? `after line ${entries.at(-1)?.number ?? 1}` : `at line ${this.present.number}`;
    this.failure = new Error(
      `the host does otherwise than the transcript says ${where}: expected ${expected}, seen ${JSON.stringify(seen)}; ` +
        'record the session anew if the host is right',
    );
    this.break(this.failure);
  }

  private break(reason: Error): void {
    this.ended = true;
    queueMicrotask(() => this.closeListener?.(reason));
  }
}

function describe(entry: TranscriptEntry): string {
  if ('out' in entry) return `where the host wrote ${JSON.stringify(entry.out)}`;
  if ('in' in entry) return `where the modem said ${JSON.stringify(entry.in)}`;
  return 'broken' in entry ? `where the line broke: ${entry.broken}` : 'where the host closed the line';
}
