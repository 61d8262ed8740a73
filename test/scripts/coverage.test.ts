// SPDX-License-Identifier: Apache-2.0
// Step coverage: the tables are read as they are compiled, marks are made of what is done, and every edge that is missing is told.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../host/interfaces.js';
import { excused } from '../../scripts/coverage/excused.js';
import { BEGUN, FAILED, isMarked, joinMarks, ROWS_OF_A_PROCEDURE } from '../../scripts/coverage/marks.js';
import { type Procedure, projectProcedures, readProcedures } from '../../scripts/coverage/tables.js';
import { complaints } from '../../scripts/coverage.js';
import { inBuild } from '../../scripts/paths.js';
import type { FunctionSize } from '../../scripts/size.js';
import { variants } from '../../scripts/variants.js';
import { readModuleFacts } from '../../scripts/wasm.js';
import { Module } from '../module/support/module.js';
import { Session } from '../module/support/session.js';
import { TranscriptPeers, transcripts } from '../module/support/transcript.js';
import { StepMarks } from '../support/step-marks.js';
import { unmoved } from '../support/unmoved.js';

const FUNCTIONS = `
export namespace Do {
  export const Goto: u8 = 0; // 0
  export const Try: u8 = 1; // 0, 1, failure
  export const Stop: u8 = 2; // none
}
export namespace Go {
  export const First: u8 = 0x80;
  export const End: u8 = 0x81;
}
`;
const RUNNER = `
const TABLES: usize = memory.data<u16>([
  <u16>(HAS_FIRST ? FIRST : END),
  <u16>END,
]);
`;
const table = (name: string, ...rows: string[]) =>
  `export const OTHER: usize = memory.data<u8>([1, 2]);\nexport const ${name}: usize = memory.data<u8>([\n  ${rows.join('\n  ')}\n]);\n`;
const FIRST = [
  '/* 0 */ Do.Try, Step.Tried, Go.End,',
  '/* 1 went well */ Do.Goto, Step.Open + 1, Go.End,',
  '/* 2 */ Do.Goto, Go.End, Go.End,',
];
const read = (functions: string, runner: string, ...first: string[]): Procedure[] =>
  readProcedures(
    new Map([
      ['functions', functions],
      ['first', table('FIRST', ...first)],
      ['end', table('END', '/* 0 */ Do.Stop, Go.End, Go.End,')],
    ]),
    runner,
  );

