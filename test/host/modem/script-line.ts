// SPDX-License-Identifier: Apache-2.0
// A modem line whose other end the test plays: what comes at once, what comes later on a clock, and what never comes.

import type { ByteLine, Clock } from '../../../host/interfaces.js';

/** What comes after a command: text at once, or texts that come so many milliseconds later. */
export type Said = string | readonly (readonly [delayMs: number, text: string])[];

/** Answers each command by `answer`, which gets it without its CR, and how often it has come. */
export class ScriptLine implements ByteLine {
  readonly name = 'script:';
  readonly written: string[] = [];
  private listener: ((bytes: Uint8Array) => void) | undefined;
  private closeListener: ((reason: Error) => void) | undefined;
  private readonly early: string[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly answer: (command: string, count: number) => Said,
  ) {}

  write(bytes: Uint8Array): void {
    const command = Buffer.from(bytes).toString('latin1').replace(/\r$/, '');
    this.written.push(command);
    const said = this.answer(command, this.written.filter((each) => each === command).length);
    for (const [delayMs, text] of typeof said === 'string' ? [[0, said] as const] : said) this.clock.after(delayMs, () => this.say(text));
  }

  /** Says something that nobody asked for. */
  say(text: string): void {
    if (this.listener) this.listener(Buffer.from(text, 'latin1'));
    else this.early.push(text);
  }

  break(reason: string): void {
    this.closeListener?.(new Error(reason));
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.listener = listener;
    for (const text of this.early.splice(0)) this.clock.after(0, () => this.say(text));
  }

  onClose(listener: (reason: Error) => void): void {
    this.closeListener = listener;
  }

  async close(): Promise<void> {}
}
