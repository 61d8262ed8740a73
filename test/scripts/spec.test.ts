// SPDX-License-Identifier: Apache-2.0
// SPEC.md is held against tree and tests: whatever a row claims that is not so must be told.

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inProject } from '../../scripts/paths.js';
import { readSpec, type Spec } from '../../scripts/spec/table.js';
import { judge, type TestReport } from '../../scripts/spec.js';
import { sources } from '../support/sources.js';

const CLAUSES = '| clause | subject | status | files | tests |\n|---|---|---|---|---|\n';
const READINGS = '| # | clause | ambiguity | reading | reason |\n|---|---|---|---|---|\n';
const A_ROW = '| 32 §5.9.1 | LoadEuiccPackage | yes | `a.ts` | `test/a.test.ts` |\n';

const spec = (rows: string): Spec => readSpec(`Some text.\n\n${CLAUSES}${rows}\nMore text.\n`);

describe('a table of clauses', () => {
  it('is read row by row, wherever it stands, and other tables are not looked at', () => {
    const text = `# x\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n${CLAUSES}${A_ROW}| X.690 | DER, | or not | no | – | – |\n\n${CLAUSES}| 102 221 §7.3 | APDU | partly | \`b.ts\`, \`c.ts\` | – |\n`;
    const { clauses, complaints } = readSpec(text);
    expect(clauses).toEqual([
      { clause: '32 §5.9.1', subject: 'LoadEuiccPackage', status: 'yes', files: ['a.ts'], tests: ['test/a.test.ts'] },
      { clause: '102 221 §7.3', subject: 'APDU', status: 'partly', files: ['b.ts', 'c.ts'], tests: [] },
    ]);
    expect(complaints).toEqual(['SPEC.md:10: a row has 5 cells, none of them empty']);
  });

  it('is missed', () => {
    expect(readSpec('# nothing').complaints).toEqual([expect.stringMatching(/^SPEC\.md: there is no table that begins with/)]);
  });

  it.each([
    ['a cell too few', '| 32 §1 | x | no | – |', 'a row has 5 cells, none of them empty'],
    ['an empty cell', '| 32 §1 |  | no | – | – |', 'a row has 5 cells, none of them empty'],
    ['two clauses', '| 32 §1, §2 | x | no | – | – |', '"32 §1, §2" is not one clause: "32 §5.9.1"'],
    ['an unknown status', '| 32 §1 | x | maybe | – | – |', 'clause 32 §1: status "maybe" is none of yes, partly, no'],
    [
      'names without backticks',
      '| 32 §1 | x | no | a.ts | – |',
      'clause 32 §1: files and tests are names in backticks with commas between, or –',
    ],
    [
      'tests without commas',
      '| 32 §1 | x | no | – | `a` `b` |',
      'clause 32 §1: files and tests are names in backticks with commas between, or –',
    ],
    ['a clause that is done without a test', '| 32 §1 | x | yes | `a.ts` | – |', 'clause 32 §1: "yes" needs files and tests'],
    ['a clause that is done without a file', '| 32 §1 | x | yes | – | `a.test.ts` |', 'clause 32 §1: "yes" needs files and tests'],
  ])('%s is told', (_, row, complaint) => {
    const { clauses, complaints } = spec(`${A_ROW}${row}\n`);
    expect(complaints).toEqual([`SPEC.md:6: ${complaint}`]);
    expect(clauses).toHaveLength(1);
  });

  it('a clause that stands twice is told', () => {
    expect(spec(A_ROW + A_ROW).complaints).toEqual(['SPEC.md:6: clause 32 §5.9.1 has a row already']);
  });
});

describe('a table of readings', () => {
  it.each([
    ['E1', '"E1" is not the number of a reading: "E-1"'],
    ['W-1', 'reading W-1 has a row already'],
  ])('with the number %s is told', (number, complaint) => {
    const row = (name: string) => `| ${name} | 22 §1 | doubt | so | because |\n`;
    const { readings, complaints } = readSpec(`${CLAUSES}${A_ROW}\n${READINGS}${row('W-1 (I-3)')}${row(number)}`);
    expect(readings).toEqual([{ number: 'W-1', clause: '22 §1', ambiguity: 'doubt', reading: 'so', reason: 'because' }]);
    expect(complaints).toEqual([`SPEC.md:8: ${complaint}`]);
  });
});

const FILES = ['a.ts', 'test/a.test.ts', 'test/b.test.ts'];
const reportOf = (...tests: readonly (readonly [file: string, fullName: string, status: string])[]): TestReport => ({
  testResults: tests.map(([file, fullName, status]) => ({ name: inProject(file), assertionResults: [{ fullName, status }] })),
});
const judged = (tests: string, report: TestReport | undefined, files = '`a.ts`') =>
  judge(spec(`| 32 §1 | x | yes | ${files} | ${tests} |\n`), (file) => FILES.includes(file), report);

