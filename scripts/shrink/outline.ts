// SPDX-License-Identifier: Apache-2.0
// What stands in several places becomes a function, called from there. Places may differ in locals, in some constants and
// globals, and in the values that they take from the stack: these are its parameters.

import { Bodies, groups, type Place } from './bodies.js';
import { constantBytes, type Item, nodesOf } from './items.js';
import { functions, type List, ONE_BYTE_INDICES, visit } from './tree.js';
import type { Leaf } from './windows.js';

/** Type index, size, number of locals, end. */
const FUNCTION_BYTES = 4;
const GET_BYTES = 2;
const LOCALS_BYTES = 2;
const CALL_BYTES = 2;
/** More make a call longer than what it stands for. */
const MOST_PARAMETERS = 5;
/** Less is not worth the time a call takes. */
const LEAST_GAIN = 2;
const MOST_ROUNDS = 20;
const MOST_GIVEN = 3;

/** Places that one function can stand for. */
interface Plan {
  readonly places: readonly Place[];
  /** The leaves that differ, by number; those in one group are always alike. */
  readonly given: readonly (readonly number[])[];
  readonly gain: number;
}

/** Makes functions until none makes the module shorter. */
export function outline(module: List): void {
  let made = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = made;
    const bodies = new Bodies(module);
    const rank = rankOf(module);
    for (const { places } of plansOf(bodies.places(), rank)) {
      const plan = planOf(bodies.free(places), rank);
      if (!plan) continue;
      const name = `$shrink/shared/${made++}`;
      module.push(functionOf(plan, name));
      for (const place of plan.places) bodies.replace(place, callOf(place, plan, name));
    }
    if (made === before) return;
    bodies.write();
  }
}

/** How often a function must be called to have an index of one byte; 0 when all have. */
function rankOf(module: List): number {
  const calls = new Map<string, number>(functions(module).map((each) => [String(each[1]), 0]));
  for (const each of functions(module)) {
    visit(each, (node) => {
      if (node[0] === 'call') calls.set(String(node[1]), (calls.get(String(node[1])) ?? 0) + 1);
    });
  }
  return [...calls.values()].sort((left, right) => right - left)[ONE_BYTE_INDICES - 1] ?? 0;
}

/** The best first. */
function plansOf(alike: readonly (readonly Place[])[], rank: number): Plan[] {
  const plans: Plan[] = [];
  const add = (places: readonly Place[]) => {
    const plan = planOf(places, rank);
    if (plan) plans.push(plan);
  };
  for (const places of alike) {
    const differing = (places[0]?.leaves ?? [])
      .map((_, at) => at)
      .filter((at) => new Set(places.map((place) => literal(place, at))).size > 1);
    add(places);
    for (const given of subsets(differing, differing.length > 10 ? 1 : MOST_GIVEN)) {
      for (const group of groups(places, (place) => keyOf(place, given))) add(group);
    }
  }
  return plans.sort((left, right) => right.gain - left.gain);
}

function literal({ leaves }: Place, at: number): string {
  const { kind, name } = leaves[at] as Leaf;
  return kind === 'local' ? kind : name;
}

/** The leaves of a place apart from the `given` ones; locals by number. */
function keyOf({ leaves }: Place, given: readonly number[]): string {
  const locals: string[] = [];
  return leaves
    .map(({ kind, name }, at) => {
      if (given.includes(at)) return '';
      if (kind !== 'local') return name;
      return locals.includes(name) ? `local ${locals.indexOf(name)}` : `local ${locals.push(name) - 1}`;
    })
    .join();
}

function* subsets(of: readonly number[], most: number): Generator<number[]> {
  yield [];
  for (const [index, first] of most > 0 ? of.entries() : []) {
    for (const others of subsets(of.slice(index + 1), most - 1)) yield [first, ...others];
  }
}

