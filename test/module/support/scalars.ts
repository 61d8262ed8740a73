// SPDX-License-Identifier: Apache-2.0
// The scalars of the shipped module by their names: the build moves them about in the state region (scripts/shrink), and what a test must know
// of the inside of the module it reads there.

import { readFileSync } from 'node:fs';
import { inProject } from '../../../scripts/paths.js';
import { movesOf } from '../../support/unmoved.js';

const FIELD = /^ {2}(\w+): (\w+);/gm;

/** Where each field of State lies in the compiled module, in bytes: in their order, each aligned to its width. */
function layout(): ReadonlyMap<string, number> {
  const text = readFileSync(inProject('assembly/abi/state.ts'), 'utf8');
  const [, body = ''] = /export class State \{\n(.*?)\n\}/s.exec(text) ?? [];
  const offsets = new Map<string, number>();
  let end = 0;
  for (const [, name = '', type] of body.matchAll(FIELD)) {
    const width = type === 'bool' ? 1 : 4;
    const at = Math.ceil(end / width) * width;
    offsets.set(name, at);
    end = at + width;
  }
  return offsets;
}

const offsets = layout();
const moves = new Map(['ipad', 'ipad.fast'].map((form) => [form, new Map(movesOf(form).map(({ from, ...to }) => [from, to]))]));

/** Makes the reader of a scalar of a form of ipad, between its calls. `stateAt`: where the state region begins. @throws Error for an unknown name. */
export function scalar(form: string, name: string, memory: Buffer, stateAt: number): () => number {
  const move = moves.get(form)?.get(offsets.get(name) ?? -1);
  if (!move) throw new Error(`build/${form}.wasm has no scalar ${name}`);
  const at = stateAt + move.to;
  return move.width === 1 ? () => memory[at]! : () => memory.readInt32LE(at);
}
