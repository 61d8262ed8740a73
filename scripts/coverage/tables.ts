// SPDX-License-Identifier: Apache-2.0
// The step tables of assembly/proc, read from their sources: which rows there are, and how each can end.

import { readdirSync, readFileSync } from 'node:fs';
import { inProject } from '../paths.js';

/** How a step can end, as functions.ts says behind its number. */
export interface Outcomes {
  /** The numbers n of "goes n rows further". */
  readonly numbers: readonly number[];
  readonly canFail: boolean;
}

export interface Row {
  /** For people: "profile-download row 25 ListOperationalProfiles". */
  readonly name: string;
  readonly outcomes: Outcomes;
}

/** A step table. */
export interface Procedure {
  /** The file's name without folder and extension. */
  readonly name: string;
  /** Its member of Go, counted from the first one. */
  readonly number: number;
  readonly rows: readonly Row[];
}

/** Source texts by the file's name without folder and extension. */
export type ProcedureSources = ReadonlyMap<string, string>;

const FOLDER = inProject('assembly', 'proc');
const RUNNER = inProject('assembly', 'engine', 'run.ts');
const FIRST_PROCEDURE = 0x80;

/** The tables of the project. Throws Error, with file and line, when one cannot be read. */
export function projectProcedures(): Procedure[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts'));
  const sources = new Map(files.map((file) => [file.slice(0, -'.ts'.length), readFileSync(`${FOLDER}/${file}`, 'utf8')]));
  return readProcedures(sources, readFileSync(RUNNER, 'utf8'));
}

/** Reads the tables that `runner` runs, with the vocabulary in `functions`. Throws Error when there is anything that is not understood. */
export function readProcedures(sources: ProcedureSources, runner: string): Procedure[] {
  const vocabulary = sources.get('functions') ?? '';
  const steps = readVocabulary(vocabulary);
  const tables = readTables(sources, steps);
  const { tables: inOrder, ofVariants } = readRunner(runner);
  const procedures = readGo(vocabulary).map(([name, number]): Procedure => {
    const table = inOrder[number];
    const found = tables.find(({ constant }) => constant === table);
    if (!found) throw new Error(`run.ts: Go.${name} leads to ${table}, which is no table of assembly/proc`);
    return { name: found.name, number, rows: found.rows };
  });
  const runs = ({ name, constant }: Table) => ofVariants.has(constant) || procedures.some((procedure) => procedure.name === name);
  const idle = tables.find((each) => !runs(each));
  if (idle) throw new Error(`assembly/proc/${idle.name}.ts: nothing runs this table`);
  return procedures;
}

/** The outcomes of each Do: `export const GetRat: u8 = 77; // 0, 1, failure`, or `none` when the step never ends by itself. */
function readVocabulary(text: string): Map<string, Outcomes> {
  const body = between(text, /^export namespace Do \{$/m, /^\}$/m);
  const lines = body.split('\n').filter((line) => line.includes('export const'));
  return new Map(lines.map(readOutcomes));
}

function readOutcomes(line: string): [string, Outcomes] {
  const [, name = '', said = ''] = /^\s*export const (\w+): u8 = \d+;(?: \/\/ (.*))?$/.exec(line) ?? [];
  const words = said === 'none' ? [] : said.split(', ');
  const numbers = words.filter((word) => word !== 'failure').map(Number);
  if (!said || numbers.some((number, index) => number !== index))
    throw new Error(`functions.ts: the outcomes are not told: ${line.trim()}`);
  return [name, { numbers, canFail: words.includes('failure') }];
}

/** The members of Go, with their numbers counted from the first. */
function readGo(text: string): [string, number][] {
  const body = between(text, /^export namespace Go \{$/m, /^\}$/m);
  return [...body.matchAll(/export const (\w+): u8 = (0x[0-9a-f]+);/g)].map(([, name = '', number]) => [
    name,
    Number(number) - FIRST_PROCEDURE,
  ]);
}

interface Runner {
  /** The constants of the tables in the order of Go. */
  readonly tables: readonly string[];
  /** Tables that run only in a variant which leaves something out. */
  readonly ofVariants: ReadonlySet<string>;
}

/** `<u16>(HAS_X ? A : B),` is A in the module that has everything, `<u16>(IS_X ? A : B),` is B. */
function readRunner(text: string): Runner {
  const body = between(text, /^const TABLES: .*\[$/m, /^\]\);$/m);
  const lines = [...body.matchAll(/^ {2}<u16>(?:\((HAS|IS)_\w+ \? (\w+) : (\w+)\)|(\w+)),$/gm)];
  const tables = lines.map(([, kind, first = '', last = '', only = '']) => only || (kind === 'HAS' ? first : last));
  return { tables, ofVariants: new Set(lines.flatMap(([, kind, first = '']) => (kind === 'IS' ? [first] : []))) };
}

interface Table {
  readonly name: string;
  readonly constant: string;
  readonly rows: readonly Row[];
}

/** A table is an array whose first line is a row; some are there only with a feature: `HAS_X ? memory.data… : 0`. */
function readTables(sources: ProcedureSources, steps: ReadonlyMap<string, Outcomes>): Table[] {
  return [...sources].flatMap(([name, text]) =>
    [...text.matchAll(/^export const (\w+): usize = (?:!?\w+ \? (?:0 : )?)?memory\.data<u8>\(\[\n( {2}\/\* 0.*?)^\]\)(?: : 0)?;$/gms)].map(
      ([, constant = '', lines = '']) => ({
        name,
        constant,
        rows: lines
          .trimEnd()
          .split('\n')
          .map((line, index) => readRow(name, line, index, steps)),
      }),
    ),
  );
}

function readRow(procedure: string, line: string, index: number, steps: ReadonlyMap<string, Outcomes>): Row {
  const [, number, step = ''] = /^ {2}\/\* (\d+)(?: [^*]+)? \*\/ Do\.(\w+), [\w. +]+, [\w. +]+,$/.exec(line) ?? [];
  const outcomes = steps.get(step);
  if (!outcomes) throw new Error(`assembly/proc/${procedure}.ts: not understood as a row: ${line.trim()}`);
  if (Number(number) !== index) throw new Error(`assembly/proc/${procedure}.ts: this is row ${index}: ${line.trim()}`);
  return { name: `${procedure} row ${index} ${step}`, outcomes };
}

/** The text behind the first match of `begin`, up to the next one of `end`. */
function between(text: string, begin: RegExp, end: RegExp): string {
  const start = begin.exec(text);
  if (!start) throw new Error(`${begin} is not there`);
  const rest = text.slice(start.index + start[0].length);
  return rest.slice(0, end.exec(rest)?.index);
}
