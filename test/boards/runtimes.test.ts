// SPDX-License-Identifier: Apache-2.0
// The runtimes of boards/runtime on this machine: they answer as the module on Node does, call by call, and refuse what they cannot run.

import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Event } from '../../host/abi.js';
import { createNodeInstance } from '../../host/core/node.js';
import { findRuntime, type SourceGroup } from '../../scripts/boards/runtime-list.js';
import { interpreterGroups, interpreterModule } from '../../scripts/boards/runtimes.js';
import { fetchSources, type SourceName, sourcesAreRequired } from '../../scripts/boards/sources.js';
import { inBuild } from '../../scripts/paths.js';
import { Bench } from '../support/bench.js';
import { withVirtualTime } from '../support/virtual-time.js';
import { buildHarness, Harness, HostError, hasCompiler } from './support/harness.js';
import { type Call, disturbed, perform, type RecordedCall, recording } from './support/recorded-calls.js';
import { Does, inFile, MEMORY_BYTES, type Parts, STATE, smallModule } from './support/small-modules.js';

const VARIANTS = ['ipad-min', 'ipad-min-coap', 'ipad'];
const INTERPRETERS: readonly SourceName[] = ['wasm3', 'wamr'];
const SEED = Number(process.env.IPA_SEED ?? 1);
const DISTURBED_SESSIONS = 3;
const BUILD_MS = 180_000;
/** More than any variant takes on a processor of 64 bits. */
const AMPLE_BYTES = 1 << 20;
const EVENT_KINDS = Object.keys(Event).length;

/** Why interpreters cannot be tried here; "" when they can. */
async function obstacle(name: SourceName): Promise<string> {
  if (!hasCompiler()) return 'no C compiler';
  return fetchSources(name).then(
    () => '',
    (error: Error) => error.message,
  );
}

/** On CI what is missing is a failure and not a reason to skip. */
const missing = new Map(await Promise.all(INTERPRETERS.map(async (name) => [name, await obstacle(name)] as const)));
for (const [name, reason] of missing) {
  if (reason !== '' && sourcesAreRequired()) throw new Error(`${name} is required here: ${reason}`);
  if (reason !== '') console.warn(`${name} is not tried: ${reason}`);
}
const available = INTERPRETERS.filter((name) => missing.get(name) === '');

const recorded = new Map<string, Promise<RecordedCall[]>>();

/** A poll on Node with the module in this file, written down: a profile is downloaded and enabled, and the results are delivered. */
function record(file: string): Promise<RecordedCall[]> {
  const made = recorded.get(file) ?? recordAnew(file);
  recorded.set(file, made);
  return made;
}

async function recordAnew(file: string): Promise<RecordedCall[]> {
  const calls: RecordedCall[] = [];
  const createInstance = async () => withVirtualTime(recording(await createNodeInstance(await readFile(file)), calls));
  const bench = await Bench.start({ createInstance });
  const { iccid } = bench.queueDownload({ sizeBytes: 1_500 });
  bench.queueEnable(iccid);
  expect(await bench.poll()).toMatchObject({ error: undefined, packages: 2, profilesInstalled: 1 });
  return calls;
}

function launch(program: string): Harness {
  const harness = new Harness(program);
  onTestFinished(() => harness.close());
  return harness;
}

/** Makes the same calls here and there; both must answer alike, and leave the same state. */
async function expectSame(harness: Harness, calls: readonly RecordedCall[], context: string): Promise<void> {
  const instance = harness.instance();
  for (const [index, { call, outcome }] of calls.entries())
    expect(await perform(instance, call), `${context}: call ${index}, ${call.name}`).toEqual(outcome);
}

/** What Node answers to calls that nobody has recorded. */
async function answersOfNode(file: string, calls: readonly Call[]): Promise<RecordedCall[]> {
  const instance = await createNodeInstance(await readFile(file));
  const answered: RecordedCall[] = [];
  for (const call of calls) answered.push({ call, outcome: await perform(instance, call) });
  return answered;
}

