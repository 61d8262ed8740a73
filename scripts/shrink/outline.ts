// SPDX-License-Identifier: Apache-2.0
// What stands in several places becomes a function, called from there. Places may differ in locals, in some constants, and in
// the value that they begin with: these are its parameters.

import { constantBytes, type Fragment, fragmentsOf } from './fragments.js';
import { functions, isList, type List, lists, ONE_BYTE_INDICES } from './tree.js';

/** Type index, size, number of locals, end. */
const FUNCTION_BYTES = 4;
const GET_BYTES = 2;
/** More make a call longer than what it stands for. */
const MOST_PARAMETERS = 4;
/** Less is not worth the time a call takes. */
const LEAST_GAIN = 2;
const MOST_ROUNDS = 12;

/** Fragments that one function can stand for, and which of their constants it is given. */
interface Plan {
  readonly fragments: readonly Fragment[];
  readonly given: readonly number[];
  readonly gain: number;
}

/** Makes functions until none makes the module shorter. */
export function outline(module: List): void {
  let made = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = made;
    const callBytes = functions(module).length > ONE_BYTE_INDICES ? 3 : 2;
    const places = new Places(module);
    for (const { fragments } of plansOf(fragmentsOf(module), callBytes)) {
      const plan = planOf(places.free(fragments), callBytes);
      if (!plan) continue;
      const name = `$shrink/shared/${made++}`;
      module.push(functionOf(plan, name));
      for (const fragment of plan.fragments) places.replace(fragment, callOf(fragment, plan, name));
    }
    if (made === before) return;
  }
}

/** The best first. */
function plansOf(fragments: readonly Fragment[], callBytes: number): Plan[] {
  const plans: (Plan | undefined)[] = [];
  for (const alike of groups(fragments, ({ key }) => key)) {
    plans.push(planOf(alike, callBytes));
    const count = alike[0]?.constants.length ?? 0;
    // all constants alike, or all but one
    for (let given = 0; given <= count && count > 0; given++) {
      const others = (fragment: Fragment) => fragment.constants.filter((_, index) => index !== given).join();
      plans.push(...groups(alike, others).map((group) => planOf(group, callBytes)));
    }
  }
  return plans.filter((plan) => plan !== undefined).sort((left, right) => right.gain - left.gain);
}

/** Groups of two and more. */
function groups(fragments: readonly Fragment[], keyOf: (fragment: Fragment) => string): Fragment[][] {
  const found = new Map<string, Fragment[]>();
  for (const fragment of fragments) {
    const key = keyOf(fragment);
    const group = found.get(key);
    if (group) group.push(fragment);
    else found.set(key, [fragment]);
  }
  return [...found.values()].filter(({ length }) => length > 1);
}

/** What one function for all of these would gain, if it would gain enough. */
function planOf(fragments: readonly Fragment[], callBytes: number): Plan | undefined {
  const [first] = fragments;
  if (!first) return undefined;
  const { constants, locals, entry, bytes } = first;
  const given = constants
    .map((_, index) => index)
    .filter((index) => fragments.some((other) => other.constants[index] !== constants[index]));
  const parameters = locals.length + given.length + (entry ? 1 : 0);
  if (parameters > MOST_PARAMETERS) return undefined;
  const givenBytes = (fragment: Fragment) => given.reduce((sum, index) => sum + constantBytes(fragment.constants[index] ?? ''), 0);
  const body = bytes - givenBytes(first) + GET_BYTES * (given.length + (entry ? 1 : 0)) + FUNCTION_BYTES;
  const gain = fragments.reduce((sum, each) => sum + each.bytes - callBytes - GET_BYTES * locals.length - givenBytes(each), -body);
  return gain >= LEAST_GAIN ? { fragments, given, gain } : undefined;
}

function callOf({ entry, locals, constants }: Fragment, { given }: Plan, name: string): List {
  const values = given.map((index): List => ['i32.const', constants[index] ?? '']);
  return ['call', name, ...(entry ? [entry] : []), ...locals.map((local): List => ['local.get', local]), ...values];
}

function functionOf({ fragments, given }: Plan, name: string): List {
  const { nodes, entry, locals, hasResult } = fragments[0] as Fragment;
  const parameters = [...(entry ? ['entry'] : []), ...locals, ...given].map((_, index) => `$${index}`);
  const [ofLocals, ofConstants] = [entry ? 1 : 0, (entry ? 1 : 0) + locals.length];
  let constant = 0;
  const copy = (node: List): List => {
    if (node === entry) return ['local.get', '$0'];
    if (node[0] === 'local.get') return ['local.get', `$${ofLocals + locals.indexOf(String(node[1]))}`];
    if (node[0] === 'i32.const') {
      const place = given.indexOf(constant++);
      return place >= 0 ? ['local.get', `$${ofConstants + place}`] : [...node];
    }
    return node.map((part) => (isList(part) ? copy(part) : part));
  };
  const result: List[] = hasResult ? [['result', 'i32']] : [];
  return ['func', name, ...parameters.map((parameter): List => ['param', parameter, 'i32']), ...result, ...nodes.map(copy)];
}

/** What of a module is still as it was when its fragments were found. */
class Places {
  readonly #parents = new Map<List, List>();
  readonly #removed = new Set<List>();
  /** Lists with something replaced below them. */
  readonly #changed = new Set<List>();

  constructor(module: List) {
    const enter = (node: List) => {
      for (const child of lists(node)) {
        this.#parents.set(child, node);
        enter(child);
      }
    };
    for (const each of functions(module)) enter(each);
  }

  /** Takes those fragments that are as they were and do not overlap each other. */
  free(fragments: readonly Fragment[]): Fragment[] {
    const [removed, changed] = [new Set(this.#removed), new Set(this.#changed)];
    return fragments.filter((fragment) => {
      if (removed.has(fragment.parent) || fragment.nodes.some((node) => removed.has(node) || changed.has(node))) return false;
      this.#mark(fragment, removed, changed);
      return true;
    });
  }

  /** Puts a call where a fragment is. */
  replace(fragment: Fragment, call: List): void {
    const { parent, nodes, leave } = fragment;
    this.#mark(fragment, this.#removed, this.#changed);
    const at = parent.indexOf((nodes.length === 1 && leave) || (nodes[0] as List));
    if (leave) leave[leave.indexOf(nodes.at(-1) as List)] = call;
    parent.splice(at, nodes.length, leave ?? call);
  }

  #mark({ parent, nodes, entry }: Fragment, removed: Set<List>, changed: Set<List>): void {
    const remove = (node: List) => {
      if (node === entry) return;
      removed.add(node);
      for (const child of lists(node)) remove(child);
    };
    for (const node of nodes) remove(node);
    for (let above: List | undefined = parent; above; above = this.#parents.get(above)) changed.add(above);
  }
}