describe('step tables', () => {
  it('are read with the outcomes of each row', () => {
    const goto = { numbers: [0], canFail: false };
    expect(read(FUNCTIONS, RUNNER, ...FIRST)).toEqual([
      {
        name: 'first',
        number: 0,
        rows: [
          { name: 'first row 0 Try', outcomes: { numbers: [0, 1], canFail: true } },
          { name: 'first row 1 Goto', outcomes: goto },
          { name: 'first row 2 Goto', outcomes: goto },
        ],
      },
      { name: 'end', number: 1, rows: [{ name: 'end row 0 Stop', outcomes: { numbers: [], canFail: false } }] },
    ]);
  });

  it.each([
    [
      'a row of an unknown step',
      FUNCTIONS,
      RUNNER,
      ['/* 0 */ Do.Fly, Go.End, Go.End,'],
      /first\.ts: not understood as a row: \/\* 0 \*\/ Do\.Fly/,
    ],
    ['a row without a target', FUNCTIONS, RUNNER, ['/* 0 */ Do.Goto, Go.End,'], /first\.ts: not understood as a row/],
    ['a row with a wrong number', FUNCTIONS, RUNNER, [FIRST[0]!, FIRST[2]!], /first\.ts: this is row 1: \/\* 2/],
    ['a step whose outcomes are not told', FUNCTIONS.replace(' // 0, 1, failure', ''), RUNNER, FIRST, /outcomes are not told: .* Try/],
    ['outcomes with a gap', FUNCTIONS.replace('0, 1, failure', '0, 2'), RUNNER, FIRST, /outcomes are not told: .* Try/],
    [
      'a procedure without a table',
      FUNCTIONS,
      RUNNER.replace('FIRST : END', 'SECOND : END'),
      FIRST,
      /Go\.First leads to SECOND, which is no table/,
    ],
    [
      'a table that nothing runs',
      FUNCTIONS,
      RUNNER.replace('(HAS_FIRST ? FIRST : END)', 'END'),
      FIRST,
      /first\.ts: nothing runs this table/,
    ],
  ])('with %s are refused', (_, functions, runner, rows, message) => {
    expect(() => read(functions, runner, ...rows)).toThrow(message);
  });

  it('of a variant that leaves something out are not those of the whole module', () => {
    const sources = new Map([
      ['functions', FUNCTIONS],
      ['first', table('FIRST', ...FIRST).replace(/FIRST: usize = (.*);/s, 'FIRST: usize = HAS_FIRST ? $1 : 0;')],
      ['small', table('SMALL', FIRST[2]!.replace('2', '0')).replace('SMALL: usize = ', 'SMALL: usize = !IS_SMALL ? 0 : ')],
      ['end', table('END', '/* 0 */ Do.Stop, Go.End, Go.End,')],
    ]);
    const procedures = readProcedures(sources, RUNNER.replace('HAS_FIRST ? FIRST : END', 'IS_SMALL ? SMALL : FIRST'));
    expect(procedures.map(({ name }) => name)).toEqual(['first', 'end']);
  });

  it('of the project have room for their marks', () => {
    const procedures = projectProcedures();
    expect(procedures.map(({ name }) => name)).toContain('profile-download');
    expect(Math.max(...procedures.map(({ rows }) => rows.length))).toBeLessThanOrEqual(ROWS_OF_A_PROCEDURE);
    expect(procedures.length * ROWS_OF_A_PROCEDURE * 2).toBeLessThanOrEqual(new StepMarks().marks().length);
  });
});

/** Marks with these bits set. */
function marksOf(...bits: readonly (readonly [procedure: number, row: number, bit: number])[]): Uint8Array {
  const marks = new Uint8Array(2 * 2 * ROWS_OF_A_PROCEDURE);
  for (const [procedure, row, bit] of bits) {
    const at = 2 * (procedure * ROWS_OF_A_PROCEDURE + row) + (bit >> 3);
    marks[at] = (marks[at] ?? 0) | (1 << (bit & 7));
  }
  return marks;
}

describe('complaints', () => {
  const procedures = read(FUNCTIONS, RUNNER, ...FIRST);
  const whole = [
    [0, 0, BEGUN],
    [0, 0, 0],
    [0, 0, 1],
    [0, 0, FAILED],
    [0, 1, BEGUN],
    [0, 1, 0],
    [0, 2, BEGUN],
    [0, 2, 0],
    [1, 0, BEGUN],
  ] as const;
  const without = (...left: number[]) => marksOf(...whole.filter((_, index) => !left.includes(index)));

  it('are none when everything was taken', () => {
    expect(complaints(procedures, marksOf(...whole), {})).toEqual([]);
  });

  it('are none about an edge that is excused', () => {
    expect(complaints(procedures, without(3), { 'first row 0 Try: failure': 'why' })).toEqual([]);
  });

  it.each([
    ['a row', without(6, 7), {}, ['first row 2 Goto: never taken']],
    ['a row that never ends', without(8), {}, ['end row 0 Stop: never taken']],
    ['a failure', without(3), {}, ['first row 0 Try: failure never taken']],
    ['outcomes', without(1, 2), {}, ['first row 0 Try: outcome 0 never taken', 'first row 0 Try: outcome 1 never taken']],
    [
      'an excuse for what was taken',
      marksOf(...whole),
      { 'first row 0 Try: failure': 'why' },
      ['first row 0 Try: failure taken, but excused: why'],
    ],
    [
      'an excuse for what is not there',
      marksOf(...whole),
      { 'first row 1 Goto: failure': 'why' },
      ['first row 1 Goto: failure: excused, but there is no such edge'],
    ],
    [
      'an outcome that nobody knows',
      marksOf(...whole, [0, 0, 2]),
      {},
      ['first row 0 Try: outcome 2 taken, which functions.ts does not know'],
    ],
    [
      'a failure that nobody knows',
      marksOf(...whole, [0, 2, FAILED]),
      {},
      ['first row 2 Goto: failure taken, which functions.ts does not know'],
    ],
    ['a row behind the table', marksOf(...whole, [0, 3, BEGUN]), {}, ['first row 3: taken, but the table ends at row 2']],
  ])('tell %s', (_, marks, reasons: Record<string, string>, expected) => {
    expect(complaints(procedures, marks, reasons)).toEqual(expected);
  });

  it('are about all processes together', () => {
    expect(complaints(procedures, joinMarks(without(0, 1, 8), without(2, 3)), {})).toEqual([]);
  });

  it('have reasons in words for what is excused', () => {
    expect(Object.entries(excused).filter(([, reason]) => reason.length < 20)).toEqual([]);
  });
});

