// SPDX-License-Identifier: Apache-2.0
// docs/performance.md as the benchmarks see it: each fills the blocks that are its own, or tells that they are stale.

import { readFile, writeFile } from 'node:fs/promises';
import { inProject } from './paths.js';
import { fillBlock } from './readme.js';

/** Where the tables are, relative to the project's root. */
export const PERFORMANCE = 'docs/performance.md';

export function readPerformance(): Promise<string> {
  return readFile(inProject(PERFORMANCE), 'utf8');
}

/**
 * Puts each block of `blocks`, content by name, into the document whose text was `text`. With `check` nothing is written: resolves to 1 when
 * a block is stale, and says which `command` fills it. Rejects with Error when the document has no such block.
 */
export async function updatePerformance(
  text: string,
  blocks: Readonly<Record<string, string>>,
  command: string,
  check: boolean,
): Promise<number> {
  const filled = Object.entries(blocks).reduce((before, [name, content]) => fillBlock(before, name, content, PERFORMANCE), text);
  if (filled === text) return 0;
  if (check) {
    console.error(`${PERFORMANCE} is stale: run ${command}`);
    return 1;
  }
  await writeFile(inProject(PERFORMANCE), filled);
  console.log(`wrote ${PERFORMANCE}`);
  return 0;
}
