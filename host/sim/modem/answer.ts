// SPDX-License-Identifier: Apache-2.0
// From the lines of an answer to bytes on the line, with the disturbances that tests ask for.

import type { Disturbance, DisturbanceAction } from './disturbance.js';
import type { AnswerQuirks } from './quirks.js';

type LineEnds = AnswerQuirks['lineEnds'];

/** What goes out in one go. */
export interface ReplyPart {
  /** Milliseconds after the part before it, or after the command line. */
  readonly afterMs: number;
  readonly bytes: Uint8Array;
}

/** What goes out for one command line. */
export interface Reply {
  readonly parts: readonly ReplyPart[];
  /** The line drops after the parts. */
  readonly drops: boolean;
}

/** Lines of an answer and what is done to them. */
export interface Answer {
  /** Ends with the final line. */
  readonly lines: readonly string[];
  /** Lines that the modem itself adds after the final one. */
  readonly later?: readonly string[];
  readonly rules?: readonly Disturbance[];
  readonly lineEnds?: LineEnds;
}

/** Nothing. */
export const NO_REPLY: Reply = { parts: [], drops: false };

/** Lines of a verbose answer, each between CR LF and CR LF (ITU-T V.250 §5.7.1), or as the modem has it. */
export function writeLines(lines: readonly string[], lineEnds: LineEnds = 'CRLF'): Uint8Array {
  const end = lineEnd(lineEnds);
  const begin = lineEnds === 'trailing' ? '' : end;
  return Buffer.from(lines.map((line) => `${begin}${line}${end}`).join(''), 'latin1');
}

/** Writes an answer as the rules leave it. */
export function writeReply({ lines, later = [], rules = [], lineEnds = 'CRLF' }: Answer): Reply {
  const actions = rules.map(({ action }) => action);
  const disturbed = actions.reduce((all, action) => disturbLines(all, action, lineEnd(lineEnds)), lines);
  const bytes = actions.reduce(disturbBytes, writeLines([...disturbed, ...later], lineEnds));
  return { parts: splitByDelays(bytes, actions), drops: actions.some(({ kind }) => kind === 'dropLine') };
}

function lineEnd(lineEnds: LineEnds): string {
  if (lineEnds === 'CR') return '\r';
  return lineEnds === 'LF' ? '\n' : '\r\n';
}

function disturbLines(lines: readonly string[], action: DisturbanceAction, end: string): readonly string[] {
  if (action.kind === 'answer') return action.lines;
  if (action.kind === 'unsolicited') return insert(lines, action, end);
  if (action.kind === 'truncate') return changeDigits(lines, (digits) => digits.slice(0, Math.max(0, digits.length - action.digits)));
  return lines;
}

function insert(lines: readonly string[], action: DisturbanceAction & { kind: 'unsolicited' }, end: string): readonly string[] {
  if (action.place === 'inside') {
    const inner = ['', ...action.lines, ''].join(end);
    return changeDigits(lines, (digits) => {
      const at = Math.min(action.afterDigits ?? digits.length >> 1, digits.length);
      return digits.slice(0, at) + inner + digits.slice(at);
    });
  }
  const at = { before: 0, between: Math.max(0, lines.length - 1), after: lines.length }[action.place];
  return [...lines.slice(0, at), ...action.lines, ...lines.slice(at)];
}

/** A response APDU in a line: behind +CSIM or +CGLA, behind its bare length, or alone; not the handle of +CCHO. */
const RESPONSE = /^((?:\+C(?:SIM|GLA)\s*:\s*)?(?:\d+\s*,\s*)?"?)((?:[0-9a-f]{2}){2,})("?\s*)$/i;

/** Changes the digits of the first response; lines without one stay as they are. */
function changeDigits(lines: readonly string[], change: (digits: string) => string): readonly string[] {
  const index = lines.findIndex((line) => RESPONSE.test(line));
  return lines.map((line, at) =>
    at === index ? line.replace(RESPONSE, (_, before: string, digits: string, after: string) => before + change(digits) + after) : line,
  );
}

function disturbBytes(bytes: Uint8Array, action: DisturbanceAction): Uint8Array {
  switch (action.kind) {
    case 'silence':
      return new Uint8Array(0);
    case 'garbage':
      return action.bytes;
    case 'noise': {
      const at = Math.min(action.afterBytes ?? 0, bytes.length);
      return Buffer.concat([bytes.subarray(0, at), action.bytes, bytes.subarray(at)]);
    }
    case 'cut':
      return bytes.subarray(0, action.afterBytes);
    case 'dropLine':
      return bytes.subarray(0, action.afterBytes ?? 0);
    default:
      return bytes;
  }
}

/** Each delay holds up what comes behind so many bytes of the answer; delays at the same place add up. */
function splitByDelays(bytes: Uint8Array, actions: readonly DisturbanceAction[]): ReplyPart[] {
  const delays = actions.filter((action) => action.kind === 'delay').map(({ ms, afterBytes = 0 }) => ({ ms, at: afterBytes }));
  delays.sort((a, b) => a.at - b.at);
  const parts: ReplyPart[] = [];
  let afterMs = 0;
  let start = 0;
  for (const { ms, at } of delays) {
    if (at > start) {
      parts.push({ afterMs, bytes: bytes.subarray(start, at) });
      [start, afterMs] = [at, 0];
    }
    afterMs += ms;
  }
  return [...parts, { afterMs, bytes: bytes.subarray(start) }].filter((part) => part.bytes.length > 0);
}
