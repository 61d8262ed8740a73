// SPDX-License-Identifier: Apache-2.0
// `npm run abi` writes host/abi.ts and boards/include/ipa_abi.h from assembly/abi/; `npm run abi -- --check` fails when
// one of them is stale. The same sources always give the same bytes.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeC } from './abi/c.js';
import { readAbi } from './abi/read.js';
import { writeTypeScript } from './abi/typescript.js';
import { runAsScript } from './main.js';
import { inProject, root } from './paths.js';

/** A generated file: path relative to the project's root, and the text it should have. */
export interface Generated {
  readonly file: string;
  readonly text: string;
}

/** The files of assembly/abi/ that hosts must know. The others there are the module's own memory, and nobody's business. */
const PUBLIC = ['errors', 'limits', 'actions', 'events', 'options'];

/** Generates every output in memory. Rejects with AbiError. */
export async function generateAbi(): Promise<Generated[]> {
  const sources = await Promise.all(
    PUBLIC.map(async (name) => ({ name, text: await readFile(inProject('assembly', 'abi', `${name}.ts`), 'utf8') })),
  );
  const files = readAbi(sources);
  return [
    { file: 'host/abi.ts', text: writeTypeScript(files) },
    { file: 'boards/include/ipa_abi.h', text: writeC(files) },
  ];
}

/** The outputs that do not have the text they should have. */
export async function staleAbi(): Promise<Generated[]> {
  const generated = await generateAbi();
  const current = await Promise.all(generated.map(({ file }) => readFile(inProject(file), 'utf8').catch(() => '')));
  return generated.filter(({ text }, index) => text !== current[index]);
}

async function main(check: boolean): Promise<number> {
  const stale = await staleAbi();
  if (check) {
    for (const { file } of stale) console.error(`${file} is stale: run npm run abi`);
    return stale.length === 0 ? 0 : 1;
  }
  for (const { file, text } of stale) {
    await mkdir(path.dirname(inProject(file)), { recursive: true });
    await writeFile(path.join(root, file), text);
    console.log(`wrote ${file}`);
  }
  return 0;
}

await runAsScript(import.meta.url, (args) => main(args.includes('--check')));
