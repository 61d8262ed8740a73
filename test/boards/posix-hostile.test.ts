// SPDX-License-Identifier: Apache-2.0
// ipa-posix under sanitizers against servers, networks and modems that are broken or hostile: each run ends by itself with the error that it
// was, and exit status 1. And what is wrong before anything begins: the command line.

import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { ERROR_WORDS } from '../../host/abi.js';
import { certificatePem } from '../../host/sim/pki/index.js';
import { inBuild, inProject } from '../../scripts/paths.js';
import { variants } from '../../scripts/variants.js';
import { needGnutls } from '../host/datagram/dtls-bed.js';
import { buildPosix, canBuildPosix } from './support/posix-build.js';
import {
  cleanUpAfterwards,
  closeAfterwards,
  expectError,
  expectMainJob,
  expectNothing,
  queueMainJob,
  resolveOptions,
  run,
  startBed,
  temporaryFile,
} from './support/posix-run.js';
import { startTcpServer, startTlsServer, startUdpServer } from './support/posix-servers.js';

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/x-gsma-rsp-asn1\r\n';
/** GetEimPackageResponse that has nothing (SGP.32 v1.2 §6.3.2.6): eimPackageError noEimPackageAvailable. */
const NOTHING_TO_DO = Buffer.from('BF4F03020101', 'hex');

/** Writes as long as the other end is there. */
function writeForEver(socket: Socket, bytes: Uint8Array): void {
  const more = () => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on('drain', more);
  more();
}

