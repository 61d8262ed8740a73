// SPDX-License-Identifier: Apache-2.0
// Puts the bytecode of all functions in a row. Where a jump leads is known only then, and how far it leads decides how many bytes
// it has: so this is repeated until every jump fits.

import { type Instruction, type InterpretedFunction, type Item, instruction, LARGEST_OPERAND, type Label, type Targets } from './code.js';
import type { Definition } from './instructions.js';
import { type Alphabet, BARRIER, joinPairs, OPERAND, UNKNOWN } from './pairs.js';

/** The program of a module. */
export interface Program {
  /** Two bytes for each function, its place; two for each pair, its members; then the functions. Whole lines. */
  readonly bytes: Uint8Array;
  /** Where the pairs begin. */
  readonly pairs: number;
  /** Bytes of each function. */
  readonly lengths: readonly number[];
  /** The instructions in the order of their numbers. */
  readonly instructions: readonly Definition[];
  /** How many second members of pairs wait at most. */
  readonly waiting: number;
}

/** The interpreter fetches so many bytes at once. */
export const LINE = 32;
/** Symbols have one byte. */
const SYMBOLS = 256;
/** Places have two bytes, in the table and where calls go back to. */
const MOST_BYTES = 0x10000;
const MOST_LOCALS = 31;
const MOST_PARAMETERS = 7;
const MOST_ROUNDS = 50;

/** From then on pages that still change are no part of pairs, so that they change nothing else. */
const ROUNDS_WITH_KNOWN_PAGES = 10;

/** A byte that says where a jump or a table leads, or how many pages away. */
interface Hole {
  readonly at: number;
  readonly label: Label;
  readonly from: Instruction | Targets;
  readonly isPage: boolean;
}

/** The jumps that need a `far`: how many pages of 256 bytes they lead away. */
interface Pages {
  readonly of: Map<Instruction, number>;
  /** Those whose page is written when all lies in place. */
  readonly open: Set<Instruction>;
  isOpening: boolean;
}

/** Numbers the instructions that are used, joins pairs, and places everything. */
export function layOut(functions: readonly InterpretedFunction[], definitions: readonly Definition[]): Program {
  const bodies = functions.map((each) => ({ ...each, items: [...each.items] }));
  const far: Pages = { of: new Map(), open: new Set(), isOpening: false };
  for (let round = 0; round < MOST_ROUNDS; round++) {
    far.isOpening = round >= ROUNDS_WITH_KNOWN_PAGES;
    const program = place(bodies, definitions, far);
    if (program) return program;
  }
  throw new Error('jumps of the bytecode do not settle');
}

type Body = Omit<InterpretedFunction, 'items'> & { items: Item[] };

/** One round. Returns nothing when jumps were found that need more bytes; they are noted for the next round. */
function place(bodies: readonly Body[], definitions: readonly Definition[], far: Pages): Program | undefined {
  const written = bodies.map(({ items }) => withPages(items, far));
  const instructions = inOrder(definitions, written);
  const numbers = new Map(instructions.map(({ name }, index) => [name, index]));
  const alphabet: Alphabet = {
    count: instructions.length,
    hasOperand: (symbol) => instructions[symbol]?.hasOperand ?? false,
    isLast: (symbol) => instructions[symbol]?.isLast ?? false,
  };
  const sequences = written.map((items) => items.flatMap((item) => symbolsOf(item, numbers)));
  const paired = joinPairs(sequences, alphabet, SYMBOLS);
  const pairs = paired.pairs.flatMap(({ first, second }) => [first, second & 0xff]);
  const bytes: number[] = [...new Array<number>(2 * bodies.length).fill(0), ...pairs];
  // the interpreter takes the first line for fetched when it begins
  while (bytes.length < LINE) bytes.push(0);
  const lengths: number[] = [];
  let isSettled = true;
  bodies.forEach((body, index) => {
    const begin = bytes.length;
    setPlace(bytes, index, begin);
    bytes.push(headerOf(body));
    const { places, holes } = write(paired.sequences[index] ?? [], written[index] ?? [], bytes);
    for (const hole of holes) if (!fill(hole, places, bytes, far, body)) isSettled = false;
    lengths.push(bytes.length - begin);
  });
  while (bytes.length % LINE !== 0) bytes.push(0);
  if (bytes.length > MOST_BYTES) throw new Error(`${bytes.length} bytes of bytecode, more than two bytes can address`);
  return isSettled
    ? { bytes: Uint8Array.from(bytes), lengths, instructions, pairs: 2 * bodies.length, waiting: paired.waiting }
    : undefined;
}

