// SPDX-License-Identifier: Apache-2.0
// ipa-posix, the module in C on the POSIX port, against simulated peers over real sockets and lines: what it does, and whom it trusts.

import 'reflect-metadata';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { KeyUsageFlags } from '@peculiar/x509';
import { beforeAll, describe, expect, it } from 'vitest';
import { type EimEvent, psmo } from '../../host/sim/eim/index.js';
import { createTestPki, issueCertificate } from '../../host/sim/pki/index.js';
import { fetchSources, type SourceName } from '../../scripts/boards/sources.js';
import { inBuild, inProject } from '../../scripts/paths.js';
import { needGnutls } from '../host/datagram/dtls-bed.js';
import { makeAuthority, makeServer } from '../host/transport/certificates.js';
import { isRequired, unpacked } from '../support/debian.js';
import { buildPosix, buildPosixWith, canBuildPosix } from './support/posix-build.js';
import {
  caFile,
  cleanUpAfterwards,
  closeAfterwards,
  expectError,
  expectMainJob,
  expectNothing,
  queueMainJob,
  resolveOptions,
  run,
  runPolls,
  runUntil,
  startBed,
  temporary,
  temporaryFile,
} from './support/posix-run.js';

/** With CI or IPA_REQUIRE_BOARDS set it is a must: throws Error when it is missing. */
function hasCmake(): boolean {
  const found = spawnSync('cmake', ['--version']).status === 0;
  if (!found && isRequired('IPA_REQUIRE_BOARDS')) throw new Error('no cmake here; install it');
  return found;
}

/** Interpreters whose sources are here or can be fetched; all of them where CI or IPA_REQUIRE_BOARDS is set: rejects otherwise. */
async function interpretersHere(): Promise<SourceName[]> {
  const names: SourceName[] = [];
  for (const name of ['wasm3', 'wamr'] as const) {
    const here = await fetchSources(name).then(
      () => true,
      (error: Error) => {
        if (isRequired('IPA_REQUIRE_BOARDS')) throw error;
        return false;
      },
    );
    if (here) names.push(name);
  }
  return names;
}

const KEY = '00112233445566778899aabbccddeeff';
const PSK = { identity: 'device-1', key: Buffer.from(KEY, 'hex') };

