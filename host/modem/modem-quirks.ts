// SPDX-License-Identifier: Apache-2.0
// Which options a modem needs, by what it tells of itself: the table of the project, and tables of its users in JSON.

import type { ModemOptions } from '../options.js';
import type { ModemIdentity } from './identify.js';
import { MODEM_QUIRKS } from './modem-quirks-table.js';

/** What is known about a modem or a family of them. */
export interface ModemQuirkRow {
  /** What AT+CGMI begins with, in any case; absent: any manufacturer. One of the two must be there. */
  readonly manufacturer?: string;
  /** What AT+CGMM begins with, in any case; absent: any model. */
  readonly model?: string;
  /** What the module is to be told; empty where it gets along by itself. */
  readonly options: ModemOptions;
  /** One sentence. */
  readonly why: string;
  /** Where that is known from. */
  readonly source?: string;
}

/** The first row that fits the modem; undefined: nothing is known about it. */
export function quirksFor(identity: ModemIdentity, rows: readonly ModemQuirkRow[] = MODEM_QUIRKS): ModemQuirkRow | undefined {
  return rows.find(({ manufacturer = '', model = '' }) => begins(identity.manufacturer, manufacturer) && begins(identity.model, model));
}

/** The name of a row for people: "Quectel EG25", "Telit". */
export const rowName = ({ manufacturer, model }: ModemQuirkRow): string => [manufacturer, model].filter(Boolean).join(' ');

/** "cardAccess channel, blockBytes 120"; empty when there is none. */
export const optionWords = (options: ModemOptions): string =>
  Object.entries(options)
    .map(([name, value]) => (value === true ? name : `${name} ${value}`))
    .join(', ');

function begins(text: string, prefix: string): boolean {
  return text.toLowerCase().startsWith(prefix.toLowerCase());
}

type Check = (value: unknown) => string | undefined;

const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string) ? undefined : `must be ${words.map((word) => `"${word}"`).join(', ')}`;
const wholeNumber =
  (least: number, most: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? undefined
      : `must be a whole number from ${least} to ${most}`;
const truth: Check = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false');
const text: Check = (value) => (typeof value === 'string' && value.trim() !== '' ? undefined : 'must be text that is not empty');

const OPTIONS: Readonly<Record<keyof ModemOptions, Check>> = {
  cardAccess: oneOf('auto', 'csim', 'channel', 'basic'),
  blockBytes: wholeNumber(16, 255),
  responseBytes: wholeNumber(16, 255),
  modemReset: oneOf('powerCycle', 'radioCycle', 'restart'),
  simLock: truth,
  passesClassByte: truth,
  awaitRegistration: truth,
};
const FIELDS: Readonly<Record<Exclude<keyof ModemQuirkRow, 'options'>, Check>> = {
  manufacturer: text,
  model: text,
  why: text,
  source: text,
};

/**
 * Reads a table of one's own: an array of rows in JSON.
 * @throws Error that names the row, counted from 1, the field and what it may be
 */
export function readModemQuirks(json: string): readonly ModemQuirkRow[] {
  const rows = parse(json);
  if (!Array.isArray(rows))
    throw new Error('it is no array of rows; write [{ "manufacturer": …, "model": …, "options": { … }, "why": … }]');
  return rows.map((row: unknown, index) => {
    const problem = problemOf(row);
    if (problem) throw new Error(`row ${index + 1}: ${problem}`);
    return row as ModemQuirkRow;
  });
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new Error(`it is no JSON (${(cause as Error).message})`, { cause });
  }
}

function problemOf(row: unknown): string | undefined {
  if (!isObject(row)) return 'must be an object';
  const { options, ...fields } = row;
  const problem = problemIn(fields, FIELDS, '');
  if (problem) return problem;
  if (fields.manufacturer === undefined && fields.model === undefined) return 'manufacturer or model must be there';
  if (fields.why === undefined) return 'why must be there: a sentence for those who read it later';
  if (!isObject(options)) return 'options must be an object, {} where nothing is needed';
  return problemIn(options, OPTIONS, 'options.');
}

function problemIn(values: Readonly<Record<string, unknown>>, checks: Readonly<Record<string, Check>>, path: string): string | undefined {
  for (const [name, value] of Object.entries(values)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (!check) return `${path}${name} is unknown; known are ${Object.keys(checks).join(', ')}`;
    const problem = check(value);
    if (problem) return `${path}${name} ${problem}, not ${JSON.stringify(value)}`;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
