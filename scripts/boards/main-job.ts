// SPDX-License-Identifier: Apache-2.0
// The main job on a board: download, enable and report under the emulator, and what it has cost where the image counts.

import type { EimEvent } from '../../host/sim/eim/index.js';
import type { ArmTools } from './arm-tools.js';
import { type Emulator, startEmulator } from './emulator.js';
import type { Firmware } from './firmware.js';
import { World, type WorldOptions } from './world.js';

/** What a part of the run has cost. */
export interface PartReport {
  /** Of the emulated processor, in ipa_poll and ipa_event. */
  readonly instructions: number;
  readonly calls: number;
  readonly longestCall: {
    readonly instructions: number;
    readonly function: 'ipa_poll' | 'ipa_event';
    /** The action that ipa_poll returned, or the kind of the event. */
    readonly kind: number;
  };
}

/** What a measured image tells at its end. */
export interface FirmwareReport {
  readonly board: string;
  /** How the last poll ended. */
  readonly error: number;
  /** The deepest that the stack has been. */
  readonly stackBytes: number;
  /** The most that the runtime's heap has held; 0 where there is none. */
  readonly heapBytes: number;
  /** What is beside the module's memory. */
  readonly guards: 'intact' | 'overwritten';
  /** Damaged frames of the network processor, and those that came too late. */
  readonly droppedFrames: number;
  /** Of ipa_start. */
  readonly loadInstructions: number;
  /** Up to the first NetworkOpen. */
  readonly startUp: PartReport;
  readonly mainJob: PartReport;
  /** The last poll, which finds nothing to do. */
  readonly idlePoll: PartReport;
}

/** One poll. */
export interface PollReport {
  readonly error: number;
  readonly packages: number;
  readonly profilesInstalled: number;
}

export interface MainJobOptions extends WorldOptions {
  readonly profileBytes?: number;
  readonly seed?: number;
  /** Resets the device when this happens at the eIM for the first time. */
  readonly resetAt?: EimEvent['kind'];
  /** How long it may take, in milliseconds. Default 60,000. */
  readonly timeLimitMs?: number;
}

/** How it went. */
export interface MainJobRun {
  readonly report: FirmwareReport;
  readonly polls: readonly PollReport[];
  /** One for each time that the firmware has started: whether it had a stored state. */
  readonly starts: readonly ('fresh' | 'restored')[];
  /** As it was at the end. */
  readonly world: World;
}

const DEFAULT_PROFILE_BYTES = 5_000;
const DEFAULT_SEED = 0x1f2e3d4c;
const DEFAULT_TIME_LIMIT_MS = 60_000;
const LAST_LINES = 25;

/**
 * Runs a measured image to its end. Rejects when the eIM has not all signed results, a poll ended with an error at the end, or it takes too
 * long; with what the firmware said last.
 */
export async function runMainJob(tools: ArmTools, firmware: Firmware, options: MainJobOptions = {}): Promise<MainJobRun> {
  return withWorld(tools, firmware, options, true, async ({ world, emulator }) => {
    const status = await emulator.ended;
    const report = reportOf(emulator.lines);
    if (!report) throw new Error(`the firmware ended with status ${status} and without a report`);
    const faults = world.shortcomings();
    if (report.error !== 0) faults.push(`its last poll ended with error ${report.error}`);
    if (faults.length > 0) throw new Error(faults.join('; '));
    return { report, polls: pollsOf(emulator.lines), starts: startsOf(emulator.lines), world };
  });
}

/** Runs a plain image, which tells nothing, until the eIM has all results and has been asked once more. Rejects as runMainJob. */
export async function runPlainMainJob(tools: ArmTools, firmware: Firmware, options: MainJobOptions = {}): Promise<void> {
  let idle = () => {};
  const polledIdle = new Promise<void>((resolve) => {
    idle = resolve;
  });
  let answers = 0;
  const onEvent: MainJobOptions['onEvent'] = (event) => {
    if (event.kind === 'getEimPackage' && event.answer === 'noEimPackageAvailable' && ++answers === 2) idle();
  };
  await withWorld(tools, firmware, { ...options, onEvent }, false, async ({ world, emulator }) => {
    const ended = emulator.ended.then((status) => {
      throw new Error(`the emulator ended by itself with status ${status}`);
    });
    await Promise.race([polledIdle, ended]);
    const faults = world.shortcomings();
    if (faults.length > 0) throw new Error(faults.join('; '));
  });
}

interface Running {
  readonly world: World;
  readonly emulator: Emulator;
}

async function withWorld<Result>(
  tools: ArmTools,
  firmware: Firmware,
  options: MainJobOptions,
  counted: boolean,
  task: (running: Running) => Promise<Result>,
): Promise<Result> {
  const { profileBytes = DEFAULT_PROFILE_BYTES, seed = DEFAULT_SEED, timeLimitMs = DEFAULT_TIME_LIMIT_MS } = options;
  let isReset = false;
  const onEvent = (event: EimEvent) => {
    options.onEvent?.(event);
    if (event.kind !== options.resetAt || isReset) return;
    isReset = true;
    world.resetDevice();
  };
  const world = await World.start({ ...options, onEvent });
  let emulator: Emulator | undefined;
  try {
    world.queueMainJob(profileBytes);
    emulator = startEmulator(tools, firmware, { ports: await world.listen(), seed, counted });
    return await within(timeLimitMs, task({ world, emulator }));
  } catch (cause) {
    const said = emulator?.lines.slice(-LAST_LINES).join('\n') ?? '';
    const events = world.bed.eim.log.map(({ kind }) => kind).join(', ');
    const words = `${firmware.board.name}: ${(cause as Error).message}\nat the eIM: ${events || 'nothing'}\nthe firmware said last:\n${said}`;
    throw new Error(words, { cause });
  } finally {
    await emulator?.stop();
    await world.close();
  }
}

/** Rejects when `task` takes longer. */
async function within<Result>(limitMs: number, task: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([task, limit]);
  } finally {
    clearTimeout(timer);
  }
}

function reportOf(lines: readonly string[]): FirmwareReport | undefined {
  const line = lines.find((each) => each.startsWith('report '));
  return line === undefined ? undefined : (JSON.parse(line.slice('report '.length)) as FirmwareReport);
}

function pollsOf(lines: readonly string[]): PollReport[] {
  return lines.filter((line) => line.startsWith('poll ')).map((line) => JSON.parse(line.slice('poll '.length)) as PollReport);
}

function startsOf(lines: readonly string[]): ('fresh' | 'restored')[] {
  return lines.filter((line) => line.startsWith('start ')).map((line) => (line === 'start restored' ? 'restored' : 'fresh'));
}
