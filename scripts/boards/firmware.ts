// SPDX-License-Identifier: Apache-2.0
// Makes an image: application, port, runtime and module in one file for one board, and what it takes of flash and RAM.

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inBuild, inProject } from '../paths.js';
import { variants } from '../variants.js';
import type { ArmTools } from './arm-tools.js';
import { type Board, findBoard } from './board-list.js';
import { type Firmware, linkFirmware, portFiles } from './link.js';
import { findRuntime, type RuntimeSources, type SourceGroup } from './runtime-list.js';

/** What an image is made of. */
export interface FirmwareOptions {
  readonly board: string;
  readonly runtime: string;
  readonly variant: string;
  /** Counts what the module costs and tells it by semihosting; without it is what a product has. */
  readonly measured: boolean;
  readonly stackBytes: number;
  /** Room for a stored state; 0: nothing is stored. Default 0. */
  readonly storeBytes?: number;
  /** Default https. */
  readonly scheme?: 'https' | 'coap' | 'coaps';
  /** More for the application's C files: definitions. */
  readonly defines?: readonly string[];
  /** Keeps images apart that differ in nothing that is above. */
  readonly label?: string;
}

const GUARD_BYTES = 256;
/** Their calls of the module are counted. */
const CALLERS = ['boards/common/ipa.c', 'boards/cortex-m/main.c'];
const MEASURING = ['measure.c', 'report.c'].map((file) => `boards/cortex-m/${file}`);
const MEASURED_CALLS = ['start', 'poll', 'event'].map((name) => `-Dipa_${name}=measured_${name}`);

export type { Firmware };

/** Compiles and links. Rejects with the compiler's complaint. */
export async function buildFirmware(tools: ArmTools, options: FirmwareOptions): Promise<Firmware> {
  const board = findBoard(options.board);
  const folder = inBuild('boards', 'cortex-m', folderName(options));
  const runtime = await findRuntime(options.runtime).prepare(options.variant);
  const application = [...applicationOptions(options, runtime), ...runtime.options, ...(runtime.wasm ? ['-DIPA_WASM_IMAGE'] : [])];
  const guardBytes = options.measured ? GUARD_BYTES : 0;
  return linkFirmware(tools, { board, folder, stackBytes: options.stackBytes, guardBytes }, async () => [
    ...ownGroups(board, options, application),
    ...runtime.groups,
    ...(await wasmGroup(folder, runtime)),
  ]);
}

function folderName({ board, runtime, variant, measured, scheme = 'https', label = '' }: FirmwareOptions): string {
  return [board, runtime, variant, scheme, measured ? 'measured' : 'plain', label].filter((part) => part !== '').join('-');
}

function applicationOptions(options: FirmwareOptions, { sha256 }: RuntimeSources): string[] {
  const { variant, measured, storeBytes = 0, scheme = 'https', defines = [] } = options;
  const { without = [] } = variants.find(({ name }) => name === variant) ?? {};
  const checksum = Number.parseInt(sha256.slice(0, 8), 16);
  return [
    ...without.map((feature) => `-DIPA_WITHOUT_${feature}`),
    ...(measured ? ['-DIPA_MEASURED'] : []),
    `-DIPA_MODULE_CHECKSUM=${checksum}u`,
    `-DIPA_STORE_BYTES=${storeBytes}`,
    `-DIPA_SCHEME=IPA_SCHEME_${scheme.toUpperCase()}`,
    ...defines,
  ];
}

function ownGroups(board: Board, { measured }: FirmwareOptions, options: readonly string[]): SourceGroup[] {
  const others = ['boards/common/ipa_options.c', ...(measured ? MEASURING : [])].map((file) => inProject(file));
  return [
    { files: CALLERS.map((file) => inProject(file)), options: [...options, ...(measured ? MEASURED_CALLS : [])], own: true },
    { files: [...others, ...portFiles(board)], options, own: true },
  ];
}

/** A module for an interpreter becomes an array in flash. */
async function wasmGroup(folder: string, { wasm }: RuntimeSources): Promise<SourceGroup[]> {
  if (!wasm) return [];
  const file = path.join(folder, 'ipa_wasm.c');
  const text = [
    '#include <stdint.h>',
    'extern const uint8_t ipa_wasm[];',
    'extern const uint32_t ipa_wasm_length;',
    `const uint8_t ipa_wasm[] __attribute__((aligned(4))) = {${wasm.join(',')}};`,
    'const uint32_t ipa_wasm_length = sizeof ipa_wasm;',
    '',
  ];
  await writeFile(file, text.join('\n'));
  return [{ files: [file], options: [], own: true }];
}
