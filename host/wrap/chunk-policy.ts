// SPDX-License-Identifier: Apache-2.0
// How a block of bytes is cut into pieces on its way. A serial line promises nothing about it, so tests try every way.

import { seededRandom } from './seeded-random.js';

/** How blocks are cut. `every`: pieces of that many bytes. `splitAt`: two pieces, cut after `offset` bytes. `random`: 1 to `maxBytes` bytes each. */
export type ChunkPolicy =
  | { readonly kind: 'whole' }
  | { readonly kind: 'every'; readonly bytes: number }
  | { readonly kind: 'splitAt'; readonly offset: number }
  | { readonly kind: 'random'; readonly seed: number; readonly maxBytes: number };

/** Cuts one block; the pieces joined are the block, and none is empty. */
export type Chunker = (block: Uint8Array) => Uint8Array[];

/** Makes the chunker for a policy. @throws RangeError for sizes below 1 byte. */
export function createChunker(policy: ChunkPolicy): Chunker {
  switch (policy.kind) {
    case 'whole':
      return (block) => (block.length === 0 ? [] : [block]);
    case 'every':
      requireSize(policy.bytes);
      return (block) => cut(block, () => policy.bytes);
    case 'splitAt':
      requireSize(policy.offset);
      return (block) => [block.subarray(0, policy.offset), block.subarray(policy.offset)].filter((piece) => piece.length > 0);
    case 'random': {
      requireSize(policy.maxBytes);
      const random = seededRandom(policy.seed);
      return (block) => cut(block, () => 1 + Math.floor(random() * policy.maxBytes));
    }
  }
}

function requireSize(bytes: number): void {
  if (!Number.isInteger(bytes) || bytes < 1) throw new RangeError(`a piece must be a whole number of bytes, at least 1, not ${bytes}`);
}

function cut(block: Uint8Array, nextSize: () => number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let start = 0;
  while (start < block.length) {
    const end = Math.min(block.length, start + nextSize());
    pieces.push(block.subarray(start, end));
    start = end;
  }
  return pieces;
}
