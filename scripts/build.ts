// SPDX-License-Identifier: Apache-2.0
// `npm run build`: every module (release with its text form, debug, with function names), the WASI shell, and dist/ for the
// command line. With --if-stale only what its inputs have outrun.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { staleAbi } from './abi.js';
import { type CompileRequest, compile } from './compile.js';
import { runAsScript } from './main.js';
import { inBuild, inProject, root } from './paths.js';
import { isStale, runStep, type Step } from './stale.js';
import { featureOptions, SHELL_MEMORY_BASE, variants } from './variants.js';

/** Re-exports of internals, for tests alone. */
const TEST_INTERNALS = 'assembly/test-internals.ts';
/** The module with marks of the rows taken, for tests alone. */
const COVERAGE: CompileRequest = {
  entry: 'assembly/ipad-coverage.ts',
  target: 'release',
  outFile: 'build/ipad-coverage.wasm',
  options: [...featureOptions(variants.find(({ name }) => name === 'ipad') ?? {}), '--use', 'IPA_COVERAGE=1'],
};
const SHELL = 'host/core/wasi-shell/shell.ts';

/** Every compilation of the build. */
function compilations(): CompileRequest[] {
  const shipped = variants.flatMap(({ name, entry, compiled = [], ...features }): CompileRequest[] => [
    {
      entry,
      target: 'release',
      options: featureOptions(features),
      outFile: `build/${name}.wasm`,
      shrunk: {
        compiled,
        textFile: `build/${name}.wat`,
        namesFile: `build/${name}.names.wasm`,
        scalarsFile: `build/${name}.scalars.json`,
        bytecodeFile: `build/${name}.bytecode.json`,
        fastFile: `build/${name}.fast.wasm`,
        fastNamesFile: `build/${name}.fast.names.wasm`,
        fastScalarsFile: `build/${name}.fast.scalars.json`,
        plainFile: `build/${name}.plain.wasm`,
      },
    },
    { entry, target: 'debug', options: featureOptions(features), outFile: `build/${name}.debug.wasm` },
  ]);
  const internals: CompileRequest[] = existsSync(inProject(TEST_INTERNALS))
    ? [{ entry: TEST_INTERNALS, target: 'release', outFile: 'build/test-internals.wasm' }]
    : [];
  const options = ['--importMemory', '--zeroFilledMemory', '--memoryBase', String(SHELL_MEMORY_BASE)];
  return [...shipped, ...internals, COVERAGE, { entry: SHELL, target: 'release', outFile: 'build/wasi-shell.wasm', options }];
}

/** What the build consists of, in order. */
export function steps(): Step[] {
  const requests = compilations();
  return [
    {
      name: 'wasm',
      inputs: [
        'assembly',
        'host/core/wasi-shell',
        'scripts/build.ts',
        'scripts/bytecode.ts',
        'scripts/bytecode',
        'scripts/compile.ts',
        'scripts/forms.ts',
        'scripts/shrink.ts',
        'scripts/shrink',
        'scripts/variants.ts',
        'asconfig.json',
        'package-lock.json',
      ],
      outputs: requests.flatMap(({ outFile, shrunk: { compiled: _, ...files } = {} }) => [outFile, ...Object.values(files)]),
      run: () => compileAll(requests),
    },
    {
      name: 'dist',
      inputs: ['host', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
      outputs: ['dist/host/index.js'],
      run: compileHost,
    },
  ];
}

/** Two at a time: that is what a small machine has, and the longest is a third of the whole. */
async function compileAll(requests: readonly CompileRequest[]): Promise<void> {
  const queue = [...requests];
  const worker = async () => {
    for (let request = queue.shift(); request; request = queue.shift()) await compile(request);
  };
  await mkdir(inBuild(), { recursive: true });
  await Promise.all([worker(), worker()]);
}

async function compileHost(): Promise<void> {
  const stale = await staleAbi();
  if (stale.length > 0) throw new Error(`${stale.map(({ file }) => file).join(' and ')} stale: run npm run abi`);
  await rm(inProject('dist', 'host'), { recursive: true, force: true });
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: root }).catch((failure) => {
    throw new Error(`host/ does not compile\n${failure.stdout || failure.message}`);
  });
}

async function main(onlyStale: boolean): Promise<number> {
  for (const step of steps()) {
    if (onlyStale && !(await isStale(step))) continue;
    console.log(`building ${step.name} …`);
    await runStep(step);
  }
  return 0;
}

await runAsScript(import.meta.url, (args) => main(args.includes('--if-stale')));