describe('a claim', () => {
  const report = reportOf(
    ['test/a.test.ts', 'a card answers', 'passed'],
    ['test/a.test.ts', 'a card is gone', 'skipped'],
    ['test/a.test.ts', 'a card answers late', 'failed'],
    ['test/b.test.ts', 'published bytes', 'skipped'],
    ['test/c.test.ts', 'somewhere else', 'passed'],
  );

  it.each([
    ['of tests that passed, some beside them skipped', '`test/a.test.ts: a card`', reportOf(...passedAndSkipped()), undefined, 'passed'],
    ['of a test by its name', '`test/a.test.ts: card is`', reportOf(['test/a.test.ts', 'a card is gone', 'passed']), undefined, 'passed'],
    ['of a file whose tests passed', '`test/a.test.ts`', reportOf(['test/a.test.ts', 'any', 'passed']), undefined, 'passed'],
    ['of a file with a failed test', '`test/a.test.ts`', report, 'test test/a.test.ts failed', 'failed'],
    ['of a failed test', '`test/a.test.ts: answers late`', report, 'test test/a.test.ts: answers late failed', 'failed'],
    ['of a skipped test', '`test/a.test.ts: is gone`', report, 'test test/a.test.ts: is gone did not run', 'not run'],
    ['of a file of skipped tests', '`test/b.test.ts`', report, 'test test/b.test.ts did not run', 'not run'],
    ['of a file that never ran', '`test/b.test.ts: x`', reportOf(), 'test test/b.test.ts: x did not run', 'not run'],
    ['of a test that is not there', '`test/a.test.ts: flies`', report, 'there is no test test/a.test.ts: flies', 'not run'],
    ['of a test in no file', '`test/c.test.ts`', report, 'there is no test test/c.test.ts', 'not run'],
  ])('%s', (_, tests, results, complaint, outcome) => {
    const { clauses, complaints } = judged(tests, results);
    expect(complaints).toEqual(complaint ? [`32 §1: ${complaint}`] : []);
    expect(clauses[0]?.tests).toMatchObject([{ test: tests.slice(1, -1), outcome }]);
  });

  it('of a file that is not there is told', () => {
    const results = reportOf(['test/a.test.ts', 'any', 'passed']);
    expect(judged('`test/a.test.ts`', results, '`a.ts`, `gone.ts`').complaints).toEqual(['32 §1: there is no file gone.ts']);
  });

  it('cannot be judged without a run of the whole suite', () => {
    expect(judged('`test/a.test.ts`', undefined).complaints).toEqual(['there is no report of a run of the whole suite: run npm test']);
  });

  it('in a row that cannot be read is told with the others', () => {
    const broken = spec('| 32 §1 | x | no |\n');
    expect(judge(broken, () => true, reportOf()).complaints).toEqual(broken.complaints);
  });
});

function passedAndSkipped() {
  return [
    ['test/a.test.ts', 'a card answers', 'passed'],
    ['test/a.test.ts', 'a card is gone', 'skipped'],
  ] as const;
}

describe('SPEC.md itself', () => {
  const itself = readSpec(readFileSync(inProject('assembly/SPEC.md'), 'utf8'));

  it('can be read, and names files that exist', () => {
    expect(itself.complaints).toEqual([]);
    expect(itself.clauses.length).toBeGreaterThan(100);
    const named = itself.clauses.flatMap(({ files, tests }) => [...files, ...tests.map((test) => test.split(': ')[0] ?? '')]);
    expect(named.filter((file) => !existsSync(inProject(file)))).toEqual([]);
  });

  it('has every reading that a source names', () => {
    const numbers = new Set(itself.readings.map(({ number }) => number));
    const named = sources('assembly', 'host').flatMap(({ file, text }) =>
      [...text.matchAll(/SPEC\.md, ([A-Z]-\d+)/g)].map(([, number = '']) => ({ file, number })),
    );
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter(({ number }) => !numbers.has(number))).toEqual([]);
  });

  it('has a row for every function of ES10 that the host knows', () => {
    const named = new Set(itself.clauses.flatMap(({ files }) => files));
    const functions = sources('host/es10').filter(({ text }) => /^\/\/ ES10[abc]\./m.test(text));
    expect(functions.length).toBeGreaterThan(20);
    expect(functions.filter(({ file }) => !named.has(file)).map(({ file }) => file)).toEqual([]);
  });
});
