// SPDX-License-Identifier: Apache-2.0
// Finds what the build made: the same folder whether this file runs from the sources or from dist/.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A path inside build/, from the names below it. */
export function builtPath(...names: string[]): string {
  return path.join(projectRoot(), 'build', ...names);
}

/** The bytes of a shipped module, "ipad" by default. Rejects with a hint when it was never built. */
export async function readModule(name = 'ipad'): Promise<Uint8Array> {
  const bytes = await readFile(builtPath(`${name}.wasm`)).catch((cause: unknown) => {
    throw new Error(`build/${name}.wasm cannot be read: run npm run build`, { cause });
  });
  return new Uint8Array(bytes);
}

function projectRoot(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'package.json')) && path.dirname(folder) !== folder) folder = path.dirname(folder);
  return folder;
}
