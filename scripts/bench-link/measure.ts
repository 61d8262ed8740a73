// SPDX-License-Identifier: Apache-2.0
// Everything that is measured: each job on each link, over CoAP as the module does it and over HTTPS as a model has it.

import type { IpaInstance } from '../../host/interfaces.js';
import type { LinkParameters } from '../../host/wrap/datagram-link.js';
import type { LinkDirectionParameters } from '../../host/wrap/link-direction.js';
import { type LinkPreset, linkPresets } from '../../host/wrap/link-presets.js';
import { type StreamRun, type StreamTiming, streamTiming } from '../../host/wrap/stream-timing.js';
import type { Job, Surroundings } from './bed.js';
import { type Bound, boundOf, boundTimeMs } from './bound.js';
import { type CoapRun, type CoapRunOptions, runOverCoap, STANDARD_TIMERS } from './coap-run.js';
import { createSessionStores, type Security, type SessionStores, type Timers } from './dtls-link.js';
import type { HttpsRuns } from './https-run.js';
import type { ModemPace } from './modem-line.js';
import { exchangeSpan, packageTraffic } from './package-exchange.js';

/** UART of most modules, and what a card takes for an APDU: chosen, no standard names it. */
export const PACE: ModemPace = { bitsPerSecond: 115_200, apduMs: 25 };
export const JOBS: readonly Job[] = ['idle', 'enable', 'download'];
const SECURITIES: readonly Security[] = ['certificate', 'psk', 'resumed'];
export const PRESETS = [
  'nb-iot-ce0',
  'nb-iot-ce1',
  'nb-iot-ce2',
  'lte-m',
  '2g',
  'wifi',
  'satellite',
] as const satisfies readonly LinkPreset[];
export type Preset = (typeof PRESETS)[number];

/** Timers with which nothing is sent twice on a link that loses nothing. */
const FITTING_TIMERS: Partial<Record<Preset, Timers>> = {
  'nb-iot-ce1': { ackTimeoutMs: 5_000, retransmitMs: 9_000 },
  'nb-iot-ce2': { ackTimeoutMs: 40_000, retransmitMs: 60_000 },
  satellite: { ackTimeoutMs: 15_000, retransmitMs: 30_000 },
};
/** The links whose round trips are longer than the standards expect. */
const SLOW_PRESETS = Object.keys(FITTING_TIMERS) as Preset[];
/** Of what is lost in the runs with losses. */
const LOSS_SEED = 1;

export const timersOf = (preset: Preset): Timers => FITTING_TIMERS[preset] ?? STANDARD_TIMERS;

/** One job over CoAP on one link. */
export interface CoapRow {
  readonly job: Job;
  readonly security: Security;
  readonly preset: Preset;
  /** With the modem and the card of PACE. */
  readonly run: CoapRun;
  /** With a card that answers at once, in milliseconds. */
  readonly networkMs: number;
  /** The BoundProfilePackage alone: from its request until the card has it and the device speaks again, in milliseconds. */
  readonly packageMs: number | undefined;
  readonly packageNetworkMs: number | undefined;
  readonly boundMs: number;
}

/** One job over HTTPS on one link: the least it can take there. */
export interface HttpsRow {
  readonly job: Job;
  readonly resumed: boolean;
  readonly preset: Preset;
  readonly timing: StreamTiming;
}

/** One job whose times come from the card alone: the network takes none. */
export interface CardRow {
  readonly job: Job;
  readonly cardMs: number;
  readonly packageMs: number | undefined;
  readonly exchanges: CoapRun['exchanges'];
  readonly bound: Bound;
}

/** A run that is not in the tables of lossless links. */
export interface ExtraRow {
  readonly job: Job;
  readonly preset: Preset;
  readonly run: CoapRun;
}

export interface Results {
  readonly coap: readonly CoapRow[];
  readonly https: readonly HttpsRow[];
  readonly cards: readonly CardRow[];
  /** Slow links with the timers of the standards; resumed sessions. */
  readonly standardTimers: readonly ExtraRow[];
  /** Links with their losses and jitter; resumed sessions. */
  readonly lossy: readonly ExtraRow[];
  /** Of the GetBoundProfilePackage exchange, from the CoAP messages of a download. */
  readonly packageTraffic: ReturnType<typeof packageTraffic>;
}

/** What is to be measured; by default everything. */
export interface Extent {
  readonly jobs?: readonly Job[];
  readonly presets?: readonly Preset[];
  readonly securities?: readonly Security[];
  /** Makes the module's instances. Default: in this process. */
  readonly createInstance?: () => Promise<IpaInstance>;
}

