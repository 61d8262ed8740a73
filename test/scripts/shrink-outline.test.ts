// SPDX-License-Identifier: Apache-2.0
// What makes a module's code shorter by calls and without branches: known answers, and that drawn programs do the same afterwards.

import binaryen from 'binaryen';
import { describe, expect, it } from 'vitest';
import { makeArms } from '../../scripts/shrink/arms.js';
import { joinConditions } from '../../scripts/shrink/conditions.js';
import { outline } from '../../scripts/shrink/outline.js';
import { type List, parseTree, printTree } from '../../scripts/shrink/tree.js';

/** What a pass makes of the fields of a module. */
function passed(pass: (module: List) => void, fields: string): string {
  const module = parseTree(`(module ${fields})`);
  pass(module);
  return module.slice(1).map(printTree).join(' ');
}

function printed(fields: string): string {
  return passed(() => {}, fields);
}

function instantiate(text: string) {
  const module = binaryen.parseText(text);
  module.setFeatures(binaryen.Features.BulkMemory | binaryen.Features.MutableGlobals);
  const wasm = module.emitBinary();
  module.dispose();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
  const { memory } = exports;
  if (!(memory instanceof WebAssembly.Memory)) throw new Error('no memory');
  const call = (name: string, ...args: number[]): unknown => (exports[name] as (...args: number[]) => unknown)(...args);
  return { call, bytes: Buffer.from(memory.buffer) };
}

