// SPDX-License-Identifier: Apache-2.0
// Which scalars there are, which of them become globals, and where in the region each one lies: first those that stay in memory,
// at the shortest addresses, then a word for each global, one after the other, so that a cursor finds them.

import { type Access, accessOf, type Range } from './access.js';
import { type List, visit } from './tree.js';

export const WORD = 4;
/** So many globals are written to the region by one call. */
export const GROUP = 4;
/** Bytes a global costs besides its uses: its definition, and a part of the code that carries all to the region and back. */
const GLOBAL_BYTES = 5 + 7;
const USE_BYTES = 2;
/** What a use takes of a scalar that stays in memory (numbered.ts). */
const NUMBERED_BYTES = 4;
/** Indices from 128 on take two bytes. From here on constants gain more by one, and what is read by number can be shared. */
export const MOST_GLOBALS = 60;

/** Bytes that are used by constant address: one field, or several that the code does not keep apart. */
export interface Scalar {
  /** Where the compiler put it. */
  readonly address: number;
  readonly width: number;
  readonly uses: readonly Access[];
}

/** A scalar with its place in the region of the shrunk module. */
export interface Placed extends Scalar {
  readonly place: number;
  /** The global that holds it while an export runs. */
  readonly global?: string;
  /** A byte that has a word for itself and is used as one. */
  readonly isWidened: boolean;
}

/** Finds the scalars of a module and places them. The first word of the region stays where it is: hosts know it. */
export function placeScalars(module: List, range: Range, mostGlobals: number): Placed[] {
  const scalars = scalarsOf(module, range);
  const chosen = scalars
    .filter((scalar) => isWhole(scalar) && scalar.address >= range.begin + WORD && saved(scalar) > 0)
    .sort((left, right) => saved(right) - saved(left) || left.address - right.address);
  const fits = (placed: readonly Placed[]) => placed.every(({ place: at }) => at + WORD <= range.end);
  const wide = place(scalars, new Set(chosen.slice(0, mostGlobals)), true, range.begin);
  if (fits(wide)) return wide;
  for (let count = Math.min(chosen.length, mostGlobals); ; count--) {
    const placed = place(scalars, new Set(chosen.slice(0, count)), false, range.begin);
    if (count === 0 || fits(placed)) return placed;
  }
}

function scalarsOf(module: List, { begin, end }: Range): Scalar[] {
  const found: { address: number; width: number; uses: Access[] }[] = [];
  for (const use of accessesOf(module).sort((left, right) => left.address - right.address || right.width - left.width)) {
    const last = found.at(-1);
    if (use.address >= end || use.address + use.width <= begin) continue;
    if (last && use.address < last.address + last.width) {
      last.width = Math.max(last.width, use.address + use.width - last.address);
      last.uses.push(use);
    } else found.push({ address: use.address, width: use.width, uses: [use] });
  }
  return found;
}

/** Whether a global of type i32 holds just what is loaded and stored: always a word, or always a byte without sign. */
function isWhole({ address, width, uses }: Scalar): boolean {
  return uses.every(
    (use) => use.address === address && use.width === width && /^i32\.(load|load8_u|store|store8)$/.test(String(use.head[0])),
  );
}

function saved({ uses }: Scalar): number {
  return uses.reduce((sum, { bytes }) => sum + Math.min(bytes, NUMBERED_BYTES) - USE_BYTES, -GLOBAL_BYTES);
}

function place(scalars: readonly Scalar[], globals: ReadonlySet<Scalar>, areWide: boolean, begin: number): Placed[] {
  const inMemory = scalars.filter((scalar) => !globals.has(scalar) && scalar.address >= begin + WORD);
  const isPacked = (scalar: Scalar) => scalar.width === 1 && !(areWide && isWhole(scalar));
  const bytes = inMemory.filter(isPacked).sort(byUses);
  const cells = [
    ...inMemory.filter((scalar) => !isPacked(scalar)).map((scalar) => [scalar]),
    ...Array.from({ length: Math.ceil(bytes.length / WORD) }, (_, index) => bytes.slice(index * WORD, (index + 1) * WORD)),
  ].sort((left, right) => usesOf(right) - usesOf(left));
  const placed: Placed[] = scalars
    .filter(({ address }) => address < begin + WORD)
    .map((scalar) => ({ ...scalar, place: scalar.address, isWidened: false }));
  let at = begin + WORD;
  for (const cell of cells) {
    placed.push(...cell.map((scalar, index) => ({ ...scalar, place: at + index, isWidened: scalar.width === 1 && !isPacked(scalar) })));
    at += WORD * Math.ceil(Math.max(...cell.map(({ width }) => width)) / WORD);
  }
  at += WORD * unused(globals.size);
  return [
    ...placed,
    ...[...globals].map((scalar, index) => ({
      ...scalar,
      place: at + WORD * index,
      isWidened: scalar.width === 1,
      global: `$scalar/${scalar.address - begin}`,
    })),
  ];
}

/** Words without a scalar in the first group, so that the others are full. */
export function unused(globals: number): number {
  return (GROUP - (globals % GROUP)) % GROUP;
}

function byUses(left: Scalar, right: Scalar): number {
  return right.uses.length - left.uses.length;
}

function usesOf(cell: readonly Scalar[]): number {
  return cell.reduce((sum, { uses }) => sum + uses.length, 0);
}

/** Loads and stores at constant addresses. */
export function accessesOf(node: List): Access[] {
  const found: Access[] = [];
  visit(node, (inner) => {
    const access = accessOf(inner);
    if (access) found.push(access);
  });
  return found;
}
