// SPDX-License-Identifier: Apache-2.0
// The C sources of wasm3 and WAMR: from a checkout that IPA_WASM3 or IPA_WAMR names, else from the package of a registry that carries them,
// pinned by version and hash, unpacked under build/tools/.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { inBuild, inProject } from '../paths.js';

export type SourceName = 'wasm3' | 'wamr';

/** What carries the sources. */
interface SourcePackage {
  /** For people: what it is called where. */
  readonly title: string;
  /** Names a checkout to use in its place. */
  readonly variable: string;
  /** The archive's file name, and its SHA-256. */
  readonly archive: string;
  readonly sha256: string;
  /** The folder of the sources in the archive, and how many folders lie above it. */
  readonly folder: string;
  readonly foldersAbove: number;
  /** A file that is in every version's folder of sources, and where such a folder lies in a checkout. */
  readonly landmark: string;
  readonly inCheckout: string;
  /** What the machine must have. */
  readonly needs: string;
  /** Downloads the archive, into the folder or elsewhere; gives where it is. */
  download(folder: string, archive: string): Promise<string>;
}

const PACKAGES: Readonly<Record<SourceName, SourcePackage>> = {
  wasm3: {
    title: 'wasm3 0.5.0 (PyPI package pywasm3)',
    variable: 'IPA_WASM3',
    archive: 'pywasm3-0.5.0.tar.gz',
    sha256: '5a47c8a39f7f6ae71b3316b2e5d86c9d0db6e771a65f09a86e4d4aa3a19aefcc',
    folder: 'pywasm3-0.5.0/wasm3',
    foldersAbove: 1,
    landmark: 'm3_env.h',
    inCheckout: 'source',
    needs: 'Python 3 with pip',
    download: downloadWithPip,
  },
  wamr: {
    title: 'WAMR 2.4.3 (crate wamrx-sys 0.3.0)',
    variable: 'IPA_WAMR',
    archive: 'wamrx-sys-0.3.0.crate',
    sha256: 'ab9efc67ebd6c574684794e3a25933c58d2ad3f1b1078830f8c779974132e0d1',
    folder: 'wamrx-sys-0.3.0/wasm-micro-runtime/core',
    foldersAbove: 2,
    landmark: 'iwasm/include/wasm_export.h',
    inCheckout: 'core',
    needs: 'cargo 1.85 or newer',
    download: downloadWithCargo,
  },
};

/**
 * The folder of the C sources if they are there already: those that the variable names, else what was fetched before.
 * @throws Error when the variable names something else than a checkout
 */
function findSources(name: SourceName): string | undefined {
  const { variable, landmark, inCheckout } = PACKAGES[name];
  const named = process.env[variable];
  if (!named) return existsSync(path.join(fetchedFolder(name), landmark)) ? fetchedFolder(name) : undefined;
  const found = [path.join(named, inCheckout), named].find((folder) => existsSync(path.join(folder, landmark)));
  if (found === undefined) throw new Error(`${variable} is ${named}, where there is no ${path.join(inCheckout, landmark)}`);
  return path.resolve(found);
}

/**
 * Makes the C sources available and gives their folder; does nothing when they are there. Rejects with a sentence that says what the machine
 * lacks; whether that is a failure is for the caller to know (sourcesAreRequired).
 */
export async function fetchSources(name: SourceName): Promise<string> {
  const found = findSources(name);
  if (found !== undefined) return found;
  const { title, needs, variable } = PACKAGES[name];
  const work = inBuild('tools', `${name}.${process.pid}`);
  try {
    await mkdir(work, { recursive: true });
    await fetchInto(work, name);
  } catch (error) {
    throw new Error(`${title} cannot be had (${lastLine(error)}); it takes ${needs}, or ${variable} with a checkout`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return fetchedFolder(name);
}

/** Whether a machine that cannot have the sources fails its tests, and does not skip them: on CI, and where IPA_REQUIRE_BOARDS is set. */
export function sourcesAreRequired(): boolean {
  return [process.env.CI, process.env.IPA_REQUIRE_BOARDS].some((value) => !['', '0', 'false', undefined].includes(value));
}

/** Version and hash are part of the name, so that another pin fetches anew. */
function fetchedFolder(name: SourceName): string {
  return inBuild('tools', name, PACKAGES[name].sha256.slice(0, 16));
}

/** The folder appears whole or not at all, also when two do this at once. */
async function fetchInto(work: string, name: SourceName): Promise<void> {
  const { archive, sha256, folder, foldersAbove, landmark, download } = PACKAGES[name];
  const file = await download(work, archive);
  const hash = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  if (hash !== sha256) throw new Error(`${archive} has SHA-256 ${hash} and not ${sha256}`);
  const unpacked = path.join(work, 'unpacked');
  await mkdir(unpacked);
  await run('tar', ['-xzf', file, '-C', unpacked, `--strip-components=${foldersAbove + 1}`, folder]);
  if (!existsSync(path.join(unpacked, landmark))) throw new Error(`${archive} has no ${landmark}`);
  await mkdir(path.dirname(fetchedFolder(name)), { recursive: true });
  await rename(unpacked, fetchedFolder(name)).catch((error: unknown) => {
    if (findSources(name) === undefined) throw error;
  });
}

/** pip asks the package for its metadata, and so runs its setup.py; it is the package of this hash. */
async function downloadWithPip(folder: string, archive: string): Promise<string> {
  const options = ['--no-deps', '--no-binary=pywasm3', '--require-hashes', '--disable-pip-version-check', '--retries=1', '--quiet'];
  const args = ['-m', 'pip', 'download', ...options, '--dest', folder, '-r', inProject('scripts', 'boards', 'wasm3.txt')];
  await run('python3', args).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return run('python', args);
  });
  return path.join(folder, archive);
}

/**
 * cargo fetches what Cargo.toml names into its cache; the hash above is what it is checked by. The crate's own build dependencies give way to empty ones, since nothing of it is
 * compiled as Rust.
 */
async function downloadWithCargo(folder: string, archive: string): Promise<string> {
  await copyFile(inProject('scripts', 'boards', 'wamr.toml'), path.join(folder, 'Cargo.toml'));
  for (const [name, version] of Object.entries({ bindgen: '0.72.0', cmake: '0.1.50' })) {
    await mkdir(path.join(folder, 'none', name), { recursive: true });
    const manifest = `[package]\nname = "${name}"\nversion = "${version}"\nedition = "2021"\n[lib]\npath = "none.rs"\n`;
    await writeFile(path.join(folder, 'none', name, 'Cargo.toml'), manifest);
  }
  await run('cargo', ['fetch', '--quiet'], folder);
  const cache = path.join(process.env.CARGO_HOME ?? path.join(homedir(), '.cargo'), 'registry', 'cache');
  const registries = existsSync(cache) ? await readdir(cache) : [];
  const found = registries.map((registry) => path.join(cache, registry, archive)).find((file) => existsSync(file));
  if (found === undefined) throw new Error(`cargo fetched no ${archive}`);
  return found;
}

async function run(program: string, args: readonly string[], cwd?: string): Promise<void> {
  await promisify(execFile)(program, args, { cwd });
}

/** The last thing that a program said, or why it did not run. */
function lastLine(error: unknown): string {
  const { stderr, code, message, path: program } = error as NodeJS.ErrnoException & { stderr?: string };
  if (code === 'ENOENT' && program !== undefined) return `no ${program}`;
  return stderr?.trim().split('\n').at(-1) || message;
}
