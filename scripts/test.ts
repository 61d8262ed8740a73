// SPDX-License-Identifier: Apache-2.0
// `npm test`: the gates, then the tests, then what can only be judged when all of them have run. The last line is
// "N passed, N failed", each gate and each test counting one. Arguments go to vitest: `npm test -- test/core` runs the gates and the
// tests of one folder.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { MARKS_FOLDER } from './coverage/marks.js';
import { runAsScript } from './main.js';
import { inBuild, inProject, root } from './paths.js';

/** What the last line counts. */
export interface Score {
  passed: number;
  failed: number;
}

/** The part of vitest's JSON report that is read. */
export interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

const tool = (...path: string[]): string => inProject('node_modules', ...path);
/** What vitest reported of the last run of the whole suite. */
export const WHOLE_REPORT = inBuild('vitest.json');
const PART_REPORT = inBuild('vitest-part.json');

interface Gate {
  readonly name: string;
  readonly command: readonly string[];
}

const GATES: readonly Gate[] = [
  { name: 'format and lint', command: [tool('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings'] },
  { name: 'types', command: [tool('typescript', 'bin', 'tsc'), '-p', 'tsconfig.json', '--noEmit'] },
  { name: 'ABI constants', command: ['--import', 'tsx', 'scripts/abi.ts', '--check'] },
  { name: 'size', command: ['--import', 'tsx', 'scripts/size.ts'] },
  { name: 'numbers in README.md', command: ['--import', 'tsx', 'scripts/readme.ts', '--check'] },
];

/** What is judged by a run of the whole suite. */
const LAST_GATES: readonly Gate[] = [
  { name: 'rows of the step tables', command: ['--import', 'tsx', 'scripts/coverage.ts'] },
  { name: 'clauses in SPEC.md', command: ['--import', 'tsx', 'scripts/spec.ts'] },
  { name: 'firmware on boards', command: ['--import', 'tsx', 'scripts/boards.ts'] },
];

/** Tests by vitest's own count; a file that does not load, or an error outside any test, counts as one more failure. */
export function scoreOf(report: VitestReport | undefined, exitStatus: number): Score {
  if (!report) return { passed: 0, failed: 1 };
  const broken = report.testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0).length;
  const failed = report.numFailedTests + broken;
  return { passed: report.numPassedTests, failed: failed === 0 && exitStatus !== 0 ? 1 : failed };
}

async function runGates(gates: readonly Gate[], score: Score): Promise<void> {
  for (const { name, command } of gates) {
    console.log(`— ${name}`);
    const ok = (await runNode(command)) === 0;
    if (!ok) console.log(`FAILED: ${name}`);
    score[ok ? 'passed' : 'failed'] += 1;
  }
}

async function runVitest(filters: readonly string[]): Promise<Score> {
  const whole = filters.length === 0;
  const file = whole ? WHOLE_REPORT : PART_REPORT;
  await rm(file, { force: true });
  if (whole) await rm(MARKS_FOLDER, { recursive: true, force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const environment = whole ? { IPA_STEP_COVERAGE: '1' } : {};
  const status = await runNode([tool('vitest', 'vitest.mjs'), 'run', ...reporters, ...filters], environment);
  const report = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as VitestReport,
    () => undefined,
  );
  return scoreOf(report, status);
}

async function runNode(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<number> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment } });
  const [status] = (await once(child, 'close')) as [number | null];
  return status ?? 1;
}

async function main(filters: readonly string[]): Promise<number> {
  const score: Score = { passed: 0, failed: 0 };
  await runGates(GATES, score);
  console.log('— tests');
  const tests = await runVitest(filters);
  score.passed += tests.passed;
  score.failed += tests.failed;
  if (filters.length === 0) await runGates(LAST_GATES, score);
  console.log(`${score.passed} passed, ${score.failed} failed`);
  return score.failed === 0 ? 0 : 1;
}

await runAsScript(import.meta.url, main);
