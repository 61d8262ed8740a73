// SPDX-License-Identifier: Apache-2.0
// What happens on the line of a mixture: lines nobody asked for, noise and delays that a host must bear, and troubles that may end a session.

import type { Dice } from './dice.js';
import type { Disturbance, DisturbanceAction } from './disturbance.js';
import type { ModemQuirks } from './quirks.js';

/** A rule, and whether it may end a session. */
export interface DrawnDisturbance {
  readonly rule: Disturbance;
  readonly isRisky: boolean;
}

/** Commands of a session, about. */
const COMMANDS = 150;

/** Lines that modems send of their own accord; none is a final result or the beginning of an answer to a command for the card. */
const UNSOLICITED: readonly (readonly string[])[] = [
  ['+CREG: 1'],
  ['+CEREG: 2'],
  ['+CEREG: 1,"1A2D","01A2D101",7'],
  ['^RSSI:17', '^HCSQ:"LTE",45,34,101,20'],
  ['RDY'],
  ['+CMTI: "SM",3'],
  ['+QIND: "csq",20,99'],
  ['RING', '+CLIP: "",128'],
  ['+CPIN: READY', '#QSS: 3'],
];

/** Bytes of a line that was plugged in, of a wrong rate, of nothing: no letters, digits or signs that mean something. */
const NOISE = [0x00, 0x01, 0x07, 0x1b, 0x7e, 0x7f, 0x80, 0xa5, 0xc0, 0xfe, 0xff];

/** Up to some of each kind. Delays stay below a fifth of what the host waits, and there are three of them at most. */
export function harmlessDisturbances(dice: Dice, quirks: ModemQuirks, cardTimeoutMs: number): DrawnDisturbance[] {
  const actions: DisturbanceAction[] = [];
  for (let count = dice.whole(0, 4); count > 0; count -= 1) actions.push(unsolicited(dice, quirks));
  for (let count = dice.whole(0, 2); count > 0; count -= 1) actions.push(noise(dice, dice.chance(0.5) ? 0 : Number.POSITIVE_INFINITY));
  for (let count = dice.whole(0, 3); count > 0; count -= 1) {
    // a modem that hears nothing while it speaks must not be held up behind its final result, after which the host goes on
    const isWhole = dice.chance(0.5) || quirks.whileBusy === 'lost';
    actions.push({ kind: 'delay', ms: dice.whole(1, cardTimeoutMs / 5), afterBytes: isWhole ? 0 : dice.whole(1, 40) });
  }
  return actions.map((action) => ({ rule: { ...occurrence(dice, action), action }, isRisky: false }));
}

/** At least one. */
export function riskyDisturbances(dice: Dice, quirks: ModemQuirks, cardTimeoutMs: number): DrawnDisturbance[] {
  return Array.from({ length: dice.whole(1, 3) }, () => {
    const action = trouble(dice, quirks, cardTimeoutMs);
    const rule = { nth: dice.early(COMMANDS), ...(dice.chance(0.2) ? { times: dice.whole(2, 4) } : {}), action };
    return { rule: action.kind === 'silence' ? { ...rule, runs: dice.chance(0.5) } : rule, isRisky: true };
  });
}

function unsolicited(dice: Dice, quirks: ModemQuirks): DisturbanceAction {
  const lines = dice.pick(UNSOLICITED);
  const place = dice.pick(['before', 'between', 'after', 'inside'] as const);
  // Digits without a length have no other end than that of their line.
  if (place !== 'inside' || quirks.bareResponses === 'digits')
    return { kind: 'unsolicited', lines, place: place === 'inside' ? 'before' : place };
  return { kind: 'unsolicited', lines, place, ...(dice.chance(0.5) ? { afterDigits: dice.whole(0, 60) } : {}) };
}

/** Its own line, so that it spoils none. */
function noise(dice: Dice, afterBytes: number): DisturbanceAction {
  const bytes = Array.from({ length: dice.whole(1, 12) }, () => dice.pick(NOISE));
  return { kind: 'noise', bytes: Uint8Array.of(...bytes, 0x0d, 0x0a), afterBytes };
}

function occurrence(dice: Dice, action: DisturbanceAction): Omit<Disturbance, 'action'> {
  const nth = dice.early(COMMANDS);
  // A modem that is waited for at its power-up is asked every second: a late answer to AT would be one to another AT.
  if (action.kind === 'delay') return { nth, prefix: 'AT+C' };
  if (dice.chance(0.6)) return { nth };
  return { nth, times: Number.POSITIVE_INFINITY, every: dice.whole(1, 20) };
}

function trouble(dice: Dice, { bareResponses }: ModemQuirks, cardTimeoutMs: number): DisturbanceAction {
  const kind = dice.pick(['silence', 'garbage', 'noise', 'truncate', 'cut', 'delay', 'delay', 'answer'] as const);
  switch (kind) {
    case 'silence':
      return { kind };
    case 'garbage':
      return { kind, bytes: Uint8Array.from({ length: dice.whole(1, 80) }, () => dice.whole(0, 255)) };
    case 'noise':
      return { kind, bytes: Uint8Array.from({ length: dice.whole(1, 8) }, () => dice.pick(NOISE)), afterBytes: dice.whole(1, 60) };
    case 'truncate':
      // Without a length only half a byte shows that something is missing.
      return { kind, digits: bareResponses === 'digits' ? 1 : dice.whole(1, 12) };
    case 'cut':
      return { kind, afterBytes: dice.whole(0, 40) };
    case 'delay':
      // later than the host waits, whole or from its middle on
      return {
        kind,
        ms: Math.round(cardTimeoutMs * (1.05 + dice.whole(0, 20) / 10)),
        afterBytes: dice.chance(0.6) ? 0 : dice.whole(1, 40),
      };
    case 'answer':
      return { kind, lines: [dice.pick(['ERROR', '+CME ERROR: 13', '+CME ERROR: SIM failure', '+CMS ERROR: 500', 'OK'])] };
  }
}