/** The shipped module; every call is marked, and must leave the same state on both sides. */
class Marked extends Module {
  readonly steps = new StepMarks();

  override poll(nowMs: number): Action {
    this.steps.poll(this.state(), nowMs);
    const action = super.poll(nowMs);
    expect(Buffer.compare(unmoved(this.state()), this.steps.state())).toBe(0);
    return action;
  }

  override event(kind: number, argument = 0, bytes: Uint8Array = new Uint8Array()): number {
    this.memory.set(bytes.subarray(0, this.exports.ipa_window_size(kind)), this.exports.ipa_window(kind));
    this.steps.event(this.state(), kind, argument, bytes.length);
    const taken = super.event(kind, argument, bytes);
    expect(Buffer.compare(unmoved(this.state()), this.steps.state())).toBe(0);
    return taken;
  }
}

describe('marks', () => {
  it('are those of the rows that the shipped module takes', () => {
    const idle = transcripts().find(({ name }) => name === 'idle')!;
    const module = new Marked();
    new Session(new TranscriptPeers(idle), {}, module).run();
    const marks = module.steps.marks();
    const taken = projectProcedures().flatMap(({ name, number, rows }) =>
      rows.flatMap((_, row) => {
        const bits = Array.from({ length: 16 }, (__, bit) => bit).filter((bit) => isMarked(marks, number, row, bit));
        return bits.length > 0 ? [`${name} ${row}: ${bits.map((bit) => (bit === BEGUN ? 'begun' : bit)).join(' ')}`] : [];
      }),
    );
    // nothing to deliver, nothing to do, one eIM: found and told without looking
    const straight = (name: string, ...rows: number[]) => rows.map((row) => `${name} ${row}: 0 begun`);
    expect(taken).toEqual([
      ...straight('start-up', 0, 1, 2, 3, 5, 6, 7, 11, 12, 14, 15),
      'notification-delivery 0: 0 begun',
      'notification-delivery 1: 1 begun',
      ...straight('notification-delivery', 3, 4, 5),
      'notification-delivery 8: 1 begun',
      ...straight('notification-delivery', 10, 11, 14, 15, 20, 21),
      ...straight('eim-package-retrieval', 0, 1, 8),
      ...straight('end', 0, 1, 2),
      'end 3: begun',
    ]);
  });
});

describe.each(variants)('the shipped module $name', ({ name }) => {
  it('has nothing that makes marks', () => {
    const { functionNames } = readModuleFacts(new Uint8Array(readFileSync(inBuild(`${name}.names.wasm`))));
    const bytecode = JSON.parse(readFileSync(inBuild(`${name}.bytecode.json`), 'utf8')) as readonly FunctionSize[];
    expect(bytecode.length).toBeGreaterThan(50);
    const names = [...functionNames.values(), ...bytecode.map((each) => each.name)];
    expect(names.filter((each) => each.includes('engine/trail'))).toEqual([]);
    const exported = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(inBuild(`${name}.wasm`))));
    expect(exported.filter((each) => each.name.startsWith('coverage'))).toEqual([]);
  });
});
