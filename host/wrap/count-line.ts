// SPDX-License-Identifier: Apache-2.0
// A line that counts what passes through it.

import type { ByteLine } from '../interfaces.js';

/** What passed so far, seen from the host. */
export interface LineCounters {
  writes: number;
  bytesOut: number;
  chunks: number;
  bytesIn: number;
}

/** Wraps `line`; `counters` goes on counting as long as the line lives. */
export function countLine(line: ByteLine): ByteLine & { readonly counters: LineCounters } {
  const counters: LineCounters = { writes: 0, bytesOut: 0, chunks: 0, bytesIn: 0 };
  return {
    name: line.name,
    counters,
    write: (bytes) => {
      counters.writes += 1;
      counters.bytesOut += bytes.length;
      line.write(bytes);
    },
    onData: (listener) =>
      line.onData((bytes) => {
        counters.chunks += 1;
        counters.bytesIn += bytes.length;
        listener(bytes);
      }),
    onClose: (listener) => line.onClose(listener),
    close: () => line.close(),
  };
}
