// SPDX-License-Identifier: Apache-2.0
// Compiles one AssemblyScript entry file. The flags live in asconfig.json, so `npx asc` in a terminal and the build agree.

import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { root } from './paths.js';

/** What to compile and how. Paths are absolute or relative to the project's root. */
export interface CompileRequest {
  readonly entry: string;
  /** A target of asconfig.json: `release` (small, no asserts) or `debug` (asserts, names, no optimisation). */
  readonly target: 'release' | 'debug';
  /** Further options of asc, for this compilation only. */
  readonly options?: readonly string[];
  /** Where the module goes. */
  readonly outFile: string;
  /** Asks for what a shipped module goes through: forms.ts. */
  readonly shrunk?: ShrunkRequest;
}

/** Other forms of a shipped module, where they are wanted; paths. */
export interface ShrunkRequest {
  /** Functions that stay WebAssembly, as Variant.compiled has them. */
  readonly compiled?: readonly string[];
  /** Its text. */
  readonly textFile?: string;
  /** The same code with the names of its functions. */
  readonly namesFile?: string;
  /** Which scalar of the state region lies where, as JSON. */
  readonly scalarsFile?: string;
  /** The functions that are bytecode, with their bytes, as JSON. */
  readonly bytecodeFile?: string;
  /** The module without bytecode, for compilers; with names; and which scalar lies where in it. */
  readonly fastFile?: string;
  readonly fastNamesFile?: string;
  readonly fastScalarsFile?: string;
  /** The module as the compiler made it, which interpreters run in fewer instructions and in less memory. */
  readonly plainFile?: string;
}

const compiler = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js');

/** Compiles, writes the outputs, and returns the module's bytes. Rejects with the compiler's messages. */
export async function compile(request: CompileRequest): Promise<Uint8Array> {
  const { outFile, shrunk } = request;
  const compiledFile = shrunk ? outFile.replace(/(\.wasm)?$/, '.compiled.wasm') : outFile;
  // The command line rather than the API: compilations run side by side, and the compiler's type declarations,
  // which redeclare globals such as console, stay out of this program.
  await run([compiler, ...toArguments({ ...request, outFile: compiledFile })], `${relative(request.entry)} does not compile`);
  if (shrunk) {
    const program = ['--import', 'tsx', path.join(root, 'scripts', 'forms.ts'), relative(compiledFile), relative(outFile)];
    await run([...program, JSON.stringify(shrunk)], `${relative(outFile)} cannot be made`);
    await rm(path.resolve(root, compiledFile));
  }
  return new Uint8Array(await readFile(path.resolve(root, outFile)));
}

async function run(args: readonly string[], what: string): Promise<void> {
  await promisify(execFile)(process.execPath, args, { cwd: root }).catch((failure) => {
    throw new Error(`${what}\n${failure.stderr || failure.message}`);
  });
}

function toArguments({ entry, target, outFile, shrunk, options = [] }: CompileRequest): string[] {
  // At level 2 the compiler merges functions that differ in an address, which then is that of a scalar for some callers; the shrink
  // step does the same when scalars have no addresses any more.
  const names = shrunk ? ['--debug', '--shrinkLevel', '1'] : [];
  return [relative(entry), '--config', 'asconfig.json', '--target', target, '--outFile', relative(outFile), ...names, ...options];
}

/** asc resolves everything against its base folder and wants forward slashes. */
function relative(file: string): string {
  return path.relative(root, path.resolve(root, file)).split(path.sep).join('/');
}
