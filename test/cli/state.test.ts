// SPDX-License-Identifier: Apache-2.0
// --state: what is owed to the eIM survives the program, also one that was cut off; files of another build are refused.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { StateFile } from '../../host/cli/connection/state-file.js';
import { createNodeInstance } from '../../host/core/node.js';
import { poll } from '../../host/driver.js';
import { Testbed } from '../../host/sim/testbed.js';
import { HttpsTransport } from '../../host/transport/https.js';
import { ipaHere, temporaryFolder } from './support.js';

/** An eIM package of a kind that no IPA knows: the IPA owes the eIM the report unknownPackage. */
const UNKNOWN_PACKAGE = Uint8Array.of(0xbf, 0x7f, 0);
const folder = temporaryFolder();
let bed: Testbed;

afterEach(() => bed.close());

async function startPeers(): Promise<void> {
  bed = await Testbed.start({ associated: true });
  bed.eim.queue(bed.eid, { kind: 'raw', bytes: UNKNOWN_PACKAGE });
}

const reports = () => bed.eim.log.filter(({ kind }) => kind === 'packageError');

describe('ipa poll --state', () => {
  it('eIM refuses a report → the next run delivers it', async () => {
    await startPeers();
    const server = await bed.modem.listenTcp();
    const args = ['poll', '--modem', `tcp:127.0.0.1:${server.port}`, '--runtime', 'node', '--state', path.join(folder, 'owed')];
    bed.eim.faults.add('provideEimPackageResult', { kind: 'refuse', httpStatus: 503 });
    const first = await ipaHere(...args);
    expect(first).toMatchObject({ status: 1, stderr: expect.stringContaining('error: eIM: a package of unknown kind') });
    expect(reports()).toEqual([]);
    expect(await ipaHere(...args)).toMatchObject({ status: 0 });
    expect(reports()).toMatchObject([{ errorWord: 'unknownPackage' }]);
    expect(await ipaHere(...args)).toMatchObject({ status: 0 });
    expect(reports()).toHaveLength(1);
    await server.close();
  });
});

describe('a state file', () => {
  const file = path.join(folder, 'state');
  const temporary = path.join(folder, 'temporary');

  /** Polls until the report is owed and saved; what happens to the program then is up to nobody. */
  async function cutOffWhenSaved(): Promise<void> {
    await rm(file, { force: true });
    const state = await StateFile.open(file);
    const instance = await createNodeInstance();
    const transport = new HttpsTransport();
    await new Promise<void>((cutOff) => {
      const persist = async (region: Uint8Array) => {
        await state.save(region);
        cutOff();
        await new Promise(() => {});
      };
      void poll({ instance, card: bed.modem.connect(), transport, persist });
    });
    await transport.close();
  }

  it('of a run that was cut off → given up; its report is still owed, and delivered', async () => {
    await startPeers();
    await cutOffWhenSaved();
    const server = await bed.modem.listenTcp();
    const args = ['poll', '--modem', `tcp:127.0.0.1:${server.port}`, '--runtime', 'node', '--state', file];
    expect(await ipaHere(...args)).toMatchObject({ status: 0 });
    expect(reports()).toMatchObject([{ errorWord: 'unknownPackage' }]);
    await server.close();
  });

  it.each([
    ['another version of the interface', { abiVersion: 99 }, /version 99 of the interface/],
    ['another build of the module', { module: '00' }, /another build of the module/],
    ['another form', { format: 'other' }, /no state file/],
  ])('of %s → refused', async (_, change, says) => {
    await startPeers();
    await cutOffWhenSaved();
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...change }));
    await expect(StateFile.open(file)).rejects.toThrow(says);
  });

  it('that cannot be written any more → what to do', async () => {
    await startPeers();
    const lost = path.join(temporary, 'state');
    mkdirSync(temporary);
    const state = await StateFile.open(lost);
    rmSync(temporary, { recursive: true });
    await expect(state.save(new Uint8Array(3))).rejects.toMatchObject({
      message: expect.stringMatching(/^--state: .* cannot be written: ENOENT/),
      advice: expect.stringContaining('then poll again'),
    });
  });

  it('of another size → refused by the instance', async () => {
    await startPeers();
    await cutOffWhenSaved();
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), region: 'AAAA' }));
    const state = await StateFile.open(file);
    await expect(state.restoreInto(await createNodeInstance())).rejects.toThrow(/a state of 3 bytes, this module's has \d+; remove it/);
  });
});
