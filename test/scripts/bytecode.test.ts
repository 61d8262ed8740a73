// SPDX-License-Identifier: Apache-2.0
// Modules whose functions are bytecode do what they did before: each instruction, all control flow, and programs made by chance.

import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../host/wrap/seeded-random.js';
import { convert } from '../../scripts/bytecode/convert.js';
import { BARRIER, joinPairs, OPERAND, UNKNOWN } from '../../scripts/bytecode/pairs.js';
import { FEATURES_WITH_FETCHED_DATA, parse } from '../../scripts/shrink/optimize.js';
import { type List, parseTree, printTree } from '../../scripts/shrink/tree.js';
import { randomProgram } from './support/random-program.js';

const WORDS = 16;
const HEAP_BASE = 1024;

/** A module with memory, and with what says where its memory ends. */
function moduleOf(fields: string): string {
  return `(module
    (global $__heap_base i32 (i32.const ${HEAP_BASE}))
    (global $__data_end i32 (i32.const ${HEAP_BASE - 16}))
    (memory $0 1 1)
    (export "memory" (memory $0))
    (export "__heap_base" (global $__heap_base))
    ${fields})`;
}

interface Calls {
  readonly functions: Readonly<Record<string, (...values: number[]) => number | undefined>>;
  readonly bytes: () => Buffer;
}

function instantiate(text: string): Calls {
  const module = parse(text, FEATURES_WITH_FETCHED_DATA);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.emitBinary()));
  module.dispose();
  const memory = exports.memory as WebAssembly.Memory;
  return { functions: exports as unknown as Calls['functions'], bytes: () => Buffer.from(memory.buffer.slice(0, HEAP_BASE)) };
}

/** As the build has it: every function with a name and its locals, exports by themselves. */
function treeOf(fields: string): List {
  const parsed = parse(moduleOf(fields));
  const module = parseTree(parsed.emitText());
  parsed.dispose();
  return module;
}

/** The module as it is, and with its functions as bytecode but for those that are named, and for small ones that are exported. */
function both(fields: string, compiled: readonly string[] = []): [Calls, Calls] {
  const module = treeOf(fields);
  convert(module, { words: WORDS, compiled });
  return [instantiate(moduleOf(fields)), instantiate(printTree(module))];
}

/** Functions by their parameters and bodies; each is called by another one that is exported, so that none is small and exported. */
function functionsOf(bodies: Readonly<Record<string, readonly [parameters: string, body: string]>>): string {
  return Object.entries(bodies)
    .map(([name, [parameters, body]]) => {
      const names = parameters.split(' ').filter((each) => each !== '');
      const signature = `${names.map((each) => `(param $${each} i32)`).join(' ')} (result i32)`;
      const call = `(call $${name} ${names.map((each) => `(local.get $${each})`).join(' ')})`;
      return `(func $${name} ${signature} ${body}) (func $out-${name} (export "${name}") ${signature} ${call})`;
    })
    .join('\n');
}

/** Calls both and compares what they return and leave in memory. */
function expectSame([before, after]: [Calls, Calls], name: string, calls: readonly (readonly number[])[]): void {
  for (const values of calls) {
    expect(after.functions[name]?.(...values), `${name}(${values})`).toBe(before.functions[name]?.(...values));
    expect(after.bytes().equals(before.bytes()), `memory after ${name}(${values})`).toBe(true);
  }
}

const EDGES = [
  0, 1, 2, 7, 31, 32, 127, 128, 255, 256, 300, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, -1, -2, -255, -256, -257, -0x80000000,
];

