// SPDX-License-Identifier: Apache-2.0
// Everything that is measured on the line to the card: each job by each way and in blocks of each size.

import type { IpaInstance } from '../../host/interfaces.js';
import type { Job, Surroundings } from '../bench-link/bed.js';
import { type Bound, boundOf, type CardTraffic } from './bound.js';
import { type ApduCount, countApdus, countSessions, es10Exchanges } from './card-log.js';
import { type CardRunOptions, type Passed, runOnCard, type Way } from './run.js';

/** The jobs of the link, and the part of each before the network is opened. */
export type CardJob = 'startUp' | Job;

export const CARD_JOBS: readonly CardJob[] = ['startUp', 'idle', 'enable', 'download'];
export const WAYS: readonly Way[] = ['csim', 'channel', 'apdu'];
/** What the module begins with, and goes down to where long lines are refused. */
export const BLOCK_SIZES: readonly number[] = [255, 120, 63];
/** What most modules are set to, and what most can be set to. */
export const BAUD_RATES = [115_200, 921_600] as const;
/** Start bit, eight data bits, stop bit. */
const BITS_PER_CHARACTER = 10;

/** One job by one way. */
export interface CardRow {
  readonly job: CardJob;
  readonly way: Way;
  readonly blockBytes: number;
  /** Whether the card gives short responses with the last block. */
  readonly inline: boolean;
  readonly apdus: ApduCount;
  /** Lines to the modem. */
  readonly atLines: number;
  /** The same by the command they begin with, such as "AT+CSIM". */
  readonly atCommands: Readonly<Record<string, number>>;
  readonly bytes: CardTraffic;
  readonly bound: Bound;
  /** Bytes both ways by those of the bound. */
  readonly ratio: number;
  /** Time on a serial line by its baud rate, in milliseconds; none where there is no line. */
  readonly uartMs: Readonly<Record<number, number>> | undefined;
}

/** What is to be measured; by default everything. */
export interface CardExtent {
  readonly jobs?: readonly Job[];
  readonly ways?: readonly Way[];
  readonly blockSizes?: readonly number[];
  /** Makes the module's instances. Default: in this process. */
  readonly createInstance?: () => Promise<IpaInstance>;
}

/** Rejects with Error when a job is not done, or a bound is not the same by every way and in blocks of every size. */
export async function measureCard(surroundings: Surroundings, extent: CardExtent = {}): Promise<CardRow[]> {
  const { jobs = ['idle', 'enable', 'download'], ways = WAYS, blockSizes = BLOCK_SIZES, createInstance } = extent;
  const rows: CardRow[] = [];
  const measure = async (options: Omit<CardRunOptions, 'surroundings'>) => {
    const run = await runOnCard({ surroundings, ...options, ...(createInstance ? { createInstance } : {}) });
    if (options.job === jobs[0]) rows.push(rowOf('startUp', options, run.startUp));
    rows.push(rowOf(options.job, options, run.whole));
  };
  for (const job of jobs) {
    for (const way of ways) for (const blockBytes of blockSizes) await measure({ job, way, blockBytes });
    await measure({ job, way: ways[0]!, blockBytes: blockSizes[0]!, inline: true });
  }
  requireSameBounds(rows);
  return rows;
}

function rowOf(job: CardJob, options: Omit<CardRunOptions, 'surroundings'>, passed: Passed): CardRow {
  const { way, blockBytes, inline = false } = options;
  const { apdus, atLines, bytes } = passed;
  const bound = boundOf(es10Exchanges(apdus), { sessions: countSessions(apdus), inline });
  const least = boundTraffic(bound, way);
  return {
    job,
    way,
    blockBytes,
    inline,
    apdus: countApdus(apdus),
    atLines: atLines.length,
    atCommands: countCommands(atLines),
    bytes,
    bound,
    ratio: (bytes.out + bytes.in) / (least.out + least.in),
    uartMs: way === 'apdu' ? undefined : uartMs(bytes),
  };
}

/** Bytes of the bound where the card is reached by `way`. */
export function boundTraffic(bound: Bound, way: Way): CardTraffic {
  return way === 'apdu' ? bound.link : bound.line;
}

/** One direction after the other: a modem answers what it was asked, and is asked again when it has answered. */
export function uartMs({ out, in: back }: CardTraffic): Record<number, number> {
  return Object.fromEntries(BAUD_RATES.map((baud) => [baud, ((out + back) * BITS_PER_CHARACTER * 1_000) / baud]));
}

function countCommands(atLines: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of atLines) {
    const name = line.replace(/[=?].*$/, '');
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** What is needed is a matter of the job alone. */
function requireSameBounds(rows: readonly CardRow[]): void {
  const bounds = new Map<string, string>();
  for (const { job, way, blockBytes, inline, bound } of rows) {
    const { repeated, ...needed } = bound;
    const [key, value] = [`${job}${inline ? ', inline' : ''}`, JSON.stringify(needed)];
    if (value !== (bounds.get(key) ?? value))
      throw new Error(`${key}: the bound by ${way} in blocks of ${blockBytes} is ${value}, before it was ${bounds.get(key)}`);
    bounds.set(key, value);
  }
}
