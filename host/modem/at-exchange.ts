// SPDX-License-Identifier: Apache-2.0
// AT commands one at a time, for what a host asks a modem before the module takes the line over. An answer is only believed when it
// must be that of the command in progress: after silence, and at the beginning, modem and host first fall into step again.

import { systemClock } from '../clock.js';
import type { ByteLine, Clock } from '../interfaces.js';

/** How a command ended. */
export type AtAnswer =
  /** OK; with the lines before it, as they came, without echo. Unsolicited lines may be among them. */
  | { readonly kind: 'ok'; readonly lines: readonly string[] }
  /** ERROR, +CME ERROR or +CMS ERROR: `final` is that line. */
  | { readonly kind: 'refused'; readonly final: string; readonly lines: readonly string[] }
  /** No final line in time. */
  | { readonly kind: 'silent'; readonly timeoutMs: number }
  /** The line is broken. */
  | { readonly kind: 'lost'; readonly reason: Error };

const FINAL = /^(OK|ERROR|\+CM[ES] ERROR\b.*)$/;
/**
 * Questions whose answer has a line that no other has, and that modems do not send unasked: who hears it knows that everything asked before is
 * answered or forgotten. The first is known to every modem.
 */
const QUESTIONS = ['+CMEE', '+CFUN', '+IPR', '+CSCS'];
const ATTEMPTS = 3;
const ATTEMPT_MS = 1000;
/** What had piled up in a buffer is there at once; a modem that has refused a question is believed to be silent after the longer pause. */
const PAUSE_MS = 50;
const LONG_PAUSE_MS = 500;
/** A modem that sends garbage without a line end must not fill the memory. Characters. */
const MOST_LINE = 4096;
const MOST_LINES = 200;

const DEFAULT_TIMEOUT_MS = 5000;

/** Takes the line until another listener is set on it. */
export class AtExchange {
  #rest = '';
  #inStep = false;
  #lost: Error | undefined;
  #take: ((line: string) => void) | undefined;
  #onLost: ((reason: Error) => void) | undefined;
  /** Commands that may still be answered, in their order. */
  #owed: string[] = [];
  #lastQuestion = '';
  /** Whether the modem has said anything since this was set to false. */
  #heard = false;

  constructor(
    private readonly line: ByteLine,
    private readonly clock: Clock = systemClock,
  ) {
    line.onData((bytes) => this.#receive(bytes));
    line.onClose((reason) => {
      this.#lost = reason;
      this.#onLost?.(reason);
    });
  }

  /** Sends a command, "AT" included, and waits for its final line. Commands must not overlap. */
  async ask(command: string, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<AtAnswer> {
    if (!this.#inStep) {
      const failure = await this.#fallIntoStep();
      if (failure) return failure;
    }
    const answer = await this.#exchange(command, timeoutMs);
    this.#inStep = answer.kind === 'ok' || answer.kind === 'refused';
    return answer;
  }

  /** Undefined when that has worked. */
  async #fallIntoStep(): Promise<AtAnswer | undefined> {
    this.#heard = false;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const answer = await this.#askQuestion();
      if (answer.kind === 'lost') return answer;
      if (answer.kind === 'silent') continue;
      // a modem that refuses the question leaves only silence to tell that nothing is owed
      await this.#silence(answer.kind === 'ok' ? PAUSE_MS : LONG_PAUSE_MS);
      this.#owed = [];
      this.#inStep = true;
      return undefined;
    }
    // a modem that was off or restarts has forgotten what it was asked
    if (!this.#heard) this.#owed = [];
    return { kind: 'silent', timeoutMs: ATTEMPTS * ATTEMPT_MS };
  }

  /** Asks a question that is not owed an answer, or goes on waiting for that to the last one. */
  #askQuestion(): Promise<AtAnswer> {
    const free = QUESTIONS.find((name) => !this.#owed.includes(`AT${name}?`));
    this.#lastQuestion = free ?? this.#lastQuestion;
    return this.#exchange(`AT${this.#lastQuestion}?`, ATTEMPT_MS, { proof: `${this.#lastQuestion}:`, isAsked: free === undefined });
  }

  /** With `proof`, only an OK after such a line counts, and an error only when nothing else is owed. */
  async #exchange(command: string, timeoutMs: number, { proof = '', isAsked = false } = {}): Promise<AtAnswer> {
    const lines: string[] = [];
    let isProven = proof === '';
    const answer = await this.#wait(
      timeoutMs,
      () => {
        if (!isAsked) this.line.write(Buffer.from(`${command}\r`, 'latin1'));
        if (!isAsked) this.#owed.push(command);
      },
      (line): AtAnswer | undefined => {
        if (line.toUpperCase() === command.toUpperCase()) return undefined;
        isProven ||= line.startsWith(proof);
        if (!FINAL.test(line)) lines.push(line);
        else if (line === 'OK' && isProven) return { kind: 'ok', lines };
        else if (line !== 'OK' && (proof === '' || this.#owed.length === 1)) return { kind: 'refused', final: line, lines };
        else if (this.#owed.length > 1) this.#owed.shift();
        return undefined;
      },
    );
    if (answer.kind === 'ok' || answer.kind === 'refused') this.#owed = [];
    return answer;
  }

  /** Until nothing has come for this long, or it becomes clear that this modem always says something. */
  async #silence(pauseMs: number): Promise<void> {
    const take = (line: string): AtAnswer => ({ kind: 'ok', lines: [line] });
    for (let lines = 0; lines < MOST_LINES; lines++) if ((await this.#wait(pauseMs, () => {}, take)).kind !== 'ok') return;
  }

  /** Runs `begin`, then gives every line to `take` until it knows the answer. */
  #wait(timeoutMs: number, begin: () => void, take: (line: string) => AtAnswer | undefined): Promise<AtAnswer> {
    return new Promise((resolve) => {
      const end = (answer: AtAnswer) => {
        cancel();
        this.#take = undefined;
        this.#onLost = undefined;
        resolve(answer);
      };
      const cancel = this.clock.after(timeoutMs, () => end({ kind: 'silent', timeoutMs }));
      if (this.#lost) return end({ kind: 'lost', reason: this.#lost });
      this.#onLost = (reason) => end({ kind: 'lost', reason });
      this.#take = (line) => {
        const answer = take(line);
        if (answer) end(answer);
      };
      begin();
    });
  }

  #receive(bytes: Uint8Array): void {
    const pieces = (this.#rest + Buffer.from(bytes).toString('latin1')).split(/[\r\n]/);
    this.#rest = pieces.pop()!.slice(-MOST_LINE);
    for (const piece of pieces) {
      const line = piece.trim();
      if (line === '') continue;
      this.#heard = true;
      this.#take?.(line);
    }
  }
}

/** What follows a prefix such as "+CFUN:" in the first of the lines that begins with it; undefined when none does. */
export function afterPrefix(lines: readonly string[], prefix: string): string | undefined {
  return lines
    .find((line) => line.startsWith(prefix))
    ?.slice(prefix.length)
    .trim();
}
