// SPDX-License-Identifier: Apache-2.0
// The state over a reset: the store of the boards, cut off anywhere, and a device that is reset in the middle of the main job.

import { execFile, spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildFirmware, type Firmware } from '../../scripts/boards/firmware.js';
import { runMainJob } from '../../scripts/boards/main-job.js';
import { inBuild, inProject } from '../../scripts/paths.js';
import { armTools } from '../support/boards.js';
import { isRequired } from '../support/debian.js';

const tools = armTools();
/** What waits for something that does not come, waits so long. */
const TIMEOUT_MS = 1_000;

function hasCompiler(): boolean {
  const found = spawnSync('cc', ['--version']).status === 0;
  if (!found && isRequired('IPA_REQUIRE_BOARDS')) throw new Error('no cc here, though CI or IPA_REQUIRE_BOARDS demands it');
  return found;
}

describe.skipIf(!hasCompiler())('the store', () => {
  it('has the old state or the new one, wherever writing is cut off', async () => {
    const folder = inBuild('test', 'boards');
    await mkdir(folder, { recursive: true });
    const program = path.join(folder, 'cortex-m-store');
    const includes = ['boards/include', 'boards/cortex-m'].map((each) => `-I${inProject(each)}`);
    const options = ['-std=gnu11', '-O1', '-Wall', '-Wextra', '-Wconversion', '-Werror', '-fsanitize=address,undefined', ...includes];
    const source = inProject('test', 'boards', 'support', 'cortex-m-store.c');
    const run = promisify(execFile);
    await run('cc', [...options, '-DIPA_STORE_BYTES=128', '-DIPA_MODULE_CHECKSUM=0x12345678u', source, '-o', program]);
    await expect(run(program)).resolves.toEqual({ stdout: '', stderr: '' });
  });
});

describe.skipIf(!tools)('a reset in the middle', () => {
  let firmware: Firmware;

  beforeAll(async () => {
    firmware = await buildFirmware(tools!, {
      board: 'mps2-an386',
      runtime: 'native',
      variant: 'ipad',
      measured: true,
      stackBytes: 1024,
      storeBytes: 12_288,
      defines: [`-DIPA_CARD_TIMEOUT_MS=${TIMEOUT_MS}`, `-DIPA_SERIAL_TIMEOUT_MS=${TIMEOUT_MS}u`],
      label: 'store',
    });
  });

  it.each([
    ['while the download has only begun, which leaves nothing to restore', 'authenticateClient', 'fresh'],
    ['while the package is on its way', 'getBoundProfilePackage', 'fresh'],
    ['after the enabling, whose report is owed', 'euiccPackageResult', 'restored'],
  ] as const)('%s: the job is done once, and everybody is told', async (_, resetAt, start) => {
    const { starts, report, world } = await runMainJob(tools!, firmware, { resetAt });
    expect(starts).toEqual(['fresh', start]);
    expect(report).toMatchObject({ error: 0, guards: 'intact' });
    expect(world.bed.euicc.profiles).toHaveLength(1);
    expect([world.bed.euicc.notifications, world.bed.euicc.packageResults]).toEqual([[], []]);
  });

  it('without a store is survived, too', async () => {
    const forgetful = await buildFirmware(tools!, {
      board: 'lm3s6965evb',
      runtime: 'native',
      variant: 'ipad-min',
      measured: true,
      stackBytes: 1024,
      defines: [`-DIPA_CARD_TIMEOUT_MS=${TIMEOUT_MS}`, `-DIPA_SERIAL_TIMEOUT_MS=${TIMEOUT_MS}u`],
      label: 'forgetful',
    });
    const { starts } = await runMainJob(tools!, forgetful, { resetAt: 'euiccPackageResult' });
    expect(starts).toEqual(['fresh', 'fresh']);
  });
});