/** What every runtime must pass. `module`: the module's file; `file`: what start is given. */
function answersAsNode(variant: string, module: string, start: () => Promise<{ harness: Harness; file: string }>): void {
  it(`runs a whole poll of ${variant} as Node does`, async () => {
    const { harness, file } = await start();
    expect(await harness.start(file)).toBe(0);
    await expectSame(harness, await record(module), variant);
  });

  it(`answers disturbed calls of ${variant} as Node does, in fresh instances`, async () => {
    const { harness, file } = await start();
    const calls = (await record(module)).map(({ call }) => call);
    for (let seed = SEED; seed < SEED + DISTURBED_SESSIONS; seed++) {
      expect(await harness.start(file)).toBe(0);
      await expectSame(harness, await answersOfNode(module, disturbed(calls, seed, EVENT_KINDS)), `IPA_SEED=${seed}`);
    }
  });

  it(`goes on with ${variant} from a state that Node has saved, and refuses one of another size`, async () => {
    const { harness, file } = await start();
    const calls = await record(module);
    const half = Math.floor(calls.length / 2);
    expect(await harness.start(file)).toBe(0);
    await harness.instance().restoreState(new Uint8Array(Buffer.from(calls[half - 1]!.outcome.state, 'hex')));
    await expectSame(harness, calls.slice(half), 'restored');
    expect(await harness.ask('restore', '00')).toBe(String(HostError.BadState));
  });
}

/** A state is one form's: each runtime is held against its own on Node. */
const TRANSLATIONS = [
  ['native', 'fast.wasm'],
  ['native-small', 'wasm'],
] as const;

describe.skipIf(!hasCompiler() && !sourcesAreRequired()).each(TRANSLATIONS)('%s', (runtime, ending) => {
  describe.each(VARIANTS)('%s', (variant) => {
    let program: string;
    beforeAll(async () => {
      const { groups } = await findRuntime(runtime).prepare(variant);
      program = await buildHarness(groups, { name: `${runtime}-${variant}`, sanitized: true });
    }, BUILD_MS);
    answersAsNode(variant, inBuild(`${variant}.${ending}`), async () => ({ harness: launch(program), file: '' }));
  });
});

