// SPDX-License-Identifier: Apache-2.0
// Profile packages with one thing changed, and the profile interpreter without a card around it.
import { type Tlv, tlv } from '../../../../host/sim/codec/ber.js';
import { type Draft, emptyDraft } from '../../../../host/sim/euicc/install/elements/draft.js';
import { processElement } from '../../../../host/sim/euicc/install/elements/process-element.js';
import type { ElementStatus } from '../../../../host/sim/euicc/install/elements/status.js';

/** Says what stands in the place of an element; nothing takes it away. */
export type Change = (element: Tlv) => Uint8Array;

/** An element with another one somewhere below it: `path` is the tags on the way, "A1" or, for the second with that tag, "A1#1". */
export function changed(element: Tlv, path: readonly string[], change: Change): Uint8Array {
  const [step, ...others] = path;
  if (step === undefined) return change(element);
  const [tagText, count = '0'] = step.split('#');
  const tag = Number.parseInt(tagText!, 16);
  const target = element.children.filter((each) => each.tag === tag)[Number(count)];
  if (target === undefined) throw new Error(`no ${step} in ${element.tag.toString(16)}`);
  return tlv(element.tag, ...element.children.map((each) => (each === target ? changed(each, others, change) : each.raw)));
}

/** How far the interpreter got with a package: the status that ended it, if any, and the profile so far. */
export function interpret(elements: readonly Uint8Array[], memoryBytes = 1_000_000): { failed: ElementStatus | undefined; draft: Draft } {
  const draft = emptyDraft(2, memoryBytes);
  for (const element of elements) {
    const failed = processElement(draft, element);
    if (failed) return { failed, draft };
  }
  return { failed: undefined, draft };
}
