// SPDX-License-Identifier: Apache-2.0
// The passes over a shipped module: each one's known answers, and that a module does the same after all of them.

import binaryen from 'binaryen';
import { describe, expect, it } from 'vitest';
import { divideAddresses } from '../../scripts/shrink/addresses.js';
import { refuseScalarArguments } from '../../scripts/shrink/arguments.js';
import { shareBases } from '../../scripts/shrink/bases.js';
import { shortenBranches } from '../../scripts/shrink/branches.js';
import { keepConstants, shareConstants } from '../../scripts/shrink/constants.js';
import { joinData } from '../../scripts/shrink/data.js';
import { numberWords } from '../../scripts/shrink/numbered.js';
import { promoteScalars } from '../../scripts/shrink/promote.js';
import { type List, parseTree, printTree } from '../../scripts/shrink/tree.js';
import { type Shrunk, shrink } from '../../scripts/shrink.js';
import { unmoved } from '../support/unmoved.js';

const SCALARS = { begin: 16, end: 80 };
const PASSES = { divideAddresses, shortenBranches, number: (module: List) => numberWords(module, SCALARS) };

/** What a pass makes of the fields of a module. */
function passed(pass: (module: List) => void, fields: string): string {
  const module = parseTree(`(module ${fields})`);
  pass(module);
  return module.slice(1).map(printTree).join(' ');
}

function assemble(text: string): Uint8Array {
  const module = binaryen.parseText(text);
  module.setFeatures(binaryen.Features.BulkMemory | binaryen.Features.MutableGlobals);
  const wasm = module.emitBinary();
  module.dispose();
  return wasm;
}

function instantiate(wasm: Uint8Array) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
  const { memory } = exports;
  if (!(memory instanceof WebAssembly.Memory)) throw new Error('no memory');
  const call = (name: string, ...args: number[]): unknown => (exports[name] as (...args: number[]) => unknown)(...args);
  return { call, bytes: new Uint8Array(memory.buffer), names: Object.keys(exports).sort() };
}

/** What lies behind the first `begin` bytes of the memory of a shrunk module, the scalars where they were before. */
function plainMemory(bytes: Uint8Array, { moves }: Shrunk): Buffer {
  return unmoved(bytes.subarray(SCALARS.begin), moves, SCALARS.end - SCALARS.begin);
}

