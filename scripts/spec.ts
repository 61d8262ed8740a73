// SPDX-License-Identifier: Apache-2.0
// `npm run spec`: every clause of assembly/SPEC.md with its files and tests, and how these tests ended in the last run of the whole
// suite, to build/spec.json. Fails when a clause claims a file or test that is not there, or a test that did not run or failed.

import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runAsScript } from './main.js';
import { inBuild, inProject, root } from './paths.js';
import { type Clause, readSpec, type Spec } from './spec/table.js';
import { WHOLE_REPORT } from './test.js';

/** The part of vitest's JSON report that is read. */
export interface TestReport {
  readonly testResults: readonly {
    /** Absolute path. */
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** What became of the tests that a reference names: failed when one of them did, passed when one did and none failed. */
type Outcome = 'passed' | 'failed' | 'not run' | 'unknown';

interface JudgedTest {
  readonly test: string;
  readonly exists: boolean;
  readonly outcome: Outcome;
}

export interface JudgedClause extends Omit<Clause, 'tests'> {
  readonly tests: readonly JudgedTest[];
}

/** What spec.json holds. */
export interface Judgement {
  readonly clauses: readonly JudgedClause[];
  readonly readings: Spec['readings'];
  readonly complaints: readonly string[];
}

/** Judges all clauses by the files that exist and by a report, if there is one. */
export function judge(spec: Spec, exists: (file: string) => boolean, report: TestReport | undefined): Judgement {
  const clauses = spec.clauses.map((clause) => ({ ...clause, tests: clause.tests.map((test) => judgeTest(test, exists, report)) }));
  const found = clauses.flatMap(({ clause, files, tests }) => [
    ...files.filter((file) => !exists(file)).map((file) => `${clause}: there is no file ${file}`),
    ...tests.flatMap((test) => complaintOf(test).map((complaint) => `${clause}: ${complaint}`)),
  ]);
  const missing = report ? [] : ['there is no report of a run of the whole suite: run npm test'];
  return { clauses, readings: spec.readings, complaints: [...spec.complaints, ...found, ...missing] };
}

/** Before a run of the suite a test is there when its file is; after it, when the report names it. */
function judgeTest(test: string, exists: (file: string) => boolean, report: TestReport | undefined): JudgedTest {
  const [file = '', name = ''] = test.split(/: (.*)/);
  if (!exists(file) || !report) return { test, exists: exists(file), outcome: exists(file) ? 'unknown' : 'not run' };
  const results = report.testResults.filter((result) => relative(result.name) === file).flatMap((result) => result.assertionResults);
  const named = results.filter(({ fullName }) => fullName.includes(name));
  const has = (status: string) => named.some((each) => each.status === status);
  const outcome = has('failed') ? 'failed' : has('passed') ? 'passed' : 'not run';
  return { test, exists: name === '' || results.length === 0 || named.length > 0, outcome };
}

function complaintOf({ test, exists, outcome }: JudgedTest): string[] {
  if (!exists) return [`there is no test ${test}`];
  if (outcome === 'failed') return [`test ${test} failed`];
  return outcome === 'not run' ? [`test ${test} did not run`] : [];
}

const relative = (absolute: string): string => path.relative(root, absolute).split(path.sep).join('/');

async function main(): Promise<number> {
  const spec = readSpec(await readFile(inProject('assembly', 'SPEC.md'), 'utf8'));
  const report = await readFile(WHOLE_REPORT, 'utf8').then(
    (text) => JSON.parse(text) as TestReport,
    () => undefined,
  );
  const judgement = judge(spec, (file) => existsSync(inProject(file)), report);
  await writeFile(inBuild('spec.json'), `${JSON.stringify(judgement, null, 2)}\n`);
  const count = (status: string) => judgement.clauses.filter((clause) => clause.status === status).length;
  console.log(`clauses: ${count('yes')} yes, ${count('partly')} partly, ${count('no')} no; readings: ${judgement.readings.length}`);
  for (const complaint of judgement.complaints) console.error(complaint);
  return judgement.complaints.length === 0 ? 0 : 1;
}

await runAsScript(import.meta.url, main);
