// SPDX-License-Identifier: Apache-2.0
// From the lines of an answer to bytes on the line, with the disturbances that tests ask for.

import type { Disturbance, DisturbanceAction } from './disturbance.js';

/** What goes out for one command line. */
export interface Reply {
  readonly bytes: Uint8Array;
  /** The line drops after the bytes. */
  readonly drops: boolean;
}

/** Lines of a verbose answer, each between CR LF and CR LF (ITU-T V.250 §5.7.1). */
export function writeLines(lines: readonly string[]): Uint8Array {
  return Buffer.from(lines.map((line) => `\r\n${line}\r\n`).join(''), 'latin1');
}

/** Writes an answer as the rules leave it. `lines` ends with the final line; `later` are lines the modem itself adds after it. */
export function writeReply(lines: readonly string[], later: readonly string[], rules: readonly Disturbance[]): Reply {
  const start: Reply = { bytes: writeLines([...disturbLines(lines, rules), ...later]), drops: false };
  return rules.reduce((reply, rule) => disturbReply(reply, rule.action), start);
}

function disturbLines(lines: readonly string[], rules: readonly Disturbance[]): readonly string[] {
  let all = lines;
  for (const { action } of rules) {
    if (action.kind === 'answer') all = action.lines;
    if (action.kind === 'unsolicited') all = insert(all, action);
  }
  return all;
}

function insert(lines: readonly string[], action: DisturbanceAction & { kind: 'unsolicited' }): readonly string[] {
  const at = { before: 0, between: Math.max(0, lines.length - 1), after: lines.length }[action.place];
  return [...lines.slice(0, at), ...action.lines, ...lines.slice(at)];
}

function disturbReply(reply: Reply, action: DisturbanceAction): Reply {
  switch (action.kind) {
    case 'silence':
      return { ...reply, bytes: new Uint8Array(0) };
    case 'garbage':
      return { ...reply, bytes: action.bytes };
    case 'dropLine':
      return { bytes: reply.bytes.subarray(0, action.afterBytes ?? 0), drops: true };
    default:
      return reply;
  }
}
