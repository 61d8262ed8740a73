// SPDX-License-Identifier: Apache-2.0
// Jumps that lead to another jump or to a return do at once what they would come to.

import type { Instruction, Item, Label } from './code.js';

const ENDS = new Set(['jump', 'return', 'returnValue']);

/** Shortens jumps, and leaves out what nothing leads to any more. */
export function tidy(items: readonly Item[]): Item[] {
  let kept = [...items];
  for (let count = Number.POSITIVE_INFINITY; kept.length < count; ) {
    count = kept.length;
    kept = reachable(kept.map((item) => (item.kind === 'instruction' && item.target ? shortened(item, item.target, kept) : item)));
  }
  return kept;
}

function shortened(jump: Instruction, target: Label, items: readonly Item[]): Item {
  const seen = new Set<Label>();
  let label = target;
  while (!seen.has(label)) {
    seen.add(label);
    const next = items.slice(items.indexOf(label)).find(({ kind }) => kind !== 'label');
    if (next?.kind !== 'instruction' || !ENDS.has(next.name)) break;
    if (next.name !== 'jump') return jump.name === 'jump' ? next : { ...jump, target: label };
    label = next.target ?? label;
  }
  return { ...jump, target: label };
}

/** Without code behind a jump that has no label, without jumps to what follows anyhow, and with labels that know whether they are used. */
function reachable(items: readonly Item[]): Item[] {
  const targets = new Set(items.flatMap((item) => targetsOf(item)));
  const kept: Item[] = [];
  let isReached = true;
  items.forEach((item, index) => {
    if (item.kind === 'label') {
      if (!targets.has(item)) return;
      item.isUsed = true;
      isReached = true;
    }
    if (!isReached || (item.kind === 'instruction' && item.name === 'jump' && item.target && follows(items, index, item.target))) return;
    kept.push(item);
    if (item.kind === 'targets' || (item.kind === 'instruction' && ENDS.has(item.name))) isReached = false;
  });
  return kept;
}

function targetsOf(item: Item): readonly Label[] {
  if (item.kind === 'targets') return item.labels;
  return item.kind === 'instruction' && item.target ? [item.target] : [];
}

function follows(items: readonly Item[], index: number, label: Label): boolean {
  const at = items.indexOf(label);
  return at > index && items.slice(index + 1, at).every(({ kind }) => kind === 'label');
}
