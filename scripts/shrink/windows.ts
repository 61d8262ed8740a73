// SPDX-License-Identifier: Apache-2.0
// Windows: instructions in a row that could stand in a function of their own, and what makes two of them alike.

import { type Item, itemBytes } from './items.js';
import { isList } from './tree.js';

const SMALLEST_BYTES = 4;
const LARGEST_BYTES = 160;
/** Instructions that need nothing but their operands. */
const PLAIN = /^(i32\.(?!wrap|trunc|reinterpret)|memory\.(copy|fill)$|drop$|select$|nop$)/;

/** A value that needs no operand, and so can be handed in: a constant, a local that is not set here, a global. */
export interface Leaf {
  readonly item: Item;
  readonly kind: 'constant' | 'local' | 'global';
  readonly name: string;
}

/** What is known of a function, by its name. */
export interface Surroundings {
  /** The globals that a function sets, or one that it calls. */
  readonly sets: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Gives numbers to chains of words: equal numbers for equal chains. */
export class Chains {
  readonly #numbers = new Map<string, number>();

  next(before: number, word: string): number {
    const key = `${before} ${word}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#numbers.size + 1);
    return this.#numbers.size;
  }
}

/** A window that grows by one instruction at a time. */
export class Window {
  /** Equal for windows that differ in leaves alone, and in the names of locals and labels. */
  chain = 0;
  bytes = 0;
  /** Whether something in it returns from the function around it. */
  returns = false;
  readonly leaves: Leaf[] = [];
  /** Places of leaves that are locals which are set later: they are none. */
  readonly pinned = new Set<number>();
  /** The locals that are set, by number. */
  readonly written = new Map<string, number>();
  /** Those of them that may be read first. */
  readonly incoming = new Set<string>();
  #definite = new Set<string>();
  readonly #labels = new Map<string, number>();
  readonly #globals = new Set<string>();
  #loops = 0;
  #height = 0;
  #lowest = 0;
  #entered = 0;
  #word = '';

  constructor(
    private readonly chains: Chains,
    private readonly surroundings: Surroundings,
  ) {}

  /** Values that it takes from the stack. */
  get consumed(): number {
    return this.#entered - this.#lowest;
  }

  /** Values that it leaves there. */
  get produced(): number {
    return this.#height - this.#lowest;
  }

  get isWorthIt(): boolean {
    return this.bytes >= SMALLEST_BYTES;
  }

  isSetForCertain(local: string): boolean {
    return this.#definite.has(local);
  }

  /** Begins with leaves that lie on the stack below the one value that is taken. */
  enter(leaves: readonly Item[]): void {
    this.#word = 'below';
    for (const leaf of leaves) {
      this.#see(leaf);
      this.bytes += itemBytes(leaf);
    }
    this.#entered = 1;
    this.#height = leaves.length + 1;
    this.chain = this.chains.next(this.chain, this.#word);
  }

  /** Whether it takes what lies below the leaves, too. */
  get isTooDeep(): boolean {
    return this.#entered > 0 && this.#lowest < 0;
  }

  /** Takes the next instruction, if a function can do it. */
  take(item: Item): boolean {
    if (/^(return|unreachable)$/.test(String(item.head[0]))) return false;
    this.#word = '';
    if (!this.#see(item)) return false;
    this.bytes += itemBytes(item);
    this.#height -= item.pops;
    this.#lowest = Math.min(this.#lowest, this.#height);
    this.#height += item.pushes;
    this.chain = this.chains.next(this.chain, this.#word);
    return this.bytes <= LARGEST_BYTES && !this.isTooDeep;
  }

  #see(item: Item): boolean {
    const { head } = item;
    const [kind = '', name = ''] = head.map(String);
    if (item.isOpaque) return false;
    if (kind === 'i32.const') return this.#leaf(item, 'constant', name);
    if (kind === 'local.get' && !this.written.has(name)) return this.#leaf(item, 'local', name);
    if (/^local\./.test(kind)) return this.#local(kind, name);
    if (kind === 'global.get' && this.#loops === 0 && !this.#globals.has(name)) return this.#leaf(item, 'global', name);
    if (kind === 'global.set') this.#globals.add(name);
    if (kind === 'call') for (const set of this.surroundings.sets.get(name) ?? []) this.#globals.add(set);
    if (kind === 'return') this.returns = true;
    if (/^br/.test(kind)) return this.#branch(kind, item);
    if (/^(block|loop|if)$/.test(kind)) return this.#nest(kind, item);
    this.#word += ` ${kind} ${head.slice(1).join(' ')} ${item.pops}`;
    return PLAIN.test(kind) || /^(global\.[gs]et|call|return|unreachable)$/.test(kind);
  }

  #leaf(item: Item, kind: Leaf['kind'], name: string): true {
    this.leaves.push({ item, kind, name });
    this.#word += ' *';
    return true;
  }

  #local(kind: string, name: string): true {
    if (kind === 'local.get') {
      if (!this.#definite.has(name)) this.incoming.add(name);
      this.#word += ` get ${this.written.get(name)}`;
      return true;
    }
    if (!this.written.has(name)) {
      this.written.set(name, this.written.size);
      this.leaves.forEach((leaf, place) => {
        if (leaf.kind !== 'local' || leaf.name !== name) return;
        this.pinned.add(place);
        this.incoming.add(name);
        this.#word += ` before ${place}`;
      });
    }
    this.#definite.add(name);
    this.#word += ` ${kind} ${this.written.get(name)}`;
    return true;
  }

  #branch(kind: string, { head, pops }: Item): boolean {
    const targets = head.slice(1).map((label) => this.#labels.get(String(label)));
    this.#word += ` ${kind} ${targets.join()} ${pops}`;
    return !targets.includes(undefined);
  }

  #nest(kind: string, { head, bodies }: Item): boolean {
    const [, label] = head;
    const definite = this.#definite;
    if (label !== undefined && !isList(label)) this.#labels.set(label, this.#labels.size);
    this.#word += ` ${kind}${label !== undefined && !isList(label)}${head.some(isList)}(`;
    if (kind === 'loop') this.#loops++;
    for (const body of bodies) {
      this.#definite = new Set(definite);
      for (const item of body) if (!this.#see(item)) return false;
      this.#word += ')';
    }
    if (kind === 'loop') this.#loops--;
    this.#definite = definite;
    return true;
  }
}
