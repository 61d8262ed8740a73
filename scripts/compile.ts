// SPDX-License-Identifier: Apache-2.0
// Compiles one AssemblyScript entry file. The flags live in asconfig.json, so `npx asc` in a terminal and the build agree.

import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
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
  /** Asks for the passes of shrink.ts, which a shipped module goes through. */
  readonly shrunk?: ShrunkRequest;
}

/** Other forms of a shrunk module that are wanted. */
export interface ShrunkRequest {
  /** Where the text form goes. */
  readonly textFile?: string;
  /** Where the same code with the names of its functions goes. */
  readonly namesFile?: string;
  /** Where the module goes as it was before the passes, which interpreters run faster and in less memory. */
  readonly plainFile?: string;
  /** Where it goes which scalar of the state region lies where, as JSON. */
  readonly scalarsFile?: string;
}

const compiler = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js');

/** Compiles, writes the outputs, and returns the module's bytes. Rejects with the compiler's messages. */
export async function compile(request: CompileRequest): Promise<Uint8Array> {
  // The command line rather than the API: compilations run side by side, and the compiler's type declarations,
  // which redeclare globals such as console, stay out of this program.
  await promisify(execFile)(process.execPath, [compiler, ...toArguments(request)], { cwd: root }).catch((failure) => {
    throw new Error(`${relative(request.entry)} does not compile\n${failure.stderr || failure.message}`);
  });
  const compiled = new Uint8Array(await readFile(path.resolve(root, request.outFile)));
  return request.shrunk ? shrinkFile(compiled, request.outFile, request.shrunk) : compiled;
}

async function shrinkFile(compiled: Uint8Array, outFile: string, request: ShrunkRequest): Promise<Uint8Array> {
  const { textFile, namesFile, plainFile, scalarsFile } = request;
  // loaded here: it takes a moment, and most builds find nothing to do
  const { plain, shrink } = await import('./shrink.js');
  if (plainFile !== undefined) await writeFile(path.resolve(root, plainFile), plain(compiled));
  const { wasm, named, text, moves } = shrink(compiled);
  await writeFile(path.resolve(root, outFile), wasm);
  if (namesFile !== undefined) await writeFile(path.resolve(root, namesFile), named);
  if (textFile !== undefined) await writeFile(path.resolve(root, textFile), text);
  if (scalarsFile !== undefined) await writeFile(path.resolve(root, scalarsFile), `${JSON.stringify(moves)}\n`);
  return wasm;
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