describe('outline', () => {
  const long = (local: string, constant: number) =>
    `(i32.store8 (local.get ${local}) (i32.add (i32.mul (local.get ${local}) (i32.const ${constant})) (i32.const 7)))`;
  const sum = (first: string) => `(i32.add (i32.mul ${first} (i32.const 3)) (i32.shl (global.get $g) (i32.const 4)))`;
  const tripled = (local: string) => `(if (global.get $g) (then (local.set ${local} (i32.mul (local.get ${local}) (i32.const 3)))))`;
  const ofGlobal = (global: string) => long(global, 1).replaceAll('local.get', 'global.get');
  const F = '$shrink/shared/0';

  it.each([
    [
      'differs in locals and one constant',
      `(func $x (param $a i32) ${long('$a', 1)}) (func $y (param $b i32) (param $c i32) ${long('$c', 1)} (nop) ${long('$b', 2)})`,
      `(func $x (param $a i32) (call ${F} (local.get $a) (i32.const 1)))
       (func $y (param $b i32) (param $c i32) (call ${F} (local.get $c) (i32.const 1)) (nop) (call ${F} (local.get $b) (i32.const 2)))
       (func ${F} (param $given0 i32) (param $given1 i32) ${long('$given0', 1).replace('(i32.const 1)', '(local.get $given1)')})`,
    ],
    [
      'differs in the value that it begins with, which may be anything',
      `(func $x (param $a i32) (result i32) ${sum('(block $b (result i32) (br $b (i32.const 5)))')})
       (func $y (param $a i32) (result i32) ${sum('(local.tee $a (i32.const 1))')}) (func $z (result i32) ${sum('(call $z)')})`,
      `(func $x (param $a i32) (result i32) (call ${F} (block $b (result i32) (br $b (i32.const 5)))))
       (func $y (param $a i32) (result i32) (call ${F} (local.tee $a (i32.const 1)))) (func $z (result i32) (call ${F} (call $z)))
       (func ${F} (param $taken0 i32) (result i32) ${sum('(local.get $taken0)')})`,
    ],
    [
      'has a constant below the value that it begins with',
      `(func $x (result i32) ${sum('(i32.sub (i32.const 9) (call $x))')})
       (func $y (result i32) (local $a i32) ${sum('(i32.sub (i32.const 9) (local.tee $a (i32.const 1)))')})
       (func $z (result i32) ${sum('(i32.sub (i32.const 9) (call $x))')})`,
      `(func $x (result i32) (call ${F} (call $x))) (func $y (result i32) (local $a i32) (call ${F} (local.tee $a (i32.const 1))))
       (func $z (result i32) (call ${F} (call $x)))
       (func ${F} (param $taken0 i32) (result i32) ${sum('(i32.sub (i32.const 9) (local.get $taken0))')})`,
    ],
    [
      'ends in a value that is returned, or taken out of a block',
      `(func $x (param $a i32) (result i32) ${long('$a', 9)} (call $w) (return (i32.clz (local.get $a))))
       (func $y (param $a i32) (result i32) (block $b (result i32) ${long('$a', 9)} (call $w) (br $b (i32.clz (local.get $a)))))`,
      `(func $x (param $a i32) (result i32) (return (call ${F} (local.get $a))))
       (func $y (param $a i32) (result i32) (block $b (result i32) (br $b (call ${F} (local.get $a)))))
       (func ${F} (param $given0 i32) (result i32) ${long('$given0', 9)} (call $w) (i32.clz (local.get $given0)))`,
    ],
    [
      'has blocks of its own',
      `(func $x (param $a i32) (block $b (br_if $b (local.get $a)) ${long('$a', 9)}))
       (func $y (param $a i32) (block $c (br_if $c (local.get $a)) ${long('$a', 9)}))`,
      `(func $x (param $a i32) (call ${F} (local.get $a))) (func $y (param $a i32) (call ${F} (local.get $a)))
       (func ${F} (param $given0 i32) (block $b (br_if $b (local.get $given0)) ${long('$given0', 9)}))`,
    ],
    [
      'sets a local for itself',
      `(func $x (param $a i32) (local $b i32) (local.set $b (i32.mul (local.get $a) (i32.const 5))) ${long('$b', 9)} (nop))
       (func $y (param $a i32) (local.set $a (i32.mul (local.get $a) (i32.const 5))) ${long('$a', 9)} (call $x (i32.const 1)))
       (func $z (param $c i32) (local $d i32) (local.set $d (i32.mul (local.get $c) (i32.const 5))) ${long('$d', 9)} (call $y (i32.const 1)))`,
      `(func $x (param $a i32) (local $b i32) (call ${F} (local.get $a)) (nop))
       (func $y (param $a i32) (call ${F} (local.get $a)) (call $x (i32.const 1)))
       (func $z (param $c i32) (local $d i32) (call ${F} (local.get $c)) (call $y (i32.const 1)))
       (func ${F} (param $taken0 i32) (local $own0 i32) (local.set $own0 (i32.mul (local.get $taken0) (i32.const 5))) ${long('$own0', 9)})`,
    ],
    [
      'sets a local that is read afterwards',
      ['$g', '$h', '$i'].map((global, n) => `(func $${n} (param $a i32) ${tripled('$a')} (global.set ${global} (local.get $a)))`).join(' '),
      `${['$g', '$h', '$i'].map((global, n) => `(func $${n} (param $a i32) (global.set ${global} (call ${F} (local.get $a))))`).join(' ')}
       (func ${F} (param $own0 i32) (result i32) ${tripled('$own0')} (local.get $own0))`,
    ],
    [
      'returns at its end and before',
      `(func $x (param $a i32) (if (local.get $a) (then (if (global.get $g) (then (return))) ${long('$a', 9)} (return))) (call $y (i32.const 1)))
       (func $y (param $b i32) (call $x (i32.const 1)) (if (global.get $g) (then (return))) ${long('$b', 9)})`,
      `(func $x (param $a i32) (if (local.get $a) (then (call ${F} (local.get $a)) (return))) (call $y (i32.const 1)))
       (func $y (param $b i32) (call $x (i32.const 1)) (call ${F} (local.get $b)))
       (func ${F} (param $given0 i32) (if (global.get $g) (then (return))) ${long('$given0', 9)})`,
    ],
    [
      'differs in a global that is not set before',
      ['$g', '$h', '$i'].map((global, n) => `(func $${n} ${ofGlobal(global)})`).join(' '),
      `${['$g', '$h', '$i'].map((global, n) => `(func $${n} (call ${F} (global.get ${global})))`).join(' ')}
       (func ${F} (param $given0 i32) ${long('$given0', 1)})`,
    ],
  ])('makes a function of what %s', (_, functions, expected) => {
    expect(passed(outline, functions)).toBe(printed(expected));
  });

  const mul = (local: string) => `(i32.mul (local.get ${local}) (local.get ${local}))`;

  it.each([
    ['sets two locals that are read afterwards', '(local.set $a (i32.eqz (global.get $g))) (local.set $b (i32.eqz (global.get $g)))'],
    ['leaves a block around it', `(br_if $o (i32.eq ${mul('$a')} (i32.const 0)))`],
    ['returns in the middle of a function', '(if (global.get $g) (then (global.set $g (i32.const 1)) (return)))'],
    ['is too short', '(drop (i32.eqz (local.get $a)))'],
    ['reads a global that it has set', '(global.set $a (i32.const 1)) (global.set $g (global.get $a))'],
  ])('leaves alone what %s', (_, body) => {
    const functions = ['$a', '$c'].map(
      (
        global,
        n,
      ) => `(func $${n} (param $a i32) (param $b i32) (block $o ${body.replaceAll(/global\.([gs]et) \$a/g, `global.$1 ${global}`)} (global.set ${global} (i32.const 0)))
        (call $${n} (local.get $a) (local.get $b)))`,
    );
    expect(passed(outline, functions.join(' '))).toBe(printed(functions.join(' ')));
  });
});

