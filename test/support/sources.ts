// SPDX-License-Identifier: Apache-2.0
// The project's own source files and what they import, for tests that look at the whole tree.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inProject, root } from '../../scripts/paths.js';

/** A source file. Paths are relative to the project's root, with forward slashes. */
export interface Source {
  readonly file: string;
  readonly text: string;
  /** What it imports: files of the project without extension, or the names of packages. */
  readonly imports: readonly string[];
}

const GENERATED = new Set(['node_modules', 'build', 'dist']);
const EXTENSIONS = new Set(['.ts', '.mjs', '.c', '.h']);
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)'([^']+)'/g;

/** All source files below these folders (or the files themselves), in order. A folder that does not exist is empty. */
export function sources(...folders: string[]): Source[] {
  return folders.flatMap((folder) => listFiles(inProject(folder))).map(readSource);
}

function listFiles(folder: string): string[] {
  let entries: ReturnType<typeof readEntries>;
  try {
    entries = readEntries(folder);
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return GENERATED.has(entry.name) ? [] : listFiles(file);
    return EXTENSIONS.has(path.extname(file)) ? [file] : [];
  });
}

const readEntries = (folder: string) =>
  readdirSync(folder, { withFileTypes: true }).sort((left, right) => (left.name < right.name ? -1 : 1));

function readSource(absolute: string): Source {
  const text = readFileSync(absolute, 'utf8');
  const imports = [...text.matchAll(IMPORT)].map(([, name]) => resolveImport(absolute, name ?? ''));
  return { file: relative(absolute), text, imports };
}

function resolveImport(from: string, name: string): string {
  if (!name.startsWith('.')) return name;
  return relative(path.resolve(path.dirname(from), name)).replace(/\.[jt]s$/, '');
}

const relative = (absolute: string): string => path.relative(root, absolute).split(path.sep).join('/');
