// SPDX-License-Identifier: Apache-2.0
// The build gives the scalars of the state region other places (scripts/shrink); this puts them back, so that the region of a
// shipped module can be compared with, and given to, a module that was only compiled.

import { readFileSync } from 'node:fs';
import { inBuild } from '../../scripts/paths.js';
import type { Move } from '../../scripts/shrink/promote.js';

/** Bytes before the options, which have the same place in both: SCALARS of abi/state.ts. */
const SCALAR_BYTES = 928;

/** Where the scalars are in a built form of the module: ipad, or ipad.fast. */
export function movesOf(form: string): readonly Move[] {
  return JSON.parse(readFileSync(inBuild(`${form}.scalars.json`), 'utf8'));
}

const ipadMoves = movesOf('ipad');

/** The bytes of a region as the compiled module has them. `scalarBytes`: how many at the beginning are scalars. */
export function unmoved(region: Uint8Array, moves: readonly Move[] = ipadMoves, scalarBytes = SCALAR_BYTES): Buffer {
  const moved = Buffer.from(region);
  moved.fill(0, 0, scalarBytes);
  for (const { from, to, width } of moves) moved.set(region.subarray(to, to + width), from);
  return moved;
}
