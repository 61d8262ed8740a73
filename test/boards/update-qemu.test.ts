// SPDX-License-Identifier: Apache-2.0
// Updates on an emulated board: a new module is tried and does the main job; one that fails, traps or hangs gives way to the old one.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EimEvent } from '../../host/sim/eim/index.js';
import { type ArmTools, findArmTools } from '../../scripts/boards/arm-tools.js';
import { startEmulator } from '../../scripts/boards/emulator.js';
import type { Firmware } from '../../scripts/boards/firmware.js';
import { interpreterModule } from '../../scripts/boards/runtimes.js';
import { fetchSources, type SourceName } from '../../scripts/boards/sources.js';
import { makeContainer } from '../../scripts/boards/update-container.js';
import { buildUpdateFirmware } from '../../scripts/boards/update-firmware.js';
import { describeModule } from '../../scripts/boards/update-module.js';
import { type MainJob, World } from '../../scripts/boards/world.js';
import { inBuild } from '../../scripts/paths.js';
import { isRequired } from '../support/debian.js';
import { canCompile, newKey } from './support/update-host.js';
import { faultThat, withFault, withHang, withSection } from './support/update-modules.js';

const VARIANT = 'ipad-min';
const SEED = 0x5eed_0001;
/** An emulator that does not end is ended, and shows in what it said how far it came. */
const TIME_LIMIT_MS = 45_000;

function armTools(): ArmTools | undefined {
  const tools = findArmTools();
  if (!tools && isRequired('IPA_REQUIRE_BOARDS'))
    throw new Error('no arm-none-eabi-gcc with newlib and qemu-system-arm, though it is demanded');
  return tools;
}

/** Interpreters, and the memory that they get: what the module takes, and some to spare. */
const RUNTIMES: readonly { readonly runtime: SourceName; readonly heapBytes: number }[] = [
  { runtime: 'wasm3', heapBytes: 131_072 },
  { runtime: 'wamr', heapBytes: 65_536 },
];

const tools = armTools();

describe.each(RUNTIMES)('update on mps2-an386 with $runtime', async ({ runtime, heapBytes }) => {
  const isReady = tools !== undefined && (await canCompile(() => fetchSources(runtime)));
  describe.skipIf(!isReady)('module', () => defineTests(runtime, heapBytes));
});

function defineTests(runtime: SourceName, heapBytes: number): void {
  const key = newKey();
  const folder = inBuild('test', 'boards', `update-qemu-${runtime}`);
  const [factoryFile, nextFile] = [path.join(folder, 'factory.ipa'), path.join(folder, 'next.ipa')];
  let wasm: Uint8Array;
  let firmware: Firmware;

  async function writeContainer(file: string, module: Uint8Array, sequence: number): Promise<void> {
    const facts = await describeModule(wasm);
    await writeFile(file, makeContainer(module, { variant: VARIANT, sequence, ...facts }, key));
  }

  beforeAll(async () => {
    wasm = new Uint8Array(await readFile(interpreterModule(VARIANT)));
    await mkdir(folder, { recursive: true });
    await writeContainer(factoryFile, wasm, 1);
    firmware = await buildUpdateFirmware(tools!, {
      runtime,
      heapBytes,
      variant: VARIANT,
      key,
      factory: factoryFile,
      next: nextFile,
      label: runtime,
    });
  });

  /**
   * Starts a blank device: it takes the factory's module, polls, takes the next one, polls, and finds nothing newer. The main job is
   * queued once it has polled for the first time. Gives what it said, without how deep the stack was.
   */
  async function run(next: Uint8Array): Promise<{ said: string[]; status: number | null; faults: string[] }> {
    await writeContainer(nextFile, next, 2);
    let job: MainJob | undefined;
    const onEvent = ({ kind }: EimEvent) => {
      if (kind === 'getEimPackage') job ??= world.queueMainJob(5_000);
    };
    const world = await World.start({ onEvent });
    const emulator = startEmulator(tools!, firmware, { ports: await world.listen(), seed: SEED, counted: true });
    const limit = setTimeout(() => void emulator.stop(), TIME_LIMIT_MS);
    try {
      const status = await emulator.ended;
      const said = emulator.lines.map((line) => line.replace(/ stack \d+$/, ''));
      return { said, status, faults: job ? world.shortcomings(job) : ['nothing was polled'] };
    } finally {
      clearTimeout(limit);
      await emulator.stop();
      await world.close();
    }
  }

  const FIRST = ['start -528 failure 0', 'update 0', 'start 0 failure 0 slot 0 sequence 1', 'poll 0 packages 0 installed 0', 'update 0'];
  const LAST = ['poll 0 packages 2 installed 1', 'poll 0 packages 0 installed 0', 'update -522'];

  it('a good module is tried and kept, and does the main job', async () => {
    const { said, status, faults } = await run(withSection(wasm));
    expect(said).toEqual([...FIRST, 'start 0 failure 0 slot 1 sequence 2', ...LAST]);
    expect({ status, faults }).toEqual({ status: 0, faults: [] });
  });

  it.each([faultThat('traps'), faultThat('writes nothing to the modem')])(
    'one that $name gives way to the old one, which does the main job',
    async (fault) => {
      const { said, status, faults } = await run(withFault(wasm, fault));
      expect(said).toEqual([...FIRST, `start 0 failure ${fault.result} slot 0 sequence 1`, ...LAST]);
      expect({ status, faults }).toEqual({ status: 0, faults: [] });
    },
  );

  it('one that hangs is ended by the watchdog three times, and gives way to the old one', async () => {
    const { said, status, faults } = await run(withHang(wasm));
    expect(said).toEqual([...FIRST, 'start 0 failure 0 slot 0 sequence 1', ...LAST]);
    expect({ status, faults }).toEqual({ status: 0, faults: [] });
  });
}
