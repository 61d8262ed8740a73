// SPDX-License-Identifier: Apache-2.0
// Writes JSON in the many ways that are all the same JSON (RFC 8259), and the few in which servers depart from SGP.22 v2.5 §6.5.
import type { JsonObject } from './json-binding.js';

/** How responses are written; everything left out is as SGP.22 has it, without white space. */
export interface JsonStyle {
  /** Default: header first, then the order of SGP.22 v2.5 §6.5.2. reversed: the other way round, in nested objects too. */
  readonly order?: 'headerLast' | 'reversed';
  /** Spaces, tabs and line ends wherever JSON allows them. */
  readonly whiteSpace?: boolean;
  /** "/" as "\\/", "+" and "=" and each first character of a text as \\u00XX. */
  readonly escapes?: boolean;
  /** Members that no specification has, before and after the others, with braces, quotes and nested values in them. */
  readonly unknownMembers?: boolean;
  /** Signatures as 64 bytes instead of the element 5F37. */
  readonly bareSignatures?: boolean;
  /** euiccCiPKIdToBeUsed as 20 bytes instead of the element 04. */
  readonly bareCiPkId?: boolean;
}

const SIGNATURES: readonly string[] = ['serverSignature1', 'smdpSignature2'];
/** Tag and length of 5F37 with 64 bytes, and of 04 with 20. */
const SIGNATURE_HEADER_BYTES = 3;
const CI_PK_ID_HEADER_BYTES = 2;
const UNKNOWN_FIRST = { 'x-vendor': { 'trap"': ['}', '{"transactionId":"00"}', null, -1.5e3, [], {}], header: 'no' } };
const UNKNOWN_LAST = { zLast: [true, false, 0, '\\'] };

/** The text for a response body. */
export function writeJson(body: JsonObject, style: JsonStyle = {}): string {
  const members = ordered(
    Object.entries(body).map(([name, value]) => [name, departing(name, value, style)] as const),
    style,
  );
  const all = style.unknownMembers ? [...Object.entries(UNKNOWN_FIRST), ...members, ...Object.entries(UNKNOWN_LAST)] : members;
  return writeMembers(all, style);
}

type Members = readonly (readonly [string, unknown])[];

function departing(name: string, value: unknown, style: JsonStyle): unknown {
  if (typeof value !== 'string') return value;
  if (style.bareSignatures && SIGNATURES.includes(name)) return withoutBytes(value, SIGNATURE_HEADER_BYTES);
  return style.bareCiPkId && name === 'euiccCiPKIdToBeUsed' ? withoutBytes(value, CI_PK_ID_HEADER_BYTES) : value;
}

function withoutBytes(base64: string, bytes: number): string {
  return Buffer.from(base64, 'base64').subarray(bytes).toString('base64');
}

function ordered(members: Members, { order }: JsonStyle): Members {
  if (order === 'reversed') return [...members].reverse();
  if (order !== 'headerLast') return members;
  return [...members.filter(([name]) => name !== 'header'), ...members.filter(([name]) => name === 'header')];
}

function write(value: unknown, style: JsonStyle): string {
  if (typeof value === 'string') return writeText(value, style);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each) => spaced(write(each, style), style)).join(',')}]`;
  return writeMembers(ordered(Object.entries(value), style), style);
}

function writeMembers(members: Members, style: JsonStyle): string {
  const written = members.map(([name, value]) => `${spaced(JSON.stringify(name), style)}:${spaced(write(value, style), style)}`);
  return style.whiteSpace ? `\r\n{\t${written.join(',')} }\n` : `{${written.join(',')}}`;
}

function spaced(text: string, style: JsonStyle): string {
  return style.whiteSpace ? `\t ${text}\r\n` : text;
}

function writeText(text: string, style: JsonStyle): string {
  const quoted = JSON.stringify(text);
  if (!style.escapes) return quoted;
  return quoted
    .replaceAll('/', '\\/')
    .replace(/[+=]|(?<=^")[ -!#-[\]-~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
