// SPDX-License-Identifier: Apache-2.0
// `ipa sim` as a process, polled by `ipa poll` as another one.

import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromHex, hex } from '../../host/sim/codec/bytes.js';
import { inProject, root } from '../../scripts/paths.js';
import { moduleRuntimes } from '../support/runtimes.js';
import { openUdpChannel } from '../support/udp-channel.js';
import { ended, ipa, ipaHere, startSim, temporaryFolder } from './support.js';

const folder = temporaryFolder();
const shared = process.env.IPA_SHARED;

for (const { name, available } of await moduleRuntimes()) {
  describe.skipIf(!available)(`ipa sim and ipa poll on ${name}`, () => {
    it('--until-idle → does everything in the order of the options, through TCP and pseudo-terminal', async () => {
      const sim = await startSim('--associated', '--download', '700', '--enable', 'last', '--download', '--list-profiles', '--until-idle');
      expect(sim.ready.queued).toEqual([
        'download profile 89000123456789012341 (700 bytes)',
        'enable profile 89000123456789012341',
        'download profile 89000123456789012343 (5000 bytes)',
        'list profiles',
      ]);
      const modem = name === 'node' ? sim.ready.modemTcp : sim.ready.modemPty!;
      const polled = await ipa('poll', '--modem', modem, '--runtime', name, '--json');
      expect(JSON.parse(polled.stdout)).toMatchObject({ ok: true, packages: 4, profilesInstalled: 2 });
      expect(await sim.ended).toBe(0);
      expect(sim.said.at(-1)).toMatchObject({ kind: 'end', done: 4, failed: 0 });
      const results = sim.said.filter(({ who, kind }) => who === 'eIM' && kind === 'euiccPackageResult');
      expect(results).toMatchObject([{ verified: true }, { verified: true }]);
    });
  });
}

describe('ipa sim', () => {
  it('--until-idle → status 1 and the package when one failed', async () => {
    const sim = await startSim('--associated', '--enable', '8900000000000000000', '--until-idle');
    const { status } = await ipaHere('poll', '--modem', sim.ready.modemTcp, '--runtime', 'node', '--json');
    expect(status).toBe(0);
    expect(await sim.ended).toBe(1);
    expect(sim.said).toContainEqual(expect.objectContaining({ kind: 'failed', words: 'enable profile 8900000000000000000' }));
  });

  it('writes the files that ipa poll needs, and ends with SIGINT', async () => {
    const [ca, initialEim] = [path.join(folder, 'ca.pem'), path.join(folder, 'new', 'eim.der')];
    const sim = await startSim('--eim-tls', 'none', '--ca-out', ca, '--initial-eim-out', initialEim);
    expect(new X509Certificate(readFileSync(ca)).ca).toBe(true);
    const args = ['poll', '--modem', sim.ready.modemTcp, '--initial-eim', initialEim, '--runtime', 'node'];
    expect(await ipaHere(...args)).toMatchObject({ status: 1, stderr: expect.stringContaining('next: the server is not the one') });
    expect(await ipaHere(...args, '--ca', ca)).toMatchObject({ status: 0 });
    sim.child.kill('SIGINT');
    expect(await sim.ended).toBe(0);
  });

  it('without --json → lines for people; --until-eof → ends with standard input', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', inProject('host/cli/ipa.ts'), 'sim', '--until-eof', '--data-request'], {
      cwd: root,
    });
    child.stdin.end();
    const { status, stdout } = await ended(child);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^modem {3}tcp:127\.0\.0\.1:\d+/);
    expect(stdout).toMatch(/\neUICC {3}89049032123451234512345678901235, blank\n/);
    expect(stdout).toMatch(/\nqueued {2}data request\nready/);
    expect(stdout).toMatch(/\nend {5}0 of 1 packages have their result, 0 of them failed\n$/);
  });

  it('--port-coap → the eIM answers plain CoAP too, and says that nothing protects it', async () => {
    const sim = await startSim('--port-coap', '0', '--data-request');
    const channel = await openUdpChannel(Number(new URL(sim.ready.eimCoapUrl!.replace('coap:', 'http:')).port));
    const answer = new Promise<string>((resolve) => channel.onDatagram((datagram) => resolve(hex(datagram))));
    channel.send(fromHex(`40 02 0001 B4 67736D61 04 72737032 04 61736E31 FF BF4F12 5A10 ${sim.ready.eid}`));
    expect(await answer).toMatch(/^60450001FFBF4F/);
    await channel.close();
    sim.child.kill('SIGINT');
    expect(await sim.ended).toBe(0);
    expect(sim.said.filter(({ kind }) => kind === 'getEimPackage')).toMatchObject([{ answer: 'package' }]);
    expect((await ipaHere('sim', '--help')).stdout.replace(/\s+/g, ' ')).toContain('over plain CoAP, which nothing protects');
  });

  it('says which option chooses another port', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    for (const option of ['--port-modem', '--port-eim', '--port-smdp']) {
      const { status, stderr } = await ipaHere('sim', option, String(port));
      expect(status).toBe(1);
      expect(stderr).toMatch(new RegExp(`^error: a port cannot be used: .*${port}\nnext: choose another one with .*${option}`));
    }
    // the SM-DP+ was up already: it must not keep the program alive
    expect(await ipa('sim', '--port-eim', String(port))).toMatchObject({ status: 1, stdout: '' });
    taken.close();
  });
});

describe.skipIf(!shared)('ipa sim with the published SGP.26 set', () => {
  it('polls, downloads and enables', async () => {
    const sim = await startSim(
      '--sgp26',
      path.join(shared!, 'vectors'),
      '--associated',
      '--eim-tls',
      'ci',
      '--download',
      '--enable',
      'last',
      '--until-idle',
    );
    await ipaHere('poll', '--modem', sim.ready.modemTcp, '--runtime', 'node');
    expect(await sim.ended).toBe(0);
  });
});
