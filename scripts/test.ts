// SPDX-License-Identifier: Apache-2.0
// `npm test`: the gates, then the tests. The last line is "N passed, N failed", each gate and each test counting one.
// Arguments go to vitest: `npm test -- test/core` runs the gates and the tests of one folder.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
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
const REPORT = inBuild('vitest.json');

const GATES: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'format and lint', command: [tool('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings'] },
  { name: 'types', command: [tool('typescript', 'bin', 'tsc'), '-p', 'tsconfig.json', '--noEmit'] },
  { name: 'ABI constants', command: ['--import', 'tsx', 'scripts/abi.ts', '--check'] },
  { name: 'size', command: ['--import', 'tsx', 'scripts/size.ts'] },
  { name: 'numbers in README.md', command: ['--import', 'tsx', 'scripts/readme.ts', '--check'] },
];

/** Tests by vitest's own count; a file that does not load, or an error outside any test, counts as one more failure. */
export function scoreOf(report: VitestReport | undefined, exitStatus: number): Score {
  if (!report) return { passed: 0, failed: 1 };
  const broken = report.testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0).length;
  const failed = report.numFailedTests + broken;
  return { passed: report.numPassedTests, failed: failed === 0 && exitStatus !== 0 ? 1 : failed };
}

async function runGates(score: Score): Promise<void> {
  for (const { name, command } of GATES) {
    console.log(`— ${name}`);
    const ok = (await runNode(command)) === 0;
    if (!ok) console.log(`FAILED: ${name}`);
    score[ok ? 'passed' : 'failed'] += 1;
  }
}

async function runVitest(filters: readonly string[]): Promise<Score> {
  await rm(REPORT, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
  const status = await runNode([tool('vitest', 'vitest.mjs'), 'run', ...reporters, ...filters]);
  const report = await readFile(REPORT, 'utf8').then(
    (text) => JSON.parse(text) as VitestReport,
    () => undefined,
  );
  return scoreOf(report, status);
}

async function runNode(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  const [status] = (await once(child, 'close')) as [number | null];
  return status ?? 1;
}

async function main(filters: readonly string[]): Promise<number> {
  const score: Score = { passed: 0, failed: 0 };
  await runGates(score);
  console.log('— tests');
  const tests = await runVitest(filters);
  const failed = score.failed + tests.failed;
  console.log(`${score.passed + tests.passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

await runAsScript(import.meta.url, main);
