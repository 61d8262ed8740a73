// SPDX-License-Identifier: Apache-2.0
// The examples of the host API do what they say, each as a program of its own with simulated peers.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { psmo } from '../../host/sim/eim/index.js';
import { certificatePem } from '../../host/sim/pki/index.js';
import { makeMetadata } from '../../host/sim/profile/index.js';
import { Testbed, type TestbedOptions } from '../../host/sim/testbed.js';
import { root } from '../../scripts/paths.js';
import { ended } from '../cli/support.js';

const [FIRST, SECOND] = ['89000123456789012341', '89000123456789012358'];
const open: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** Peers whose eUICC has two profiles, the first one enabled. */
async function peers(options: TestbedOptions): Promise<{ bed: Testbed; run: (name: string, ...args: string[]) => Promise<string> }> {
  const profiles = [
    { metadata: makeMetadata({ iccid: FIRST, profileName: 'First' }), state: 'enabled' as const },
    {
      metadata: makeMetadata({ iccid: SECOND, profileName: 'Second', fallbackAllowed: true }),
      fallbackAttribute: options.associated ?? false,
    },
  ];
  const bed = await Testbed.start({ ...options, euicc: { profiles, ...options.euicc } });
  const modem = await bed.modem.listenTcp();
  open.push(
    () => modem.close(),
    () => bed.close(),
  );
  const run = async (name: string, ...args: string[]) => {
    const words = ['--import', 'tsx', `test/docs/${name}.ts`, String(modem.port), ...args];
    const { stdout, stderr } = await ended(spawn(process.execPath, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] }));
    expect(stderr).toBe('');
    return stdout;
  };
  return { bed, run };
}

const statesOf = (bed: Testbed) => bed.euicc.profiles.map(({ iccid, state }) => [iccid, state]);

describe('with a consumer eUICC', () => {
  it('enable, disable and delete', async () => {
    const { bed, run } = await peers({ euicc: { kind: 'consumer' } });
    expect(await run('enable', SECOND)).toBe(`${SECOND} is enabled\n`);
    expect(await run('enable', SECOND)).toMatch(/^profileNotInDisabledState: the profile is enabled already/);
    expect(await run('disable', SECOND)).toMatch(new RegExp(`^${SECOND} is disabled, notifications delivered: `));
    expect(statesOf(bed)).toEqual([
      [FIRST, 'disabled'],
      [SECOND, 'disabled'],
    ]);
    expect(await run('delete', FIRST)).toBe(`${FIRST} is deleted\n`);
    expect(statesOf(bed)).toEqual([[SECOND, 'disabled']]);
  });
});

describe('with an eUICC for IoT', () => {
  it('list', async () => {
    const { run } = await peers({});
    expect(await run('list')).toBe(`${FIRST} enabled First\n${SECOND} disabled Second\n`);
  });

  it('fallback', async () => {
    const { bed, run } = await peers({ associated: true });
    expect(await run('fallback')).toBe('the eIM knows of the fallback\n');
    expect(bed.eim.log).toContainEqual(
      expect.objectContaining({ kind: 'getEimPackage', notifyStateChange: true, stateChangeWord: 'fallback' }),
    );
  });

  it('rollback', async () => {
    const { bed, run } = await peers({ associated: true });
    bed.eim.queue(bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(SECOND, { rollback: true })] });
    expect(await run('rollback')).toBe(`packages: 1, enabled: ${SECOND}\n`);
  });

  it('download', async () => {
    const { bed, run } = await peers({});
    const { iccid, activationCode } = bed.prepareProfile({ iccid: '89000123456789012366' });
    const folder = mkdtempSync(path.join(tmpdir(), 'ipa-docs-'));
    open.push(() => rmSync(folder, { recursive: true }));
    const ca = path.join(folder, 'ci.pem');
    writeFileSync(ca, certificatePem(bed.pki.ci.certificate));
    const place = `${bed.smdpAddress}=${bed.resolve[bed.smdpAddress]}`;
    expect(await run('download', activationCode, ca, place)).toMatch(new RegExp(`^offered: .* ${iccid}\nprofiles installed: 1\n$`));
    expect(bed.euicc.profiles.at(-1)).toMatchObject({ iccid, state: 'disabled' });
  });
});
