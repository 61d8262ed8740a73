// SPDX-License-Identifier: Apache-2.0
// `npm run package`: everything that a firmware build needs, in dist/firmware or the folder that is named: modules, their translation to C, the
// sources of boards/, CMake configuration, licences, manifest and checksums. The same sources give the same bytes.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { runAsScript } from './main.js';
import { checksums, inOrder, type PackageFiles, sourceFiles, textFile, writeFiles } from './package/files.js';
import { type ManifestVariant, packVariant, WASM_HEADER } from './package/modules.js';
import { cmakeTable, manifest, notice, type Part, relink } from './package/texts.js';
import { inProject } from './paths.js';
import { variants } from './variants.js';

/** The loop; what else is in common/ is the serial network. */
const LOOP = ['common/ipa.c', 'common/ipa_options.c'];

/** Makes the package in `folder`, which is emptied first. Rejects when a variant is not built, or a source is not fit to be packed. */
export async function makePackage(folder: string): Promise<PackageFiles> {
  const files = await packageFiles();
  await writeFiles(folder, files);
  return files;
}

async function packageFiles(): Promise<PackageFiles> {
  const { name, version } = JSON.parse(await readFile(inProject('package.json'), 'utf8')) as { name: string; version: string };
  const files = await sourceFiles(inProject('boards'), '');
  const rows = new Map<string, ManifestVariant>();
  for (const variant of variants) {
    const packed = await packVariant(variant);
    for (const [file, content] of packed.files) files.set(file, content);
    rows.set(variant.name, packed.row);
  }
  const add = (file: string, text: string) => files.set(file, textFile(file, text));
  add('wasm/ipa_wasm.h', WASM_HEADER);
  add('cmake/ipa-variants.cmake', cmakeTable(version, rows, partsOf([...files.keys()])));
  add('manifest.json', manifest(name, version, rows));
  await addLicences(add);
  add('ABI.md', await readFile(inProject('assembly', 'ABI.md'), 'utf8'));
  for (const [file, content] of files)
    if (file.endsWith('.md')) add(file, relink(new TextDecoder().decode(content), file.split('/').length - 1));
  add('SHA256SUMS', checksums(files));
  return files;
}

async function addLicences(add: (file: string, text: string) => unknown): Promise<void> {
  const { version } = JSON.parse(await readFile(inProject('node_modules', 'wabt', 'package.json'), 'utf8')) as { version: string };
  add('LICENSE', await readFile(inProject('LICENSE'), 'utf8'));
  add('licenses/WABT-LICENSE', await readFile(inProject('node_modules', 'wabt', 'LICENSE'), 'utf8'));
  add('NOTICE', notice(version));
}

/** Targets by where sources lie. Throws Error when one has none. */
function partsOf(files: readonly string[]): readonly Part[] {
  const sources = (folder: string) => inOrder(files).filter((file) => file.startsWith(`${folder}/`) && file.endsWith('.c'));
  const headers = inOrder(files).filter((file) => file.endsWith('.h'));
  const folders = (below: string) => [
    ...new Set([below, ...headers.filter((file) => file.startsWith(`${below}/`)).map(path.posix.dirname)]),
  ];
  const interpreter = (name: string): Part => ({
    name,
    sources: [...sources('runtime/interpreter'), ...sources(`runtime/${name}`)],
    includes: [...folders('runtime/interpreter'), ...folders(`runtime/${name}`)],
  });
  const parts: readonly Part[] = [
    { name: 'loop', sources: LOOP, includes: [] },
    { name: 'serial-network', sources: sources('common').filter((file) => !LOOP.includes(file)), includes: ['common'] },
    interpreter('wasm3'),
    interpreter('wamr'),
  ];
  const empty = parts.find((part) => part.sources.length === 0);
  if (empty) throw new Error(`boards/ has no source for ${empty.name}`);
  return parts;
}

async function main([folder = inProject('dist', 'firmware')]: readonly string[]): Promise<number> {
  const files = await makePackage(folder);
  console.log(`wrote ${files.size} files to ${folder}`);
  return 0;
}

await runAsScript(import.meta.url, main);
