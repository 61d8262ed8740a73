// SPDX-License-Identifier: Apache-2.0
// What goes wrong on purpose between the modem and the host: lines nobody asked for, answers that are others, in pieces, late or lost.

import { type Occurrence, OccurrenceCounter } from '../../wrap/occurrence.js';

/** What happens to the answer of a command line. */
export type DisturbanceAction =
  /** Unsolicited lines: before the answer, right before its final line, or after it. */
  | { readonly kind: 'unsolicited'; readonly lines: readonly string[]; readonly place: 'before' | 'between' | 'after' }
  /** Unsolicited lines in the middle of a response APDU, which goes on behind them; `afterDigits` of it come before (default half of them). */
  | { readonly kind: 'unsolicited'; readonly lines: readonly string[]; readonly place: 'inside'; readonly afterDigits?: number }
  /** These lines instead of the answer, such as ["+CME ERROR: 13"] or ["ERROR"]. */
  | { readonly kind: 'answer'; readonly lines: readonly string[] }
  /** No answer at all. */
  | { readonly kind: 'silence' }
  /** These bytes instead of the answer. */
  | { readonly kind: 'garbage'; readonly bytes: Uint8Array }
  /** These bytes besides the answer, in it after so many of its bytes (default before all). */
  | { readonly kind: 'noise'; readonly bytes: Uint8Array; readonly afterBytes?: number }
  /** A response APDU lacks its last digits; the length before it says what was there. */
  | { readonly kind: 'truncate'; readonly digits: number }
  /** The answer ends after so many bytes. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** The answer comes late, or what is behind its first bytes does. Answers to later commands come behind it. */
  | { readonly kind: 'delay'; readonly ms: number; readonly afterBytes?: number }
  /** The line drops after the first bytes of the answer (default none of them). */
  | { readonly kind: 'dropLine'; readonly afterBytes?: number };

/** One rule; every rule counts its own matches, and all that hit apply in their order. */
export interface Disturbance extends Occurrence {
  /** Start of the command lines meant, in any case, such as "AT+CSIM". Default: all. */
  readonly prefix?: string;
  readonly action: DisturbanceAction;
  /** Whether the command is carried out although its answer is not what it would be. Default: false for `answer`, else true. */
  readonly runs?: boolean;
}

/** The rules that wait for their command line. */
export class Disturbances {
  private readonly armed: { rule: Disturbance; prefix: string; occurrence: OccurrenceCounter }[] = [];

  add(rule: Disturbance): void {
    this.armed.push({ rule, prefix: (rule.prefix ?? '').toUpperCase(), occurrence: new OccurrenceCounter(rule) });
  }

  /** The rules that hit this command line. Call once per line: it counts. */
  match(line: string): Disturbance[] {
    const text = line.toUpperCase();
    return this.armed.filter((entry) => text.startsWith(entry.prefix) && entry.occurrence.hit()).map((entry) => entry.rule);
  }
}

/** Whether the command behind the rules is carried out. */
export function isCarriedOut(rules: readonly Disturbance[]): boolean {
  return rules.every((rule) => rule.runs ?? rule.action.kind !== 'answer');
}