/** What one function for all of these would gain, if it would gain enough. */
function planOf(places: readonly Place[], rank: number): Plan | undefined {
  const [first] = places;
  if (!first || places.length < 2) return undefined;
  const { window, leaves, out } = first;
  const isGiven = leaves.map(({ kind, name }, at) => kind === 'local' || places.some((place) => literal(place, at) !== name));
  const differing = leaves.map((_, at) => at).filter((at) => isGiven[at]);
  const byValues = new Map<string, number[]>();
  for (const at of differing) {
    const values = places.map((place) => `${place.leaves[at]?.kind} ${place.leaves[at]?.name}`).join();
    byValues.set(values, [...(byValues.get(values) ?? []), at]);
  }
  const given = [...byValues.values()];
  if (window.consumed + window.incoming.size + given.length > MOST_PARAMETERS) return undefined;
  const saved = places.reduce((sum, place) => {
    const handed = given.reduce((bytes, [at = 0]) => bytes + leafBytes(place.leaves[at]), 0);
    return sum + place.window.bytes - CALL_BYTES - handed - GET_BYTES * window.incoming.size - (out === undefined ? 0 : GET_BYTES);
  }, 0);
  const locals = [...window.written.keys()].filter((local) => !window.incoming.has(local));
  const body =
    window.bytes +
    differing.reduce((sum, at) => sum + GET_BYTES - leafBytes(leaves[at]), 0) +
    GET_BYTES * (window.consumed + (out === undefined ? 0 : 1)) +
    (locals.length > 0 ? LOCALS_BYTES : 0) +
    FUNCTION_BYTES;
  // a function called seldom has an index of two bytes, one called often takes that of one byte from another
  const gain = saved - body - Math.min(places.length, rank);
  return gain >= LEAST_GAIN ? { places, given, gain } : undefined;
}

function leafBytes(leaf: Leaf | undefined): number {
  return leaf?.kind === 'constant' ? constantBytes(leaf.name) : GET_BYTES;
}

function callOf({ window, leaves, out }: Place, { given }: Plan, name: string): Item[] {
  const args = [
    ...[...window.incoming].map((local): List => ['local.get', local]),
    ...given.map(([at = 0]): List => leaves[at]?.item.head ?? []),
  ];
  const hasResult = window.produced > 0 || out !== undefined;
  return [
    ...args.map((head): Item => ({ head, pops: 0, pushes: 1, bodies: [] })),
    { head: ['call', name], pops: window.consumed + args.length, pushes: hasResult ? 1 : 0, bodies: [] },
    ...(out === undefined ? [] : [{ head: ['local.set', out], pops: 1, pushes: 0, bodies: [] }]),
  ];
}

function functionOf({ places, given }: Plan, name: string): List {
  const { below, items, window, leaves, out } = places[0] as Place;
  const taken = Array.from({ length: window.consumed }, (_, index) => `$taken${index}`);
  const own = (local: string) => `$own${window.written.get(local)}`;
  const parameters = [...taken, ...[...window.incoming].map(own), ...given.map((_, index) => `$given${index}`)];
  const locals = [...window.written.keys()].map(own).filter((local) => !parameters.includes(local));
  const givenAs = new Map(given.flatMap((group, index) => group.map((at) => [leaves[at]?.item, `$given${index}`] as const)));
  const copy = (item: Item): Item => {
    const as = givenAs.get(item);
    if (as !== undefined) return get(as);
    const [kind = '', local] = item.head;
    const isLocal = /^local\./.test(String(kind));
    return { ...item, head: isLocal ? [kind, own(String(local))] : [...item.head], bodies: item.bodies.map((body) => body.map(copy)) };
  };
  const body = [...below.map(copy), ...taken.map(get), ...items.map(copy), ...(out === undefined ? [] : [get(own(out))])];
  return [
    'func',
    name,
    ...parameters.map((parameter): List => ['param', parameter, 'i32']),
    ...(window.produced > 0 || out !== undefined ? [['result', 'i32']] : []),
    ...locals.map((local): List => ['local', local, 'i32']),
    ...nodesOf(body),
  ];
}

function get(local: string): Item {
  return { head: ['local.get', local], pops: 0, pushes: 1, bodies: [] };
}