describe('joinConditions', () => {
  const test = (name: string) => `(i32.ne (global.get ${name}) (i32.const 5))`;
  const either = (condition: string, then: string, otherwise: string) =>
    `(if (result i32) ${condition} (then ${then}) (else ${otherwise}))`;

  it.each([
    ['and', either('(i32.eqz (call $f))', test('$g'), '(i32.const 0)'), `(i32.and (i32.eqz (call $f)) ${test('$g')})`],
    ['or', either('(i32.eqz (call $f))', '(i32.const 1)', test('$g')), `(i32.or (i32.eqz (call $f)) ${test('$g')})`],
    ['not and', either('(i32.eqz (call $f))', '(i32.const 0)', test('$g')), `(i32.lt_u (i32.eqz (call $f)) ${test('$g')})`],
    ['not or', either('(i32.eqz (call $f))', test('$g'), '(i32.const 1)'), `(i32.le_u (i32.eqz (call $f)) ${test('$g')})`],
    ['a function of 0 and 1', either('(call $b)', test('$g'), '(i32.const 0)'), `(i32.and (call $b) ${test('$g')})`],
    [
      'a choice of two values',
      either('(global.get $g)', test('$g'), '(global.get $h)'),
      `(select ${test('$g')} (global.get $h) (global.get $g))`,
    ],
    [
      'a choice that is computed before what changes something else',
      either('(call $f)', test('$h'), '(i32.const 7)'),
      `(select ${test('$h')} (i32.const 7) (call $f))`,
    ],
    ['a choice', either('(global.get $g)', test('$g'), '(i32.const 7)'), `(select ${test('$g')} (i32.const 7) (global.get $g))`],
  ])('%s', (_, before, after) => {
    const others =
      '(func $b (result i32) (if (call $f) (then (return (i32.const 1)))) (i32.eqz (call $f))) (func $f (result i32) (global.set $g (i32.const 0)) (call $f))';
    expect(passed(joinConditions, `(func $x (result i32) ${before}) ${others}`)).toBe(printed(`(func $x (result i32) ${after}) ${others}`));
  });

  it.each([
    ['has effects', either('(global.get $g)', '(call $f)', '(i32.const 0)')],
    ['is computed after what may change it', either('(call $f)', test('$g'), '(i32.const 7)')],
    ['reads a local that the condition sets', either('(local.tee $0 (call $f))', '(local.get $0)', '(i32.const 7)')],
    ['reads memory that the condition may write', either('(call $w)', '(i32.load (i32.const 16))', '(i32.const 7)')],
    ['may lie outside the memory', either(test('$g'), '(i32.eqz (i32.load (global.get $g)))', '(i32.const 0)')],
    ['may divide by zero', either(test('$g'), '(i32.eqz (i32.div_u (i32.const 9) (global.get $g)))', '(i32.const 0)')],
    ['takes long', either(test('$g'), `(i32.eqz ${'(i32.add (global.get $g) '.repeat(20)}(i32.const 1)${')'.repeat(21)}`, '(i32.const 0)')],
  ])('leaves alone what %s', (_, body) => {
    const functions = `(func $x (param $0 i32) (result i32) ${body}) (func $f (result i32) (global.set $g (i32.const 0)) (i32.const 3))
      (func $w (result i32) (i32.store (i32.const 16) (i32.const 0)) (i32.const 3))`;
    expect(passed(joinConditions, functions)).toBe(printed(functions));
  });
});

