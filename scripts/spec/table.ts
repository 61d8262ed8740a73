// SPDX-License-Identifier: Apache-2.0
// Reads assembly/SPEC.md: the tables of clauses and those of readings. Other tables are not looked at.

/** How far a clause is implemented. */
export const STATUSES = ['yes', 'partly', 'no'] as const;
export type Status = (typeof STATUSES)[number];

/** A row of a table of clauses. */
export interface Clause {
  /** "32 §5.9.1": document, then clause, where it has numbers. */
  readonly clause: string;
  readonly subject: string;
  readonly status: Status;
  /** Paths relative to the project's root. */
  readonly files: readonly string[];
  /** "path/file.test.ts" or "path/file.test.ts: part of the names of tests". */
  readonly tests: readonly string[];
}

/** A row of a table of readings. */
export interface Reading {
  /** "E-1"; a second number in brackets is of no matter here. */
  readonly number: string;
  readonly clause: string;
  readonly ambiguity: string;
  readonly reading: string;
  readonly reason: string;
}

export interface Spec {
  readonly clauses: readonly Clause[];
  readonly readings: readonly Reading[];
  /** What is wrong with the rows, each with its line. */
  readonly complaints: readonly string[];
}

const CLAUSES = '| clause | subject | status | files | tests |';
const READINGS = '| # | clause | ambiguity | reading | reason |';
const COLUMNS = 5;
const NOTHING = '–';

/** Reads all tables. What cannot be read becomes a complaint, and the row is left out. */
export function readSpec(text: string): Spec {
  const clauses: Clause[] = [];
  const readings: Reading[] = [];
  const complaints: string[] = [];
  let head = '';
  text.split('\n').forEach((line, index) => {
    if (!line.startsWith('|')) head = '';
    else if (!head) head = line;
    else if (!/^[|-]+$/.test(line) && (head === CLAUSES || head === READINGS)) {
      const cells = cellsOf(line);
      const wrong = head === CLAUSES ? addClause(cells, clauses) : addReading(cells, readings);
      if (wrong) complaints.push(`SPEC.md:${index + 1}: ${wrong}`);
    }
  });
  if (clauses.length === 0) complaints.push(`SPEC.md: there is no table that begins with ${CLAUSES}`);
  return { clauses, readings, complaints };
}

function cellsOf(line: string): string[] {
  return line
    .replace(/^\| ?| ?\|$/g, '')
    .split(' | ')
    .map((cell) => cell.trim());
}

/** Adds the row, or returns what is wrong. */
function addClause(cells: readonly string[], clauses: Clause[]): string | undefined {
  const [clause = '', subject = '', status = '', files = '', tests = ''] = cells;
  if (cells.length !== COLUMNS || cells.includes('')) return `a row has ${COLUMNS} cells, none of them empty`;
  if (!/^[\w.-]+( [\w.-]+)*( §[A-Z0-9.]*[A-Z0-9])?$/.test(clause)) return `"${clause}" is not one clause: "32 §5.9.1"`;
  if (clauses.some((other) => other.clause === clause)) return `clause ${clause} has a row already`;
  const known = STATUSES.find((each) => each === status);
  if (!known) return `clause ${clause}: status "${status}" is none of ${STATUSES.join(', ')}`;
  const [fileNames, testNames] = [namesOf(files), namesOf(tests)];
  if (!fileNames || !testNames) return `clause ${clause}: files and tests are names in backticks with commas between, or ${NOTHING}`;
  if (known === 'yes' && (fileNames.length === 0 || testNames.length === 0)) return `clause ${clause}: "yes" needs files and tests`;
  clauses.push({ clause, subject, status: known, files: fileNames, tests: testNames });
  return undefined;
}

function namesOf(cell: string): string[] | undefined {
  if (cell === NOTHING) return [];
  if (!/^`[^`]+`(, `[^`]+`)*$/.test(cell)) return undefined;
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

/** Adds the row, or returns what is wrong. */
function addReading(cells: readonly string[], readings: Reading[]): string | undefined {
  const [numbers = '', clause = '', ambiguity = '', reading = '', reason = ''] = cells;
  if (cells.length !== COLUMNS || cells.includes('')) return `a row has ${COLUMNS} cells, none of them empty`;
  const [, number] = /^([A-Z]-\d+)(?: \([A-Z]-\d+\))?$/.exec(numbers) ?? [];
  if (!number) return `"${numbers}" is not the number of a reading: "E-1"`;
  if (readings.some((other) => other.number === number)) return `reading ${number} has a row already`;
  readings.push({ number, clause, ambiguity, reading, reason });
  return undefined;
}
