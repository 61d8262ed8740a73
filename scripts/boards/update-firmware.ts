// SPDX-License-Identifier: Apache-2.0
// The firmware that shows an update under the emulator (boards/cortex-m/update_main.c): an interpreter, no module, and the key it trusts.

import type { KeyObject } from 'node:crypto';
import { inBuild, inProject } from '../paths.js';
import { variants } from '../variants.js';
import type { ArmTools } from './arm-tools.js';
import { findBoard } from './board-list.js';
import { type Firmware, linkFirmware, portFiles } from './link.js';
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
/** Compiles and links. Rejects with the compiler's complaint. */
export async function buildUpdateFirmware(tools: ArmTools, options: UpdateFirmwareOptions): Promise<Firmware> {
  const folder = inBuild('boards', 'cortex-m', `update-${options.label}`);
  return linkFirmware(tools, { board: BOARD, folder, stackBytes: STACK_BYTES, guardBytes: 0 }, () => groupsOf(options));
}

async function groupsOf({ runtime, heapBytes, variant, key, factory, next }: UpdateFirmwareOptions): Promise<SourceGroup[]> {
  const monocypher = await monocypherSources();
  const { without = [] } = variants.find(({ name }) => name === variant) ?? {};
  const list = (bytes: Uint8Array): string => `{${[...bytes].join(',')}}`;
  const own = [
    ...UPDATE.map((name) => `boards/update/ipa_${name}.c`),
    ...['ipa', 'ipa_options'].map((name) => `boards/common/${name}.c`),
    'boards/cortex-m/update_main.c',
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
      files: [...portFiles(BOARD), ...own.map((file) => inProject(file))],
      options: [...definitions.map((each) => `-D${each}`), `-I${inProject('boards', 'update')}`, '-isystem', monocypher.folder],
      own: true,
    },
    { files: monocypher.files, options: ['-w'], own: false },
    ...(await interpreterGroups(runtime, { heapBytes })),
  ];
}
