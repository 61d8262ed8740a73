// SPDX-License-Identifier: Apache-2.0
// The functions of a module while code is taken out of them: where windows are, and which are still as they were found.

import { type Item, itemsOf, nodesOf, withResult } from './items.js';
import { liveAfter } from './live.js';
import { functions, isDeclaration, isList, type List, visit } from './tree.js';
import { Chains, type Leaf, type Surroundings, Window } from './windows.js';

const MOST_BELOW = 3;

/** A window where it stands. */
export interface Place {
  readonly list: Item[];
  /** Leaves that lie on the stack below the value that it takes. */
  readonly below: readonly Item[];
  readonly items: readonly Item[];
  /** The local that is read behind it. */
  readonly out: string | undefined;
  readonly window: Window;
  /** The leaves that are none of the pinned ones. */
  readonly leaves: readonly Leaf[];
}

/** All functions of a module as items, and what of them is still as it was. */
export class Bodies {
  readonly #chains = new Chains();
  readonly #functions: { readonly node: List; readonly body: Item[]; readonly after: ReturnType<typeof liveAfter> }[];
  readonly #surroundings: Surroundings;
  readonly #results: ReadonlySet<string>;
  /** The item around the items of a list. */
  readonly #around = new Map<Item[], { readonly item: Item; readonly list: Item[] }>();
  readonly #lists = new Set<Item[]>();
  readonly #replaced = new Map<Item, readonly Item[]>();
  readonly #removed = new Set<Item>();
  /** Items with something replaced in them. */
  readonly #changed = new Set<Item>();

