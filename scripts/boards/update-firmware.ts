// SPDX-License-Identifier: Apache-2.0
// The firmware that shows an update under the emulator (boards/cortex-m/update_main.c): an interpreter, no module, and the key it trusts.

import type { KeyObject } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { inBuild, inProject } from '../paths.js';
import { variants } from '../variants.js';
import { type ArmTools, runTool } from './arm-tools.js';
import { findBoard } from './board-list.js';
import type { Firmware } from './firmware.js';
import type { SourceGroup } from './runtime-list.js';
import { interpreterGroups } from './runtimes.js';
import type { SourceName } from './sources.js';
import { monocypherSources } from './sources-monocypher.js';
import { keyIdOf, publicKeyBytes } from './update-container.js';

/** What is in the firmware. */
export interface UpdateFirmwareOptions {
  readonly runtime: SourceName;
  /** Memory of the interpreter, in bytes. */
  readonly heapBytes: number;
  readonly variant: string;
  /** The key whose modules it takes. */
  readonly key: KeyObject;
  /** Files with the first container and the next. */
  readonly factory: string;
  readonly next: string;
  /** Keeps images apart. */
  readonly label: string;
}

const BOARD = findBoard('mps2-an386');
/** The board's PSRAM: a reset leaves it alone. */
const FLASH_ADDRESS = '0x21000000u';
const STACK_BYTES = 16_384;
const UPDATE = ['container', 'flash_memory', 'self_test', 'sha512', 'slot', 'update', 'update_receive', 'update_start'];
const PORT = ['startup', 'uart', 'clock', 'port', 'store', 'update_main'];
const COMMON = ['ipa', 'ipa_options', 'ipa_serial_network'];

/** Compiles and links. Rejects with the compiler's complaint. */
export async function buildUpdateFirmware(tools: ArmTools, options: UpdateFirmwareOptions): Promise<Firmware> {
  const folder = inBuild('boards', 'cortex-m', `update-${options.label}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const machine = [`-mcpu=${BOARD.processor}`, '-mthumb', '-mfloat-abi=soft', '-std=gnu11', '--specs=nano.specs', '-Os'];
  const all = [...tools.compilerOptions, ...machine, '-ffunction-sections', '-fdata-sections', ...includes()];
  const objects: string[] = [];
  for (const group of await groupsOf(options)) objects.push(...(await compile(tools, folder, all, group, objects.length)));
  const file = path.join(folder, 'firmware.elf');
  await runTool(tools, tools.compiler, [...all, ...linkOptions(), ...objects, '-lm', '-o', file]);
  return { board: BOARD, file, ...(await sizesOf(tools, file)) };
}

function includes(): string[] {
  return ['boards/include', 'boards/common', 'boards/update', 'boards/cortex-m', `boards/cortex-m/${BOARD.name}`].map(
    (folder) => `-I${inProject(folder)}`,
  );
}

async function groupsOf({ runtime, heapBytes, variant, key, factory, next }: UpdateFirmwareOptions): Promise<SourceGroup[]> {
  const monocypher = await monocypherSources();
  const { without = [] } = variants.find(({ name }) => name === variant) ?? {};
  const list = (bytes: Uint8Array): string => `{${[...bytes].join(',')}}`;
  const own = [
    ...UPDATE.map((name) => `boards/update/ipa_${name}.c`),
    ...PORT.map((name) => `boards/cortex-m/${name}.c`),
    ...COMMON.map((name) => `boards/common/${name}.c`),
  ];
  const definitions = [
    ...without.map((feature) => `IPA_WITHOUT_${feature}`),
    `IPA_FLASH_ADDRESS=${FLASH_ADDRESS}`,
    `IPA_UPDATE_KEY={.id=${list(keyIdOf(key))},.public_key=${list(publicKeyBytes(key))}}`,
    ...Object.entries({ VARIANT: variant, FACTORY: factory, NEXT: next }).map(
      ([name, text]) => `IPA_UPDATE_${name}=${JSON.stringify(text)}`,
    ),
  ];
  return [
    {
      files: own.map((file) => inProject(file)),
      options: [...definitions.map((each) => `-D${each}`), '-isystem', monocypher.folder],
      own: true,
    },
    { files: monocypher.files, options: ['-w'], own: false },
    ...(await interpreterGroups(runtime, { heapBytes })),
  ];
}

async function compile(tools: ArmTools, folder: string, all: readonly string[], group: SourceGroup, first: number): Promise<string[]> {
  const strict = group.own ? ['-Wall', '-Wextra', '-Wconversion', '-Werror'] : [];
  const jobs = group.files.map((file, index) => ({ file, object: path.join(folder, `${first + index}-${path.basename(file, '.c')}.o`) }));
  await Promise.all(
    jobs.map(({ file, object }) => runTool(tools, tools.compiler, [...all, ...strict, ...group.options, '-c', file, '-o', object])),
  );
  return jobs.map(({ object }) => object);
}

function linkOptions(): string[] {
  const symbols = { IPA_STACK_BYTES: STACK_BYTES, IPA_GUARD_BYTES: 0 };
  return [
    '-nostartfiles',
    '-Wl,--gc-sections',
    '-Wl,--no-warn-rwx-segments',
    ...Object.entries(symbols).map(([symbol, value]) => `-Wl,--defsym=${symbol}=${value}`),
    `-L${inProject('boards', 'cortex-m', BOARD.name)}`,
    `-L${inProject('boards', 'cortex-m')}`,
    '-T',
    'firmware.ld',
  ];
}

async function sizesOf(tools: ArmTools, file: string): Promise<Omit<Firmware, 'board' | 'file'>> {
  const [, text = 0, data = 0, bss = 0] = /(\d+)\s+(\d+)\s+(\d+)\s+\d+/.exec(await runTool(tools, tools.size, [file]))?.map(Number) ?? [];
  const symbols = new Map<string, number>();
  for (const [, address = '', symbol = ''] of (await runTool(tools, tools.nm, [file])).matchAll(/^([0-9a-f]+) \S (\S+)$/gm))
    symbols.set(symbol, Number.parseInt(address, 16));
  return { flashBytes: text + data, staticRamBytes: data + bss - STACK_BYTES, stackReserveBytes: STACK_BYTES, symbols };
}
