// SPDX-License-Identifier: Apache-2.0
// How much memory the interpreter needs at most: no function calls itself, so the deepest way through them is known.

import type { InterpretedFunction } from './code.js';

/** The most that any call from outside can come to. */
export interface Depth {
  /** Calls within calls. */
  readonly calls: number;
  /** Locals and operands of all of them together. */
  readonly values: number;
}

/** Follows all calls. Throws where a function could come to itself. */
export function deepest(functions: readonly InterpretedFunction[]): Depth {
  const byName = new Map(functions.map((each) => [each.name, each]));
  const known = new Map<string, Depth>();
  const follow = (name: string, above: readonly string[]): Depth => {
    const [before, each] = [known.get(name), byName.get(name)];
    if (before || !each) return before ?? { calls: 0, values: 0 };
    if (above.includes(name)) throw new Error(`${name} calls itself: ${above.join(', ')}`);
    const own = each.parameters + each.locals;
    const below = [...each.calls].map(([called, values]) => ({ values, depth: follow(called, [...above, name]) }));
    const depth = {
      calls: 1 + Math.max(0, ...below.map((inner) => inner.depth.calls)),
      values: own + Math.max(each.operands, ...below.map((inner) => inner.values + inner.depth.values)),
    };
    known.set(name, depth);
    return depth;
  };
  const all = functions.map(({ name }) => follow(name, []));
  return { calls: Math.max(0, ...all.map(({ calls }) => calls)), values: Math.max(0, ...all.map(({ values }) => values)) };
}
