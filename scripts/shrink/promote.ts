// SPDX-License-Identifier: Apache-2.0
// The scalars used most become wasm globals: two bytes of code at each use instead of five or six. The region stays what the
// host saves and restores: every export that uses them reads them from it when it begins and writes them back when it ends.

import { accessOf, type Range } from './access.js';
import { refuseScalarArguments } from './arguments.js';
import { carriers, RELOAD, SPILL } from './carry.js';
import { divideChoices, sources } from './choices.js';
import { accessesOf, MOST_GLOBALS, type Placed, placeScalars } from './scalars.js';
import { callsOf, constant, functions, isList, type List, lists, type Node, rewrite } from './tree.js';

type Global = Placed & { readonly global: string };

/** A scalar's old and new place, as offsets in the region. */
export interface Move {
  readonly from: number;
  readonly to: number;
  readonly width: number;
}

/**
 * Turns scalars into globals wherever that makes the code shorter, and gives all new places in the region. Scalars must be used
 * by constant address, or by one that is chosen between two constants, apart from memory.fill over all of them.
 */
export function promoteScalars(module: List, range: Range, mostGlobals = MOST_GLOBALS): Move[] {
  divideChoices(module, range);
  refuseScalarArguments(module, range);
  const placed = placeScalars(module, range, mostGlobals);
  const globals = placed.filter((scalar): scalar is Global => scalar.global !== undefined);
  const byAddress = new Map(globals.map((scalar) => [scalar.address, scalar]));
  const users = usersOf(module, byAddress);
  const readers = exportedReaders(module, byAddress, users);
  for (const each of functions(module)) {
    followClearing(each, range, placed, globals.length > 0);
    if (!readers.has(nameOf(each))) useGlobals(each, byAddress);
    movePlaces(each, placed);
  }
  if (globals.length > 0) {
    const wrappers = exportsOf(module)
      .filter((each) => users.has(nameOf(each, 2)) && !readers.has(nameOf(each, 2)))
      .map((each) => wrap(module, each));
    const memory = module.findIndex((field) => isList(field) && field[0] === 'memory');
    const [cursor = [], ...carrying] = carriers(globals);
    module.splice(memory, 0, cursor, ...globals.map(({ global }): List => ['global', global, ['mut', 'i32'], ['i32.const', '0']]));
    module.push(...wrappers, ...carrying);
  }
  return placed.map(({ address, place, width }) => ({ from: address - range.begin, to: place - range.begin, width }));
}

function nameOf(node: List, index = 1): string {
  const name = node[index];
  return isList(name) ? String(name[1]) : String(name);
}

/** The exports that are functions: `(export "name" (func $name))`. */
function exportsOf(module: List): List[] {
  return lists(module).filter(([kind, , what]) => kind === 'export' && isList(what) && what[0] === 'func');
}

/** The functions that use one of the scalars, directly or through others. */
function usersOf(module: List, scalars: ReadonlyMap<number, Global>): Set<string> {
  const users = new Set(
    functions(module)
      .filter((each) => accessesOf(each).some(({ address }) => scalars.has(address)))
      .map((each) => nameOf(each)),
  );
  for (let size = 0; size !== users.size; ) {
    size = users.size;
    for (const each of functions(module)) if (callsOf(each).some((called) => users.has(called))) users.add(nameOf(each));
  }
  return users;
}

/** Exports that only look: between two calls the region is up to date, so they go on reading it, and are right after a restore. */
function exportedReaders(module: List, scalars: ReadonlyMap<number, Global>, users: ReadonlySet<string>): Set<string> {
  const called = new Set(functions(module).flatMap(callsOf));
  const exported = new Set(exportsOf(module).map((each) => nameOf(each, 2)));
  const isReader = (each: List) =>
    !callsOf(each).some((name) => users.has(name)) &&
    accessesOf(each).every(({ kind, address }) => kind === 'load' || !scalars.has(address));
  return new Set(
    functions(module)
      .filter((each) => exported.has(nameOf(each)) && !called.has(nameOf(each)) && isReader(each))
      .map((each) => nameOf(each)),
  );
}

function useGlobals(each: List, scalars: ReadonlyMap<number, Global>): void {
  rewrite(each, (node) => {
    const access = accessOf(node);
    const scalar = access && scalars.get(access.address);
    if (!scalar) return node;
    if (access.kind === 'load') return ['global.get', scalar.global];
    const value = access.value ?? '';
    return ['global.set', scalar.global, scalar.isWidened ? byteOf(value) : value];
  });
}

function movePlaces(each: List, placed: readonly Placed[]): void {
  rewrite(each, (node) => {
    const access = accessOf(node);
    const scalar = access && placed.find(({ address, width }) => access.address >= address && access.address < address + width);
    if (!scalar) return node;
    const place: List = ['i32.const', String(scalar.place + access.address - scalar.address)];
    if (scalar.isWidened) return access.kind === 'load' ? ['i32.load', place] : ['i32.store', place, byteOf(access.value ?? '')];
    const [name = '', ...attributes] = access.head;
    return [name, ...attributes, place, ...(access.value === undefined ? [] : [access.value])];
  });
}

function byteOf(value: Node): List {
  return ['i32.and', value, ['i32.const', '255']];
}

/** Follows an instruction that clears all scalars by a reload. Any other bulk instruction that begins in them is not understood. */
function followClearing(each: List, { begin, end }: Range, placed: readonly Placed[], hasGlobals: boolean): void {
  const compiledEnd = Math.max(begin, ...placed.map(({ address, width }) => address + width));
  rewrite(each, (node) => {
    if (!isBulkOf(node, { begin, end })) return node;
    const [destination = [], value = [], bytes] = lists(node);
    if (node[0] !== 'memory.fill' || constant(destination) !== begin || begin + (constant(bytes) ?? 0) < compiledEnd) {
      throw new Error('a bulk instruction reads or writes some of the scalars; only the clearing of all of them is understood');
    }
    // their new places may reach further
    const whole: List = ['memory.fill', destination, value, ['i32.const', String(end - begin)]];
    return hasGlobals ? ['block', whole, ['call', RELOAD]] : whole;
  });
}

function isBulkOf(node: List, range: Range): boolean {
  if (node[0] !== 'memory.fill' && node[0] !== 'memory.copy') return false;
  const addresses = lists(node).slice(0, node[0] === 'memory.fill' ? 1 : 2);
  return addresses.flatMap(sources).some((address) => Number(address[1]) >= range.begin && Number(address[1]) < range.end);
}

/** A function of the same type around an exported one; the export leads to it from now on. */
function wrap(module: List, exported: List): List {
  const inner = nameOf(exported, 2);
  const wrapper = `$shrink${inner.slice(1)}`;
  const signature = lists(functions(module).find((each) => nameOf(each) === inner) ?? []).filter(([kind]) =>
    ['type', 'param', 'result'].includes(String(kind)),
  );
  const parameters = signature.filter(([kind]) => kind === 'param');
  const call: List = ['call', inner, ...parameters.map((parameter): List => ['local.get', nameOf(parameter)])];
  exported[2] = ['func', wrapper];
  const hasResult = signature.some(([kind]) => kind === 'result');
  const body: List[] = hasResult
    ? [
        ['local.set', '$result', call],
        ['call', SPILL],
        ['local.get', '$result'],
      ]
    : [call, ['call', SPILL]];
  return ['func', wrapper, ...signature, ...(hasResult ? [['local', '$result', 'i32']] : []), ['call', RELOAD], ...body];
}