describe.skipIf(!canBuildPosix())('ipa-posix', async () => {
  let program: string;
  beforeAll(async () => {
    program = await buildPosix('ipad');
  }, 180_000);
  cleanUpAfterwards();

  describe('over HTTPS', () => {
    it('does the main job on one connection, with an eIM that is known by its key', async () => {
      const { bed, modem } = await startBed();
      const { iccid } = queueMainJob(bed);
      const { status, results, stderr } = await run(program, modem);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(results).toMatchObject([{ ok: true, restored: false, packages: 2, profilesInstalled: 1 }]);
      expectMainJob(bed, iccid);
      expect(bed.eim.connectionCount).toBe(1);
    });

    it.each(['certificate', 'ciCertificate'] as const)('knows the eIM by its %s', async (trustedPublicKeyDataTls) => {
      const { bed, modem } = await startBed({ eimConfiguration: { trustedPublicKeyDataTls } });
      const { iccid } = queueMainJob(bed);
      expect(await run(program, modem)).toMatchObject({ status: 0, results: [{ ok: true, packages: 2 }] });
      expectMainJob(bed, iccid);
    });

    it('takes chunked answers, however small the chunks', async () => {
      const { bed, modem } = await startBed({ eim: { responseChunkBytes: 7 } });
      const { iccid } = queueMainJob(bed);
      expect(await run(program, modem)).toMatchObject({ status: 0, results: [{ ok: true, packages: 2 }] });
      expectMainJob(bed, iccid);
    });

    it('brings the eIM to a blank eUICC by --initial-eim, and says so when it is missing', async () => {
      const { bed, modem } = await startBed({ associated: false });
      const { iccid } = queueMainJob(bed);
      const { results } = await expectError(program, modem, 'NoInitialEim');
      expect(results[0]!.error!.advice).toContain('--initial-eim');
      const initialEim = temporaryFile('initial-eim.der', bed.initialEim());
      expect(await run(program, [...modem, '--initial-eim', initialEim])).toMatchObject({ status: 0, results: [{ ok: true }] });
      expectMainJob(bed, iccid);
    });

    it('downloads straight from the SM-DP+ when the eIM says so, in JSON, with the CI by --ca', async () => {
      const { bed, modem } = await startBed({ eimConfiguration: { indirectProfileDownload: false } });
      const { iccid } = queueMainJob(bed);
      const args = [...modem, '--ca', caFile(bed.pki), ...resolveOptions(bed.resolve)];
      expect(await run(program, args)).toMatchObject({ status: 0, results: [{ ok: true, packages: 2, profilesInstalled: 1 }] });
      expectMainJob(bed, iccid);
      expect(bed.smdp.log.map(({ kind }) => kind)).toContain('getBoundProfilePackage');
      expect(bed.eim.log.map(({ kind }) => kind)).not.toContain('getBoundProfilePackage');
    });

    it('does not download from an SM-DP+ of another CI', async () => {
      const { bed, modem } = await startBed({ eimConfiguration: { indirectProfileDownload: false } });
      queueMainJob(bed);
      const args = [...modem, '--ca', caFile(await createTestPki()), ...resolveOptions(bed.resolve)];
      const { results } = await expectError(program, args, 'NetworkTlsRefused');
      expect(results[0]!.error!.message).toContain('smdp.example.com:443 is not trusted: its certificate is not accepted');
      expect(bed.euicc.profiles).toEqual([]);
      expect(bed.smdp.log).toEqual([]);
    });

    it('finds a host by its name', async () => {
      const { bed, modem } = await startBed();
      const [, port] = bed.eim.address.split(':');
      const named = await startBed({
        pki: bed.pki,
        eimConfiguration: { eimFqdn: `localhost:${port}`, trustedPublicKeyDataTls: 'ciCertificate' },
      });
      expect(await run(program, [...named.modem])).toMatchObject({ status: 0, results: [{ ok: true }] });
      expect(bed.eim.log).toMatchObject([{ kind: 'getEimPackage' }]);
      expect(modem).not.toEqual(named.modem);
    });

    it.each(['loseRequest', 'loseResponse'] as const)(
      'connects again when a kept connection is closed under a short request (%s)',
      async (kind) => {
        const { bed, modem } = await startBed();
        bed.eim.queue(bed.eid, { kind: 'euiccPackage', psmos: [psmo.listProfileInfo()] });
        bed.eim.faults.add('provideEimPackageResult', { kind });
        expect(await run(program, modem)).toMatchObject({ status: 0, results: [{ ok: true, packages: 1 }] });
        expect([bed.eim.faults.pending, bed.eim.connectionCount]).toEqual([0, 2]);
      },
    );

    it('resumes the session of TLS for the next poll', async () => {
      const { bed, modem } = await startBed();
      const { results, stderr } = await runPolls(program, [...modem, '--repeat=1', '--verbose'], 2);
      expect(results).toMatchObject([{ ok: true }, { ok: true }]);
      expect(stderr.match(/^secured: .*$/gm)!.map((line) => line.endsWith(', resumed'))).toEqual([false, true]);
      expect(bed.eim.connectionCount).toBe(2);
    });

    it('does not send again a long request, of which it has no copy', async () => {
      const { bed, modem } = await startBed();
      const { activationCode } = bed.prepareProfile();
      bed.eim.queue(bed.eid, { kind: 'download', activationCode });
      bed.eim.faults.add('authenticateClient', { kind: 'loseRequest' });
      const { results } = await expectError(program, modem, 'NetworkConnectionLost');
      expect(results[0]!.error!.message).toMatch(/the connection to 127\.0\.0\.1:\d+ was lost while/);
      expect(bed.eim.log.map(({ kind }) => kind)).toContain('downloadResult');
      expect(bed.euicc.profiles).toEqual([]);
    });
  });

  describe('the eIM is not the one that is trusted', () => {
    it('shows another key', async () => {
      const { bed, modem } = await startBed();
      queueMainJob(bed);
      bed.eim.presentTlsIdentity(await makeServer(bed.pki.ci));
      const { results } = await expectError(program, modem, 'NetworkTlsRefused');
      expect(results[0]!.error!.message).toMatch(/: 127\.0\.0\.1:\d+ is not trusted: the server's key is not the trusted key$/);
      expectNothing(bed);
    });

    it('shows a certificate that is over: refused, unless it is the key that counts', async () => {
      const over = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2021-01-01T00:00:00Z') };
      for (const [trustedPublicKeyDataTls, accepted] of [
        ['ciCertificate', false],
        ['spki', true],
      ] as const) {
        const { bed, modem } = await startBed({ eimConfiguration: { trustedPublicKeyDataTls } });
        bed.eim.presentTlsIdentity(
          await issueCertificate({
            ...over,
            subject: [{ CN: ['test server'] }],
            issuer: bed.pki.ci,
            privateKey: bed.pki.eimTls.privateKey,
            serialNumber: '11',
            keyUsage: KeyUsageFlags.digitalSignature,
            ipAddresses: ['127.0.0.1'],
            tls: true,
          }),
        );
        if (accepted) expect(await run(program, modem)).toMatchObject({ status: 0, results: [{ ok: true }] });
        else await expectError(program, modem, 'NetworkTlsRefused');
      }
    });

    it('shows a certificate of another authority', async () => {
      for (const trustedPublicKeyDataTls of ['certificate', 'ciCertificate'] as const) {
        const { bed, modem } = await startBed({ eimConfiguration: { trustedPublicKeyDataTls } });
        bed.eim.presentTlsIdentity(await makeServer(await makeAuthority('another')));
        const { results } = await expectError(program, modem, 'NetworkTlsRefused');
        expect(results[0]!.error!.message).toContain('its certificate is not accepted');
        expectNothing(bed);
      }
    });

    it('shows a certificate of the right authority for another place, by name and by address', async () => {
      for (const names of [
        { dnsNames: ['elsewhere.example.com'], ipAddresses: ['127.0.0.2'] },
        { dnsNames: ['127.0.0.1'], ipAddresses: [] },
      ]) {
        const { bed, modem } = await startBed({ eimConfiguration: { trustedPublicKeyDataTls: 'ciCertificate' } });
        bed.eim.presentTlsIdentity(await makeServer(bed.pki.ci, names));
        const { results } = await expectError(program, modem, 'NetworkTlsRefused');
        expect(results[0]!.error!.message).toContain('its certificate is not for 127.0.0.1');
        expectNothing(bed);
      }
      const { bed, modem } = await startBed({ eimConfiguration: { eimFqdn: 'eim.example.com', trustedPublicKeyDataTls: 'ciCertificate' } });
      bed.eim.presentTlsIdentity(await makeServer(bed.pki.ci, { dnsNames: ['elsewhere.example.com'] }));
      await expectError(program, [...modem, ...resolveOptions(bed.resolve)], 'NetworkTlsRefused');
      expectNothing(bed);
    });

    it('without a key in the eUICC --ca decides, and without both nobody is trusted', async () => {
      const { bed, modem } = await startBed({ eimConfiguration: { trustedPublicKeyDataTls: 'none' } });
      expect(await run(program, [...modem, '--ca', caFile(bed.pki)])).toMatchObject({ status: 0 });
      await expectError(program, [...modem, '--ca', caFile(await createTestPki())], 'NetworkTlsRefused');
      const { results } = await expectError(program, modem, 'NetworkTlsRefused');
      expect(results[0]!.error!.message).toContain('neither does --ca');
    });
  });

  describe('over CoAP', () => {
    it('does the main job on bare UDP', async () => {
      const { bed, modem } = await startBed({ eim: { coap: { port: 0 } } });
      const { iccid } = queueMainJob(bed);
      const args = [...modem, '--eim-scheme', 'coap', ...resolveOptions(bed.resolveCoap)];
      expect(await run(program, args)).toMatchObject({ status: 0, results: [{ ok: true, packages: 2, profilesInstalled: 1 }] });
      expectMainJob(bed, iccid);
      expect(bed.eim.connectionCount).toBe(0);
    });

    describe('under DTLS', () => {
      needGnutls();

      it.each(['spki', 'certificate', 'ciCertificate'] as const)('knows the eIM by its %s', async (trustedPublicKeyDataTls) => {
        const { bed, modem } = await startBed({ eim: { coap: { coapsPort: 0 } }, eimConfiguration: { trustedPublicKeyDataTls } });
        const { iccid } = queueMainJob(bed);
        const args = [...modem, '--eim-scheme', 'coaps', ...resolveOptions(bed.resolveCoaps)];
        expect(await run(program, args)).toMatchObject({ status: 0, results: [{ ok: true, packages: 2 }] });
        expectMainJob(bed, iccid);
      });

      it('by a key that both share; with another one nothing is done', async () => {
        const { bed, modem } = await startBed({ eim: { coap: { coapsPort: 0, psk: PSK } } });
        const args = [...modem, '--eim-scheme', 'coaps', ...resolveOptions(bed.resolveCoaps)];
        await expectError(program, [...args, '--psk', `stranger:${KEY}`], 'NetworkTlsRefused');
        expectNothing(bed);
        const { iccid } = queueMainJob(bed);
        expect(await run(program, [...args, '--psk', `device-1:${KEY}`])).toMatchObject({
          status: 0,
          results: [{ ok: true, packages: 2 }],
        });
        expectMainJob(bed, iccid);
      });

      it('refuses an eIM with another key or certificate', async () => {
        for (const trustedPublicKeyDataTls of ['spki', 'ciCertificate'] as const) {
          const { bed, modem } = await startBed({ eim: { coap: { coapsPort: 0 } }, eimConfiguration: { trustedPublicKeyDataTls } });
          bed.eim.presentTlsIdentity(await makeServer(await makeAuthority('another')));
          const args = [...modem, '--eim-scheme', 'coaps', ...resolveOptions(bed.resolveCoaps)];
          const { results } = await expectError(program, args, 'NetworkTlsRefused');
          expect(results[0]!.error!.message).toContain('is not trusted');
          expectNothing(bed);
        }
      });

      it('resumes the session for the next poll', async () => {
        const { bed, modem } = await startBed({ eim: { coap: { coapsPort: 0 } } });
        const args = [...modem, '--eim-scheme', 'coaps', ...resolveOptions(bed.resolveCoaps), '--repeat=1', '--verbose'];
        const { results, stderr } = await runPolls(program, args, 2);
        expect(results).toMatchObject([{ ok: true }, { ok: true }]);
        expect(stderr.match(/^secured: .*$/gm)!.map((line) => line.endsWith(', resumed'))).toEqual([false, true]);
      });
    });
  });

  describe('--state', () => {
    it('is there for the next run when this one loses its power', async () => {
      let reported = () => {};
      const report = new Promise<void>((resolve) => {
        reported = resolve;
      });
      const onEvent = ({ kind }: EimEvent) => kind === 'euiccPackageResult' && reported();
      const { bed, modem } = await startBed({ eim: { onEvent } });
      const { iccid } = queueMainJob(bed);
      const state = temporary('power.state');
      let answer = () => {};
      const until = new Promise<void>((resolve) => {
        answer = resolve;
      });
      bed.eim.faults.add('provideEimPackageResult', { kind: 'delay', until });
      expect(await runUntil(program, [...modem, '--state', state], report)).toMatchObject({ status: null, results: [] });
      answer();
      expect(await run(program, [...modem, '--state', state])).toMatchObject({ status: 0, results: [{ ok: true, restored: true }] });
      expectMainJob(bed, iccid);
    });

    it('does not take a state of another build, a damaged one, or another file, and leaves it alone', async () => {
      const { modem } = await startBed();
      const state = temporary('refused.state');
      expect(await run(program, [...modem, '--state', state])).toMatchObject({ status: 0, results: [{ restored: false }] });
      const good = readFileSync(state);
      expect(good.subarray(0, 8).toString()).toBe('IPASTAT1');
      const otherBuild = Buffer.from(good);
      otherBuild[8]! ^= 1;
      createHash('sha256')
        .update(otherBuild.subarray(0, -32))
        .digest()
        .copy(otherBuild, otherBuild.length - 32);
      const damaged = Buffer.from(good);
      damaged[100]! ^= 1;
      for (const [content, why] of [
        [otherBuild, 'it belongs to another build of the module'],
        [damaged, 'it is damaged'],
        [good.subarray(0, -1), 'it is damaged'],
        [good.subarray(0, 20), 'it is no state file'],
        [Buffer.from('something else, but long enough to be one if it were one; and so on, and so on'), 'it is no state file'],
      ] as const) {
        const file = temporaryFile('refused.state', content);
        const { status, results, stderr } = await run(program, [...modem, '--state', file]);
        expect([status, results]).toEqual([2, []]);
        expect(stderr).toContain(`error: --state: ${file} cannot be used: ${why}\nnext: `);
        expect(readFileSync(file)).toEqual(content);
      }
      temporaryFile('refused.state', good);
      expect(await run(program, [...modem, '--state', state])).toMatchObject({ status: 0, results: [{ restored: true }] });
    });

    it('says before the poll when the file could not be written', async () => {
      const { bed, modem } = await startBed();
      const { status, stderr } = await run(program, [...modem, '--state', temporary('no-folder/file')]);
      expect([status, stderr]).toEqual([2, expect.stringMatching(/cannot be written: No such file or directory\nnext: /)]);
      expectNothing(bed);
    });
  });

  describe('the modem', () => {
    it('is on a pseudo-terminal', async () => {
      const { bed } = await startBed();
      const device = closeAfterwards(await bed.modem.openPty());
      const { iccid } = queueMainJob(bed);
      expect(await run(program, ['--modem', `pty:${device.path}`, '--baud', '9600'])).toMatchObject({ status: 0, results: [{ ok: true }] });
      expectMainJob(bed, iccid);
    });

    it('cannot be reached, or is no terminal', async () => {
      expect(await run(program, ['--modem', 'tcp:127.0.0.1:1'])).toEqual({
        status: 1,
        results: [],
        stderr: expect.stringMatching(/^error: cannot reach the modem at tcp:127\.0\.0\.1:1: .*Connection refused\nnext: /),
      });
      for (const file of [temporary('none'), temporaryFile('text', 'AT')])
        expect(await run(program, ['--modem', `pty:${file}`])).toMatchObject({ status: 1, stderr: expect.stringContaining(file) });
    });
  });

  it('does the main job with the smallest form in C, and takes no state of the fast one', async () => {
    const small = await buildPosix('ipad', 'smallest');
    const { bed, modem } = await startBed();
    const [theirs, own] = ['fast', 'small'].map((name) => ['--state', temporary(`form-${name}.state`)] as const);
    expect(await run(program, [...modem, ...theirs!])).toMatchObject({ status: 0, results: [{ restored: false }] });
    expect(await run(small, [...modem, ...theirs!])).toMatchObject({ status: 2, stderr: expect.stringContaining('another build') });
    const { iccid } = queueMainJob(bed);
    expect(await run(small, [...modem, ...own!])).toMatchObject({ status: 0, results: [{ ok: true, packages: 2, profilesInstalled: 1 }] });
    expectMainJob(bed, iccid);
    expect(await run(small, [...modem, ...own!])).toMatchObject({ status: 0, results: [{ restored: true, packages: 0 }] });
  }, 180_000);

  for (const interpreter of await interpretersHere())
    it(`does the main job with the module in ${interpreter}, from the state of the one in C`, async () => {
      const interpreted = await buildPosixWith(interpreter);
      const { bed, modem } = await startBed();
      const args = [...modem, '--state', temporary(`${interpreter}.state`)];
      expect(await run(program, args)).toMatchObject({ status: 0, results: [{ restored: false }] });
      const { iccid } = queueMainJob(bed);
      const module = ['--module', inBuild('ipad.fast.wasm')];
      expect(await run(interpreted, [...args, ...module])).toMatchObject({
        status: 0,
        results: [{ ok: true, restored: true, packages: 2 }],
      });
      expectMainJob(bed, iccid);
      expect(await run(interpreted, args)).toMatchObject({ status: 2, stderr: expect.stringContaining('--module is missing') });
      const damaged = temporaryFile('damaged.wasm', readFileSync(inBuild('ipad.fast.wasm')).subarray(0, 2000));
      expect(await run(interpreted, [...modem, '--module', damaged])).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('no module'),
      });
    }, 180_000);

  it.skipIf(!hasCmake())(
    'is built by CMake, too',
    () => {
      const folder = inBuild('boards', 'posix', 'cmake');
      // what was found the last time may be gone
      rmSync(folder, { recursive: true, force: true });
      const strict = '-DCMAKE_C_FLAGS=-Wall -Wextra -Wconversion -Werror';
      for (const args of [
        [
          '-S',
          inProject('boards', 'posix'),
          '-B',
          folder,
          '-DIPA_VARIANT=ipad',
          strict,
          `-DCMAKE_PREFIX_PATH=${unpacked('mbedtls', 'usr')}`,
        ],
        ['--build', folder],
      ]) {
        const { status, stdout, stderr } = spawnSync('cmake', args, { encoding: 'utf8' });
        expect(status, stdout + stderr).toBe(0);
      }
      const { status, stdout } = spawnSync(`${folder}/ipa-posix`, ['--help'], { encoding: 'utf8' });
      expect([status, stdout]).toEqual([0, expect.stringContaining('--modem <line>')]);
    },
    120_000,
  );

  it('--repeat → polls again when the module says so', async () => {
    const { bed, modem } = await startBed();
    const { iccid } = queueMainJob(bed);
    const { results } = await runPolls(program, [...modem, '--repeat=1'], 2);
    expect(results).toMatchObject([
      { ok: true, packages: 2 },
      { ok: true, packages: 0 },
    ]);
    expectMainJob(bed, iccid);
  });
});
