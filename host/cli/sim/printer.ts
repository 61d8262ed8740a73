// SPDX-License-Identifier: Apache-2.0
// Lines on standard output: for people, or one object each.

import { hex } from '../../sim/codec/bytes.js';

/** Says things. `facts` go out only as JSON, `words` only as text. */
export type Say = (who: string, words: string, facts: object) => void;

/** The way of saying things that the option --json chooses. */
export function createPrinter(json: boolean): Say {
  if (json) return (who, _, facts) => console.log(JSON.stringify({ who, ...facts }, replaceBytes));
  return (who, words) => console.log(`${who.padEnd(7)} ${words}`);
}

/** Bytes become hexadecimal text. What is queued would repeat the whole history, and keys are of no use to anybody. */
function replaceBytes(key: string, value: unknown): unknown {
  if (key === 'item') return undefined;
  return value instanceof Uint8Array ? hex(value) : value;
}
