// SPDX-License-Identifier: Apache-2.0
// `npm run readme` fills the marked blocks of README.md: numbers from build/size.json and from two runs of the main job, and
// the embedding example from its file; and the figures of boards from build/boards.json, if it is there. `npm run readme -- --check` fails when a block is stale. Only numbers that are the same
// in each run go in: certificates, and with them lengths of messages, are new each time.

import { readFile, writeFile } from 'node:fs/promises';
import { type Story, tellStory } from '../host/cli/demo/story.js';
import { type BoardsReport, figuresTable, waysTable } from './boards/figures.js';
import { runAsScript } from './main.js';
import { inBuild, inProject } from './paths.js';

/** What is read of build/size.json. */
interface Sizes {
  readonly variants: Readonly<
    Record<
      string,
      {
        readonly wasmBytes: number;
        readonly fastBytes: number;
        readonly staticBytes: number;
        readonly imports: number;
        readonly memoryGrow: number;
      }
    >
  >;
}

const EXAMPLE = 'test/docs/embedding.ts';
const README = inProject('README.md');
/** Where the ways to run the module are compared. */
const WAYS = 'boards/README.md';
const SMALL_BYTES = 5_000;
const LARGE_BYTES = 500_000;
const NUMBERS = new Intl.NumberFormat('en-US');
const bytes = (count: number): string => `${NUMBERS.format(count)} bytes`;

/** Puts `content` between the comments that begin with this name. Throws Error when they are not there, in `file` as people know it. */
export function fillBlock(text: string, name: string, content: string, file = 'README.md'): string {
  const block = new RegExp(`(<!-- ${name}: [^\\n]*-->\\n)[^]*?(<!-- /${name} -->)`);
  if (!block.test(text)) throw new Error(`${file} has no block for ${name}`);
  return text.replace(block, (_, begin: string, end: string) => `${begin}${content}\n${end}`);
}

/** Rows of the support table that say yes, and all of them. */
export function countProcedures(text: string): { supported: number; all: number } {
  const statuses = text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split(' | ')[2])
    .filter((status) => /^(yes|\*\*no)/.test(status ?? ''));
  return { supported: statuses.filter((status) => status?.startsWith('yes')).length, all: statuses.length };
}

async function numbers(text: string): Promise<string> {
  const sizes = (JSON.parse(await readFile(inBuild('size.json'), 'utf8')) as Sizes).variants;
  const size = (name: string) => {
    const found = sizes[name];
    if (!found) throw new Error(`build/size.json has no variant ${name}`);
    return found;
  };
  const ipad = size('ipad');
  const [small, large] = [await run(SMALL_BYTES), await run(LARGE_BYTES)];
  const { supported, all } = countProcedures(text);
  const rows: readonly (readonly [string, string])[] = [
    ['`ipad`: everything', bytes(ipad.wasmBytes)],
    ['`ipad-iot`: SGP.32 without JSON', bytes(size('ipad-iot').wasmBytes)],
    ['`ipad-min`: by way of the eIM alone', bytes(size('ipad-min').wasmBytes)],
    ['`ipad-min-coap`: the same with CoAP', bytes(size('ipad-min-coap').wasmBytes)],
    ['`lpa`: SGP.22 alone, for consumer eUICCs', bytes(size('lpa').wasmBytes)],
    ['`ipad-consumer`: everything, and a consumer eUICC as an IoT one', bytes(size('ipad-consumer').wasmBytes)],
    ['`ipad` without bytecode, for compilers (`ipad.fast.wasm`)', bytes(ipad.fastBytes)],
    ['RAM: state, buffers and stack together', bytes(ipad.staticBytes)],
    ['RAM to install a profile of 5 KB, of 500 KB', `${bytes(small.module.memoryBytes)}, ${bytes(large.module.memoryBytes)}`],
    ['imports, `memory.grow` instructions', `${ipad.imports}, ${ipad.memoryGrow}`],
    ['requests to the eIM for first contact, download, enable and report', String(small.network.requests)],
    ['rows of the table below that say yes', `${supported} of ${all}`],
  ];
  return ['| | |', '|---|---|', ...rows.map(([what, value]) => `| ${what} | ${value} |`)].join('\n');
}

async function run(profileBytes: number): Promise<Story> {
  const story = await tellStory({ profileBytes, runtime: 'node' });
  if (!story.ok) throw new Error(`the main job with a profile of ${profileBytes} bytes ${story.verdict}`);
  return story;
}

/** The example as people copy it. */
async function example(): Promise<string> {
  const source = await readFile(inProject(EXAMPLE), 'utf8');
  return `\`\`\`ts\n${source.replace(/^\/\/ SPDX[^\n]*\n/, '').trimEnd()}\n\`\`\``;
}

/** The figures of boards, where `npm run boards` has left some; it also says when those in the files are stale. */
async function fillBoards(): Promise<void> {
  const report = await readFile(inBuild('boards.json'), 'utf8').catch(() => undefined);
  if (report === undefined) return;
  const measured = JSON.parse(report) as BoardsReport;
  for (const file of ['README.md', WAYS]) {
    const text = await readFile(inProject(file), 'utf8');
    const filled = fillBlock(text, 'boards', figuresTable(measured), file);
    await writeFile(inProject(file), file === WAYS ? fillBlock(filled, 'ways', waysTable(measured), file) : filled);
  }
}

async function main(check: boolean): Promise<number> {
  if (!check) await fillBoards();
  const text = await readFile(README, 'utf8');
  const filled = fillBlock(fillBlock(text, 'numbers', await numbers(text)), 'example', await example());
  if (filled === text) return 0;
  if (check) {
    console.error('README.md is stale: run npm run readme');
    return 1;
  }
  await writeFile(README, filled);
  console.log('wrote README.md');
  return 0;
}

await runAsScript(import.meta.url, (args) => main(args.includes('--check')));
