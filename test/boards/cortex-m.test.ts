// SPDX-License-Identifier: Apache-2.0
// The main job on each board under the emulator, within the budgets; a reset in the middle; a stack that is too small.

import { describe, expect, it } from 'vitest';
import { findBoard } from '../../scripts/boards/board-list.js';
import { buildFirmware } from '../../scripts/boards/firmware.js';
import { runMainJob, runPlainMainJob } from '../../scripts/boards/main-job.js';
import { isTranslated } from '../../scripts/boards/runtime-list.js';
import { type FirmwareRow, firmwareRows } from '../../scripts/boards/table.js';
import { armTools } from '../support/boards.js';

const tools = armTools();

/** Interpreters have tests of their own; `npm run boards` runs every row. */
const translatedRows = firmwareRows.filter(({ runtime }) => isTranslated(runtime));
const rowOf = (board: string, variant: string): FirmwareRow =>
  translatedRows.find((row) => row.runtime === 'native' && row.board === board && row.variant === variant) ??
  expect.fail(`no row ${board} ${variant}`);

/** Images of the tests are not those of `npm run boards`, which may run at the same time. */
const build = (row: FirmwareRow, more: { measured: boolean } & Partial<Parameters<typeof buildFirmware>[1]>) =>
  buildFirmware(tools!, { ...row, label: 'test', ...more });

describe.skipIf(!tools).each(translatedRows)('$variant, $runtime, on $board over $scheme', (row) => {
  it('downloads, enables and reports, within its budget, and then finds nothing to do', async () => {
    const firmware = await build(row, { measured: true });
    const { report, polls } = await runMainJob(tools!, firmware, { scheme: row.scheme });
    expect(polls).toEqual([
      { error: 0, packages: 2, profilesInstalled: 1 },
      { error: 0, packages: 0, profilesInstalled: 0 },
    ]);
    expect(report).toMatchObject({ board: row.board, error: 0, heapBytes: 0, guards: 'intact', droppedFrames: 0 });
    expect(report.stackBytes, 'stack in use').toBeLessThan(row.stackBytes);
    for (const part of [report.startUp, report.mainJob, report.idlePoll]) {
      expect(part.instructions, 'instructions').toBeGreaterThan(part.longestCall.instructions);
      expect(part.longestCall.instructions, 'longest call').toBeLessThan(row.budget.longestCall);
    }
  });
});

describe.skipIf(!tools)('the plain image', () => {
  it('does the main job, too, and has neither counters nor semihosting in it', async () => {
    const row = rowOf('lm3s6965evb', 'ipad-min');
    const firmware = await build(row, { measured: false });
    await runPlainMainJob(tools!, firmware);
    expect(firmware.flashBytes, 'flash').toBeLessThan(row.budget.flashBytes);
    expect(firmware.staticRamBytes, 'RAM').toBeLessThan(row.budget.ramBytes);
    expect([...firmware.symbols.keys()].filter((name) => /^(measured|report)_/.test(name))).toEqual([]);
  });
});

describe.skipIf(!tools)('a profile of another size', () => {
  it('costs instructions, and not a byte of RAM', async () => {
    const firmware = await build(rowOf('mps2-an386', 'ipad'), { measured: true });
    const [small, large] = [await runMainJob(tools!, firmware), await runMainJob(tools!, firmware, { profileBytes: 30_000 })];
    // where an interrupt comes when the stack is deepest is chance
    expect(Math.abs(large.report.stackBytes - small.report.stackBytes), 'stack').toBeLessThan(128);
    expect(large.report.mainJob.instructions).toBeGreaterThan(1.5 * small.report.mainJob.instructions);
  });
});

describe.skipIf(!tools).each(['mps2-an386', 'lm3s6965evb', 'mps2-an505'])('a stack that is too small on %s', (board) => {
  it('is a fault at once, and writes over nothing', async () => {
    const firmware = await build(rowOf('lm3s6965evb', 'ipad-min'), { board: findBoard(board).name, measured: true, stackBytes: 256 });
    await expect(runMainJob(tools!, firmware)).rejects.toThrow(/status 2 and without a report[\s\S]*\nfault$/);
  });
});