describe.skipIf(!canBuildPosix())('ipa-posix among enemies', () => {
  let program: string;
  beforeAll(async () => {
    program = await buildPosix('ipad');
  }, 180_000);
  cleanUpAfterwards();

  /** A bed whose eIM is asked at another place, and the program's arguments. */
  async function bedWithEimAt(place: string, ...args: string[]) {
    const { bed, modem } = await startBed();
    return { bed, args: [...modem, ...resolveOptions({ [bed.eim.address]: place }), ...args] };
  }

  describe('an HTTPS server that has the right key', () => {
    /** Polls while that server answers so; gives the run. */
    async function poll(answer: (socket: Socket) => void, code: string, detail = 0, ...more: string[]) {
      const { bed, modem } = await startBed();
      const server = closeAfterwards(await startTlsServer(bed.pki.eimTls, answer));
      const args = [...modem, ...resolveOptions({ [bed.eim.address]: server.address }), ...more];
      const ending = await expectError(program, args, code, detail);
      expectNothing(bed);
      expect(server.connections()).toBeGreaterThan(0);
      return ending;
    }

    it('is understood when it answers well, so that the others prove something', async () => {
      const { bed, modem } = await startBed();
      const answer = (socket: Socket) => socket.write(Buffer.concat([Buffer.from(`${HEAD}Content-Length: 6\r\n\r\n`), NOTHING_TO_DO]));
      const server = closeAfterwards(await startTlsServer(bed.pki.eimTls, answer));
      const args = [...modem, ...resolveOptions({ [bed.eim.address]: server.address })];
      expect(await run(program, args)).toMatchObject({ status: 0, results: [{ ok: true, packages: 0 }] });
    });

    const endings: readonly (readonly [string, string, string, number])[] = [
      ['a body that is cut', `${HEAD}Content-Length: 100\r\n\r\n\xbf\x4f`, 'NetworkConnectionLost', 0],
      ['a head that is cut', 'HTTP/1.1 200 OK\r\nContent-Ty', 'NetworkConnectionLost', 0],
      ['nothing', '', 'NetworkConnectionLost', 0],
      ['chunks that are cut', `${HEAD}Transfer-Encoding: chunked\r\n\r\n6\r\n\xbf\x4f\x03`, 'NetworkConnectionLost', 0],
      ['status 500', 'HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n', 'NetworkHttpStatus', 500],
      ['status 404', 'HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nno!', 'NetworkHttpStatus', 404],
      [
        'a redirection',
        'HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example.com/\r\nContent-Length: 0\r\n\r\n',
        'NetworkHttpStatus',
        302,
      ],
      ['another type', 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>', 'NetworkMalformed', 0],
      ['a head of 100 KB', `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`, 'NetworkMalformed', 0],
      ['chunks of nonsense', `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 'NetworkMalformed', 0],
      ['two lengths', `${HEAD}Content-Length: 6\r\nContent-Length: 7\r\n\r\n`, 'NetworkMalformed', 0],
      ['what is not HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', 'NetworkMalformed', 0],
    ];

    it.each(endings)('answers with %s and closes', async (_, text, code, detail) => {
      const { results } = await poll((socket) => socket.end(text, 'latin1'), code, detail);
      expect(results[0]!.error!.message).toMatch(/127\.0\.0\.1:\d+/);
    });

    it('cuts the connection without a word', async () => {
      await poll((socket) => socket.destroy(), 'NetworkConnectionLost');
    });

    it('never answers', async () => {
      const { results } = await poll(() => {}, 'NetworkTimeout', 0, '--timeout-ms', '300');
      expect(results[0]!.error!.message).toContain('did not answer within 300 ms');
    });

    it('never ends: bodies in chunks and with a length, of zeros and of a message that is too long', async () => {
      const block = Buffer.alloc(16_384);
      const chunk = Buffer.concat([Buffer.from('4000\r\n'), block, Buffer.from('\r\n')]);
      const start = Buffer.from('BF4F847FFFFFFF3082FFFF', 'hex');
      const firstChunk = Buffer.concat([Buffer.from(`${HEAD}Transfer-Encoding: chunked\r\n\r\nb\r\n`), start, Buffer.from('\r\n')]);
      for (const [first, rest] of [
        [Buffer.from(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`), chunk],
        [Buffer.from(`${HEAD}Content-Length: 2147483647\r\n\r\n`), block],
        [firstChunk, chunk],
      ] as const) {
        const { bed, modem } = await startBed();
        const answer = (socket: Socket) => {
          socket.write(first);
          writeForEver(socket, rest);
        };
        const server = closeAfterwards(await startTlsServer(bed.pki.eimTls, answer));
        const { status, results } = await run(program, [...modem, ...resolveOptions({ [bed.eim.address]: server.address })]);
        expect(status).toBe(1);
        expect(results).toMatchObject([
          { ok: false, error: { code: expect.stringMatching(/^(Bad|Unexpected|Truncated|Overrun|Message|Trailing)/) } },
        ]);
        expectNothing(bed);
      }
    });
  });

  describe('a server that is no TLS server of ours', () => {
    it('speaks something else, hangs up, or says nothing', async () => {
      for (const [serve, code] of [
        [(socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'NetworkTlsRefused'],
        [(socket: Socket) => socket.destroy(), 'NetworkConnectionLost'],
        [() => {}, 'NetworkTimeout'],
      ] as const) {
        const server = closeAfterwards(await startTcpServer(serve));
        const { bed, args } = await bedWithEimAt(server.address, '--timeout-ms', '400');
        await expectError(program, args, code);
        expectNothing(bed);
      }
    });

    it('has TLS 1.3 alone, which this port does not', async () => {
      const { bed, modem } = await startBed();
      const server = closeAfterwards(await startTlsServer(bed.pki.eimTls, (socket) => socket.destroy(), 'TLSv1.3'));
      await expectError(program, [...modem, ...resolveOptions({ [bed.eim.address]: server.address })], 'NetworkTlsRefused');
    });

    it('is not there, or has no name that is known', async () => {
      const { args } = await bedWithEimAt('127.0.0.1:1');
      const { results } = await expectError(program, args, 'NetworkUnreachable');
      expect(results[0]!.error!.message).toContain('Connection refused');
      const unknown = await startBed({ eimConfiguration: { eimFqdn: 'no..such.host.invalid' } });
      await expectError(program, unknown.modem, 'NetworkUnreachable');
    });
  });

  describe('a port for datagrams', () => {
    it('is closed: UDP and DTLS are unreachable', async () => {
      for (const scheme of ['coap', 'coaps']) {
        const { args } = await bedWithEimAt('127.0.0.1:1', '--eim-scheme', scheme);
        await expectError(program, args, 'NetworkUnreachable');
      }
    });

    it('answers with garbage, empty and far too long datagrams: DTLS gives up in time', async () => {
      let next = 0;
      const garbage = [
        Buffer.alloc(0),
        Buffer.alloc(9000, 0x16),
        Buffer.from('16fefd0000000000000000ffff00', 'hex'),
        Buffer.from('HTTP/1.1 200'),
      ];
      const server = closeAfterwards(await startUdpServer((_, send) => send(garbage[next++ % garbage.length]!)));
      const { bed, args } = await bedWithEimAt(server.address, '--eim-scheme', 'coaps', '--timeout-ms', '1500');
      await expectError(program, args, 'NetworkTimeout');
      expect(server.connections()).toBeGreaterThan(0);
      expectNothing(bed);
    });

    it('answers CoAP with what is none, and then with RST', async () => {
      const server = closeAfterwards(
        await startUdpServer((bytes, send) => {
          for (const each of [Buffer.alloc(9000, 0x60), Buffer.alloc(0), Buffer.from('ffffff', 'hex')]) send(each);
          send(Buffer.concat([Buffer.from('7000', 'hex'), bytes.subarray(2, 4)]));
        }),
      );
      const { bed, args } = await bedWithEimAt(server.address, '--eim-scheme', 'coap');
      await expectError(program, args, 'CoapRefused');
      expectNothing(bed);
    });

    describe('of an eIM under DTLS', () => {
      needGnutls();
      it('with a shared key that has other bytes', async () => {
        const psk = { identity: 'device-1', key: Buffer.from('0011', 'hex') };
        const { bed, modem } = await startBed({ eim: { coap: { coapsPort: 0, psk } } });
        const args = [
          ...modem,
          '--eim-scheme',
          'coaps',
          ...resolveOptions(bed.resolveCoaps),
          '--psk',
          'device-1:0012',
          '--timeout-ms',
          '1500',
        ];
        const { status, results } = await run(program, args);
        expect(status).toBe(1);
        expect(results[0]!.error!.code).toMatch(/^Network(TlsRefused|Timeout)$/);
        expectNothing(bed);
      });
    });
  });

  describe('a modem', () => {
    it('that closes, at once or in the middle of the job', async () => {
      for (const closeAfter of [0, 1, 7, 40]) {
        const { bed } = await startBed();
        queueMainJob(bed);
        const real = closeAfterwards(await bed.modem.listenTcp());
        let writes = 0;
        const server = closeAfterwards(
          await startTcpServer((socket) => {
            const line = connect(real.port, '127.0.0.1');
            line.on('data', (bytes) => socket.write(bytes)).on('error', () => {});
            socket.on('data', (bytes) => (writes++ < closeAfter ? line.write(bytes) : socket.destroy())).on('close', () => line.destroy());
          }),
        );
        const args = ['--modem', `tcp:${server.address}`];
        const { results } = await expectError(program, [...args, '--repeat=1'], 'CardLost');
        expect(results[0]!.error!.message, `after ${closeAfter} writes`).toContain(`the line tcp:${server.address}`);
      }
    });

    it('that talks nonsense without end', async () => {
      const server = closeAfterwards(
        await startTcpServer((socket) => writeForEver(socket, Buffer.alloc(4096, 'ABC\r\n+CSIM: 4,"\r\nERROR\r\n'))),
      );
      const { status, results } = await run(program, ['--modem', `tcp:${server.address}`]);
      expect([status, results.map(({ ok }) => ok)]).toEqual([1, [false]]);
    });
  });

  describe('the command line', () => {
    const modem = ['--modem', 'tcp:127.0.0.1:1'];
    const wrong: readonly (readonly [string, readonly string[], string])[] = [
      ['no modem', [], '--modem is missing'],
      ['a modem without scheme', ['--modem', '127.0.0.1:4000'], 'is no line'],
      ['a modem without port', ['--modem', 'tcp:127.0.0.1'], 'is no line'],
      ['a modem without path', ['--modem', 'pty:'], 'is no line'],
      ['an unknown option', [...modem, '--verbos-e'], 'unrecognized option'],
      ['a word', [...modem, 'poll'], '"poll" is no option'],
      ['a scheme', [...modem, '--eim-scheme', 'http'], 'none of https, coap and coaps'],
      ['a place without port', [...modem, '--resolve', 'a=b'], '--resolve'],
      ['a place with port 0', [...modem, '--resolve', 'a=b:0'], '--resolve'],
      ['a name with a line end', [...modem, '--resolve', 'a\r\nX=b:1'], '--resolve'],
      ['too many places', [...modem, ...Array.from({ length: 17 }, (_, at) => ['--resolve', `a${at}=b:1`]).flat()], 'one too many'],
      ['a key without identity', [...modem, '--psk', ':00'], '--psk'],
      ['a key of half a byte', [...modem, '--psk', 'a:000'], '--psk'],
      ['a key that is none', [...modem, '--psk', 'a:0g'], '--psk'],
      ['an empty key', [...modem, '--psk', 'a:'], '--psk'],
      ['a key of 65 bytes', [...modem, '--psk', `a:${'00'.repeat(65)}`], '--psk'],
      ['a file that is not there', [...modem, '--ca', '/no/such/file'], 'No such file'],
      ['a request that is not there', [...modem, '--initial-eim', '/no/such/file'], 'No such file'],
      ['a request without end', [...modem, '--initial-eim', '/dev/zero'], 'is too long'],
      ['an empty request', [...modem, '--initial-eim', '/dev/null'], 'is empty'],
      ['a module', [...modem, '--module', inBuild('ipad.wasm')], 'has its module in it'],
      ['a time of none', [...modem, '--timeout-ms', '0'], '--timeout-ms'],
      ['a time of words', [...modem, '--timeout-ms', '5s'], '--timeout-ms'],
      ['a negative time', [...modem, '--repeat=-1'], '--repeat'],
      ['a speed', [...modem, '--baud', '12345'], '--baud'],
    ];

    it.each(wrong)('is wrong: %s', async (_, args, why) => {
      const { status, results, stderr } = await run(program, args);
      expect([status, results]).toEqual([2, []]);
      expect(stderr).toContain(why);
      expect(stderr).toMatch(/\nnext: ipa-posix --help tells the options\n$/);
    });

    it('names an authority that is none', async () => {
      for (const text of ['', 'text', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', '\x30\x03\x02\x01\x01']) {
        const { status, stderr } = await run(program, [...modem, '--ca', temporaryFile('bad.pem', text)]);
        expect([status, stderr]).toEqual([2, expect.stringContaining('cannot be used: ')]);
      }
    });

    it('passes over what cannot be read beside a certificate that can, and tells so', async () => {
      const { bed, modem: line } = await startBed({ eimConfiguration: { trustedPublicKeyDataTls: 'none' } });
      const text = `comment\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${certificatePem(bed.pki.ci.certificate)}\nend\n`;
      const { status, stderr } = await run(program, [...line, '--ca', temporaryFile('mixed.pem', text)]);
      expect([status, stderr]).toEqual([0, expect.stringMatching(/^warning: a certificate in .*mixed\.pem is passed over: /)]);
    });

    it('is explained by --help', async () => {
      const { stderr } = await run(program, ['--modem']);
      expect(stderr).toContain('--help tells the options');
    });
  });

  it('a variant without CoAP does the main job, and refuses CoAP', async () => {
    const small = await buildPosix('ipad-min');
    const { bed, modem } = await startBed();
    const { iccid } = queueMainJob(bed);
    expect(await run(small, modem)).toMatchObject({ status: 0, results: [{ ok: true, packages: 2, profilesInstalled: 1 }] });
    expectMainJob(bed, iccid);
    expect(await run(small, [...modem, '--eim-scheme', 'coap'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('has no CoAP'),
    });
  }, 120_000);
});

describe('boards/posix', () => {
  const source = (name: string) => readFileSync(inProject('boards', 'posix', name), 'utf8');

  it('knows every error by its name and words', () => {
    const rows = [...source('failures.c').matchAll(/\{IPA_ERROR_\w+, "(\w+)",\s+"([^"]*)"/g)].map(([, name, words]) => `${name} ${words}`);
    expect(rows.sort()).toEqual(
      Object.values(ERROR_WORDS)
        .map(({ name, layer, words }) => `${name} ${layer}: ${words}`)
        .sort(),
    );
  });

  it('knows in CMake which variants have no CoAP, and all files', () => {
    const text = source('CMakeLists.txt');
    const [, condition = ''] = /if\((IPA_VARIANT STREQUAL [^)]*)\)\n[^\n]*IPA_WITHOUT_COAP/.exec(text) ?? [];
    const named = [...condition.matchAll(/"([^"]*)"/g)].map(([, name]) => name);
    expect(named).toEqual(variants.filter(({ without }) => without?.includes('COAP')).map(({ name }) => name));
  });
});
