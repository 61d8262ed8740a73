// SPDX-License-Identifier: Apache-2.0
// Which locals are still read behind an instruction: code that sets no other ones can become a function of its own.

import type { Item } from './items.js';
import { isList } from './tree.js';

type Locals = ReadonlySet<string>;

const NONE: Locals = new Set();

/** For each item of a function's body, and of the bodies in it, the locals that may be read after it. */
export function liveAfter(body: readonly Item[]): Map<Item, Locals> {
  const after = new Map<Item, Locals>();
  const walk = (items: readonly Item[], end: Locals, labels: ReadonlyMap<string, Locals>): Locals => {
    let live = end;
    for (let at = items.length - 1; at >= 0; at--) {
      const item = items[at] as Item;
      after.set(item, live);
      live = before(item, live, labels);
    }
    return live;
  };
  const before = ({ head, bodies, isOpaque }: Item, live: Locals, labels: ReadonlyMap<string, Locals>): Locals => {
    const [kind, name] = head.map(String);
    if (isOpaque) return union(live, ...labels.values(), readIn(head));
    if (kind === 'local.get') return union(live, new Set([name ?? '']));
    if (kind === 'local.set' || kind === 'local.tee') return new Set([...live].filter((local) => local !== name));
    if (kind === 'return' || kind === 'unreachable') return NONE;
    if (/^br/.test(String(kind))) {
      const targets = head.slice(1).map((label) => labels.get(String(label)) ?? NONE);
      return union(...targets, kind === 'br_if' ? live : NONE);
    }
    if (kind === 'if') return union(...bodies.map((arm) => walk(arm, live, labels)), bodies.length < 2 ? live : NONE);
    const [inner] = bodies;
    if (!inner) return live;
    const label = isList(head[1]) ? '' : String(name);
    if (kind === 'block') return walk(inner, live, new Map([...labels, [label, live]]));
    let begin: Locals = NONE;
    for (let size = -1; size !== begin.size; ) {
      size = begin.size;
      begin = walk(inner, live, new Map([...labels, [label, begin]]));
    }
    return begin;
  };
  walk(body, NONE, new Map());
  return after;
}

function union(...sets: readonly Locals[]): Locals {
  return new Set(sets.flatMap((set) => [...set]));
}

function readIn(node: readonly unknown[]): Locals {
  if (node[0] === 'local.get') return new Set([String(node[1])]);
  return union(...node.map((part) => (Array.isArray(part) ? readIn(part) : NONE)));
}
