// SPDX-License-Identifier: Apache-2.0
// Compiles one AssemblyScript entry file. The flags live in asconfig.json, so `npx asc` in a terminal and the build agree.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
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
  /** Where the text form goes, when wanted. */
  readonly textFile?: string;
}

const compiler = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js');

/** Compiles, writes the outputs, and returns the module's bytes. Rejects with the compiler's messages. */
export async function compile(request: CompileRequest): Promise<Uint8Array> {
  // The command line rather than the API: compilations run side by side, and the compiler's type declarations,
  // which redeclare globals such as console, stay out of this program.
  await promisify(execFile)(process.execPath, [compiler, ...toArguments(request)], { cwd: root }).catch((failure) => {
    throw new Error(`${relative(request.entry)} does not compile\n${failure.stderr || failure.message}`);
  });
  return new Uint8Array(await readFile(path.resolve(root, request.outFile)));
}

function toArguments({ entry, target, outFile, textFile, options = [] }: CompileRequest): string[] {
  const text = textFile === undefined ? [] : ['--textFile', relative(textFile)];
  return [relative(entry), '--config', 'asconfig.json', '--target', target, '--outFile', relative(outFile), ...text, ...options];
}

/** asc resolves everything against its base folder and wants forward slashes. */
function relative(file: string): string {
  return path.relative(root, path.resolve(root, file)).split(path.sep).join('/');
}
