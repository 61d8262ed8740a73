// SPDX-License-Identifier: Apache-2.0
// Gathers bytes into command lines as a modem does: a line ends with CR, LF counts for nothing, and a line that does not
// fit the modem's buffer is lost as a whole.

const CR = 0x0d;
const LF = 0x0a;
const BACKSPACE = 0x08;

/** A line that ended: its text, or the news that it was too long. */
export type CommandLine = { readonly kind: 'line'; readonly text: string } | { readonly kind: 'tooLong' };

/** One per attachment, so that half a line from one port never mixes with another's. */
export class CommandReader {
  private text = '';
  private overflow = false;

  /** `maximumLength` is in characters, without the CR. */
  constructor(private readonly maximumLength: number) {}

  /** Takes one byte; returns the line when this byte ended it. */
  take(byte: number): CommandLine | undefined {
    if (byte === LF) return undefined;
    if (byte === CR) return this.endLine();
    if (byte === BACKSPACE) this.text = this.text.slice(0, -1);
    else if (this.text.length >= this.maximumLength) this.overflow = true;
    else this.text += String.fromCharCode(byte);
    return undefined;
  }

  private endLine(): CommandLine {
    const line: CommandLine = this.overflow ? { kind: 'tooLong' } : { kind: 'line', text: this.text };
    this.text = '';
    this.overflow = false;
    return line;
  }
}
