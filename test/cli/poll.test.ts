// SPDX-License-Identifier: Apache-2.0
// `ipa poll` against simulated peers over real lines and sockets: what it does, and what it says when it cannot.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Counts, Report } from '../../host/cli/connection/report.js';
import { certificatePem, createTestPki } from '../../host/sim/pki/index.js';
import { Testbed, type TestbedOptions } from '../../host/sim/testbed.js';
import { moduleRuntimes } from '../support/runtimes.js';
import { ipa, ipaHere, temporaryFolder } from './support.js';

const folder = temporaryFolder();
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

/** Peers with a modem on a TCP port; `args` select that modem and Node. */
async function peers(options: TestbedOptions = {}): Promise<{ bed: Testbed; args: string[] }> {
  const bed = await Testbed.start({ associated: true, ...options });
  const server = await bed.modem.listenTcp();
  open.push(server, bed);
  return { bed, args: ['poll', '--modem', `tcp:127.0.0.1:${server.port}`, '--runtime', 'node'] };
}

async function pollJson(...args: string[]): Promise<Report<Counts>> {
  const { stdout } = await ipaHere(...args, '--json');
  return JSON.parse(stdout) as Report<Counts>;
}

for (const { name, available } of await moduleRuntimes()) {
  describe.skipIf(!available)(`ipa poll on ${name}`, () => {
    it('through TCP → installs a profile, and tells so in one object', async () => {
      const { bed, args } = await peers({ associated: false });
      const { iccid, activationCode } = bed.prepareProfile();
      bed.eim.queue(bed.eid, { kind: 'download', activationCode });
      const initialEim = path.join(folder, `${name}.der`);
      writeFileSync(initialEim, bed.initialEim());
      const { status, stdout, stderr } = await ipa(...args.slice(0, 3), '--runtime', name, '--initial-eim', initialEim, '--json');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(JSON.parse(stdout)).toMatchObject({ ok: true, packages: 1, profilesInstalled: 1, modem: args[2] });
      expect(bed.euicc.profiles).toMatchObject([{ iccid, state: 'disabled' }]);
    });

    it('through a pseudo-terminal', async () => {
      const { bed } = await peers();
      const device = await bed.modem.openPty();
      open.push(device);
      bed.eim.queue(bed.eid, { kind: 'dataRequest' });
      const { status, stdout } = await ipa('poll', '--modem', `pty:${device.path}`, '--runtime', name);
      expect(status).toBe(0);
      expect(stdout.trimEnd().split('\n').at(-1)).toBe('done: 1 package, 0 profiles installed, 0 notifications delivered');
    });
  });
}

describe('ipa poll', () => {
  it('--modem sim: → does the main job in this process', async () => {
    expect(await pollJson('poll', '--modem', 'sim:', '--runtime', 'node')).toMatchObject({ ok: true, packages: 2, profilesInstalled: 1 });
  });

  it('--trace → a line of JSON for each thing that passed, with the bytes', async () => {
    const { args } = await peers();
    const file = path.join(folder, 'trace.jsonl');
    await ipaHere(...args, '--trace', file);
    const records = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records[0]).toMatchObject({ lane: 'card', direction: 'out', text: 'AT+CMEE?<CR>', bytes: '41542B434D45453F0D' });
    expect(records).toContainEqual(
      expect.objectContaining({ lane: 'network', event: 'chunk', direction: 'out', bytes: expect.stringMatching(/^BF4F/) }),
    );
  });

  it('tells the functions as they begin, on standard error', async () => {
    const { args } = await peers();
    const { stderr } = await ipaHere(...args);
    expect(stderr).toMatch(/^eUICC {2}GetEimConfigurationData\neUICC {2}GetEuiccData\n(?:e.*\n)*eIM {4}GetEimPackage\n/);
  });

  it('--eim-url → reaches the eIM at another address than its own', async () => {
    const { bed, args } = await peers({ eimConfiguration: { eimFqdn: '127.0.0.1:1' } });
    expect(await pollJson(...args, '--eim-url', `https://${bed.eim.address}/gsma/rsp2/asn1`)).toMatchObject({ ok: true });
    expect(await pollJson(...args)).toMatchObject({
      error: { code: 'NetworkUnreachable', message: expect.stringContaining('ECONNREFUSED') },
    });
  });

  it('--ca → decides which server is right when the eUICC does not', async () => {
    const { bed, args } = await peers({ eimConfiguration: { trustedPublicKeyDataTls: 'none' } });
    const files = [bed.pki, await createTestPki()].map((pki, index) => {
      const file = path.join(folder, `ca${index}.pem`);
      writeFileSync(file, certificatePem(pki.ci.certificate));
      return file;
    });
    expect(await pollJson(...args, '--ca', files[0]!)).toMatchObject({ ok: true });
    const { status, stderr } = await ipaHere(...args, '--ca', files[1]!);
    expect(status).toBe(1);
    expect(stderr).toMatch(/error: network: the server is not the one that is trusted: .* — .*certificate is not accepted/);
    expect(stderr).toMatch(/\nnext: the server is not the one that the eUICC or --ca trusts/);
    expect(stderr).not.toMatch(/\n +at /);
  });

  it('--eim-id → polls the eIM of this name, or says that the eUICC has none', async () => {
    const { bed, args } = await peers();
    expect(await pollJson(...args, '--eim-id', bed.eim.eimId)).toMatchObject({ ok: true });
    expect(await pollJson(...args, '--eim-id', 'other.example.com')).toMatchObject({
      ok: false,
      error: { code: 'EimNotAssociated', layer: 'eUICC' },
    });
  });

  it('says what the device lacks when there is no eIM', async () => {
    const { args } = await peers({ associated: false });
    const { status, stdout, stderr } = await ipaHere(...args);
    expect(status).toBe(1);
    expect(stdout).toContain('failed: 0 packages');
    expect(stderr).toMatch(/error: use: the eUICC has no eIM and the host brings none\nnext: .*--initial-eim/);
  });

  it('says the number of +CME ERROR', async () => {
    const { bed, args } = await peers();
    bed.modem.disturb({ prefix: 'AT+CSIM', times: Number.POSITIVE_INFINITY, action: { kind: 'answer', lines: ['+CME ERROR: 13'] } });
    // another way to the card would be found otherwise
    expect(await pollJson(...args, '--card-access', 'csim')).toMatchObject({
      error: { code: 'ModemCmeError', layer: 'modem', detail: 13, message: expect.stringContaining('— +CME ERROR: 13') },
    });
  });

  it('says which modem cannot be reached', async () => {
    expect(await ipaHere('poll', '--modem', 'tcp:127.0.0.1:1', '--runtime', 'node')).toEqual({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error: cannot reach the modem at tcp:127\.0\.0\.1:1: .*\nnext: check host and port/),
    });
    expect(await ipaHere('poll', '--modem', `pty:${folder}/none`)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^error: cannot use \S+none as a modem line: .+\nnext: check the path.*\n$/),
    });
  });

  it('--debug → shows the stack too', async () => {
    const { stderr } = await ipaHere('poll', '--modem', 'tcp:127.0.0.1:1', '--debug');
    expect(stderr).toMatch(/\n +at /);
    expect(stderr).toContain('caused by');
  });
});
