// SPDX-License-Identifier: Apache-2.0
// Monocypher's C sources, by which devices check signatures. They come from a Python package that carries them, with its hash; none is committed.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { inBuild } from '../paths.js';

/** A folder that has monocypher.h and monocypher.c. */
export interface MonocypherSources {
  readonly folder: string;
  readonly files: readonly string[];
}

const PACKAGE = 'pymonocypher';
const VERSION = '4.0.3.4';
const SHA256 = '5e56e3d3eb770a53e0b9f6274146663c11a11f3d0de5cd48e3be0428d1b07a4a';
const ARCHIVE = `${PACKAGE}-${VERSION}.tar.gz`;

const run = promisify(execFile);

/** Fetches the sources unless they are there. Rejects when they cannot be had, or are not the ones that are pinned. */
export async function monocypherSources(): Promise<MonocypherSources> {
  const folder = inBuild('boards', 'sources', `monocypher-${VERSION}`);
  if (!existsSync(folder)) await fetchInto(folder);
  return { folder, files: [path.join(folder, 'monocypher.c')] };
}

/** The folder gets its name last: one that is there is whole. */
async function fetchInto(folder: string): Promise<void> {
  await mkdir(path.dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}-`);
  try {
    await download(work);
    const archive = path.join(work, ARCHIVE);
    const sha256 = createHash('sha256')
      .update(await readFile(archive))
      .digest('hex');
    if (sha256 !== SHA256) throw new Error(`${ARCHIVE} has the SHA-256 ${sha256}, not ${SHA256}`);
    await run('tar', ['-xzf', archive, '-C', work, '--strip-components=1']);
    await rm(archive);
    await rename(work, folder).catch((error: NodeJS.ErrnoException) => {
      // another process was faster
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function download(work: string): Promise<void> {
  const requirements = path.join(work, 'requirements.txt');
  await writeFile(requirements, `${PACKAGE}==${VERSION} --hash=sha256:${SHA256}\n`);
  const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--no-binary', PACKAGE, '--require-hashes', '--dest', work];
  await run('python3', ['-m', 'pip', 'download', ...options, '-r', requirements]).catch((error: Error & { stderr?: string }) => {
    const reason = (error.stderr ?? '').trim().split('\n').at(-1) || error.message;
    throw new Error(`the sources of ${PACKAGE} ${VERSION} cannot be had: ${reason}`, { cause: error });
  });
}
