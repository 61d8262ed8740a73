// SPDX-License-Identifier: Apache-2.0
// Transcripts of modem lines: one line of JSON per thing that passed, for people to read and for lines to replay. The first line is a head:
// {"transcript":1,"line":"tcp:127.0.0.1:4000"}; then {"ms":12,"out":"AT\r"}, {"ms":15,"in":"\r\nOK\r\n"}, {"ms":90,"broken":"why"}, {"ms":99,"closed":true}.

/** What passed; `ms` is the time since the recording began, in milliseconds. Text is bytes, a character each (ISO 8859-1). */
export type TranscriptEntry =
  /** The host wrote. */
  | { readonly ms: number; readonly out: string }
  /** One chunk from the modem. */
  | { readonly ms: number; readonly in: string }
  /** The line broke. */
  | { readonly ms: number; readonly broken: string }
  /** The host closed the line. */
  | { readonly ms: number; readonly closed: true };

export interface Transcript {
  /** The name of the line that was recorded. */
  readonly line: string;
  /** In their order; each with its line number in the text, from 1. */
  readonly entries: readonly { readonly number: number; readonly entry: TranscriptEntry }[];
}

const VERSION = 1;

/** The first line of a transcript. */
export function transcriptHead(line: string): string {
  return toAscii(JSON.stringify({ transcript: VERSION, line }));
}

/** One more line. */
export function transcriptLine(entry: TranscriptEntry): string {
  return toAscii(JSON.stringify(entry));
}

/** Reads a whole transcript; empty lines count for nothing. @throws Error that names the line that is none. */
export function parseTranscript(text: string): Transcript {
  const lines = text.split('\n').map((content, index) => ({ number: index + 1, content: content.trim() }));
  const [head, ...rest] = lines.filter(({ content }) => content !== '');
  if (head === undefined) throw new Error('the transcript is empty; record one with --record');
  const { transcript, line } = readObject(head.number, head.content);
  if (transcript !== VERSION || typeof line !== 'string') throw malformed(head.number, `is no head of a transcript of version ${VERSION}`);
  return { line, entries: rest.map(({ number, content }) => ({ number, entry: readEntry(number, content) })) };
}

function readEntry(number: number, content: string): TranscriptEntry {
  const entry = readObject(number, content);
  const { ms, out, in: came, broken, closed } = entry;
  const kinds = [typeof out === 'string', typeof came === 'string', typeof broken === 'string', closed === true];
  if (typeof ms !== 'number' || kinds.filter(Boolean).length !== 1) throw malformed(number, 'needs ms and one of out, in, broken, closed');
  for (const bytes of [out, came])
    if (typeof bytes === 'string' && !isBytes(bytes)) throw malformed(number, 'has a character that is no byte');
  return entry as unknown as TranscriptEntry;
}

function readObject(number: number, content: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // said below
  }
  throw malformed(number, 'is no JSON object');
}

function malformed(number: number, what: string): Error {
  return new Error(`line ${number} of the transcript ${what}`);
}

function isBytes(text: string): boolean {
  return !/[^\0-\xff]/.test(text);
}

/** Escapes what JSON leaves alone and an editor or a diff may not. */
function toAscii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