describe('an instruction of the bytecode', () => {
  const pairs = EDGES.flatMap((left) => EDGES.map((right) => [left, right]));
  const single = EDGES.map((value) => [value]);
  const binary = (kind: string) => both(functionsOf({ f: ['a b', `(i32.${kind} (local.get $a) (local.get $b))`] }));

  it.each([
    ...['add', 'sub', 'mul', 'and', 'or', 'xor', 'shl', 'shr_u', 'shr_s', 'rotl', 'rotr'],
    ...['eq', 'ne', 'lt_u', 'lt_s', 'gt_u', 'gt_s', 'le_u', 'le_s', 'ge_u', 'ge_s'],
  ])('computes as i32.%s does', (kind) => {
    expectSame(binary(kind), 'f', pairs);
  });

  it.each(['ne', 'lt_u', 'lt_s', 'gt_u', 'gt_s', 'le_u', 'le_s', 'ge_u', 'ge_s'])(
    'jumps as i32.%s says, whatever its operands do',
    (kind) => {
      const chosen = (condition: string) => `(if (result i32) ${condition} (then (i32.const 70)) (else (i32.const 7)))`;
      const made = both(
        functionsOf({
          known: ['a b', chosen(`(i32.${kind} (local.get $a) (i32.const 5))`)],
          plain: ['a b', chosen(`(i32.eqz (i32.${kind} (local.get $a) (local.get $b)))`)],
          setting: ['a b', `(i32.add ${chosen(`(i32.${kind} (local.get $a) (local.tee $a (local.get $b)))`)} (local.get $a))`],
          calling: ['a b', chosen(`(i32.${kind} (call $plain (local.get $a) (local.get $b)) (call $known (local.get $b) (local.get $a)))`)],
        }),
      );
      for (const name of ['known', 'plain', 'setting', 'calling']) expectSame(made, name, pairs);
    },
  );

  it.each(['div_u', 'div_s', 'rem_u', 'rem_s'])('computes as i32.%s does, and traps where it does', (kind) => {
    const isTrap = ([left, right]: number[]) => right === 0 || (kind === 'div_s' && left === -0x80000000 && right === -1);
    const made = binary(kind);
    expectSame(
      made,
      'f',
      pairs.filter((values) => !isTrap(values)),
    );
    expect(() => made[1].functions.f?.(1, 0)).toThrow(/divi|rem/);
  });

  it.each(['eqz', 'ctz', 'clz', 'popcnt'])('computes as i32.%s does', (kind) => {
    expectSame(both(functionsOf({ f: ['a', `(i32.${kind} (local.get $a))`] })), 'f', single);
  });

  it.each(EDGES)('gives the constant %i', (value) => {
    expectSame(both(functionsOf({ f: ['', `(i32.const ${value})`] })), 'f', [[]]);
  });

  it.each(['load', 'load8_u', 'load8_s', 'load16_u', 'load16_s'])('reads as i32.%s does, at every kind of address', (kind) => {
    const made = both(
      `(data (i32.const 16) "${'\\81\\7f\\00\\ff'.repeat(64)}") ${functionsOf({
        near: ['a', `(i32.${kind} offset=3 (local.get $a))`],
        far: ['a', `(i32.${kind} offset=260 (local.get $a))`],
        word: ['', `(i32.${kind} (i32.const 24))`],
        odd: ['', `(i32.${kind} offset=1 (i32.const 24))`],
        below: ['', `(i32.${kind} (i32.const 8))`],
      })}`,
    );
    for (const name of ['near', 'far']) expectSame(made, name, [[0], [14], [15], [16], [100]]);
    for (const name of ['word', 'odd', 'below']) expectSame(made, name, [[]]);
  });

  it.each(['store', 'store8', 'store16'])('writes as i32.%s does, at every kind of address', (kind) => {
    const made = both(
      functionsOf({
        near: ['a v', `(i32.${kind} offset=3 (local.get $a) (local.get $v)) (i32.const 0)`],
        far: ['a v', `(i32.${kind} offset=260 (local.get $a) (local.get $v)) (i32.const 0)`],
        word: ['v', `(i32.${kind} (i32.const 24) (local.get $v)) (i32.const 0)`],
        odd: ['v', `(i32.${kind} offset=1 (i32.const 24) (local.get $v)) (i32.const 0)`],
      }),
    );
    const calls = [0, 15, 16].flatMap((at) => EDGES.map((value) => [at, value]));
    for (const name of ['near', 'far']) expectSame(made, name, calls);
    for (const name of ['word', 'odd']) expectSame(made, name, single);
  });

  it('copies, fills, chooses, drops and keeps', () => {
    const made = both(
      `(data (i32.const 16) "the quick brown fox") (global $g (mut i32) (i32.const 0)) ${functionsOf({
        copy: ['to from n', '(memory.copy (local.get $to) (local.get $from) (local.get $n)) (i32.const 0)'],
        fill: ['to v n', '(memory.fill (local.get $to) (local.get $v) (local.get $n)) (i32.const 0)'],
        choose: ['a b c', '(select (local.get $a) (local.get $b) (local.get $c))'],
        keep: [
          'a b',
          '(drop (local.get $a)) (global.set $g (i32.add (global.get $g) (local.tee $b (local.get $a)))) (i32.add (global.get $g) (local.get $b))',
        ],
      })}`,
    );
    // biome-ignore format: a call a line
    expectSame(made, 'copy', [[40, 16, 19], [42, 40, 10], [40, 42, 10], [40, 42, 0]]);
    // biome-ignore format: a call a line
    expectSame(made, 'fill', [[50, 7, 9], [50, 300, 1], [50, 1, 0]]);
    // biome-ignore format: a call a line
    expectSame(made, 'choose', [[1, 2, 0], [1, 2, 1], [1, 2, -1]]);
    // biome-ignore format: a call a line
    expectSame(made, 'keep', [[1, 0], [5, 0], [-9, 0]]);
  });
});

