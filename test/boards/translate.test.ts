// SPDX-License-Identifier: Apache-2.0
// The module in C beside the module itself: each instruction with the same answers and the same memory, and a way out at the edge of the memory.

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ABI_VERSION } from '../../host/abi.js';
import { seededRandom } from '../../host/wrap/seeded-random.js';
import { translate, translateFile } from '../../scripts/boards/translate.js';
import { readingInPlace } from '../../scripts/boards/translated-interpreter.js';
import { inBuild, inProject } from '../../scripts/paths.js';
import { variants } from '../../scripts/variants.js';

const FOLDER = inBuild('boards', 'test', 'translate');
const HEAP_BASE = 1000;
const TRAPPED = '-256';
const wat2wasm = path.join(path.dirname(createRequire(import.meta.url).resolve('wabt')), 'bin', 'wat2wasm');
const compiler = spawnSync('cc', ['--version']).status === 0;

const Operation = { load: 0, load8u: 1, load8s: 2, load16u: 3, load16s: 4, store: 5, store8: 6, store16: 7, fill: 8, copy: 9 } as const;
const Arithmetic = { div: 10, rem: 11, rotl: 12, rotr: 13, clz: 14, ctz: 15, popcnt: 16, global: 17 } as const;
/** Its second operand has the place in the segment in the upper half, the length in the lower. */
const INIT = 18;
const UNREACHABLE = 19;
const SEGMENT_BYTES = 40;

type Call = readonly [address: number, value: number, operation: number];

/** Runs the program on lines and gives what it prints, a line each. */
function run(lines: readonly string[]): string[] {
  return execFileSync(path.join(FOLDER, 'operations'), { input: `${lines.join('\n')}\n`, encoding: 'utf8' })
    .trimEnd()
    .split('\n');
}

function inWebAssembly(wasm: Uint8Array, calls: readonly Call[]): string[] {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
  const event = exports.ipa_event as (address: number, value: number, operation: number) => number;
  const memory = new Uint8Array((exports.memory as WebAssembly.Memory).buffer, 0, HEAP_BASE);
  return calls.map((call) => {
    const result = event(...call);
    return `${result} ${memory.reduce((sum, byte) => (Math.imul(sum, 31) + byte) >>> 0, 0)}`;
  });
}

/** Writes the module as text into a file, as a module. */
function assemble(text: string, name: string): string {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(path.join(FOLDER, `${name}.wat`), text);
  const file = path.join(FOLDER, `${name}.wasm`);
  execFileSync(process.execPath, [wat2wasm, path.join(FOLDER, `${name}.wat`), '-o', file]);
  return file;
}

