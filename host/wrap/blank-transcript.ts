// SPDX-License-Identifier: Apache-2.0
// Takes numbers that belong to somebody out of a transcript before it is shown: IMEI, ICCID, IMSI, EID.

import { parseTranscript, type TranscriptEntry, transcriptHead, transcriptLine } from './transcript.js';

const FEWEST_DIGITS = 8;

/**
 * Puts zeros in the place of these numbers (8 digits or more each) wherever the line carried them: as digits, as swapped digits of a card (ETSI
 * TS 102 221 §13.2, odd numbers filled up with F), and as an IMSI (3GPP TS 31.102 §4.2.2); also where they are cut by chunks. Both directions
 * change alike and no length does, so that the transcript can still be played. Other numbers stay. @throws RangeError for what is no such number.
 */
export function blankTranscript(transcript: string, numbers: readonly string[]): string {
  const { line, entries } = parseTranscript(transcript);
  const blanks = numbers.flatMap(formsOf).map((form) => ({ form: new RegExp(form, 'gi'), zeros: form.replace(/\d/g, '0') }));
  const blank = (text: string): string => blanks.reduce((changed, { form, zeros }) => changed.replace(form, zeros), text);
  const out = parts(blank(entries.map(({ entry }) => textOf(entry, 'out')).join('')));
  const came = parts(blank(entries.map(({ entry }) => textOf(entry, 'in')).join('')));
  const changed = entries.map(({ entry }): TranscriptEntry => {
    if ('out' in entry) return { ms: entry.ms, out: out(entry.out.length) };
    return 'in' in entry ? { ms: entry.ms, in: came(entry.in.length) } : entry;
  });
  return [transcriptHead(line), ...changed.map(transcriptLine), ''].join('\n');
}

/** How a number may look on the line. */
function formsOf(number: string): string[] {
  if (!/^\d+$/.test(number) || number.length < FEWEST_DIGITS) {
    throw new RangeError(`a number to blank has ${FEWEST_DIGITS} digits or more and nothing else, not "${number}"`);
  }
  const forms = [number, swapped(number.length % 2 === 0 ? number : `${number}F`)];
  // The parity digit of an IMSI stands before it.
  return number.length % 2 === 1 ? [...forms, swapped(`9${number}`)] : forms;
}

function swapped(digits: string): string {
  return digits.replace(/(.)(.)/g, '$2$1');
}

function textOf(entry: TranscriptEntry, direction: 'out' | 'in'): string {
  return (entry as Partial<Record<'out' | 'in', string>>)[direction] ?? '';
}

/** Hands out a text in pieces. */
function parts(text: string): (length: number) => string {
  let at = 0;
  return (length) => {
    at += length;
    return text.slice(at - length, at);
  };
}