describe('control flow', () => {
  it('leaves blocks with values and without, by branch and by table', () => {
    const made = both(`(func $f (export "f") (param $a i32) (result i32)
      (block $out (result i32)
        (block $three (block $two (block $one
          (br_table $one $two $three $two (local.get $a)))
          (br $out (i32.const 11)))
          (drop (br_if $out (i32.const 12) (i32.eq (local.get $a) (i32.const 1)))))
        (if (result i32) (i32.gt_s (local.get $a) (i32.const 50)) (then (i32.const 13)) (else (return (i32.const 14))))))`);
    expectSame(made, 'f', [[0], [1], [2], [3], [4], [51], [-1]]);
  });

  it('drops what lies below when a block is left from within an expression', () => {
    const made = both(`(func $f (export "f") (param $a i32) (result i32)
      (block $out (drop (i32.add (i32.const 5) (i32.mul (i32.const 6) (if (result i32) (local.get $a) (then (br $out)) (else (i32.const 7)))))))
      (i32.add (i32.const 1) (local.get $a)))`);
    expectSame(made, 'f', [[0], [1]]);
  });

  it('goes round loops, far and near', () => {
    const filler = '(local.set $s (i32.add (i32.mul (local.get $s) (i32.const 31)) (i32.load8_u (local.get $n))))'.repeat(60);
    for (const inside of ['', filler])
      expectSame(
        both(`(data (i32.const 0) "${'\\11\\23\\05'.repeat(20)}")
          (func $f (export "f") (param $n i32) (result i32) (local $s i32)
          (block $done (loop $again
            (br_if $done (i32.eqz (local.get $n)))
            (local.set $s (i32.add (local.get $s) (local.get $n)))
            ${inside}
            (local.set $n (i32.sub (local.get $n) (i32.const 1)))
            (br $again)))
          (local.get $s))`),
        'f',
        [[0], [1], [50]],
      );
  });

  it('reaches the targets of a table that are far away', () => {
    // each arm is different, so that nothing of them is joined
    const arm = (number: number) =>
      Array.from(
        { length: 50 },
        (_, index) => `(local.set $s (i32.xor (local.get $s) (i32.const ${number * 7919 + index * 104729})))`,
      ).join(' ');
    const labels = ['$a', '$b', '$c', '$d'];
    const body = labels.reduce(
      (inner, label, index) => `(block ${label} ${inner}) ${arm(index + 1)}`,
      `(br_table ${labels.join(' ')} (local.get $n))`,
    );
    expectSame(both(`(func $f (export "f") (param $n i32) (result i32) (local $s i32) ${body} (local.get $s))`), 'f', [
      [0],
      [1],
      [2],
      [3],
      [9],
    ]);
  });

  it('calls, with locals that begin at 0 each time, beyond the 256th function, too', () => {
    const count = 500;
    const functions = Array.from({ length: count }, (_, index) => {
      const called = index === 0 ? '(local.get $a)' : `(call $f${index - 1} (i32.add (local.get $a) (local.get $b)))`;
      return `(func $f${index} (param $a i32) (result i32) (local $b i32)
        (local.set $b (i32.add (local.get $b) (i32.const ${index % 3}))) (i32.xor (local.get $b) ${index % 50 === 0 ? '(local.get $a)' : called}))`;
    });
    const ends = [49, 199, 299, 499].map((index) => `(export "f${index}" (func $f${index}))`);
    const made = both(`${functions.join(' ')} ${ends.join(' ')}`);
    for (const index of [49, 199, 299, 499]) expectSame(made, `f${index}`, [[1], [1], [77]]);
  });

  it('calls what stays WebAssembly, with any number of parameters', () => {
    const parameters = (count: number) => Array.from({ length: count }, (_, index) => `(param $p${index} i32)`).join(' ');
    const sum = (count: number) =>
      Array.from({ length: count }, (_, index) => index).reduce(
        (value, index) => `(i32.add (i32.mul ${value} (i32.const 10)) (local.get $p${index}))`,
        '(i32.load (i32.const 64))',
      );
    const compiled = [0, 1, 2, 3, 4].map(
      (count) => `(func $c${count} ${parameters(count)} (result i32) (i32.store (i32.const 64) (i32.const ${count})) ${sum(count)})`,
    );
    const calls = [0, 1, 2, 3, 4].map(
      (count) => `(call $c${count} ${['(local.get $a)', '(i32.const 2)', '(i32.const 3)', '(i32.const 4)'].slice(0, count).join(' ')})`,
    );
    const made = both(
      `(global $g (mut i32) (i32.const 0)) ${compiled.join(' ')}
       (func $quiet (param $a i32) (global.set $g (i32.add (global.get $g) (local.get $a))))
       (func $f (export "f") (param $a i32) (result i32)
         (call $quiet (local.get $a)) (i32.add (global.get $g) ${calls.reduce((left, right) => `(i32.xor ${left} ${right})`)}))`,
      ['$c0', '$c1', '$c2', '$c3', '$c4', '$quiet'],
    );
    expectSame(made, 'f', [[1], [9], [-4]]);
  });
});