describe.skipIf(!compiler)('a module in C', () => {
  const source = readFileSync(inProject('test/boards/support/translated-operations.wat'), 'utf8');
  let wasm: Uint8Array;

  beforeAll(async () => {
    const module = assemble(source.replaceAll('ABI_VERSION', String(ABI_VERSION)), 'operations');
    wasm = readFileSync(module);
    const { file } = await translateFile(module, FOLDER, { variant: 'operations', file: 'operations.wasm', sha256: '0' });
    const flags = [
      '-std=c11',
      '-O1',
      '-fsanitize=address,undefined',
      '-fno-sanitize-recover',
      '-Wall',
      '-Wextra',
      '-Werror',
      '-Wno-unused-function',
      '-Wno-unused-parameter',
    ];
    const include = ['boards/include', 'boards/runtime/native'].map((folder) => `-I${inProject(folder)}`);
    const main = inProject('test/boards/support/translated-operations.c');
    execFileSync('cc', [...flags, ...include, file, main, '-o', path.join(FOLDER, 'operations')]);
  }, 60_000);

  it('does what WebAssembly does, on 5,000 seeded calls', () => {
    const seed = Number(process.env.IPA_SEED ?? 20_261_126);
    const random = seededRandom(seed);
    const below = (limit: number) => Math.floor(random() * limit);
    const calls: Call[] = Array.from({ length: 5_000 }, () => {
      const operation = below(UNREACHABLE);
      if (operation <= Operation.store16) return [below(HEAP_BASE - 8), below(2 ** 32) | 0, operation];
      if (operation <= Operation.copy) return [below(500), below(480), operation];
      if (operation === INIT) return [below(HEAP_BASE - 20), (below(21) << 16) | below(20), operation];
      return [below(2 ** 32) | 0, 1 + below(operation < Arithmetic.rotl ? 2 ** 31 : 64), operation];
    });
    expect(run(calls.map((call) => call.join(' '))), `IPA_SEED=${seed}`).toEqual(inWebAssembly(wasm, calls));
  });

  it.each([
    ['load', Operation.load, HEAP_BASE - 8],
    ['load8_u', Operation.load8u, HEAP_BASE - 1],
    ['load8_s', Operation.load8s, HEAP_BASE - 2],
    ['load16_u', Operation.load16u, HEAP_BASE - 2],
    ['load16_s', Operation.load16s, HEAP_BASE - 4],
    ['store', Operation.store, HEAP_BASE - 8],
    ['store8', Operation.store8, HEAP_BASE - 1],
    ['store16', Operation.store16, HEAP_BASE - 8],
  ])('leaves %s at the edge of the memory, and goes on', (_, operation, last) => {
    const results = run([last, last + 1, HEAP_BASE, 0x7fffffff, -8, -4, -1, last].map((address) => `${address} 90 ${operation}`));
    expect(results.map((line) => line.split(' ')[0] === TRAPPED)).toEqual([false, true, true, true, true, true, true, false]);
  });

  it.each([
    ['fill', Operation.fill],
    ['copy', Operation.copy],
  ])('leaves memory.%s that reaches beyond the memory, and changes nothing', (_, operation) => {
    const lines = [
      [HEAP_BASE, 0],
      [HEAP_BASE + 1, 0],
      [HEAP_BASE - 8, 9],
      [0, HEAP_BASE + 1],
      [-1, 2],
      [8, -8],
      [8, -9],
    ].map(([address, length]) => `${address} ${length} ${operation}`);
    const results = run(['0 0 1', ...lines]);
    const [, before] = results[0]!.split(' ');
    expect(results.slice(1).map((line) => line.split(' '))).toEqual([['0', before], ...lines.slice(1).map(() => [TRAPPED, before])]);
  });

  /** The operands of a copy out of the data segment. */
  const init = (address: number, from: number, length: number): Call => [address, (from << 16) | length, INIT];

  it.each([
    ['at the end of the segment and of the memory', HEAP_BASE - 8, SEGMENT_BYTES - 8, 8],
    ['of nothing behind both', HEAP_BASE, SEGMENT_BYTES, 0],
    ['of all', 0, 0, SEGMENT_BYTES],
  ])('does memory.init %s', (_, address, from, length) => {
    expect(run([init(address, from, length).join(' ')])).toEqual(inWebAssembly(wasm, [init(address, from, length)]));
  });

  it.each([
    ['beyond the segment', SEGMENT_BYTES - 7, 8],
    ['of nothing far behind the segment', SEGMENT_BYTES + 1, 0],
    ['from a place that wraps', -4, 8],
    ['of more than the segment has', 0, SEGMENT_BYTES + 1],
  ])('leaves memory.init %s, as WebAssembly does, and changes nothing', (_, from, length) => {
    const [before, result] = run(['0 0 1', init(0, from, length).join(' ')]).map((line) => line.split(' '));
    expect(result).toEqual([TRAPPED, before?.[1]]);
    expect(() => inWebAssembly(wasm, [init(0, from, length)])).toThrow('out of bounds');
  });

  it.each([
    ['beyond the memory', HEAP_BASE - 7, 8],
    ['of nothing far behind the memory', HEAP_BASE + 1, 0],
    ['to an address that wraps', -4, 8],
    ['of more than the memory has', 0, HEAP_BASE + 1],
  ])('leaves memory.init %s, and changes nothing', (_, address, length) => {
    const [before, result] = run(['0 0 1', init(address, 0, length).join(' ')]).map((line) => line.split(' '));
    expect(result).toEqual([TRAPPED, before?.[1]]);
  });

  it('leaves divisions by zero and what cannot be reached', () => {
    expect(run(['5 0 10', '5 0 11', `0 0 ${UNREACHABLE}`, '5 2 10']).map((line) => line.split(' ')[0])).toEqual([
      TRAPPED,
      TRAPPED,
      TRAPPED,
      '2',
    ]);
  });

  it('starts afresh: memory, data and globals', () => {
    const results = run(['0 77 5', '0 0 17', '0 0 17', 'start', '0 0 17', '16 0 1']);
    const [, , second, started, again, data] = results.map((line) => line.split(' '));
    expect([second?.[0], started?.[0], again?.[0], data?.[0]]).toEqual(['9', '0', '8', '128']);
    expect(again?.[1]).toBe(inWebAssembly(wasm, [[0, 0, Arithmetic.global]])[0]?.split(' ')[1]);
  });

  it('shows no window that is not inside the memory', () => {
    expect(run(['window 400', 'window 700', 'window 1000', 'window 2000', 'window -1'])).toEqual([
      '400 400',
      '700 300',
      '1000 0',
      '1000 0',
      '1000 0',
    ]);
  });
});

