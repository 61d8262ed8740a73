// SPDX-License-Identifier: Apache-2.0
// Whether the tests took every row of the step tables, each way it can end. `npm test` asks when the whole suite has run. For a
// part: `IPA_STEP_COVERAGE=1 npx vitest run test/scenario`, then `npx tsx scripts/coverage.ts`; marks add up until build/coverage goes.

import { excused } from './coverage/excused.js';
import { BEGUN, FAILED, gatherMarks, isMarked, ROWS_OF_A_PROCEDURE } from './coverage/marks.js';
import { type Procedure, projectProcedures } from './coverage/tables.js';
import { runAsScript } from './main.js';

interface Edge {
  readonly name: string;
  readonly taken: boolean;
}

/** What is wrong, a line each; empty when every edge was taken that is not excused, and nothing else. */
export function complaints(procedures: readonly Procedure[], marks: Uint8Array, reasons: Readonly<Record<string, string>>): string[] {
  const known = new Set(procedures.flatMap((procedure) => edgesOf(procedure, marks).map(({ name }) => name)));
  const unknown = Object.keys(reasons).filter((name) => !known.has(name));
  return [
    ...procedures.flatMap((procedure) => [...missing(procedure, marks, reasons), ...surprising(procedure, marks, reasons)]),
    ...unknown.map((name) => `${name}: excused, but there is no such edge`),
  ];
}

function edgesOf({ number, rows }: Procedure, marks: Uint8Array): Edge[] {
  return rows.flatMap(({ name, outcomes: { numbers, canFail } }, row) => [
    ...numbers.map((outcome) => ({ name: `${name}: outcome ${outcome}`, taken: isMarked(marks, number, row, outcome) })),
    ...(canFail ? [{ name: `${name}: failure`, taken: isMarked(marks, number, row, FAILED) }] : []),
  ]);
}

/** Rows and edges that should have been taken. Of a row that never began its edges are not told one by one. */
function missing(procedure: Procedure, marks: Uint8Array, reasons: Readonly<Record<string, string>>): string[] {
  return procedure.rows.flatMap((row, index) => {
    if (!isMarked(marks, procedure.number, index, BEGUN)) return [`${row.name}: never taken`];
    return edgesOf(procedure, marks)
      .filter(({ name, taken }) => name.startsWith(`${row.name}: `) && !taken && !(name in reasons))
      .map(({ name }) => `${name} never taken`);
  });
}

/** What was taken although it is excused, or although the vocabulary or the table does not have it. */
function surprising({ name, number, rows, ...rest }: Procedure, marks: Uint8Array, reasons: Readonly<Record<string, string>>): string[] {
  const taken = edgesOf({ name, number, rows, ...rest }, marks).filter((edge) => edge.taken && edge.name in reasons);
  const beyond = Array.from({ length: ROWS_OF_A_PROCEDURE - rows.length }, (_, index) => rows.length + index).filter((row) =>
    isMarked(marks, number, row, BEGUN),
  );
  const unknown = rows.flatMap(({ name: row, outcomes }, index) => [
    ...Array.from({ length: BEGUN }, (_, outcome) => outcome)
      .filter((outcome) => !outcomes.numbers.includes(outcome) && isMarked(marks, number, index, outcome))
      .map((outcome) => `${row}: outcome ${outcome} taken, which functions.ts does not know`),
    ...(!outcomes.canFail && isMarked(marks, number, index, FAILED) ? [`${row}: failure taken, which functions.ts does not know`] : []),
  ]);
  return [
    ...taken.map((edge) => `${edge.name} taken, but excused: ${reasons[edge.name]}`),
    ...beyond.map((row) => `${name} row ${row}: taken, but the table ends at row ${rows.length - 1}`),
    ...unknown,
  ];
}

/** Edges taken, and all of them. */
function count(procedures: readonly Procedure[], marks: Uint8Array): string {
  const edges = procedures.flatMap((procedure) => edgesOf(procedure, marks));
  return `${edges.filter(({ taken }) => taken).length} of ${edges.length} edges of the step tables taken`;
}

async function main(): Promise<number> {
  const [procedures, marks] = [projectProcedures(), gatherMarks()];
  if (marks.length === 0) throw new Error('no test has left marks: run npm test');
  console.log(count(procedures, marks));
  const found = complaints(procedures, marks, excused);
  for (const complaint of found) console.error(complaint);
  return found.length === 0 ? 0 : 1;
}

await runAsScript(import.meta.url, main);