describe('the passes', () => {
  it.each([
    ['divideAddresses', '(i32.load (i32.const 63))', '(i32.load (i32.const 63))'],
    ['divideAddresses', '(i32.load (i32.const 64))', '(i32.load offset=1 (i32.const 63))'],
    ['divideAddresses', '(i32.store8 offset=90 (i32.const 100) (i32.const 7))', '(i32.store8 offset=127 (i32.const 63) (i32.const 7))'],
    ['divideAddresses', '(i32.load align=1 (i32.const 190))', '(i32.load offset=127 align=1 (i32.const 63))'],
    ['divideAddresses', '(i32.load (i32.const 191))', '(i32.load (i32.const 191))'],
    ['divideAddresses', '(i32.load (local.get 0))', '(i32.load (local.get 0))'],
    ['number', '(i32.load (i32.const 16))', '(call $shrink/read (i32.const -64))'],
    ['number', '(i32.load offset=16 (i32.const 256))', '(call $shrink/read (i32.const 0))'],
    ['number', '(i32.store offset=8 (i32.const 260) (call $f))', '(call $shrink/write (call $f) (i32.const -1))'],
    ['number', '(i32.load (i32.const 12))', '(i32.load (i32.const 12))'],
    ['number', '(i32.load (i32.const 18))', '(i32.load (i32.const 18))'],
    ['number', '(i32.load8_u (i32.const 16))', '(i32.load8_u (i32.const 16))'],
    ['number', '(i32.store (local.get 0) (i32.const 16))', '(i32.store (local.get 0) (i32.const 16))'],
    ['number', '(i32.load (i32.const 33036))', '(call $shrink/read (i32.const 8191))'],
    ['number', '(i32.load (i32.const 33040))', '(i32.load (i32.const 33040))'],
    ['shortenBranches', '(if (local.get 0) (then (br $l)))', '(br_if $l (local.get 0))'],
    ['shortenBranches', '(if (call $f) (then (br $l (i32.const 5))))', '(drop (br_if $l (i32.const 5) (call $f)))'],
    [
      'shortenBranches',
      '(if (local.tee $r (call $f)) (then (br $l (local.get $r))))',
      '(drop (br_if $l (local.tee $r (call $f)) (local.get $r)))',
    ],
    ['shortenBranches', '(if (call $f) (then (br $l (local.get $r))))', '(if (call $f) (then (br $l (local.get $r))))'],
    ['shortenBranches', '(if (call $f) (then (br $l (call $g))))', '(if (call $f) (then (br $l (call $g))))'],
    ['shortenBranches', '(if (call $f) (then (br $l)) (else (call $g)))', '(if (call $f) (then (br $l)) (else (call $g)))'],
  ] as const)('%s: %s', (pass, body, expected) => {
    expect(passed(PASSES[pass], `(func $x ${body})`).split(' (func $shrink')[0]).toBe(`(func $x ${expected})`);
  });

  it('numbered words are those at their addresses', () => {
    const addresses = [16, 20, 268, 272, 524, 528, 33036];
    const all = addresses.map((address, n) => `(i32.store (i32.const ${address}) (i32.const ${n + 1}))`).join(' ');
    const sum = addresses.reduce(
      (text, address) => `(i32.xor (i32.mul ${text} (i32.const 3)) (i32.load (i32.const ${address})))`,
      '(i32.const 1)',
    );
    const module = parseTree(`(module (memory $0 1 1) (export "memory" (memory $0)) (export "set" (func $set)) (export "sum" (func $sum))
      (func $set ${all}) (func $sum (result i32) ${sum}))`);
    const plain = instantiate(assemble(printTree(module)));
    numberWords(module, SCALARS);
    expect(printTree(module)).not.toContain('(i32.const 33036)');
    const numbered = instantiate(assemble(printTree(module)));
    for (const each of [plain, numbered]) each.call('set');
    expect(Buffer.from(numbered.bytes).equals(Buffer.from(plain.bytes))).toBe(true);
    expect(numbered.call('sum')).toBe(plain.call('sum'));
  });

  const uses = (count: number) => '(call $f (i32.const 5000)) '.repeat(count).trim();

  it('keepConstants keeps what is used four times when the first use is on every way to the others', () => {
    expect(passed(keepConstants, `(func $x ${uses(3)})`)).toBe(`(func $x ${uses(3)})`);
    const [first, ...others] = Array.from(
      { length: 4 },
      (_, n) => `(call $f (local.${n ? 'get' : 'tee'} $constant5000${n ? '' : ' (i32.const 5000)'}))`,
    );
    expect(passed(keepConstants, `(func $x ${uses(4)})`)).toBe(`(func $x (local $constant5000 i32) ${[first, ...others].join(' ')})`);
  });

  it.each([`(if (call $c) (then ${uses(1)})) ${uses(5)}`, `(block $b (br_if $b (call $c)) ${uses(1)}) ${uses(5)}`])(
    'keepConstants sets the local at the beginning when the first use may be passed by: %s',
    (body) => {
      const expected = body.replaceAll('(i32.const 5000)', '(local.get $constant5000)');
      expect(passed(keepConstants, `(func $x (param $p i32) ${body})`)).toBe(
        `(func $x (param $p i32) (local $constant5000 i32) (local.set $constant5000 (i32.const 5000)) ${expected})`,
      );
    },
  );

  it('shareConstants makes a global of what all functions together use often enough', () => {
    const module = (body: string) => `(memory $0 1 1) (func $x ${body}) (func $y ${uses(3)})`;
    expect(passed(shareConstants, module(uses(3)))).toBe(module(uses(3)));
    expect(passed(shareConstants, module(uses(4)))).toBe(
      `(global $constant/5000 i32 (i32.const 5000)) ${module(uses(4)).replaceAll('(i32.const 5000)', '(global.get $constant/5000)')}`,
    );
  });

  it('keepConstants leaves constants of one byte alone', () => {
    const body = '(call $f (i32.const -64)) '.repeat(20).trim();
    expect(passed(keepConstants, `(func $x ${body})`)).toBe(`(func $x ${body})`);
  });

  it('shareBases reaches from six accesses on over an address in a local', () => {
    const loads = (count: number) => Array.from({ length: count }, (_, n) => `(drop (i32.load (i32.const ${400 + 20 * n})))`).join(' ');
    expect(passed(shareBases, `(func $x ${loads(5)})`)).toBe(`(func $x ${loads(5)})`);
    const shared = Array.from({ length: 6 }, (_, n) => `(drop (i32.load offset=${20 * n} (local.get $base400)))`).join(' ');
    expect(passed(shareBases, `(func $x ${loads(6)})`)).toBe(
      `(func $x (local $base400 i32) (local.set $base400 (i32.const 400)) ${shared})`,
    );
  });

  it('joinData joins what lies closer than a header', () => {
    const data = '(data $b (i32.const 14) "\\"\\n") (data $a (i32.const 8) "\\00z") (data $c (i32.const 22) "c")';
    expect(passed(joinData, data)).toBe('(data (i32.const 8) "\\00\\7a\\00\\00\\00\\00\\22\\0a") (data (i32.const 22) "\\63")');
  });
});