describe('makeArms', () => {
  const once = '(call $f (i32.const 1))';

  it.each([
    [
      'a jump behind something',
      `(block $b (if (local.get $0) (then ${once} (br $b))) ${once} ${once})`,
      `(block $b (if (local.get $0) (then ${once}) (else ${once} ${once})))`,
    ],
    [
      'one after the other, and one within the other',
      `(block $b (if (call $g) (then (if (call $h) (then ${once} (br $b))) (nop) (br $b))) (if (call $h) (then ${once} (br $b))) ${once})`,
      `(block $b (if (call $g) (then (if (call $h) (then ${once}) (else (nop)))) (else (if (call $h) (then ${once}) (else ${once})))))`,
    ],
    [
      'a jump with a value',
      `(drop (block $b (result i32) (if (call $g) (then (br $b (call $h)))) ${once} (call $g)))`,
      `(drop (block $b (result i32) (if (result i32) (call $g) (then (call $h)) (else ${once} (call $g)))))`,
    ],
  ])('%s', (_, before, after) => {
    expect(passed(makeArms, `(func $x (param $0 i32) ${before})`)).toBe(printed(`(func $x (param $0 i32) ${after})`));
  });

  it.each([
    ['is as short as a branch', `(block $b (if (call $g) (then (br $b))) ${once})`],
    ['is shorter as a branch', `(drop (block $b (result i32) (if (call $g) (then (br $b (i32.const 3)))) ${once} (call $g)))`],
    ['goes elsewhere', `(block $a (block $b (if (call $g) (then ${once} (br $a))) ${once}) ${once})`],
    ['has an else already', `(block $b (if (call $g) (then ${once} (br $b)) (else (nop))) ${once})`],
    [
      'is followed by something outside of its arm',
      `(block $b (if (call $g) (then (if (call $h) (then ${once} (br $b))) ${once})) ${once})`,
    ],
    [
      'lies in a sequence that gives no value where the block gives one',
      `(drop (block $b (result i32) (if (call $g) (then (if (call $g) (then ${once} (br $b (call $g)))) (br $b (call $h))) (else (br $b (call $g))))))`,
    ],
  ])('leaves alone what %s', (_, body) => {
    expect(passed(makeArms, `(func $x ${body})`)).toBe(printed(`(func $x ${body})`));
  });
});

describe('drawn programs', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed + 1))('do the same afterwards (seed %i)', (seed) => {
    const before = new Program(seed).text();
    const tree = parseTree(before);
    joinConditions(tree);
    makeArms(tree);
    outline(tree);
    joinConditions(tree);
    const after = printTree(tree);
    expect(after.length).toBeLessThan(printTree(parseTree(before)).length);
    const [plain, small] = [instantiate(before), instantiate(after)];
    for (const argument of [0, 1, 7, -70_000]) {
      for (let each = 0; each < FUNCTIONS; each++) expect(small.call(`f${each}`, argument)).toBe(plain.call(`f${each}`, argument));
    }
    expect(small.bytes.equals(plain.bytes)).toBe(true);
  });
});

const FUNCTIONS = 6;

/** A module of functions that are made of a few pieces again and again, with other locals, globals and constants. */
class Program {
  readonly #patterns: string[];
  #state: number;
  #labels = 0;

  constructor(seed: number) {
    this.#state = seed * 2_654_435_761;
    this.#patterns = Array.from({ length: 8 }, () => this.#statement(2));
  }