describe.each(available)('%s', (name) => {
  let program: string;
  let checked: string;
  beforeAll(async () => {
    const groups: SourceGroup[] = await interpreterGroups(name, { heapBytes: AMPLE_BYTES });
    program = await buildHarness(groups, { name });
    checked = await buildHarness(groups, { name: `${name}-sanitized`, sanitized: true });
  }, BUILD_MS);

  const started = async (parts: Parts = {}) => {
    const harness = launch(checked);
    expect(await harness.start(await inFile(name, `small-${JSON.stringify(parts).length}`, await smallModule(parts)))).toBe(0);
    return harness;
  };

  describe.each(VARIANTS)('%s', (variant) => {
    const file = interpreterModule(variant);
    answersAsNode(variant, file, async () => ({ harness: launch(variant === 'ipad' ? program : checked), file }));
  });

  describe('refuses', () => {
    const expectBad = async (file: string, context: string) => {
      const harness = launch(checked);
      expect(await harness.start(file), context).toBe(HostError.BadModule);
      expect((await harness.poll(0)).kind, context).toBe(HostError.Trapped);
      expect(await harness.start(interpreterModule('ipad-min')), `a good module after ${context}`).toBe(0);
      expect((await harness.poll(0)).kind).toBe(0);
    };

    it('nothing, and what is no module', async () => {
      for (const bytes of ['', '00', '0061736d01000000', '0061736d02000000', '7f454c4602010100'])
        await expectBad(await inFile(name, 'none', new Uint8Array(Buffer.from(bytes, 'hex'))), bytes || 'nothing');
    });

    it('the smallest form, which is bytecode that it would have to fetch from a passive segment', async () => {
      await expectBad(inBuild('ipad-min.wasm'), 'the smallest form');
    });

    it('a module cut off anywhere', async () => {
      const whole = await readFile(interpreterModule('ipad-min'));
      const harness = launch(checked);
      for (let length = 0; length < whole.length; length += length < 900 ? 1 : 97) {
        const file = await inFile(name, 'cut', whole.subarray(0, length));
        expect(await harness.start(file), `${length} bytes`).toBe(HostError.BadModule);
      }
      expect(await harness.start(await inFile(name, 'longer', Buffer.concat([whole, Buffer.from([0x0b])])))).toBe(HostError.BadModule);
    });

    it.each<[string, Parts]>([
      ['of another interface version', { version: 99 }],
      ['that imports a function', { imports: '(import "env" "abort" (func))' }],
      ['that imports a global', { imports: '(import "env" "base" (global i32))' }],
      ['that starts by itself', { more: '(func $begin) (start $begin)' }],
      ['of two pages', { memory: '2 2' }],
      ['whose memory may grow', { memory: '1 2' }],
      ['that does not say how much memory it uses', { heapBase: '' }],
      ['that may move the end of its memory', { heapBase: '(global (export "__heap_base") (mut i32) (i32.const 1024))' }],
      ['that uses more than its page', { heapBase: '(global (export "__heap_base") i32 (i32.const 65552))' }],
      ['whose data do not fit', { heapBase: `(global (export "__heap_base") i32 (i32.const ${STATE.address}))` }],
      ['without ipa_poll', { poll: '' }],
      ['whose ipa_poll takes nothing', { poll: '(func (export "ipa_poll") (result i32) (i32.const 0))' }],
      ['whose ipa_poll takes 64 bits', { poll: '(func (export "ipa_poll") (param i64) (result i32) (i32.const 0))' }],
      ['whose ipa_poll tells nothing', { poll: '(func (export "ipa_poll") (param i32))' }],
    ])('a module %s', async (context, parts) => {
      await expectBad(await inFile(name, 'other', await smallModule(parts)), context);
    });
  });

  describe('a module that misbehaves', () => {
    it.each([Does.Unreachable, Does.OutsideMemory, Does.DivideByZero, Does.Recursion, Does.CopyOutside])(
      'is trapped by event %i, stays so, and starts again',
      async (kind) => {
        const harness = await started();
        expect(await harness.event(Does.Nothing, 0, new Uint8Array(5))).toBe(5);
        expect(await harness.event(kind, 0, new Uint8Array(1))).toBe(HostError.Trapped);
        expect(await harness.event(Does.Nothing, 0)).toBe(HostError.Trapped);
        expect(await harness.poll(0)).toEqual({ kind: HostError.Trapped, argument: 0, bytes: new Uint8Array() });
        expect(await harness.state()).toHaveLength(0);
        expect(await harness.start(await inFile(name, 'again', await smallModule()))).toBe(0);
        expect(Buffer.from(await harness.state()).toString()).toBe(STATE.content.padEnd(STATE.bytes, '\0'));
      },
    );

    it('is ended when it names bytes behind its memory', async () => {
      const harness = await started();
      expect(await harness.poll(0)).toEqual({ kind: 0, argument: -1, bytes: new Uint8Array(8) });
      await harness.event(Does.DataOutside, 0);
      expect((await harness.poll(0)).bytes).toHaveLength(0);
      expect((await harness.poll(0)).kind).toBe(HostError.Trapped);
    });

    it('starts afresh each time: what was written is gone', async () => {
      const harness = await started();
      await harness.instance().restoreState(new Uint8Array(STATE.bytes).fill(7));
      expect([...(await harness.state())]).toEqual(new Array(STATE.bytes).fill(7));
      expect(await harness.start(await inFile(name, 'afresh', await smallModule()))).toBe(0);
      expect((await harness.state())[0]).toBe(STATE.content.charCodeAt(0));
    });
  });

  it('says that an arena is too small, whichever allocation does not fit, and takes no more than it says', async () => {
    const harness = launch(checked);
    const file = interpreterModule('ipad-min');
    expect(await harness.start(file)).toBe(0);
    const needed = await harness.heapUsed();
    expect(needed).toBeGreaterThan(MEMORY_BYTES);
    for (let bytes = 0; bytes < needed; bytes += 211) {
      await harness.ask('limit', bytes);
      expect(await harness.start(file), `${bytes} bytes`).toBe(HostError.NoMemory);
    }
    await harness.ask('limit', needed);
    expect(await harness.start(file), `${needed} bytes`).toBe(0);
    await expectSame(harness, await record(file), `${needed} bytes`);
    expect(await harness.heapUsed()).toBe(needed);
  });

  // wasm3 trusts each instruction
  it.runIf(name === 'wamr')('survives modules with bits turned over', async () => {
    const harness = launch(checked);
    const whole = await readFile(interpreterModule('ipad-min'));
    for (let seed = SEED; seed < SEED + 400; seed++) {
      const bytes = Uint8Array.from(whole);
      const at = Math.imul(seed, 0x9e3779b1) >>> 0;
      bytes[at % bytes.length]! ^= 1 << (at >>> 29);
      const error = await harness.start(await inFile(name, 'turned', bytes));
      expect([0, HostError.BadModule, HostError.NoMemory], `IPA_SEED=${seed}`).toContain(error);
    }
  });
});