  constructor(module: List) {
    this.#results = withResult(module);
    this.#surroundings = { sets: setsOf(module) };
    this.#functions = functions(module).map((node) => {
      const body = itemsOf(node, this.#results);
      return { node, body, after: liveAfter(body) };
    });
  }

  /** Groups of places that may be alike. */
  places(): Place[][] {
    const found: { readonly chain: string; readonly place: () => Place }[] = [];
    for (const { node, body, after } of this.#functions) {
      const hasResult = this.#results.has(String(node[1]));
      const search = (list: Item[]) => {
        const belows = belowsOf(list);
        list.forEach((item, from) => {
          for (const inner of item.bodies) {
            this.#around.set(inner, { item, list });
            search(inner);
          }
          for (const below of belows[from] ?? []) {
            const window = this.#windowOf(below);
            for (let to = from; to < list.length && window.take(list[to] as Item); to++) {
              if (!window.isWorthIt || window.produced > 1) continue;
              const isLast = list[to + 1]?.head[0] === 'return' || (list === body && to === list.length - 1);
              if (window.returns && (!isLast || window.produced > 0 !== hasResult)) continue;
              const live = after.get(list[to] as Item);
              const outs = [...window.written.keys()].filter((local) => live?.has(local));
              if (outs.length + window.produced > 1) continue;
              const [out] = outs;
              found.push({
                chain: `${window.chain} ${out === undefined ? '' : window.written.get(out)}`,
                place: () => this.#placeOf(list, below, list.slice(from, to + 1), out),
              });
            }
          }
        });
      };
      search(body);
    }
    return groups(found, ({ chain }) => chain).map((group) => group.map(({ place }) => place()));
  }

  #windowOf(below: readonly Item[]): Window {
    const window = new Window(this.#chains, this.#surroundings);
    if (below.length > 0) window.enter(below);
    return window;
  }

  #placeOf(list: Item[], below: readonly Item[], items: readonly Item[], out: string | undefined): Place {
    const window = this.#windowOf(below);
    for (const item of items) window.take(item);
    if (out !== undefined && !window.isSetForCertain(out)) window.incoming.add(out);
    return { list, below, items, out, window, leaves: window.leaves.filter((_, at) => !window.pinned.has(at)) };
  }

  /** Takes those places that are as they were and do not overlap each other. */
  free(places: readonly Place[]): Place[] {
    const [removed, changed] = [new Set<Item>(), new Set<Item>()];
    return places.filter((place) => {
      const isTaken = (item: Item) => this.#removed.has(item) || this.#changed.has(item) || removed.has(item) || changed.has(item);
      if (place.items.some(isTaken) || place.below.some(isTaken) || this.#isWithin(place.list, removed)) return false;
      this.#mark(place, removed, changed);
      return true;
    });
  }

  #isWithin(list: Item[], removed: ReadonlySet<Item>): boolean {
    const around = this.#around.get(list);
    return around !== undefined && (this.#removed.has(around.item) || removed.has(around.item) || this.#isWithin(around.list, removed));
  }

  replace(place: Place, by: readonly Item[]): void {
    this.#mark(place, this.#removed, this.#changed);
    for (const item of [...place.below, ...place.items]) this.#replaced.set(item, item === place.items[0] ? by : []);
    this.#lists.add(place.list);
  }

  #mark({ list, below, items }: Place, removed: Set<Item>, changed: Set<Item>): void {
    for (const item of [...below, ...items]) removed.add(item);
    for (let around = this.#around.get(list); around; around = this.#around.get(around.list)) changed.add(around.item);
  }

  /** Puts the calls into the module. */
  write(): void {
    for (const list of this.#lists) list.splice(0, list.length, ...list.flatMap((item) => this.#replaced.get(item) ?? [item]));
    for (const { node, body } of this.#functions) {
      const kept = node.filter((field, index) => index < 2 || (isList(field) && isDeclaration(field)));
      node.splice(0, node.length, ...kept, ...nodesOf(body));
    }
  }
}

/** For each place in a list the leaves that may go along with what begins there: none, the last one below the value on top, ... */
function belowsOf(list: readonly Item[]): Item[][][] {
  const stack: Item[][] = [];
  return list.map((item) => {
    const top = stack.at(-1) ?? [];
    const belows: Item[][] = [[]];
    for (let at = stack.length - 2; at >= 0 && belows.length <= MOST_BELOW; at--) {
      const [leaf, ...others] = stack[at] ?? [];
      if (!leaf || others.length > 0 || !isConstantIn(leaf, top)) break;
      belows.push([leaf, ...(belows.at(-1) ?? [])]);
    }
    const operands = item.pops > 0 ? stack.splice(-item.pops).flat() : [];
    if (item.pushes > 0) stack.push([...operands, item]);
    return belows;
  });
}

/** Whether a leaf has the same value before and after `items`. */
function isConstantIn({ head: [kind, name] }: Item, items: readonly Item[]): boolean {
  if (kind === 'i32.const') return true;
  const sets = (item: Item): boolean =>
    (/^local\.[st]e[te]$/.test(String(item.head[0])) && item.head[1] === name) || item.bodies.flat().some(sets);
  return kind === 'local.get' && !items.some(sets);
}

/** The memory among the names of globals. */
export const MEMORY = 'memory';

/** For each function the globals that it sets, or one that it calls, and whether it writes to memory. */
export function setsOf(module: List): Map<string, Set<string>> {
  const sets = new Map<string, Set<string>>();
  const calls = new Map<string, Set<string>>();
  for (const each of functions(module)) {
    const [own, called] = [new Set<string>(), new Set<string>()];
    visit(each, ([kind, name]) => {
      if (kind === 'global.set') own.add(String(name));
      if (/\.store|^memory\./.test(String(kind))) own.add(MEMORY);
      if (kind === 'call') called.add(String(name));
    });
    sets.set(String(each[1]), own);
    calls.set(String(each[1]), called);
  }
  for (let isNew = true; isNew; ) {
    isNew = false;
    for (const [name, own] of sets) {
      const size = own.size;
      for (const called of calls.get(name) ?? []) for (const global of sets.get(called) ?? []) own.add(global);
      isNew ||= own.size > size;
    }
  }
  return sets;
}

/** Groups of two and more. */
export function groups<T>(found: Iterable<T>, keyOf: (one: T) => string): T[][] {
  const byKey = new Map<string, T[]>();
  for (const one of found) {
    const key = keyOf(one);
    const group = byKey.get(key);
    if (group) group.push(one);
    else byKey.set(key, [one]);
  }
  return [...byKey.values()].filter(({ length }) => length > 1);
}