describe('the translation', () => {
  it('refuses what the native runtime lacks', async () => {
    const file = assemble(
      '(module (memory (export "memory") 1) (global (export "__heap_base") i32 (i32.const 8)) (func (export "ipa_poll") (param f32) (result f32) (local.get 0)))',
      'floating',
    );
    await expect(translateFile(file, FOLDER, { variant: 'floating', file: 'floating.wasm', sha256: '0' })).rejects.toThrow(
      /floating: the native runtime has no f32/,
    );
  });

  it.each([
    ['fast', 'ipad-min.fast.wasm'],
    ['smallest', 'ipad-min.wasm'],
  ] as const)('of the %s form is the same each time, and names its module', async (form, name) => {
    const [first, second] = [await translate('ipad-min', form), await translate('ipad-min', form)];
    const sha256 = createHash('sha256')
      .update(readFileSync(inBuild(name)))
      .digest('hex');
    expect(second.text).toBe(first.text);
    expect(first.sha256).toBe(sha256);
    expect(first.text).toContain(`SHA-256 of ${name}: ${sha256} */`);
    expect(first.text).toContain('#define IPA_MODULE_VARIANT "ipad-min"');
    expect(first.text).toContain(`#define IPA_MODULE_SHA256 "${sha256}"`);
    expect(first.text).not.toMatch(/\/(?:home|root|work|tmp)\//);
  });

  it('refuses a bytecode interpreter that reads its program in another way', () => {
    expect(() => readingInPlace('static u32 bytecode_byte(void) {\n  return 0;\n}\n')).toThrow('$bytecode/byte reads the program');
  });

  it.each(variants.flatMap(({ name }) => [[name, 'fast'] as const, [name, 'smallest'] as const]))('takes %s, %s', async (name, form) => {
    const { text } = await translate(name, form);
    for (const exported of ['abi_version', 'poll', 'event', 'window', 'window_size', 'argument', 'data', 'length', 'state', 'state_size'])
      expect(text).toMatch(new RegExp(`^#define export_ipa_${exported} \\w+$`, 'm'));
    // the interpreter reads its program in flash, and has no globals
    expect(/\bpassive_bytecode\b/.test(text)).toBe(form === 'smallest');
    expect(text).not.toMatch(/\bg_bytecode_|\bmemory_init\(passive/);
  });
});
