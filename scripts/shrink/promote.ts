// SPDX-License-Identifier: Apache-2.0
// The scalars used most become wasm globals: two bytes of code at each use instead of five or six. The region stays what the
// host saves and restores: every export that uses them reads them from it when it begins and writes them back when it ends.

import { type Access, accessOf, overlaps, type Range } from './access.js';
import { divideChoices, sources } from './choices.js';
import { constant, functions, isList, type List, lists, rewrite, visit } from './tree.js';

/** Bytes a global costs besides its uses: its definition, a load and a store between it and the region. */
const GLOBAL_BYTES = 5 + 7 + 7;
const USE_BYTES = 2;
/** Indices above take two bytes; some globals are the sources' own. */
const MOST = 100;
const RELOAD = '$shrink/reload';
const SPILL = '$shrink/spill';

interface Scalar {
  readonly address: number;
  readonly width: number;
  readonly global: string;
}

/**
 * Turns scalars into globals wherever that makes the code shorter. Scalars must be used by constant address, or by one that is
 * chosen between two constants, apart from memory.fill over all of them.
 */
export function promoteScalars(module: List, range: Range): void {
  divideChoices(module, range);
  const scalars = worthwhile(module, range);
  if (scalars.size === 0) return;
  const users = usersOf(module, scalars);
  const readers = exportedReaders(module, scalars, users);
  for (const each of functions(module)) if (!readers.has(nameOf(each))) useGlobals(each, scalars, range);
  const wrappers = exportsOf(module)
    .filter((each) => users.has(nameOf(each, 2)) && !readers.has(nameOf(each, 2)))
    .map((each) => wrap(module, each));
  const memory = module.findIndex((field) => isList(field) && field[0] === 'memory');
  module.splice(memory, 0, ...[...scalars.values()].map(({ global }): List => ['global', global, ['mut', 'i32'], ['i32.const', '0']]));
  module.push(...wrappers, ['func', RELOAD, ...[...scalars.values()].map(reload)], ['func', SPILL, ...[...scalars.values()].map(spill)]);
}

/** The scalars that cost less as globals, by address. What is not always used alike stays in memory. */
function worthwhile(module: List, range: Range): Map<number, Scalar> {
  const accesses = functions(module).flatMap((each) => accessesOf(each).filter((access) => overlaps(access, range)));
  const isAlike = (left: Access, right: Access) => left.address === right.address && left.width === right.width && isWhole(left);
  const found = new Map(accesses.map((access) => [access.address, access]));
  const saved = (scalar: Access) =>
    accesses.filter((access) => isAlike(access, scalar)).reduce((sum, { bytes }) => sum + bytes - USE_BYTES, -GLOBAL_BYTES);
  const kept = [...found.values()]
    .filter((scalar) => accesses.every((access) => isAlike(access, scalar) || !overlaps(access, spanOf(scalar))))
    .map((scalar) => ({ scalar, saved: saved(scalar) }))
    .filter((each) => each.saved > 0)
    .sort((left, right) => right.saved - left.saved || left.scalar.address - right.scalar.address)
    .slice(0, MOST);
  return new Map(kept.map(({ scalar: { address, width } }) => [address, { address, width, global: `$scalar/${address - range.begin}` }]));
}

/** Whether a global of type i32 holds just what an access loads or stores: a word, or a byte without sign. */
function isWhole({ head: [name] }: Access): boolean {
  return /^i32\.(load|load8_u|store|store8)$/.test(String(name));
}

function accessesOf(node: List): Access[] {
  const found: Access[] = [];
  visit(node, (inner) => {
    const access = accessOf(inner);
    if (access) found.push(access);
  });
  return found;
}

function spanOf({ address, width }: Access): Range {
  return { begin: address, end: address + width };
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
function usersOf(module: List, scalars: ReadonlyMap<number, Scalar>): Set<string> {
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

function callsOf(node: List): string[] {
  const called: string[] = [];
  visit(node, (inner) => {
    if (inner[0] === 'call') called.push(nameOf(inner));
  });
  return called;
}

/** Exports that only look: between two calls the region is up to date, so they go on reading it, and are right after a restore. */
function exportedReaders(module: List, scalars: ReadonlyMap<number, Scalar>, users: ReadonlySet<string>): Set<string> {
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

function useGlobals(each: List, scalars: ReadonlyMap<number, Scalar>, range: Range): void {
  const end = Math.max(...[...scalars.values()].map(({ address, width }) => address + width));
  rewrite(each, (node) => {
    if (clearsScalars(node, range, end)) return ['block', node, ['call', RELOAD]];
    const access = accessOf(node);
    const scalar = access && scalars.get(access.address);
    if (!scalar) return node;
    if (access.kind === 'load') return ['global.get', scalar.global];
    const value = access.value ?? '';
    return ['global.set', scalar.global, scalar.width === 1 ? ['i32.and', value, ['i32.const', '255']] : value];
  });
}

/** Whether a bulk instruction clears all scalars. Any other one that begins in them, to read or to write, is not understood. */
function clearsScalars(node: List, range: Range, end: number): boolean {
  if (node[0] !== 'memory.fill' && node[0] !== 'memory.copy') return false;
  const [destination, source, bytes] = lists(node);
  const mayBeInside = (address: List | undefined) =>
    sources(address).some((each) => Number(each[1]) >= range.begin && Number(each[1]) < range.end);
  if (!mayBeInside(destination) && (node[0] === 'memory.fill' || !mayBeInside(source))) return false;
  const [to, length] = [constant(destination), constant(bytes)];
  if (node[0] === 'memory.fill' && to === range.begin && length !== undefined && to + length >= end) return true;
  throw new Error('a bulk instruction reads or writes some of the scalars; only the clearing of all of them is understood');
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

function reload({ address, width, global }: Scalar): List {
  return ['global.set', global, [width === 1 ? 'i32.load8_u' : 'i32.load', ['i32.const', String(address)]]];
}

function spill({ address, width, global }: Scalar): List {
  return [width === 1 ? 'i32.store8' : 'i32.store', ['i32.const', String(address)], ['global.get', global]];
}
