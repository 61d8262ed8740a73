// SPDX-License-Identifier: Apache-2.0
// A card that fails where a test says: a status word instead of the answer, an answer cut or changed.

import type { SyncCardSlot } from '../interfaces.js';
import { type Occurrence, OccurrenceCounter } from './occurrence.js';
import { seededRandom } from './seeded-random.js';

/** What the card does instead of answering properly. */
export type CardFault =
  /** Answers only this status word, such as 0x6F00. */
  | { readonly kind: 'status'; readonly statusWord: number }
  /** Answers these bytes, status word included. */
  | { readonly kind: 'response'; readonly bytes: Uint8Array }
  /** Keeps only the first `bytes` bytes of the response data; the status word stays. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** Flips one bit of the response data, chosen by the seed; a response without data stays as it is. */
  | { readonly kind: 'flipBit' };

/** One rule. Rules are tried in their order; each counts its own matches, and the first that hits decides. */
export interface CardFaultRule extends Occurrence {
  /** Hexadecimal start of the commands meant, in upper or lower case, such as "81E2". Default: all commands. */
  readonly prefix?: string;
  readonly fault: CardFault;
  /** Whether the card runs the command before its answer is replaced. Default: true for truncate and flipBit, else false. */
  readonly runs?: boolean;
}

interface ArmedRule {
  readonly rule: CardFaultRule;
  readonly prefix: string;
  readonly occurrence: OccurrenceCounter;
}

/** Wraps `slot` with the rules. `seed` decides which bits flip. Resets and power pass through and do not restart the counting. */
export function faultyCard(slot: SyncCardSlot, rules: readonly CardFaultRule[], options: { readonly seed?: number } = {}): SyncCardSlot {
  const armed = rules.map((rule) => ({ rule, prefix: (rule.prefix ?? '').toUpperCase(), occurrence: new OccurrenceCounter(rule) }));
  const random = seededRandom(options.seed ?? 1);
  return {
    reset: () => slot.reset(),
    powerOff: () => slot.powerOff(),
    transmit: (command) => {
      const rule = ruleFor(armed, command);
      return rule === undefined ? slot.transmit(command) : answerWith(rule, slot, command, random);
    },
  };
}

/** Every rule counts every match, also when an earlier rule hits: "the third" must not depend on the other rules. */
function ruleFor(armed: readonly ArmedRule[], command: Uint8Array): CardFaultRule | undefined {
  const text = Buffer.from(command).toString('hex').toUpperCase();
  const hits = armed.filter((entry) => text.startsWith(entry.prefix) && entry.occurrence.hit());
  return hits[0]?.rule;
}

function answerWith(rule: CardFaultRule, slot: SyncCardSlot, command: Uint8Array, random: () => number): Uint8Array {
  const { fault } = rule;
  switch (fault.kind) {
    case 'status':
      if (rule.runs === true) slot.transmit(command);
      return Uint8Array.of(fault.statusWord >> 8, fault.statusWord & 0xff);
    case 'response':
      if (rule.runs === true) slot.transmit(command);
      return new Uint8Array(fault.bytes);
    case 'truncate':
      return alter(rule, slot, command, (data) => data.subarray(0, fault.bytes));
    case 'flipBit':
      return alter(rule, slot, command, (data) => flipOneBit(data, random));
  }
}

function alter(rule: CardFaultRule, slot: SyncCardSlot, command: Uint8Array, change: (data: Uint8Array) => Uint8Array): Uint8Array {
  if (rule.runs === false) throw new RangeError(`a ${rule.fault.kind} fault needs the card's answer: leave out runs: false`);
  const response = slot.transmit(command);
  // A copy, because the card may keep what it answered.
  const data = change(new Uint8Array(response.subarray(0, -2)));
  return Uint8Array.of(...data, ...response.subarray(-2));
}

function flipOneBit(data: Uint8Array, random: () => number): Uint8Array {
  if (data.length === 0) return data;
  const bit = Math.floor(random() * data.length * 8);
  data[bit >> 3] = data[bit >> 3]! ^ (0x80 >> (bit & 7));
  return data;
}
