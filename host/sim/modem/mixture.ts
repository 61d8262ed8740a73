// SPDX-License-Identifier: Apache-2.0
// Modems that nobody has met yet: any mixture of the known oddities on a line where any of the known troubles happens, drawn from a seed.

import type { Clock, SyncCardSlot } from '../../interfaces.js';
import type { ModemOptions } from '../../options.js';
import type { ChunkPolicy } from '../../wrap/chunk-policy.js';
import { Dice } from './dice.js';
import type { Disturbance } from './disturbance.js';
import { harmlessDisturbances, riskyDisturbances } from './mixture-disturbances.js';
import { drawTraits } from './mixture-traits.js';
import { SimulatedModem } from './modem.js';
import type { ModemQuirks } from './quirks.js';

/**
 * What a host must come to: "success" where everything odd can be dealt with; "either" where something is lost or spoilt, so that success or
 * a named error is right, and nothing else is; "error" where there is no way to the card.
 */
export type MixtureOutcome = 'success' | 'either' | 'error';

/** What the modem of a mixture is, and what happens on its line. */
export interface ModemMixture {
  readonly seed: number;
  readonly outcome: MixtureOutcome;
  /** What stands in the way of success, in words; empty for outcome "success". */
  readonly risks: readonly string[];
  readonly quirks: ModemQuirks;
  readonly echo: boolean;
  readonly chunks: ChunkPolicy;
  readonly disturbances: readonly Disturbance[];
  /** What the host must be told of this modem, as nothing that the modem says shows it. */
  readonly hostOptions: Pick<ModemOptions, 'simLock' | 'passesClassByte'>;
}

export interface MixtureOptions {
  /** How long the host waits for an answer, in milliseconds: harmless delays are well below it, others above. Default 30,000. */
  readonly cardTimeoutMs?: number;
  /** Whether nothing happens that puts success in question. Default: every second seed. */
  readonly isHarmless?: boolean;
}

/** Where the modem of a mixture is put. */
export interface MixturePlace {
  readonly slot: SyncCardSlot;
  readonly clock: Clock;
  readonly hasEnabledProfile?: () => boolean;
  readonly onResponse?: (response: Uint8Array) => void;
}

/** Draws a mixture; the same seed and options give the same. */
export function randomMixture(seed: number, options: MixtureOptions = {}): ModemMixture {
  const { cardTimeoutMs = 30_000 } = options;
  const dice = new Dice(seed);
  const isHarmless = dice.chance(0.5);
  const isCalm = options.isHarmless ?? isHarmless;
  const { quirks, risks, hostOptions, isHopeless } = drawTraits(dice, isCalm);
  const disturbances = [
    ...harmlessDisturbances(dice, quirks, cardTimeoutMs),
    ...(isCalm ? [] : riskyDisturbances(dice, quirks, cardTimeoutMs)),
  ];
  const spoilt = disturbances.filter(({ isRisky }) => isRisky).map(({ rule }) => rule.action.kind);
  const allRisks = [...risks, ...spoilt];
  return {
    seed,
    outcome: isHopeless ? 'error' : allRisks.length > 0 ? 'either' : 'success',
    risks: allRisks,
    quirks,
    echo: dice.chance(0.6),
    chunks: drawChunks(dice, seed),
    disturbances: disturbances.map(({ rule }) => rule),
    hostOptions,
  };
}

/** A modem that was just switched on. */
export function mixedModem(mixture: ModemMixture, place: MixturePlace): SimulatedModem {
  const { quirks, echo, chunks, disturbances } = mixture;
  const modem = new SimulatedModem({ ...place, quirks, echo, chunks });
  for (const rule of disturbances) modem.disturb(rule);
  return modem;
}

/** One line for the message of a failing test. */
export function describeMixture(mixture: ModemMixture): string {
  return JSON.stringify(mixture, (_, value: unknown) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
    return value === Number.POSITIVE_INFINITY ? 'Infinity' : value;
  });
}

function drawChunks(dice: Dice, seed: number): ChunkPolicy {
  return dice.pick<ChunkPolicy>([
    { kind: 'whole' },
    { kind: 'every', bytes: 1 },
    { kind: 'every', bytes: 64 },
    { kind: 'random', seed, maxBytes: 40 },
  ]);
}
