// SPDX-License-Identifier: Apache-2.0
// The table of firmwares, and when it says that one is past its budget.

import { describe, expect, it } from 'vitest';
import { findBoard } from '../../scripts/boards/board-list.js';
import { figuresTable, staleFigures, waysTable } from '../../scripts/boards/figures.js';
import { type RowMeasurement, rowExcesses, rowName } from '../../scripts/boards/measure-row.js';
import { findRuntime } from '../../scripts/boards/runtime-list.js';
import { firmwareRows } from '../../scripts/boards/table.js';
import { chooseRows } from '../../scripts/boards.js';
import { variants } from '../../scripts/variants.js';

const call = { instructions: 100, function: 'ipa_poll', kind: 1 } as const;
const within: RowMeasurement = {
  board: 'mps2-an386',
  processor: 'cortex-m4',
  runtime: 'native',
  variant: 'ipad',
  scheme: 'coap',
  flashBytes: 1000,
  staticRamBytes: 400,
  stackBytes: 100,
  heapBytes: 0,
  ramBytes: 500,
  instructions: { load: 1, startUp: 2, mainJob: 3, perKilobyte: 4, idlePoll: 5 },
  longestCall: call,
  budget: { flashBytes: 1000, ramBytes: 500, longestCall: 100 },
};

describe('the table of firmwares', () => {
  it('names boards, runtimes and variants that are there', () => {
    for (const { board, runtime, variant } of firmwareRows) {
      expect(findBoard(board).name).toBe(board);
      expect(findRuntime(runtime).name).toBe(runtime);
      expect(variants.map(({ name }) => name)).toContain(variant);
    }
    expect(() => findBoard('toaster')).toThrow('no board toaster; there are mps2-an386');
    expect(() => findRuntime('guesswork')).toThrow('no runtime guesswork; there are native');
  });

  it('holds all to 200,000 instructions a call', () => {
    expect(firmwareRows.filter(({ budget }) => budget.longestCall > 200_000)).toEqual([]);
  });

  it('gives the rows that have all words', () => {
    expect(chooseRows([])).toEqual(firmwareRows);
    expect(chooseRows(['native', 'ipad-min']).map(rowName)).toEqual(['lm3s6965evb, native, ipad-min']);
    expect(chooseRows(['native', 'wasm3'])).toEqual([]);
  });

  it('says nothing of what is just within its budget', () => {
    expect(rowExcesses(within)).toEqual([]);
  });

  it.each([
    [{ flashBytes: 1001 }, 'flashBytes 1001, budget 1000'],
    [{ ramBytes: 501 }, 'ramBytes 501, budget 500'],
    [{ longestCall: { ...call, instructions: 101 } }, 'longest call 101 instructions, budget 100'],
  ])('tells %o', (past, words) => {
    expect(rowExcesses({ ...within, ...past })).toEqual([`mps2-an386, native, ipad, coap: ${words}`]);
  });
});

describe('the figures of the READMEs', () => {
  const report = { smallProfileBytes: 5_000, largeProfileBytes: 30_000, rows: [{ ...within, flashBytes: 39_016, ramBytes: 13_596 }] };
  const table = figuresTable(report);

  it('are told by row', () => {
    expect(table).toContain('| `ipad`, CoAP, native, cortex-m4 (mps2-an386) | 39,016 | 13,596 | 100 | 2 | 3 | 4 | 5 | 100 |');
    expect(table).toContain('a profile of 5,000 bytes');
  });

  it('compare the ways to run one variant on one board', () => {
    const small = { ...within, runtime: 'native-small', instructions: { ...within.instructions, mainJob: 58_606_560 } };
    const others = [
      { ...within, board: 'mps2-an505' },
      { ...within, variant: 'ipad-min' },
    ];
    expect(waysTable({ ...report, rows: [...report.rows, small, ...others] }).split('\n')).toEqual([
      '| `ipad` on mps2-an386 | native | native-small |',
      '|---|--:|--:|',
      '| flash of the whole image, bytes | 39,016 | 1,000 |',
      '| RAM in all, bytes | 13,596 | 500 |',
      '| main job, instructions | 3 | 59,000,000 |',
      '| longest call, instructions | 100 | 100 |',
    ]);
  });

  it('are stale when flash or RAM is another by more than two per cent, or missing', () => {
    const [row] = report.rows;
    expect(staleFigures(table, [{ ...row!, flashBytes: 39_500, ramBytes: 13_400 }])).toEqual([]);
    expect(staleFigures(table, [{ ...row!, flashBytes: 40_000 }])).toEqual([
      expect.stringContaining('| 40,000 | 13,596 | not: | `ipad`, CoAP'),
    ]);
    expect(staleFigures(table, [{ ...row!, ramBytes: 13_000 }])).toHaveLength(1);
    expect(staleFigures('', report.rows)).toEqual([expect.stringContaining('not: nothing')]);
  });
});
