// SPDX-License-Identifier: Apache-2.0
// Scripts run however they are reached, and not when they are imported.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { inProject, root } from '../../scripts/paths.js';

const folder = mkdtempSync(path.join(tmpdir(), 'ipa-main-'));
const link = path.join(folder, 'link');
const importer = path.join(folder, 'importer.mjs');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const stdoutOf = (script: string, ...args: string[]): string =>
  execFileSync(process.execPath, ['--import', 'tsx', script, ...args], { cwd: root, encoding: 'utf8' });

const target = path.join(folder, 'script.mts');
writeFileSync(
  target,
  `import { runAsScript } from ${JSON.stringify(inProject('scripts', 'main.ts'))};
await runAsScript(import.meta.url, async (args) => { console.log(args.join()); return 0; });`,
);
symlinkSync(folder, link);
writeFileSync(importer, `import ${JSON.stringify(target)};`);

it.each([
  ['by its path', target],
  ['through a symbolic link', path.join(link, 'script.mts')],
])('a script started %s runs, with its arguments', (_, script) => {
  expect(stdoutOf(script, '--check', 'x')).toBe('--check,x\n');
});

it('a script that is imported does not run', () => {
  expect(stdoutOf(importer)).toBe('');
});
