// SPDX-License-Identifier: Apache-2.0
// `npm run boards`: builds every firmware of the table and runs the main job on it under the emulator, writes build/boards.json, prints a table,
// and fails past a budget. Words after `--` choose rows that have them all (`npm run boards -- native ipad-min`), and write no file; --json
// prints what the file would hold.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import Table from 'cli-table3';
import { type ArmTools, findArmTools } from './boards/arm-tools.js';
import { type BoardsReport, staleFigures } from './boards/figures.js';
import { LARGE_PROFILE_BYTES, measureRow, type RowMeasurement, rowExcesses, rowName, SMALL_PROFILE_BYTES } from './boards/measure-row.js';
import { isTranslated } from './boards/runtime-list.js';
import { fetchSources, type SourceName, sourcesAreRequired } from './boards/sources.js';
import { type FirmwareRow, firmwareRows } from './boards/table.js';
import { steps } from './build.js';
import { runAsScript } from './main.js';
import { inBuild, inProject } from './paths.js';
import { isStale, runStep } from './stale.js';

/** Whose figures are compared with what was measured. */
const READMES = ['README.md', 'boards/README.md'];

const NUMBERS = new Intl.NumberFormat('en-US');

/** Rows that have all these words in one of their columns. */
export function chooseRows(words: readonly string[]): readonly FirmwareRow[] {
  return firmwareRows.filter(({ board, runtime, variant, scheme }) =>
    words.every((word) => [board, runtime, variant, scheme].includes(word)),
  );
}

/** Why a row cannot be run on this machine; "" when it can. */
async function hindrance({ runtime }: FirmwareRow): Promise<string> {
  if (isTranslated(runtime)) return '';
  return fetchSources(runtime as SourceName).then(
    () => '',
    (error: Error) => error.message,
  );
}

async function measureRows(tools: ArmTools, rows: readonly FirmwareRow[]): Promise<RowMeasurement[]> {
  const measurements: RowMeasurement[] = [];
  for (const [index, row] of rows.entries()) {
    const reason = await hindrance(row);
    const progress = `${index + 1} of ${rows.length}: ${rowName(row)}`;
    if (reason === '') {
      console.error(`${progress} …`);
      measurements.push(await measureRow(tools, row));
    } else if (sourcesAreRequired()) throw new Error(`${progress}: ${reason}`);
    else console.error(`${progress} is left out: ${reason}`);
  }
  return measurements;
}

function printTable(rows: readonly RowMeasurement[]): void {
  const head = ['firmware', 'flash', 'RAM', 'of it stack', 'load', 'start-up', 'main job', 'per 1,000 bytes', 'idle poll', 'longest call'];
  const table = new Table({ head, style: { head: [], border: [] }, colAligns: ['left', ...head.slice(1).map(() => 'right' as const)] });
  for (const row of rows) {
    const { load, startUp, mainJob, perKilobyte, idlePoll } = row.instructions;
    const numbers = [
      row.flashBytes,
      row.ramBytes,
      row.stackBytes,
      load,
      startUp,
      mainJob,
      perKilobyte,
      idlePoll,
      row.longestCall.instructions,
    ];
    table.push([rowName(row), ...numbers.map((number) => NUMBERS.format(number))]);
  }
  console.log(table.toString());
  console.log(
    `Flash, RAM and stack in bytes, the rest in instructions; main job with a profile of ${NUMBERS.format(SMALL_PROFILE_BYTES)} bytes.`,
  );
}

/** What the READMEs say otherwise than it was measured. */
async function staleReadmes(measurements: readonly RowMeasurement[]): Promise<string[]> {
  const found = await Promise.all(
    READMES.map(async (file) =>
      staleFigures(await readFile(inProject(file), 'utf8'), measurements).map((line) => `${file} is stale (npm run readme): ${line}`),
    ),
  );
  return found.flat();
}

async function main(args: readonly string[]): Promise<number> {
  const words = args.filter((word) => word !== '--json');
  const rows = chooseRows(words);
  if (rows.length === 0) throw new Error(`no row of scripts/boards/table.ts has ${words.join(', ')}`);
  const tools = findArmTools();
  if (!tools) {
    const reason = 'arm-none-eabi-gcc with newlib and qemu-system-arm cannot be had here; npm run setup fetches them where it can';
    if (sourcesAreRequired()) throw new Error(reason);
    console.error(`nothing is run: ${reason}`);
    return 0;
  }
  const [modules] = steps();
  if (modules && (await isStale(modules))) await runStep(modules);
  const measurements = await measureRows(tools, rows);
  const report: BoardsReport = { smallProfileBytes: SMALL_PROFILE_BYTES, largeProfileBytes: LARGE_PROFILE_BYTES, rows: measurements };
  const text = `${JSON.stringify(report, null, 2)}\n`;
  if (words.length === 0) {
    await mkdir(inBuild(), { recursive: true });
    await writeFile(inBuild('boards.json'), text);
  }
  if (args.includes('--json')) console.log(text.trimEnd());
  else printTable(measurements);
  const found = [...measurements.flatMap(rowExcesses), ...(await staleReadmes(measurements))];
  for (const excess of found) console.error(excess);
  return found.length === 0 ? 0 : 1;
}

await runAsScript(import.meta.url, main);