describe('promoteScalars', () => {
  /** Six uses each of a word at 20 and a byte at 24, a look at them from outside, and a way to clear the scalars. */
  const module = (clear = '(memory.fill (i32.const 16) (i32.const 0) (i32.const 64))') => `(module
    (memory $0 1 1)
    (global $begin i32 (i32.const 16))
    (global $end i32 (i32.const 80))
    (export "memory" (memory $0))
    (export "add" (func $add)) (export "look" (func $look)) (export "flag" (func $flag)) (export "clear" (func $clear)) (export "other" (func $other))
    (export "__scalars_begin" (global $begin)) (export "__scalars_end" (global $end))
    (func $bump (param $n i32) ${'(i32.store (i32.const 20) (i32.add (i32.load (i32.const 20)) (local.get $n)))'.repeat(4)})
    (func $add (param $n i32) (result i32) (call $bump (local.get $n)) (i32.load (i32.const 20)))
    (func $look (result i32) (i32.load (i32.const 20)))
    (func $flag (param $n i32) (result i32)
      ${'(i32.store8 (i32.const 24) (i32.add (local.get $n) (i32.load8_u (i32.const 24))))'.repeat(3)} (i32.load8_u (i32.const 24)))
    (func $clear ${clear} (i32.store (i32.const 20) (i32.add (i32.load (i32.const 20)) (i32.const 1))))
    (func $other (result i32) (i32.const 3)))`;

  const shrunk = () => shrink(assemble(module()));

  it('makes the region hold after every call what it held before the pass', () => {
    const made = shrunk();
    const [plain, small] = [instantiate(assemble(module())), instantiate(made.wasm)];
    for (const [name, ...args] of [
      ['add', 3],
      ['flag', 100],
      ['look'],
      ['add', -5],
      ['flag', 1],
      ['clear'],
      ['look'],
      ['add', 9],
    ] as const) {
      expect(small.call(name, ...args), name).toBe(plain.call(name, ...args));
      expect(plainMemory(small.bytes, made).equals(plain.bytes.subarray(SCALARS.begin)), name).toBe(true);
    }
  });

  it('goes on in a fresh instance that was given the region, whatever is called first', () => {
    for (const name of ['look', 'add', 'flag', 'clear', 'other']) {
      const [first, second] = [instantiate(shrunk().wasm), instantiate(shrunk().wasm)];
      first.call('add', 1000);
      first.call('flag', 5);
      second.call('add', 7); // what it had is gone when the region is put in
      second.bytes.set(first.bytes.subarray(SCALARS.begin, SCALARS.end), SCALARS.begin);
      expect(second.call(name, 1), name).toBe(first.call(name, 1));
      expect(Buffer.from(second.bytes).equals(Buffer.from(first.bytes)), name).toBe(true);
    }
  });

  it('makes globals of the scalars used often, hides where they lie, and gives the same bytes again', () => {
    const { wasm, named, text } = shrunk();
    expect(text.match(/\(global \$\S+ \(mut i32\) \(i32\.const 0\)\)/g)).toHaveLength(3); // and the cursor
    expect(instantiate(wasm).names).toEqual(['add', 'clear', 'flag', 'look', 'memory', 'other']);
    expect(instantiate(named).names).toEqual(instantiate(wasm).names);
    expect(Buffer.from(shrunk().wasm).equals(Buffer.from(wasm))).toBe(true);
  });

  it('leaves what is used in two widths in memory', () => {
    const body = '(drop (i32.load (i32.const 20)))'.repeat(9);
    const mixed = `(func $x ${body} (drop (i32.load16_u (i32.const 22))))`;
    const promote = (tree: List) => promoteScalars(tree, SCALARS);
    expect(passed(promote, `(memory $0 1 1) ${mixed}`)).toBe(`(memory $0 1 1) ${parseAndPrint(mixed)}`);
    expect(passed(promote, `(memory $0 1 1) (func $x ${body})`)).toContain('global.get');
  });

  it.each([
    '(memory.fill (i32.const 16) (i32.const 0) (i32.const 4))',
    '(memory.fill (i32.const 20) (i32.const 0) (i32.const 60))',
    '(memory.copy (i32.const 20) (i32.const 500) (i32.const 4))',
    '(memory.copy (i32.const 500) (i32.const 20) (i32.const 8))',
    '(memory.copy (i32.const 500) (select (i32.const 20) (i32.const 600) (call $look)) (i32.const 4))',
  ])('refuses %s', (clear) => {
    expect(() => shrink(assemble(module(clear)))).toThrow('a bulk instruction reads or writes some of the scalars');
  });

  /** Words at 20 and 28, used eight times each; `pick` loads one of them after it has stored both. */
  const choice = (pick: string) => `(module
    (memory $0 1 1)
    (global $begin i32 (i32.const 16))
    (global $end i32 (i32.const 80))
    (export "memory" (memory $0)) (export "pick" (func $pick))
    (export "__scalars_begin" (global $begin)) (export "__scalars_end" (global $end))
    (func $set (param $n i32) (result i32)
      ${[20, 28].map((at) => `(i32.store (i32.const ${at}) (i32.add (i32.load (i32.const ${at})) (i32.mul (local.get $n) (i32.const ${at}))))`.repeat(4)).join(' ')}
      (i32.and (local.get $n) (i32.const 1)))
    (func $pick (param $n i32) (result i32) ${pick}))`;

  it.each([
    '(i32.load (select (i32.const 20) (i32.const 28) (call $set (local.get $n))))',
    '(i32.load offset=8 (select (i32.const 492) (i32.const 20) (call $set (local.get $n))))',
    '(i32.add (i32.load (i32.const 28)) (i32.load (select (i32.const 20) (i32.const 500) (call $set (local.get $n)))))',
  ])('loads from an address that is chosen what was stored last: %s', (pick) => {
    const plain = assemble(choice(pick));
    const made = shrink(plain);
    expect(made.text).toContain('(mut i32)');
    const [before, after] = [instantiate(plain), instantiate(made.wasm)];
    for (const n of [3, 4, -7, 1000]) {
      expect(after.call('pick', n), String(n)).toBe(before.call('pick', n));
      expect(plainMemory(after.bytes, made).equals(before.bytes.subarray(SCALARS.begin)), String(n)).toBe(true);
    }
  });

  it.each([
    '(i32.load (i32.add (i32.const 20) (local.get $n)))',
    '(i32.load offset=20 (select (i32.const 0) (local.get $n) (call $set (local.get $n))))',
    '(i32.load (if (result i32) (local.get $n) (then (i32.const 20)) (else (i32.const 500))))',
    '(i32.store (select (i32.const 20) (i32.const 28) (local.get $n)) (i32.const 7)) (i32.const 0)',
    '(i32.load16_u (local.tee $n (i32.const 78)))',
  ])('refuses a computed address: %s', (pick) => {
    expect(() => shrink(assemble(choice(pick)))).toThrow('$pick computes the address of a scalar: (i32.');
  });

  it('leaves a byte with sign in memory', () => {
    const signed = `(func $x ${'(drop (i32.load8_u (i32.const 24)))'.repeat(9)} (drop (i32.load8_s (i32.const 24))))`;
    for (const body of [signed, signed.replace('8_u', '8_s').replace(/8_s(?=\D*24\)\)\)\)$)/, '8_u')]) {
      const text = passed((tree) => promoteScalars(tree, SCALARS), `(memory $0 1 1) ${body}`);
      expect(text).toBe(`(memory $0 1 1) ${parseAndPrint(body).replaceAll('24', '20')}`);
    }
  });

  /** A module with `count` words, each used ten times by `run`, which adds its argument to each in turn. */
  const words = (count: number, end = 80) => `(module
    (memory $0 1 1)
    (global $begin i32 (i32.const 16))
    (global $end i32 (i32.const ${end}))
    (export "memory" (memory $0)) (export "run" (func $run))
    (export "__scalars_begin" (global $begin)) (export "__scalars_end" (global $end))
    (func $run (param $n i32) ${Array.from({ length: count }, (_, word) =>
      `(i32.store (i32.const ${20 + 4 * word}) (i32.add (i32.load (i32.const ${20 + 4 * word})) (i32.add (local.get $n) (i32.const ${word}))))`.repeat(
        5,
      ),
    ).join(' ')}))`;

  it.each([1, 2, 3, 4, 5, 8, 9])('carries %i words from the region and back', (count) => {
    const plain = assemble(words(count));
    const made = shrink(plain);
    const [before, after] = [instantiate(plain), instantiate(made.wasm)];
    for (const n of [1, 5, -3]) {
      before.call('run', n);
      after.call('run', n);
      expect(plainMemory(after.bytes, made).equals(before.bytes.subarray(SCALARS.begin)), String(n)).toBe(true);
    }
    // and a cursor, unless the optimiser sees through it
    expect(made.text.match(/\(mut i32\)/g)?.length).toBeGreaterThanOrEqual(count);
  });

  it('makes globals of no more than the region has words for', () => {
    const made = shrink(assemble(words(5, 40)));
    expect(made.text.match(/\(mut i32\)/g)).toHaveLength(4 + 1);
    expect(made.moves.map(({ to }) => to).sort((left, right) => left - right)).toEqual([4, 8, 12, 16, 20]);
  });

  /** The moves of a module in which the region has room up to `end`. */
  const movesOf = (end: number) => {
    const uses = (at: number, count: number, kind = 'load') => `(drop (i32.${kind} (i32.const ${at})))`.repeat(count);
    const tree = parseTree(`(module (memory $0 1 1)
      (func $x ${uses(16, 9)} ${uses(28, 9)} ${uses(32, 2)} ${uses(36, 3)} ${uses(40, 1, 'load8_u')} ${uses(41, 1, 'load8_u')}))`);
    return promoteScalars(tree, { begin: 16, end }).map(({ from, to }) => [from, to]);
  };

  it('leaves the first word alone, and gives what stays in memory the first places, a word to each byte', () => {
    expect(movesOf(80)).toEqual([
      [0, 0],
      [20, 4],
      [16, 8],
      [24, 12],
      [25, 16],
      [12, 32],
    ]);
  });

  it('packs bytes, and in the end leaves words in memory, where there is no room', () => {
    const packed = [
      [0, 0],
      [20, 4],
      [16, 8],
      [24, 12],
      [25, 13],
    ];
    expect(movesOf(48)).toEqual([...packed, [12, 28]]);
    expect(movesOf(44)).toEqual([packed[0], [12, 4], [20, 8], [16, 12], [24, 16], [25, 17]]);
  });

  it('asks for an entry file that tells where its scalars lie', () => {
    expect(() => shrink(assemble('(module (memory 1 1))'))).toThrow('the entry file does not export __scalars_begin');
  });
});

