// SPDX-License-Identifier: Apache-2.0
// Bytes to read TLVs from: well-formed trees in all length forms, the same with something changed, and noise. Seeded.

import { concat } from '../../../host/sim/codec/bytes.js';

/** Tags without the universal class (but 30), which the simulators' codec reads by content as well. */
const TAGS = [0x30, 0x80, 0x81, 0x8c, 0x9e, 0xa0, 0xa3, 0xc1, 0xe3, 0x5a, 0x4f, 0x5f37, 0x9f70, 0xbf36, 0xbf51, 0xbf2b, 0x7f21];
const MOST_NODES = 24;

/** Makes inputs from numbers in [0, 1). */
export class DerInputs {
  #nodes = 0;

  constructor(readonly random: () => number) {}

  /** The next input: half of them well formed. */
  next(): Uint8Array {
    const kind = this.random();
    if (kind < 0.05) return this.noise();
    if (kind < 0.1) return this.deep();
    const tree = this.tree();
    return kind < 0.5 ? tree : this.mutated(tree);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }

  below(count: number): number {
    return Math.floor(this.random() * count);
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }

  /** Short noise that begins like an element. */
  noise(): Uint8Array {
    const bytes = this.bytes(this.below(12));
    if (bytes.length > 0 && this.random() < 0.7) bytes[0] = this.pick([0x30, 0x80, 0xa0, 0xbf, 0x5f]);
    return bytes;
  }

  /** Elements in one another, about as many as a reader follows. */
  deep(): Uint8Array {
    let inner = this.random() < 0.5 ? new Uint8Array() : this.element(this.pick([0x80, 0x5f37]), this.bytes(this.below(3)));
    for (let i = 12 + this.below(7); i > 0; i--) inner = this.element(this.pick([0x30, 0xa0, 0xbf51]), inner);
    return inner;
  }

  /** One well-formed element. */
  tree(): Uint8Array {
    this.#nodes = 0;
    return this.#node(0);
  }

  #node(depth: number): Uint8Array {
    const tag = this.pick(TAGS);
    const first = tag > 0xff ? tag >> 8 : tag;
    this.#nodes++;
    if ((first & 0x20) === 0) return this.element(tag, this.bytes(this.#valueBytes()));
    const children = this.#nodes > MOST_NODES || depth > 5 ? 0 : this.below(4);
    return this.element(tag, concat(...Array.from({ length: children }, () => this.#node(depth + 1))));
  }

  #valueBytes(): number {
    const kind = this.random();
    return kind < 0.9 ? this.below(10) : kind < 0.98 ? 120 + this.below(16) : 250 + this.below(12);
  }

  /** An element, mostly with the shortest length form, at times with a longer one. */
  element(tag: number, value: Uint8Array): Uint8Array {
    const least = value.length < 0x80 ? 0 : value.length < 0x100 ? 1 : 2;
    const count = this.random() < 0.85 ? least : Math.max(least, this.below(4));
    const length =
      count === 0
        ? [value.length]
        : [0x80 | count, ...Array.from({ length: count }, (_, i) => (value.length >>> (8 * (count - 1 - i))) & 0xff)];
    return concat(Uint8Array.from(tag > 0xff ? [tag >> 8, tag & 0xff, ...length] : [tag, ...length]), value);
  }

  /** The input with one to three things changed. */
  mutated(bytes: Uint8Array): Uint8Array {
    let changed = bytes;
    for (let i = 1 + this.below(3); i > 0; i--) changed = this.#mutate(changed);
    return changed;
  }

  #mutate(bytes: Uint8Array): Uint8Array {
    // headers are where it hurts, and most of them come early
    const reach = this.random() < 0.7 ? 1 + this.below(40) : bytes.length;
    const at = this.below(Math.min(bytes.length, reach) || 1);
    switch (this.below(6)) {
      case 0:
        return bytes.slice(0, at);
      case 1:
        return concat(bytes, this.bytes(1 + this.below(3)));
      case 2:
        return concat(bytes.subarray(0, at), this.bytes(1), bytes.subarray(at));
      case 3:
        return concat(bytes.subarray(0, at), bytes.subarray(at + 1));
      case 4:
        return bytes.map((byte, index) => (index === at ? this.pick([0x80, 0x81, 0x82, 0x83, 0x84, 0xff, 0x00, 0x7f]) : byte));
      default:
        return bytes.map((byte, index) => (index === at ? byte ^ (1 << this.below(8)) : byte));
    }
  }
}