  text(): string {
    const body = () => Array.from({ length: 8 }, () => this.#filled(this.#of(this.#patterns))).join(' ');
    const all = Array.from(
      { length: FUNCTIONS },
      (_, n) =>
        `(export "f${n}" (func $f${n})) (func $f${n} (param $0 i32) (result i32) (local $1 i32) (local $2 i32) (local $n i32) ${body()} (local.get $${n % 3}))`,
    );
    return `(module (memory $0 1 1) (global $g (mut i32) (i32.const 1)) (global $h (mut i32) (i32.const 2)) (export "memory" (memory $0)) ${all.join(' ')})`;
  }

  /** Numbers from 0 up to, but not including, `end`. */
  #draw(end: number): number {
    this.#state = (Math.imul(this.#state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * end);
  }

  #of<T>(all: readonly T[]): T {
    return all[this.#draw(all.length)] as T;
  }

  /** A piece with its open places filled and its labels its own. */
  #filled(pattern: string): string {
    const label = this.#labels++;
    const [first, second] = this.#draw(2) === 0 ? ['$0', '$1'] : ['$2', '$0'];
    return pattern
      .replaceAll('$first', first)
      .replaceAll('$second', second)
      .replaceAll('$global', () => this.#of(['$g', '$h']))
      .replaceAll('CONSTANT', () => this.#of(['3', '3', '200', '-7']))
      .replaceAll('$label', `$label${label}.`);
  }

  #value(depth: number): string {
    const leaf = () =>
      this.#of(['(local.get $first)', '(local.get $second)', '(i32.const CONSTANT)', '(global.get $global)', '(global.get $g)']);
    if (depth === 0) return leaf();
    const inner = () => this.#value(depth - 1);
    switch (this.#draw(8)) {
      case 0:
        return `(local.tee ${this.#of(['$first', '$second'])} ${inner()})`;
      case 1:
        return `(select ${inner()} ${inner()} ${inner()})`;
      case 2:
        return `(if (result i32) ${inner()} (then ${inner()}) (else ${this.#of([inner(), '(i32.const 0)', '(i32.const 1)'])}))`;
      case 3:
        return `(block $label.v (result i32) (if ${inner()} (then (br $label.v ${inner()}))) (if ${inner()} (then (global.set $g ${inner()}) (br $label.v ${inner()}))) ${inner()})`.replaceAll(
          '$label.v',
          `$label.v${this.#labels++}`,
        );
      case 4:
        return `(i32.load8_u (i32.and ${inner()} (i32.const 1023)))`;
      default:
        return `(${this.#of(['i32.add', 'i32.sub', 'i32.xor', 'i32.lt_u', 'i32.eq'])} ${inner()} ${inner()})`;
    }
  }

  #statement(depth: number): string {
    const inner = () => (depth > 0 ? `${this.#statement(depth - 1)} ${this.#statement(depth - 1)}` : '(nop)');
    const label = `$label${this.#labels++}`;
    switch (this.#draw(8)) {
      case 0:
        return `(global.set ${this.#of(['$g', '$h'])} ${this.#value(2)})`;
      case 1:
        return `(i32.store8 (i32.and ${this.#value(1)} (i32.const 1023)) ${this.#value(2)})`;
      case 2:
        return `(if ${this.#value(1)} (then ${inner()}) (else ${inner()}))`;
      case 3:
        return `(block ${label} (br_if ${label} ${this.#value(1)}) ${inner()})`;
      case 4:
        return `(loop ${label} ${inner()} (br_if ${label} (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 40))))`;
      case 5:
        return `(block ${label} (if ${this.#value(1)} (then ${inner()} (br ${label}))) ${inner()} (if ${this.#value(1)} (then ${inner()} (br ${label}))) ${inner()})`;
      case 6:
        return `(if (i32.eq ${this.#value(1)} (i32.const 12)) (then (return ${this.#value(1)})))`;
      default:
        return `(local.set ${this.#of(['$first', '$second'])} ${this.#value(2)})`;
    }
  }
}
