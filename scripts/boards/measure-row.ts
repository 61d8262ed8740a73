// SPDX-License-Identifier: Apache-2.0
// One row of the table: its plain image weighed, its measured image run with two sizes of profile.

import type { ArmTools } from './arm-tools.js';
import { findBoard } from './board-list.js';
import { buildFirmware } from './firmware.js';
import { type FirmwareReport, type PartReport, runMainJob } from './main-job.js';
import type { FirmwareBudget, FirmwareRow } from './table.js';

/** What build/boards.json has of each row. Instructions are those that the emulator counts, not cycles. */
export interface RowMeasurement {
  readonly board: string;
  readonly processor: string;
  readonly runtime: string;
  readonly variant: string;
  readonly scheme: string;
  readonly flashBytes: number;
  /** Variables, and the runtime's memory; without the stack. */
  readonly staticRamBytes: number;
  /** As deep as the stack has been. */
  readonly stackBytes: number;
  /** Of the runtime's memory, what was in use at the most; 0: the runtime has none. */
  readonly heapBytes: number;
  /** Variables and stack. */
  readonly ramBytes: number;
  readonly instructions: {
    /** ipa_start. */
    readonly load: number;
    /** From the command to the first NetworkOpen. */
    readonly startUp: number;
    /** From there to the signed result of the enabling, with a profile of SMALL_PROFILE_BYTES. */
    readonly mainJob: number;
    /** For 1,000 bytes more of profile. */
    readonly perKilobyte: number;
    /** A poll that has nothing to do. */
    readonly idlePoll: number;
  };
  readonly longestCall: PartReport['longestCall'];
  readonly budget: FirmwareBudget;
}

export const SMALL_PROFILE_BYTES = 5_000;
export const LARGE_PROFILE_BYTES = 30_000;
const LIMITED = ['flashBytes', 'ramBytes'] as const;

/** For people. */
export function rowName({ board, runtime, variant, scheme }: Pick<RowMeasurement, 'board' | 'runtime' | 'variant' | 'scheme'>): string {
  return `${board}, ${runtime}, ${variant}${scheme === 'https' ? '' : `, ${scheme}`}`;
}

/** Builds and runs. Rejects when the main job does not come to its end, or something was written beside the module's memory. */
export async function measureRow(tools: ArmTools, row: FirmwareRow): Promise<RowMeasurement> {
  const { budget, ...made } = row;
  const plain = await buildFirmware(tools, { ...made, measured: false });
  const measured = await buildFirmware(tools, { ...made, measured: true });
  const run = async (profileBytes: number): Promise<FirmwareReport> => {
    const { report } = await runMainJob(tools, measured, { scheme: row.scheme, profileBytes });
    if (report.guards !== 'intact') throw new Error(`${rowName(row)}: something was written beside the module's memory`);
    return report;
  };
  const [small, large] = [await run(SMALL_PROFILE_BYTES), await run(LARGE_PROFILE_BYTES)];
  const { board, runtime, variant, scheme } = row;
  const { flashBytes, staticRamBytes } = plain;
  const stackBytes = Math.max(small.stackBytes, large.stackBytes);
  const moreKilobytes = (LARGE_PROFILE_BYTES - SMALL_PROFILE_BYTES) / 1000;
  return {
    board,
    processor: findBoard(board).processor,
    runtime,
    variant,
    scheme,
    flashBytes,
    staticRamBytes,
    stackBytes,
    heapBytes: Math.max(small.heapBytes, large.heapBytes),
    ramBytes: staticRamBytes + stackBytes,
    instructions: {
      load: small.loadInstructions,
      startUp: small.startUp.instructions,
      mainJob: small.mainJob.instructions,
      perKilobyte: Math.round((large.mainJob.instructions - small.mainJob.instructions) / moreKilobytes),
      idlePoll: small.idlePoll.instructions,
    },
    longestCall: longestOf([small, large]),
    budget,
  };
}

function longestOf(reports: readonly FirmwareReport[]): PartReport['longestCall'] {
  const calls = reports.flatMap(({ startUp, mainJob, idlePoll }) => [startUp, mainJob, idlePoll]).map(({ longestCall }) => longestCall);
  return calls.reduce((longest, call) => (call.instructions > longest.instructions ? call : longest));
}

/** Each limit that a row is past, in words. */
export function rowExcesses(measurement: RowMeasurement): string[] {
  const { budget, longestCall } = measurement;
  const found = LIMITED.filter((what) => measurement[what] > budget[what]).map(
    (what) => `${what} ${measurement[what]}, budget ${budget[what]}`,
  );
  if (longestCall.instructions > budget.longestCall)
    found.push(`longest call ${longestCall.instructions} instructions, budget ${budget.longestCall}`);
  return found.map((words) => `${rowName(measurement)}: ${words}`);
}