/** With a `far` before each jump that needs one. */
function withPages(items: readonly Item[], far: Pages): Item[] {
  return items.flatMap((item): Item[] => {
    const page = item.kind === 'instruction' ? far.of.get(item) : undefined;
    if (item.kind !== 'instruction' || page === undefined) return [item];
    const before: Instruction =
      far.open.has(item) && item.target ? { ...FAR, target: item.target } : { ...FAR, operand: page & LARGEST_OPERAND };
    return [before, item];
  });
}

const FAR = instruction('far');

/** Those that are used, by what the interpreter does before it: so that it can tell from the number. */
function inOrder(definitions: readonly Definition[], written: readonly (readonly Item[])[]): Definition[] {
  const used = new Set(written.flat().flatMap((item) => (item.kind === 'instruction' ? [item.name] : [])));
  for (const name of used) if (!definitions.some((each) => each.name === name)) throw new Error(`no instruction ${name}`);
  definitions.forEach(({ name, falls }, index) => {
    if (falls && used.has(name)) used.add(definitions[index + 1]?.name ?? '');
  });
  const groups = [0, 1, 2].map((takes) => definitions.filter((each) => each.hasOperand && each.takes === takes));
  groups.push(...[2, 1, 0].map((takes) => definitions.filter((each) => !each.hasOperand && each.takes === takes)));
  return groups.flat().filter(({ name }) => used.has(name));
}

function symbolsOf(item: Item, numbers: ReadonlyMap<string, number>): number[] {
  if (item.kind === 'label') return item.isUsed ? [BARRIER] : [];
  if (item.kind === 'targets') return item.labels.map(() => UNKNOWN);
  const number = numbers.get(item.name) ?? 0;
  if (item.target) return [number, UNKNOWN];
  return item.operand === undefined ? [number] : [number, OPERAND + item.operand];
}

function setPlace(bytes: number[], index: number, at: number): void {
  bytes[2 * index] = at & 0xff;
  bytes[2 * index + 1] = at >> 8;
}

function headerOf({ name, parameters, locals }: Body): number {
  if (parameters > MOST_PARAMETERS || locals > MOST_LOCALS) throw new Error(`${name} has too many parameters or locals for its header`);
  return (parameters << 5) | locals;
}

/** Appends a function's symbols. Barriers and unknown bytes stand in the order of the labels and jumps. */
function write(sequence: readonly number[], items: readonly Item[], bytes: number[]): { places: Map<Label, number>; holes: Hole[] } {
  const labels = items.filter((item): item is Label => item.kind === 'label' && item.isUsed);
  const jumps = items.flatMap((item) => jumpsOf(item));
  const places = new Map<Label, number>();
  const holes: Hole[] = [];
  for (const symbol of sequence) {
    if (symbol === BARRIER) {
      const label = labels.shift();
      if (label) places.set(label, bytes.length);
    } else if (symbol === UNKNOWN) {
      const jump = jumps.shift();
      if (jump) holes.push({ ...jump, at: bytes.length });
      bytes.push(0);
    } else bytes.push(symbol >= OPERAND ? symbol - OPERAND : symbol);
  }
  return { places, holes };
}

function jumpsOf(item: Item): Omit<Hole, 'at'>[] {
  if (item.kind === 'targets') return item.labels.map((label) => ({ label, from: item, isPage: false }));
  return item.kind === 'instruction' && item.target ? [{ label: item.target, from: item, isPage: item.name === FAR.name }] : [];
}

/** Says in a byte where to go, counted from behind it. Returns false when it does not fit, and notes what is needed. */
function fill({ at, label, from, isPage }: Hole, places: ReadonlyMap<Label, number>, bytes: number[], far: Pages, body: Body): boolean {
  const place = places.get(label);
  if (place === undefined) throw new Error(`a label of ${body.name} lies nowhere`);
  // behind a page stand the jump and its own byte
  const distance = place - at - (isPage ? 3 : 1);
  const page = distance >> 8;
  bytes[at] = (isPage ? page : distance) & 0xff;
  if (isPage) return true;
  if (from.kind === 'targets') {
    if (page === 0) return true;
    hop(body, from, label);
    return false;
  }
  if ((far.of.get(from) ?? 0) === page || far.open.has(from)) return true;
  if (far.isOpening) far.open.add(from);
  far.of.set(from, page);
  return false;
}

/** A table reaches what is far away by a jump behind it. */
function hop(body: Body, table: Targets, label: Label): void {
  const stop: Label = { kind: 'label', isUsed: true };
  const labels = table.labels.map((each) => (each === label ? stop : each));
  const replaced: Targets = { kind: 'targets', labels };
  body.items = body.items.flatMap((item): Item[] =>
    item === table ? [replaced, stop, { kind: 'instruction', name: 'jump', target: label }] : [item],
  );
}
