// SPDX-License-Identifier: Apache-2.0
// Programs made by chance, in the text form of WebAssembly: expressions within statements within functions that call each other, and
// come to an end always.

import { seededRandom } from '../../../host/wrap/seeded-random.js';

/** A program and what to call of it. */
export interface RandomProgram {
  readonly fields: string;
  readonly name: string;
  readonly calls: readonly (readonly number[])[];
}

const FUNCTIONS = 6;
const LOCALS = ['$a', '$b', '$c', '$d'];
const GLOBALS = ['$g', '$h'];
const BINARY = 'add sub mul and or xor shl shr_u shr_s rotl rotr eq ne lt_u lt_s gt_u gt_s le_u le_s ge_u ge_s'.split(' ');
const UNARY = 'eqz ctz clz popcnt'.split(' ');
const CONSTANTS = [0, 1, 2, 3, 5, 16, 255, 256, 1000, 65_535, 70_000, -1, -3, -256, -5000, 0x7fffffff, -0x80000000];
/** Loads and stores stay below this; a multiple of 4, and a mask is one less. */
const MEMORY_BYTES = 512;
const CALLS = 6;
const DEEPEST = 4;

/** The same program for the same seed. The last of its functions is the one to call; it has two parameters. */
export function randomProgram(seed: number): RandomProgram {
  const random = seededRandom(seed);
  const functions = Array.from({ length: FUNCTIONS }, (_, index) => new Writer(random, index).function());
  const fields = [
    ...GLOBALS.map((name) => `(global ${name} (mut i32) (i32.const 0))`),
    ...functions,
    `(export "f" (func $f${FUNCTIONS - 1}))`,
  ];
  const argument = () => CONSTANTS[Math.floor(random() * CONSTANTS.length)] ?? 0;
  return { fields: fields.join('\n'), name: 'f', calls: Array.from({ length: CALLS }, () => [argument(), argument()]) };
}

/** A block with a value that can be left. */
interface Open {
  readonly label: string;
}

class Writer {
  readonly #random: () => number;
  readonly #index: number;
  #labels = 0;
  #loops = 0;

  constructor(random: () => number, index: number) {
    this.#random = random;
    this.#index = index;
  }

  function(): string {
    const body = this.#statements(3 + this.#below(4), DEEPEST, []);
    const result = this.#value(DEEPEST, []);
    const counters = Array.from({ length: this.#loops }, (_, index) => `(local $n${index} i32)`).join(' ');
    return `(func $f${this.#index} (param $a i32) (param $b i32) (result i32) (local $c i32) (local $d i32) ${counters} ${body} ${result})`;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #one<T>(of: readonly T[]): T {
    return of[this.#below(of.length)] as T;
  }

  #address(depth: number, open: readonly Open[]): string {
    return `(i32.and ${this.#value(depth, open)} (i32.const ${MEMORY_BYTES - 4}))`;
  }

  #value(depth: number, open: readonly Open[]): string {
    const leaf = [
      () => `(i32.const ${this.#one(CONSTANTS)})`,
      () => `(local.get ${this.#one(LOCALS)})`,
      () => `(global.get ${this.#one(GLOBALS)})`,
      () => `(i32.load (i32.const ${4 * this.#below(MEMORY_BYTES / 4)}))`,
    ];
    if (depth === 0) return this.#one(leaf)();
    const inner = () => this.#value(depth - 1, open);
    return this.#one([
      ...leaf,
      () => `(i32.${this.#one(BINARY)} ${inner()} ${inner()})`,
      () => `(i32.${this.#one(BINARY)} ${inner()} ${inner()})`,
      () => `(i32.${this.#one(UNARY)} ${inner()})`,
      () => `(select ${inner()} ${inner()} ${inner()})`,
      () => `(local.tee ${this.#one(LOCALS)} ${inner()})`,
      () =>
        `(i32.${this.#one(['load', 'load8_u', 'load8_s', 'load16_u', 'load16_s'])} offset=${this.#below(3) * 200} ${this.#address(depth - 1, open)})`,
      () => `(if (result i32) ${inner()} (then ${inner()}) (else ${inner()}))`,
      () => this.#block(depth, open),
      () => (this.#index > 0 ? `(call $f${this.#below(this.#index)} ${inner()} ${inner()})` : inner()),
    ])();
  }

  /** A block with a value, which is left early by chance. */
  #block(depth: number, open: readonly Open[]): string {
    const label = `$l${this.#labels++}`;
    const within = [...open, { label }];
    const early = `(drop (br_if ${label} ${this.#value(depth - 1, within)} ${this.#value(depth - 1, within)}))`;
    return `(block ${label} (result i32) ${early} ${this.#statements(1, depth - 1, within)} ${this.#value(depth - 1, within)})`;
  }

  #statements(count: number, depth: number, open: readonly Open[]): string {
    return Array.from({ length: count }, () => this.#statement(depth, open)).join(' ');
  }

  #statement(depth: number, open: readonly Open[]): string {
    const value = () => this.#value(Math.max(depth - 1, 0), open);
    const simple = [
      () => `(local.set ${this.#one(LOCALS)} ${value()})`,
      () => `(global.set ${this.#one(GLOBALS)} ${value()})`,
      () => `(i32.store (i32.const ${4 * this.#below(MEMORY_BYTES / 4)}) ${value()})`,
      () =>
        `(i32.${this.#one(['store', 'store8', 'store16'])} offset=${this.#below(3) * 200} ${this.#address(Math.max(depth - 1, 0), open)} ${value()})`,
      () => `(drop ${value()})`,
      () => `(memory.fill (i32.const ${this.#below(MEMORY_BYTES)}) ${value()} (i32.const ${this.#below(9)}))`,
      () =>
        `(memory.copy (i32.const ${this.#below(MEMORY_BYTES)}) ${this.#address(Math.max(depth - 1, 0), open)} (i32.const ${this.#below(9)}))`,
    ];
    if (depth === 0) return this.#one(simple)();
    return this.#one([
      ...simple,
      () => `(if ${value()} (then ${this.#statements(2, depth - 1, open)}))`,
      () => `(if ${value()} (then ${this.#statements(1, depth - 1, open)}) (else ${this.#statements(2, depth - 1, open)}))`,
      () => this.#loop(depth, open),
      () => this.#table(depth, open),
      () => this.#early(depth, open),
    ])();
  }

  /** A loop of a few rounds. */
  #loop(depth: number, open: readonly Open[]): string {
    const [label, counter] = [`$l${this.#labels++}`, `$n${this.#loops++}`];
    const body = this.#statements(2, depth - 1, open);
    return `(local.set ${counter} (i32.const ${1 + this.#below(3)})) (loop ${label} ${body} (br_if ${label} (local.tee ${counter} (i32.sub (local.get ${counter}) (i32.const 1)))))`;
  }

  #table(depth: number, open: readonly Open[]): string {
    const labels = Array.from({ length: 2 + this.#below(3) }, () => `$l${this.#labels++}`);
    const table = `(br_table ${labels.join(' ')} ${this.#value(depth - 1, open)})`;
    return labels.reduce((inner, label) => `(block ${label} ${inner}) ${this.#statements(1, depth - 1, open)}`, table);
  }

  /** Leaves the function or a block around, under a condition. */
  #early(depth: number, open: readonly Open[]): string {
    const condition = this.#value(depth - 1, open);
    const around = open.length > 0 && this.#below(2) === 0 ? this.#one(open) : undefined;
    const value = this.#value(depth - 1, open);
    return `(if ${condition} (then ${around ? `(br ${around.label} ${value})` : `(return ${value})`}))`;
  }
}