function parseAndPrint(text: string): string {
  return printTree(parseTree(text));
}

describe('refuseScalarArguments', () => {
  /** Scalars lie from 16 to 80; `user` uses what it is given, `call` gives it. */
  const check = (user: string, call: string) => () =>
    passed((module) => refuseScalarArguments(module, SCALARS), `(func $user ${user}) (func $caller ${call})`);
  const load = '(param $a i32) (param $p i32) (result i32) (i32.load (local.get $p))';

  it.each([
    ['a load', load, '(drop (call $user (i32.const 0) (i32.const 20)))', 20],
    ['the last scalar', load, '(drop (call $user (i32.const 0) (i32.const 79)))', 79],
    ['a store', '(param $p i32) (i32.store8 (local.get $p) (i32.const 1))', '(call $user (i32.const 16))', 16],
    ['an offset', '(param $p i32) (result i32) (i32.load offset=8 align=1 (local.get $p))', '(drop (call $user (i32.const 12)))', 20],
    ['a sum', '(param $p i32) (result i32) (i32.load (i32.add (local.get $p) (i32.const 60)))', '(drop (call $user (i32.const 4)))', 64],
    ['a tee', '(param $p i32) (result i32) (i32.load (local.tee $p (local.get $p)))', '(drop (call $user (i32.const 20)))', 20],
    ['a copy from it', '(param $p i32) (memory.copy (i32.const 900) (local.get $p) (i32.const 4))', '(call $user (i32.const 20))', 20],
    ['a fill', '(param $p i32) (memory.fill (local.get $p) (i32.const 0) (i32.const 4))', '(call $user (i32.const 20))', 20],
    ['one of two', load, '(drop (call $user (i32.const 0) (select (i32.const 900) (i32.const 24) (local.get $c))))', 24],
  ])('refuses %s', (_, user, call, address) => {
    expect(check(user, call)).toThrow(`$caller gives $user the address ${address}, where a scalar lies`);
  });

  it('refuses an address that is passed on', () => {
    const between = `(func $between (param $q i32) (result i32) (call $user (i32.const 0) (i32.add (local.get $q) (i32.const 4))))`;
    const module = (address: number) => () =>
      passed(
        (tree) => refuseScalarArguments(tree, SCALARS),
        `(func $user ${load}) ${between} (func $caller (drop (call $between (i32.const ${address}))))`,
      );
    expect(module(16)).toThrow('$caller gives $between the address 20');
    expect(module(12)).toThrow('$caller gives $between the address 16');
    expect(module(76)).not.toThrow();
  });

  it('ends for a function that calls itself with the next address', () => {
    const walk = '(param $p i32) (drop (i32.load (local.get $p))) (call $user (i32.add (local.get $p) (i32.const 1)))';
    expect(check(walk, '(call $user (i32.const 900))')).not.toThrow();
    expect(check(walk, '(call $user (i32.const 3))')).toThrow('$caller gives $user the address');
  });

  it.each([
    ['an address behind them', load, '(drop (call $user (i32.const 20) (i32.const 80)))'],
    ['a number that is none', '(param $n i32) (result i32) (i32.add (local.get $n) (i32.const 1))', '(drop (call $user (i32.const 20)))'],
    ['an index', '(param $i i32) (result i32) (i32.load8_u offset=900 (local.get $i))', '(drop (call $user (i32.const 20)))'],
    ['what is not known', load, '(drop (call $user (i32.const 0) (local.get $c)))'],
  ])('lets pass %s', (_, user, call) => {
    expect(check(user, call)).not.toThrow();
  });

  it('is asked for every module', () => {
    const merged = `(module
      (memory $0 1 1)
      (global $begin i32 (i32.const 16)) (global $end i32 (i32.const 80))
      (export "memory" (memory $0)) (export "both" (func $both))
      (export "__scalars_begin" (global $begin)) (export "__scalars_end" (global $end))
      (func $count (param $at i32) (i32.store (local.get $at) (i32.add (i32.load (local.get $at)) (i32.const 1))))
      (func $both (call $count (i32.const 20)) (call $count (i32.const 24))))`;
    expect(() => shrink(assemble(merged))).toThrow('where a scalar lies');
  });
});
