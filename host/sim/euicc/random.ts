// SPDX-License-Identifier: Apache-2.0
// Where the simulated eUICC takes challenges and ephemeral keys from: the system, or a seeded generator when a run must repeat.
import { createHash } from 'node:crypto';

/** Gives this many fresh bytes. */
export type RandomSource = (lengthBytes: number) => Uint8Array;

/** The same bytes in the same order for the same seed: SHA-256 over the seed and a running number. For tests, never for real keys. */
export function seededRandom(seed: number | string): RandomSource {
  let block = 0;
  let ready = new Uint8Array(0);
  return (lengthBytes) => {
    const parts = [...ready];
    while (parts.length < lengthBytes) parts.push(...createHash('sha256').update(`${seed}:${block++}`).digest());
    ready = Uint8Array.from(parts.slice(lengthBytes));
    return Uint8Array.from(parts.slice(0, lengthBytes));
  };
}
