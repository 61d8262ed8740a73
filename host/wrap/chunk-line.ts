// SPDX-License-Identifier: Apache-2.0
// A line that cuts what passes through it into other pieces; the bytes and their order stay the same.

import type { ByteLine } from '../interfaces.js';
import { type ChunkPolicy, createChunker } from './chunk-policy.js';

/** Wraps `line` so that each write and each chunk received is cut by `policy` (each direction has a sequence of its own). */
export function chunkLine(line: ByteLine, policy: ChunkPolicy): ByteLine {
  const outgoing = createChunker(policy);
  const incoming = createChunker(policy);
  return {
    name: line.name,
    write: (bytes) => {
      for (const piece of outgoing(bytes)) line.write(piece);
    },
    onData: (listener) =>
      line.onData((bytes) => {
        for (const piece of incoming(bytes)) listener(piece);
      }),
    onClose: (listener) => line.onClose(listener),
    close: () => line.close(),
  };
}
