// SPDX-License-Identifier: Apache-2.0
// A modem line that writes a transcript of what passes, so that a session with a real modem can be played again without it.

import { systemClock } from '../clock.js';
import type { ByteLine, Clock } from '../interfaces.js';
import { type TranscriptEntry, transcriptHead, transcriptLine } from './transcript.js';

/** Takes one line of a transcript, without a line end. */
export type TranscriptSink = (line: string) => void;

/** Each entry without its time. */
type Event<Entry> = Entry extends TranscriptEntry ? Omit<Entry, 'ms'> : never;

/**
 * Wraps `line`; its head goes to `sink` at once, then each write, chunk, break and close as it happens. What was said is in it as it was, the
 * numbers of card and modem among it. The clock gives whole milliseconds since now; default: the system's.
 */
export function recordLine(line: ByteLine, sink: TranscriptSink, clock: Clock = systemClock): ByteLine {
  const startMs = clock.nowMs();
  const record = (event: Event<TranscriptEntry>): void =>
    sink(transcriptLine({ ms: Math.round(clock.nowMs() - startMs), ...event } as TranscriptEntry));
  sink(transcriptHead(line.name));
  return {
    name: line.name,
    write: (bytes) => {
      record({ out: latin1(bytes) });
      line.write(bytes);
    },
    onData: (listener) =>
      line.onData((bytes) => {
        record({ in: latin1(bytes) });
        listener(bytes);
      }),
    onClose: (listener) =>
      line.onClose((reason) => {
        record({ broken: reason.message });
        listener(reason);
      }),
    close: () => {
      record({ closed: true });
      return line.close();
    },
  };
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
