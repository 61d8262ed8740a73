// SPDX-License-Identifier: Apache-2.0
// Whether the tests took every row of the step tables, each way it can end. `npm test` asks when the whole suite has run. For a
// part: `IPA_STEP_COVERAGE=1 npx vitest run test/scenario`, then `npx tsx scripts/coverage.ts`; marks add up until build/coverage goes.

import { excused } from './coverage/excused.js';
import { BEGUN, FAILED, gatherMarks, isMarked, ROWS_OF_A_PROCEDURE } from './coverage/marks.js';
import { type Procedure, projectProcedures, type Row } from './coverage/tables.js';
import { runAsScript } from './main.js';

interface Edge {
  readonly name: string;
  readonly taken: boolean;
}

/** Reasons by the name of the edge. */
type Reasons = Readonly<Record<string, string>>;

/** What is wrong, a line each; empty when every edge was taken that is not excused, and nothing else. */
export function complaints(procedures: readonly Procedure[], marks: Uint8Array, reasons: Reasons): string[] {
  const known = new Set(procedures.flatMap((procedure) => edgesOf(procedure, marks).map(({ name }) => name)));
  return [
    ...procedures.flatMap((procedure) => [...missing(procedure, marks, reasons), ...surprising(procedure, marks, reasons)]),
    ...Object.keys(reasons)
      .filter((name) => !known.has(name))
      .map((name) => `${name}: excused, but there is no such edge`),
  ];
}

function edgesOf(procedure: Procedure, marks: Uint8Array): Edge[] {
  return procedure.rows.flatMap((row, index) => edgesOfRow(procedure, row, index, marks));
}

function edgesOfRow({ number }: Procedure, { name, outcomes }: Row, index: number, marks: Uint8Array): Edge[] {
  const edges = outcomes.numbers.map((outcome) => ({
    name: `${name}: outcome ${outcome}`,
    taken: isMarked(marks, number, index, outcome),
  }));
  return outcomes.canFail ? [...edges, { name: `${name}: failure`, taken: isMarked(marks, number, index, FAILED) }] : edges;
}

/** Rows and edges that should have been taken. Of a row that never began its edges are not told one by one. */
function missing(procedure: Procedure, marks: Uint8Array, reasons: Reasons): string[] {
  return procedure.rows.flatMap((row, index) => {
    if (!isMarked(marks, procedure.number, index, BEGUN)) return [`${row.name}: never taken`];
    const edges = edgesOfRow(procedure, row, index, marks);
    return edges.filter(({ name, taken }) => !taken && !(name in reasons)).map(({ name }) => `${name} never taken`);
  });
}

/** What was taken although it is excused, or although the vocabulary or the table does not have it. */
function surprising(procedure: Procedure, marks: Uint8Array, reasons: Reasons): string[] {
  const { name, number, rows } = procedure;
  const excusedInVain = edgesOf(procedure, marks).filter((edge) => edge.taken && edge.name in reasons);
  const unknown = rows.flatMap(({ name: row, outcomes }, index) => {
    const numbers = upTo(BEGUN).filter((outcome) => !outcomes.numbers.includes(outcome) && isMarked(marks, number, index, outcome));
    const names = numbers.map((outcome) => `outcome ${outcome}`);
    if (!outcomes.canFail && isMarked(marks, number, index, FAILED)) names.push('failure');
    return names.map((edge) => `${row}: ${edge} taken, which functions.ts does not know`);
  });
  const beyond = upTo(ROWS_OF_A_PROCEDURE).filter((row) => row >= rows.length && isMarked(marks, number, row, BEGUN));
  return [
    ...excusedInVain.map((edge) => `${edge.name} taken, but excused: ${reasons[edge.name]}`),
    ...beyond.map((row) => `${name} row ${row}: taken, but the table ends at row ${rows.length - 1}`),
    ...unknown,
  ];
}

const upTo = (end: number): number[] => Array.from({ length: end }, (_, index) => index);

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
