// SPDX-License-Identifier: Apache-2.0
// The tools that firmware is built with, as these tests call them.

import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { findArmTools } from '../../../scripts/boards/arm-tools.js';
import { inBuild } from '../../../scripts/paths.js';
import { isRequired } from '../../support/debian.js';

const env = environment();

/** The environment with the tools for ARM that the set-up has unpacked on PATH, where the machine has none: under their own names, and told where their libraries are. */
function environment(): NodeJS.ProcessEnv {
  const tools = findArmTools();
  if (tools === undefined || !path.isAbsolute(tools.compiler)) return process.env;
  const folder = inBuild('test', 'boards', `arm-bin-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(path.dirname(tools.compiler)).filter((each) => /^(?:arm-none-eabi-|qemu-system-arm$)/.test(each))) {
    const program = path.join(path.dirname(tools.compiler), name);
    const options = program === tools.compiler ? tools.compilerOptions : [];
    const words = [program, ...options].map((word) => `'${word}'`).join(' ');
    writeFileSync(path.join(folder, name), `#!/bin/sh\nLD_LIBRARY_PATH='${tools.env.LD_LIBRARY_PATH}' exec ${words} "$@"\n`);
    chmodSync(path.join(folder, name), 0o755);
  }
  return { ...process.env, PATH: `${folder}${path.delimiter}${process.env.PATH}` };
}

/** How a program ended. */
export interface Ended {
  readonly status: number;
  readonly output: string;
}

/**
 * Whether all of these programs are on PATH. With CI or IPA_REQUIRE_BOARDS set a missing one is a failure and not a reason to skip: throws
 * Error.
 */
export function haveTools(...names: readonly string[]): boolean {
  const missing = names.filter((name) => spawnSync(name, ['--version'], { env }).status !== 0);
  if (missing.length > 0 && isRequired('IPA_REQUIRE_BOARDS'))
    throw new Error(`no ${missing.join(', ')}, though CI or IPA_REQUIRE_BOARDS demands it`);
  return missing.length === 0;
}

/** Runs a program to its end; gives status and what it wrote. Rejects when it cannot be started, is killed, or takes too long. */
export async function run(program: string, args: readonly string[], cwd?: string): Promise<Ended> {
  const options = { env, timeout: 55_000, maxBuffer: 16 * 1024 * 1024, ...(cwd === undefined ? {} : { cwd }) };
  return promisify(execFile)(program, args, options).then(
    ({ stdout, stderr }) => ({ status: 0, output: stdout + stderr }),
    (failure: { code?: number | string; stdout?: string; stderr?: string; message: string }) => {
      if (typeof failure.code !== 'number') throw new Error(failure.message);
      return { status: failure.code, output: `${failure.stdout ?? ''}${failure.stderr ?? ''}` };
    },
  );
}

/** As `run`, and throws Error with the program's output when it fails. */
export async function runWell(program: string, args: readonly string[], cwd?: string): Promise<string> {
  const { status, output } = await run(program, args, cwd);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}\n${output}`);
  return output;
}
