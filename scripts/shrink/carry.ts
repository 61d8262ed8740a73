// SPDX-License-Identifier: Apache-2.0
// The code that carries the globals from the region and back. They are words in a row, so a cursor names their addresses: four
// bytes of code to read one, less than three to write one, instead of seven each.

import { GROUP, type Placed, unused, WORD } from './scalars.js';
import type { List } from './tree.js';

/** Functions without parameters and results: all globals read from the region, all written to it. */
export const RELOAD = '$shrink/reload';
export const SPILL = '$shrink/spill';

const NEXT = '$shrink/next';
const BACK = '$shrink/back';
/** Begins anew with every reload, is at the end afterwards, and comes back with the spill. */
const CURSOR = '$shrink/cursor';

/** The global and functions that carry these scalars. */
export function carriers(globals: readonly (Placed & { readonly global: string })[]): List[] {
  const skipped = unused(globals.length);
  const first = (globals[0]?.place ?? 0) - WORD * skipped;
  const words = [...new Array<List>(skipped).fill(['i32.const', '0']), ...globals.map(({ global }): List => ['global.get', global])];
  const groups = Array.from({ length: words.length / GROUP }, (_, index) => words.slice(index * GROUP, (index + 1) * GROUP));
  return [
    ['global', CURSOR, ['mut', 'i32'], ['i32.const', '0']],
    [
      'func',
      RELOAD,
      ['global.set', CURSOR, ['i32.const', String(WORD * skipped)]],
      ...globals.map(({ global }): List => ['global.set', global, ['call', NEXT]]),
    ],
    ['func', SPILL, ...groups.reverse().map((group): List => ['call', BACK, ...group])],
    ['func', NEXT, ['result', 'i32'], ['i32.load', `offset=${first}`, ['global.get', CURSOR]], move(WORD)],
    [
      'func',
      BACK,
      ...Array.from({ length: GROUP }, (_, index): List => ['param', `$${index}`, 'i32']),
      move(-WORD * GROUP),
      ...Array.from(
        { length: GROUP },
        (_, index): List => ['i32.store', `offset=${first + WORD * index}`, ['global.get', CURSOR], ['local.get', `$${index}`]],
      ),
    ],
  ];
}

function move(bytes: number): List {
  return ['global.set', CURSOR, ['i32.add', ['global.get', CURSOR], ['i32.const', String(bytes)]]];
}