describe('programs made by chance', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))('do the same as before, seed %i', (seed) => {
    const { fields, name, calls } = randomProgram(seed);
    expectSame(both(fields), name, calls);
  });
});

describe('what the interpreter cannot do is refused', () => {
  const five = '(i32.const 1) (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 1)';
  const many = Array.from({ length: 32 }, (_, index) => `(local $l${index} i32)`).join(' ');
  it.each([
    ['a function that calls itself', functionsOf({ f: ['n', '(call $f (local.get $n))'] }), '$f calls itself: $f'],
    ['64 bits', functionsOf({ f: ['', '(i32.wrap_i64 (i64.const 1))'] }), 'no instruction i64.const'],
    ['unreachable', functionsOf({ f: ['', '(unreachable)'] }), 'no instruction unreachable'],
    [
      'five parameters',
      `(func $c (param i32 i32 i32 i32 i32)) ${functionsOf({ f: ['', `(call $c ${five}) (i32.const 2)`] })}`,
      '$c has 5 parameters',
    ],
    [
      'a block left with a value from within an expression',
      functionsOf({
        f: [
          'a',
          '(block $out (result i32) (i32.add (i32.const 5) (if (result i32) (local.get $a) (then (br $out (i32.const 1))) (else (i32.const 7)))))',
        ],
      }),
      'a block in $f is left from within an expression',
    ],
    ['32 locals', functionsOf({ f: ['', `${many} (i32.add (local.get $l31) (local.get $l30))`] }), 'too many parameters or locals'],
    [
      'a variable that does not begin at 0',
      `(global $g (mut i32) (i32.const 7)) ${functionsOf({ f: ['', '(global.get $g)'] })}`,
      '$g does not begin at 0',
    ],
  ])('%s', (_, fields, words) => {
    expect(() => convert(treeOf(fields), { words: WORDS, compiled: ['$c'] })).toThrow(words);
  });

  it('a module that does not say where its memory ends', () => {
    const module: List = parseTree('(module (memory $0 1 1) (func $f (export "f") (result i32) (i32.const 1000)))');
    expect(() => convert(module, { words: WORDS, compiled: [] })).toThrow('the module does not say where its memory ends');
  });
});

