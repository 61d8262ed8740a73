// SPDX-License-Identifier: Apache-2.0
// How a command ended: action Finished in words.

import { CardAccess, Summary } from './abi.js';
import { IpaError } from './core/errors.js';
import type { Action } from './interfaces.js';
import { STATE_CHANGE_CAUSES, type StateChangeCause } from './options.js';

/** How a command ended. */
export interface CommandResult {
  /** The first thing that went wrong, although the eIM may have been told and everything else done; undefined: nothing. */
  readonly error: IpaError | undefined;
  /** The peer's own code behind the error: status word, +CME ERROR number, result code, HTTP status, subject and reason code. */
  readonly detail: number;
  /** eIM packages handled, of all kinds. */
  readonly packages: number;
  readonly profilesInstalled: number;
  /** Notifications delivered from the eUICC's list. */
  readonly notifications: number;
  /** Why the state of profiles has changed, where no eIM has been told yet. */
  readonly stateChange: StateChangeCause | undefined;
  /**
   * Whether the eUICC was taken for a consumer one: then what the eIM got is signed by the device, and eIM configurations, counters and
   * results are in the state region of the module alone.
   */
  readonly emulated: boolean;
  /** When to poll next, in seconds from now, where option `schedule` asked for it. */
  readonly nextPollSeconds: number | undefined;
  /** How the card was reached through a modem, and the data bytes per STORE DATA block that it came down to; undefined: not told. */
  readonly cardPath: CardPath | undefined;
}

/** How the card was reached through a modem. */
export interface CardPath {
  readonly access: 'csim' | 'channel' | 'basic';
  readonly blockBytes: number;
}

const ACCESSES = { [CardAccess.Csim]: 'csim', [CardAccess.Channel]: 'channel', [CardAccess.Basic]: 'basic' } as const;

function cardPathOf(value: number): CardPath | undefined {
  const access = (ACCESSES as Readonly<Record<number, CardPath['access']>>)[value >> 8];
  return access === undefined ? undefined : { access, blockBytes: value & 0xff };
}

/** The result in action Finished. */
export function readResult({ argument, bytes }: Action): CommandResult {
  const summary = readSummary(bytes);
  const detail = summary.get(Summary.Detail) ?? 0;
  const nextPoll = summary.get(Summary.NextPoll) ?? -1;
  return {
    error: argument < 0 ? IpaError.fromNumber(argument, detail) : undefined,
    detail,
    packages: summary.get(Summary.Packages) ?? 0,
    profilesInstalled: summary.get(Summary.ProfilesInstalled) ?? 0,
    notifications: summary.get(Summary.Notifications) ?? 0,
    emulated: summary.get(Summary.Emulated) === 1,
    nextPollSeconds: nextPoll < 0 ? undefined : nextPoll,
    cardPath: cardPathOf(summary.get(Summary.CardPath) ?? 0),
    stateChange: STATE_CHANGE_CAUSES[summary.get(Summary.StateChange) ?? -1],
  };
}

/** The TLVs of action Finished: tag, length 4, big-endian value. */
function readSummary(bytes: Uint8Array): Map<number, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Map<number, number>();
  for (let at = 0; at + 6 <= bytes.length; at += 6) values.set(bytes[at]!, view.getInt32(at + 2));
  return values;
}
