// SPDX-License-Identifier: Apache-2.0
// The test program of the update with wasm3 in it, so that it can run modules.

import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { interpreterGroups } from '../../../scripts/boards/runtimes.js';
import { inBuild } from '../../../scripts/paths.js';
import { compileHost, SANITIZERS, STRICT, UPDATE_HOST } from './update-host.js';

/** Pointers of 64 bits take more than a device has. */
const HEAP_BYTES = 1 << 20;

/** Compiles it for modules that have or lack ESipa; gives its file. Rejects when the sources of wasm3 cannot be had. */
export async function compileModuleHost(hasEsipa = true): Promise<string> {
  const name = `update-module-host${hasEsipa ? '' : '-lpa'}`;
  const folder = inBuild('test', 'boards', name);
  await mkdir(folder, { recursive: true });
  const objects: string[] = [];
  for (const { files, options, own } of await interpreterGroups('wasm3', { heapBytes: HEAP_BYTES }))
    for (const file of files) {
      const object = path.join(folder, `${path.basename(file, '.c')}.o`);
      // wasm3 goes from function to function by tail calls, which sanitizers do away with
      const compiler = own ? [...STRICT, ...SANITIZERS] : ['-std=gnu11', '-O2'];
      await promisify(execFile)('cc', [...compiler, ...options, '-c', file, '-o', object]);
      objects.push(object);
    }
  const files = UPDATE_HOST.files.map((file) => file.replace('update_no_module', 'update_start'));
  const own = ['ipa_self_test', 'ipa_update_start'].map((file) => `boards/update/${file}.c`);
  return compileHost({
    name: `${name}/program`,
    files: [...files, ...own],
    options: hasEsipa ? [] : ['-DIPA_WITHOUT_ESIPA'],
    objects: [...objects, '-lm'],
  });
}