describe('joinPairs', () => {
  // 0 to 3 are instructions; 2 has an operand, 3 is the end of what may be joined
  const alphabet = { count: 4, hasOperand: (symbol: number) => symbol === 2, isLast: (symbol: number) => symbol === 3 };

  it('joins what stands together most often, and an instruction with its operand', () => {
    const { sequences, pairs, waiting } = joinPairs([[0, 1, 0, 1, 0, 1, 2, OPERAND + 9, 2, OPERAND + 9, 2, OPERAND + 9]], alphabet, 6);
    expect(pairs).toEqual([
      { first: 0, second: 1 },
      { first: 2, second: OPERAND + 9 },
    ]);
    expect(sequences).toEqual([[4, 4, 4, 5, 5, 5]]);
    expect(waiting).toBe(1);
  });

  it('joins nothing behind an instruction that goes elsewhere, behind a barrier, or with an unknown byte', () => {
    const kept = [3, 0, 3, 0, 3, 0, 0, BARRIER, 1, 0, BARRIER, 1, 0, BARRIER, 1, 2, UNKNOWN, 2, UNKNOWN, 2, UNKNOWN];
    expect(joinPairs([kept], alphabet, 256)).toEqual({ sequences: [kept], pairs: [], waiting: 0 });
  });

  it('joins nothing but its operand with what awaits one', () => {
    const { sequences, pairs } = joinPairs([[0, 2, OPERAND, 1, 0, 2, OPERAND + 1, 1, 0, 2, OPERAND + 2, 1]], alphabet, 256);
    expect(pairs).toEqual([{ first: 0, second: 2 }]);
    expect(sequences).toEqual([[4, OPERAND, 1, 4, OPERAND + 1, 1, 4, OPERAND + 2, 1]]);
  });

  it('stops where there are no more symbols', () => {
    const { pairs, sequences } = joinPairs([[0, 1, 0, 1, 0, 1, 0, 0, 1]], alphabet, 5);
    expect(pairs).toEqual([{ first: 0, second: 1 }]);
    expect(sequences).toEqual([[4, 4, 4, 0, 4]]);
  });

  it.each(Array.from({ length: 20 }, (_, seed) => seed))('can be undone, seed %i', (seed) => {
    const random = seededRandom(seed);
    const instructions = Array.from({ length: 400 }, () => Math.floor(random() ** 2 * 4));
    const sequence = instructions.flatMap((symbol) => (symbol === 2 ? [2, OPERAND + Math.floor(random() * 3)] : [symbol]));
    const { pairs, sequences, waiting } = joinPairs([sequence, [...sequence].reverse().filter((symbol) => symbol < 2)], alphabet, 16);
    expect(pairs.length).toBeGreaterThan(3);
    expect(expanded(sequences[0] ?? [], pairs, 4)).toEqual(sequence);
    expect(waiting).toBeLessThanOrEqual(pairs.length);
  });
});

/** The symbols that sequences with pairs stand for. */
function expanded(sequence: readonly number[], pairs: readonly { first: number; second: number }[], count: number): number[] {
  return sequence.flatMap((symbol) => {
    const pair = symbol >= OPERAND ? undefined : pairs[symbol - count];
    return pair ? expanded([pair.first, pair.second], pairs, count) : [symbol];
  });
}
