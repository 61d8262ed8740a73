// SPDX-License-Identifier: Apache-2.0
// `npm run bench:card`: APDUs, bytes and time on the serial line that start-up, polls, packages and downloads cost, against the least they
// need. Prints a table, writes build/card.json, fills the tables of docs/performance.md and tells which targets are met; fails when one is
// not. `npm run bench:card -- --check` fails when a table is stale, and writes nothing but build/card.json.

import { mkdir, writeFile } from 'node:fs/promises';
import Table from 'cli-table3';
import { type CardRow, measureCard } from './bench-card/measure.js';
import { cardBlocks, LINE_HEAD, lineLines } from './bench-card/tables.js';
import { type CardVerdict, judgeCard } from './bench-card/targets.js';
import { createSurroundings } from './bench-link/bed.js';
import { runAsScript } from './main.js';
import { inBuild } from './paths.js';
import { readPerformance, updatePerformance } from './performance.js';

function print(rows: readonly CardRow[]): void {
  const printed = new Table({ head: [...LINE_HEAD] });
  printed.push(...lineLines(rows.filter(({ inline }) => !inline)));
  console.log(printed.toString());
}

function tell(verdicts: readonly CardVerdict[]): number {
  for (const { target, measured, limit, isMet } of verdicts) console.log(`${isMet ? 'met' : 'NOT MET'}: ${target}: ${measured}, ${limit}`);
  return verdicts.every(({ isMet }) => isMet) ? 0 : 1;
}

async function main(check: boolean): Promise<number> {
  const text = await readPerformance();
  const surroundings = await createSurroundings();
  try {
    const rows = await measureCard(surroundings);
    const verdicts = judgeCard(rows);
    print(rows);
    await mkdir(inBuild(), { recursive: true });
    await writeFile(inBuild('card.json'), `${JSON.stringify({ rows, verdicts }, undefined, 2)}\n`);
    const status = await updatePerformance(text, cardBlocks(rows), 'npm run bench:card', check);
    return Math.max(tell(verdicts), status);
  } finally {
    await surroundings.close();
  }
}

await runAsScript(import.meta.url, (args) => main(args.includes('--check')));
