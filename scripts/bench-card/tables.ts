// SPDX-License-Identifier: Apache-2.0
// The tables of docs/performance.md about the line to the card.

import { number, table } from '../markdown.js';
import { APDU_KINDS, type ApduKind } from './card-log.js';
import { BAUD_RATES, boundTraffic, CARD_JOBS, type CardJob, type CardRow, uartMs } from './measure.js';
import { judgeCard, WAY_WORDS, withoutContinuations } from './targets.js';

const JOB_WORDS: Readonly<Record<CardJob, string>> = { startUp: 'start-up', idle: 'idle poll', enable: 'enable', download: 'download' };
const KIND_WORDS: Readonly<Record<ApduKind, string>> = {
  terminalCapability: 'TERMINAL CAPABILITY',
  manageChannel: 'MANAGE CHANNEL',
  select: 'SELECT',
  storeData: 'STORE DATA',
  getResponse: 'GET RESPONSE',
  status: 'STATUS',
  other: 'others',
};
const BOUND_WORDS = 'lower bound';
const WORD_COLUMNS = 3;

const milliseconds = (ms: number): string => number(Math.round(ms));

/** A row of a table before rows that tell the same are joined. */
interface Line {
  readonly job: string;
  readonly way: string;
  readonly block: string;
  readonly cells: readonly string[];
}

/** The content of each block by its name. */
export function cardBlocks(rows: readonly CardRow[]): Readonly<Record<string, string>> {
  const fetched = rows.filter(({ inline }) => !inline);
  return {
    'card-apdus': apduTable(fetched),
    'card-line': lineTable(fetched),
    'card-inline': lineTable(rows.filter(({ inline }) => inline)),
    'card-targets': targetTable(rows),
  };
}

const APDU_HEAD = ['Job', 'By', 'Blocks', ...APDU_KINDS.map((kind) => KIND_WORDS[kind]), 'all', 'without continuations', BOUND_WORDS];
export const LINE_HEAD = [
  'Job',
  'By',
  'Blocks',
  'APDUs',
  'AT lines',
  'bytes out',
  'bytes in',
  '/ lower bound',
  ...BAUD_RATES.map((baud) => `ms, ${number(baud)} baud`),
];

function apduTable(rows: readonly CardRow[]): string {
  return table(APDU_HEAD, apduLines(rows), WORD_COLUMNS);
}

function lineTable(rows: readonly CardRow[]): string {
  return table(LINE_HEAD, lineLines(rows), WORD_COLUMNS);
}

/** Cells below APDU_HEAD. */
function apduLines(rows: readonly CardRow[]): string[][] {
  return joined(
    rows.map((row) => ({
      ...wordsOf(row),
      cells: [
        ...APDU_KINDS.map((kind) => number(row.apdus.kinds[kind])),
        number(row.apdus.all),
        number(withoutContinuations(row)),
        number(row.bound.apdus),
      ],
    })),
  );
}

/** Cells below LINE_HEAD: each job by each way, and what it would be at the bound. */
export function lineLines(rows: readonly CardRow[]): string[][] {
  return CARD_JOBS.flatMap((job) => {
    const ofJob = rows.filter((row) => row.job === job);
    return [...joined(ofJob.map(measuredLine)), ...joined(ofJob.map(boundLine))];
  });
}

function measuredLine(row: CardRow): Line {
  const { apdus, atLines, bytes, ratio, uartMs: ms } = row;
  const words = wordsOf(row);
  return {
    ...words,
    cells: [
      number(apdus.all),
      number(atLines),
      number(bytes.out),
      number(bytes.in),
      ratio.toFixed(3),
      ...BAUD_RATES.map((baud) => (ms ? milliseconds(ms[baud]!) : '–')),
    ],
  };
}

function boundLine({ job, way, bound }: CardRow): Line {
  const bytes = boundTraffic(bound, way);
  const isLine = way !== 'apdu';
  const ms = uartMs(bytes);
  return {
    job: JOB_WORDS[job],
    way: `${BOUND_WORDS}, ${isLine ? WAY_WORDS.csim : WAY_WORDS.apdu}`,
    block: '255',
    cells: [
      number(bound.apdus),
      number(isLine ? bound.apdus : 0),
      number(bytes.out),
      number(bytes.in),
      '1.000',
      ...BAUD_RATES.map((baud) => (isLine ? milliseconds(ms[baud]!) : '–')),
    ],
  };
}

function wordsOf({ job, way, blockBytes }: CardRow): Omit<Line, 'cells'> {
  return { job: JOB_WORDS[job], way: WAY_WORDS[way], block: String(blockBytes) };
}

/** Joins rows that differ in the way alone, and then those that differ in the size of blocks alone. */
function joined(lines: readonly Line[]): string[][] {
  const byWay = join(lines, 'way');
  return join(byWay, 'block').map(({ job, way, block, cells }) => [job, way, block, ...cells]);
}

function join(lines: readonly Line[], column: 'way' | 'block'): Line[] {
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    const key = JSON.stringify({ ...line, [column]: '' });
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()].map((group) => ({ ...group[0]!, [column]: [...new Set(group.map((line) => line[column]))].join(', ') }));
}

function targetTable(rows: readonly CardRow[]): string {
  return table(
    ['What', 'Met', 'measured', 'at most'],
    judgeCard(rows).map(({ target, measured, limit, isMet }) => [
      target,
      isMet ? 'yes' : '**no**',
      measured,
      limit.replace('at most ', ''),
    ]),
  );
}
