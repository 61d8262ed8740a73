// SPDX-License-Identifier: Apache-2.0
// `a && b`, `a || b` and `a ? b : c` without a branch: where b and c may be computed in any case, one instruction takes the place of
// an `if` with two arms. The optimiser does it for the cheapest values alone.

import { accessOf } from './access.js';
import { MEMORY, setsOf } from './bodies.js';
import { READ } from './numbered.js';
import { constant, functions, isDeclaration, isList, type List, lists, type Node, rewrite, visit } from './tree.js';

/** More is not computed without need. */
const MOST_INSTRUCTIONS = 40;
const COMPARISON = /^i32\.(eqz?|ne|[lg][te]_[su])$/;

/** What is known of a function of the module. */
interface Known {
  /** Functions whose results are 0 or 1. */
  readonly booleans: ReadonlySet<string>;
  /** How many instructions a function is that only computes its result from what it is given, globals and scalars. */
  readonly pure: ReadonlyMap<string, number>;
  /** The globals that a function sets, and whether it writes to memory. */
  readonly sets: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Rewrites the `if`s of a module whose arms are values without effects. */
export function joinConditions(module: List): void {
  const known = knownOf(module);
  for (const each of functions(module)) rewrite(each, (node) => join(node, known));
}

function knownOf(module: List): Known {
  return { booleans: booleanFunctions(module), pure: pureFunctions(module), sets: setsOf(module) };
}

function join(node: List, known: Known): List {
  if (node[0] !== 'if') return node;
  const [condition, then, otherwise] = lists(node).filter(([kind]) => kind !== 'result');
  const [, whenTrue, ...more] = then ?? [];
  const [, whenFalse, ...others] = otherwise ?? [];
  if (!condition || !isList(whenTrue) || !isList(whenFalse) || more.length + others.length > 0) return node;
  const cost = (costOf(whenTrue, known.pure) ?? Number.POSITIVE_INFINITY) + (costOf(whenFalse, known.pure) ?? Number.POSITIVE_INFINITY);
  if (cost > MOST_INSTRUCTIONS) return node;
  const value = constant(whenTrue) === undefined ? whenTrue : whenFalse;
  const fixed = constant(value === whenTrue ? whenFalse : whenTrue);
  if ((fixed === 0 || fixed === 1) && isBoolean(condition, known.booleans) && isBoolean(value, known.booleans)) {
    const name = value === whenTrue ? ['i32.and', 'i32.le_u'][fixed] : ['i32.lt_u', 'i32.or'][fixed];
    return [name ?? '', condition, value];
  }
  return mayComeAfter(condition, [whenTrue, whenFalse], known.sets) ? ['select', whenTrue, whenFalse, condition] : node;
}

/** Whether a condition may be computed after values without effects that came behind it. */
function mayComeAfter(condition: List, values: readonly List[], sets: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const written = new Set<string>();
  visit([condition], ([kind, name]) => {
    if (/^(local|global)\.(set|tee)$/.test(String(kind))) written.add(String(name));
    if (/\.store|^memory\./.test(String(kind))) written.add(MEMORY);
    for (const set of (kind === 'call' && sets.get(String(name))) || []) written.add(set);
  });
  let isFree = true;
  visit([...values], (node) => {
    const [kind, name] = node.map(String);
    if (/^(local|global)\.get$/.test(kind ?? '')) isFree &&= !written.has(name ?? '');
    if (name === READ || accessOf(node)) isFree &&= !written.has(MEMORY);
    else if (kind === 'call') isFree &&= written.size === 0;
  });
  return isFree;
}

/** Whether a value is 0 or 1. */
function isBoolean(node: Node | undefined, functions: ReadonlySet<string>): boolean {
  if (!isList(node)) return false;
  const [kind] = node;
  const operands = lists(node);
  const isEvery = (values: readonly Node[]) => values.every((value) => isBoolean(value, functions));
  if (COMPARISON.test(String(kind))) return true;
  if (kind === 'i32.const') return node[1] === '0' || node[1] === '1';
  if (kind === 'call') return functions.has(String(node[1]));
  if (kind === 'i32.or' || kind === 'i32.xor') return isEvery(operands);
  if (kind === 'i32.and') return operands.some((value) => isBoolean(value, functions));
  if (kind === 'select') return isEvery(operands.slice(0, 2));
  if (kind === 'local.tee') return isEvery(operands);
  return kind === 'if' && operands.some(([part]) => part === 'result') && isEvery(operands.slice(-2).map((arm) => arm.at(-1) ?? ''));
}

/** Functions that return nothing but 0 and 1; at first all that have a result are taken to be. */
function booleanFunctions(module: List): Set<string> {
  const found = new Set(functions(module).map((each) => String(each[1])));
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const each of functions(module)) if (!resultsOf(each).every((result) => isBoolean(result, found))) found.delete(String(each[1]));
  }
  return found;
}

function resultsOf(each: List): Node[] {
  const results: Node[] = [each.at(-1) ?? ''];
  visit(each, (node) => {
    if (node[0] === 'return') results.push(node[1] ?? '');
  });
  return results.filter((result) => !(isList(result) && result[0] === 'return'));
}

function pureFunctions(module: List): Map<string, number> {
  const found = new Map<string, number>();
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const each of functions(module)) {
      const body = lists(each).filter((field) => !isDeclaration(field));
      const [value] = body;
      const cost = body.length === 1 && value ? costOf(value, found) : undefined;
      if (cost !== undefined) found.set(String(each[1]), cost);
    }
  }
  return found;
}

/** Instructions of a value that has no effects and cannot fail; undefined for any other. */
function costOf(node: List, pure: ReadonlyMap<string, number>): number | undefined {
  const [kind] = node.map(String);
  let cost = 1;
  if (kind === 'call' && node[1] !== READ) {
    const called = pure.get(String(node[1]));
    if (called === undefined) return undefined;
    cost += called;
  } else if (accessOf(node)?.kind === 'load') return cost;
  else if (
    node[1] !== READ &&
    !/^(i32\.const|(local|global)\.get|select)$/.test(kind ?? '') &&
    !COMPARISON.test(kind ?? '') &&
    !/^i32\.(add|sub|mul|and|x?or|sh[lr](_[us])?|clz|ctz)$/.test(kind ?? '')
  )
    return undefined;
  for (const operand of lists(node)) {
    const operandCost = costOf(operand, pure);
    if (operandCost === undefined) return undefined;
    cost += operandCost;
  }
  return cost;
}
