// SPDX-License-Identifier: Apache-2.0
// The files of the package while they are put together, and how they come to lie in a folder: the same bytes each time.

import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Contents by path in the package, with forward slashes. */
export type PackageFiles = Map<string, Uint8Array>;

/** What goes in; anything else in a folder (objects, editors' copies) is left where it is. */
const EXTENSIONS = new Set(['.c', '.h', '.S', '.ld', '.cmake', '.md', '.txt']);

/** SHA-256 in hexadecimal digits. */
export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Paths in order of their characters' numbers, which no locale changes. */
export const inOrder = (paths: Iterable<string>): string[] => [...paths].sort((left, right) => (left < right ? -1 : 1));

/** A text as bytes. Throws Error where a line ends with CR: on another machine the same text would be other bytes. */
export function textFile(name: string, text: string): Uint8Array {
  if (text.includes('\r')) throw new Error(`${name}: a line ends with CR`);
  return new TextEncoder().encode(text);
}

/** All source files below `folder`; their paths begin with `prefix`. */
export async function sourceFiles(folder: string, prefix: string): Promise<PackageFiles> {
  const files: PackageFiles = new Map();
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries) {
    const [from, to] = [path.join(folder, entry.name), `${prefix}${entry.name}`];
    if (entry.isDirectory()) for (const [name, content] of await sourceFiles(from, `${to}/`)) files.set(name, content);
    else if (EXTENSIONS.has(path.extname(entry.name))) files.set(to, textFile(from, await readFile(from, 'utf8')));
  }
  return files;
}

/** SHA256SUMS of these files, as sha256sum reads it. */
export function checksums(files: PackageFiles): string {
  return inOrder(files.keys())
    .map((name) => `${sha256(files.get(name)!)}  ${name}\n`)
    .join('');
}

/** Makes the folder anew with these files and nothing else. */
export async function writeFiles(folder: string, files: PackageFiles): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const [name, content] of files) {
    const file = path.join(folder, ...name.split('/'));
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}