/** The link without what happens by chance. */
function lossless(preset: Preset): LinkParameters {
  const { up, down } = linkPresets[preset];
  const steady = (direction: LinkDirectionParameters = {}): LinkDirectionParameters => ({ ...direction, loss: 0, jitterMs: 0 });
  return { up: steady(up), down: steady(down) };
}

/** Measures CoAP; `https` was recorded before. */
export async function measure(surroundings: Surroundings, https: Readonly<Record<Job, HttpsRuns>>, extent: Extent = {}): Promise<Results> {
  const { jobs = JOBS, presets = PRESETS } = extent;
  const bench = await Bench.prepare(surroundings, extent);
  const cards = await inTurn(jobs, (job) => bench.card(job));
  const cardOf = (job: Job) => cards.find((each) => each.job === job)!;
  const coap = await inTurn(jobs, (job) => inTurn(presets, (preset) => bench.rows(job, preset, cardOf(job))));
  const slow = presets.filter((preset) => SLOW_PRESETS.includes(preset));
  const download = coap.flat(2).find(({ job }) => job === 'download');
  return {
    coap: coap.flat(2),
    https: jobs.flatMap((job) => presets.flatMap((preset) => httpsRows(job, preset, https[job]))),
    cards,
    standardTimers: (await inTurn(jobs, (job) => inTurn(slow, (preset) => bench.withStandardTimers(job, preset)))).flat(),
    lossy: (await inTurn(jobs, (job) => inTurn(presets, (preset) => bench.withLosses(job, preset)))).flat(),
    packageTraffic: packageTraffic(download?.run.log ?? []),
  };
}

/** One after the other: each has a clock that must not wait for another's work. */
async function inTurn<T, R>(all: readonly T[], work: (each: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const each of all) results.push(await work(each));
  return results;
}

function httpsRows(job: Job, preset: Preset, runs: HttpsRuns): HttpsRow[] {
  const row = (resumed: boolean, of: readonly StreamRun[]) => ({ job, resumed, preset, timing: streamTiming(of, lossless(preset)) });
  return [row(false, runs.full), row(true, runs.resumed)];
}

class Bench {
  private constructor(
    private readonly surroundings: Surroundings,
    private readonly extent: Extent,
    private readonly stores: SessionStores,
  ) {}

  /** Makes the session that resumed runs begin with. */
  static async prepare(surroundings: Surroundings, extent: Extent): Promise<Bench> {
    const bench = new Bench(surroundings, extent, createSessionStores());
    await bench.run('idle', 'resumed', { link: {} });
    return bench;
  }

  async card(job: Job): Promise<CardRow> {
    const { timeMs, exchanges, log } = await this.run(job, 'resumed', { link: {}, pace: PACE });
    return { job, cardMs: timeMs, packageMs: exchangeSpan(log), exchanges, bound: boundOf(exchanges) };
  }

  rows(job: Job, preset: Preset, { exchanges }: CardRow): Promise<CoapRow[]> {
    const link = lossless(preset);
    return inTurn(this.extent.securities ?? SECURITIES, async (security) => {
      const run = await this.run(job, security, { link, pace: PACE, timers: timersOf(preset) });
      const atOnce = await this.run(job, security, { link, timers: timersOf(preset) });
      const spans = { packageMs: exchangeSpan(run.log), packageNetworkMs: exchangeSpan(atOnce.log) };
      return { job, security, preset, run, networkMs: atOnce.timeMs, ...spans, boundMs: boundTimeMs(exchanges, link) };
    });
  }

  async withStandardTimers(job: Job, preset: Preset): Promise<ExtraRow> {
    return { job, preset, run: await this.run(job, 'resumed', { link: lossless(preset), pace: PACE }) };
  }

  async withLosses(job: Job, preset: Preset): Promise<ExtraRow> {
    const options = { link: linkPresets[preset], pace: PACE, timers: timersOf(preset), seed: LOSS_SEED };
    return { job, preset, run: await this.run(job, 'resumed', options) };
  }

  private run(job: Job, security: Security, options: Pick<CoapRunOptions, 'link' | 'pace' | 'timers' | 'seed'>): Promise<CoapRun> {
    const { surroundings, stores } = this;
    const { createInstance } = this.extent;
    return runOverCoap({
      surroundings,
      job,
      security,
      ...options,
      ...(security === 'resumed' ? { stores } : {}),
      ...(createInstance ? { createInstance } : {}),
    });
  }
}
