// SPDX-License-Identifier: Apache-2.0
// Makes the forms of one module that are shipped. The build starts this as a program for each variant: it keeps a processor busy for half a
// minute, and so as many as there are processors can be made at the same time.

import { readFile, writeFile } from 'node:fs/promises';
import { interpreted } from './bytecode.js';
import type { ShrunkRequest } from './compile.js';
import { runAsScript } from './main.js';
import { inProject } from './paths.js';
import { plain, shrink } from './shrink.js';

async function main([compiledFile = '', outFile = '', wanted = '{}']: readonly string[]): Promise<number> {
  const compiled = new Uint8Array(await readFile(inProject(compiledFile)));
  const request = JSON.parse(wanted) as ShrunkRequest;
  const write = async (file: string | undefined, content: () => Uint8Array | string) => {
    if (file !== undefined) await writeFile(inProject(file), content());
  };
  await write(request.plainFile, () => plain(compiled));
  if (request.fastFile !== undefined) {
    const fast = shrink(compiled);
    await write(request.fastFile, () => fast.wasm);
    await write(request.fastNamesFile, () => fast.named);
    await write(request.fastScalarsFile, () => `${JSON.stringify(fast.moves)}\n`);
  }
  const { wasm, named, text, moves, functions } = interpreted(compiled, request.compiled);
  await write(outFile, () => wasm);
  await write(request.namesFile, () => named);
  await write(request.textFile, () => text);
  await write(request.scalarsFile, () => `${JSON.stringify(moves)}\n`);
  await write(request.bytecodeFile, () => `${JSON.stringify(functions)}\n`);
  return 0;
}

await runAsScript(import.meta.url, main);
