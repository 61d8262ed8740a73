// SPDX-License-Identifier: Apache-2.0
// The figures of build/boards.json as the READMEs have them, and whether those are still true.

import type { RowMeasurement } from './measure-row.js';

/** What build/boards.json holds. */
export interface BoardsReport {
  readonly smallProfileBytes: number;
  readonly largeProfileBytes: number;
  readonly rows: readonly RowMeasurement[];
}

/** Another release of the compiler makes other code; more than this is another firmware. */
const TOLERANCE = 0.02;
const NUMBERS = new Intl.NumberFormat('en-US');
const count = (number: number): string => NUMBERS.format(number);
/** Counts differ from run to run, by the chunks in which bytes arrive. */
const rounded = (number: number): string => NUMBERS.format(Number(number.toPrecision(2)));

const SCHEMES: Readonly<Record<string, string>> = { https: '', coap: ', CoAP', coaps: ', CoAPS' };

function nameOf({ board, processor, runtime, variant, scheme }: RowMeasurement): string {
  return `\`${variant}\`${SCHEMES[scheme] ?? ''}, ${runtime}, ${processor} (${board})`;
}

/** Flash and RAM, by which a row is recognised and judged. */
function sizesOf(row: RowMeasurement): string {
  return `| ${nameOf(row)} | ${count(row.flashBytes)} | ${count(row.ramBytes)} |`;
}

/** The table in Markdown. */
export function figuresTable({ smallProfileBytes, rows }: BoardsReport): string {
  const lines = rows.map((row) => {
    const { startUp, mainJob, perKilobyte, idlePoll } = row.instructions;
    const numbers = [count(row.stackBytes), ...[startUp, mainJob, perKilobyte, idlePoll, row.longestCall.instructions].map(rounded)];
    return `${sizesOf(row)} ${numbers.join(' | ')} |`;
  });
  return [
    '| firmware | flash | RAM in all | of it stack | start-up | main job | per 1,000 bytes | idle poll | longest call |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...lines,
    '',
    `Whole images, with loop, port, drivers and module; flash and RAM in bytes, the rest in instructions that QEMU counts. They differ from run to run with the chunks in which bytes arrive: by some per cent where the module is compiled, up to threefold where it is interpreted, because each chunk is an event and a poll. The main job downloads a profile of ${count(smallProfileBytes)} bytes, enables it and reports.`,
  ].join('\n');
}

/** The board and variant by which the ways to run the module are compared. */
const COMPARED = { board: 'mps2-an386', variant: 'ipad' } as const;

/** The ways to run one variant on one board beside each other, in Markdown. */
export function waysTable({ rows }: BoardsReport): string {
  const compared = rows.filter(({ board, variant }) => board === COMPARED.board && variant === COMPARED.variant);
  const line = (what: string, of: (row: RowMeasurement) => string) => `| ${[what, ...compared.map(of)].join(' | ')} |`;
  return [
    line(`\`${COMPARED.variant}\` on ${COMPARED.board}`, ({ runtime }) => runtime),
    `|---${'|--:'.repeat(compared.length)}|`,
    line('flash of the whole image, bytes', ({ flashBytes }) => count(flashBytes)),
    line('RAM in all, bytes', ({ ramBytes }) => count(ramBytes)),
    line('main job, instructions', ({ instructions }) => rounded(instructions.mainJob)),
    line('longest call, instructions', ({ longestCall }) => rounded(longestCall.instructions)),
  ].join('\n');
}

/** Rows whose flash or RAM a text tells otherwise, or not at all. */
export function staleFigures(text: string, rows: readonly RowMeasurement[]): string[] {
  return rows.flatMap((row) => {
    const line = text.split('\n').find((each) => each.startsWith(`| ${nameOf(row)} |`));
    const [flash = 0, ram = 0] = (line?.split(' | ').slice(1, 3) ?? []).map((cell) => Number(cell.replaceAll(',', '')));
    const isNear = (told: number, measured: number) => Math.abs(told - measured) <= measured * TOLERANCE;
    return isNear(flash, row.flashBytes) && isNear(ram, row.ramBytes) ? [] : [`${sizesOf(row)} not: ${line ?? 'nothing'}`];
  });
}
