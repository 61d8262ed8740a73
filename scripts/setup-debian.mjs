// SPDX-License-Identifier: Apache-2.0
// Other people's programs that tests talk to: those of the machine, else Debian's packages unpacked under build/tools/, which needs no
// rights on the machine. Plain JavaScript on Node's own modules, as setup.mjs.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

/**
 * Programs that come together.
 * @typedef {object} Kit
 * @property {string} name what people call it
 * @property {string} folder where its packages are unpacked, below build/tools/
 * @property {readonly string[]} packages Debian's, without those that they depend on
 * @property {(folder?: string) => boolean} isUsable whether all of it is there and runs: that of the machine, or what is unpacked there
 */

/** Another CoAP stack. It greets with its name when it is asked for something it does not know. @type {Kit} */
export const LIBCOAP = {
  name: 'libcoap',
  folder: 'libcoap',
  packages: ['libcoap3-bin'],
  isUsable: (folder) => /a small CoAP implementation/.test(says(inFolder(folder, 'usr/bin/coap-client-notls'), ['-V'], folder)),
};

/**
 * A card reader that is none, and another program that talks to the card in it. The daemon knows where its drivers are; the reader's has to be
 * beside them. All from one place, because daemon and programs speak a protocol of their own that changes with their version. @type {Kit}
 */
export const PCSC = {
  name: 'PC/SC',
  folder: 'pcsc',
  packages: ['pcscd', 'libpcsclite1', 'vsmartcard-vpcd', 'opensc'],
  isUsable: (folder) => {
    const [, drivers] = /usbdropdir=(\S+)/.exec(says(inFolder(folder, 'usr/sbin/pcscd'), ['--version'], folder)) ?? [];
    if (drivers === undefined || !existsSync(path.join(folder ?? '', drivers, 'serial', 'libifdvpcd.so'))) return false;
    return /^OpenSC \d/m.test(says(inFolder(folder, 'usr/bin/opensc-tool'), ['--info'], folder));
  },
};

/**
 * A compiler for Cortex-M with its C library, and an emulator of boards. Debian's compiler knows only by absolute paths where the library is, so
 * unpacked it is told, here as in scripts/boards/arm-tools.ts. @type {Kit}
 */
export const ARM = {
  name: 'ARM compiler and emulator',
  folder: 'arm',
  packages: ['gcc-arm-none-eabi', 'binutils-arm-none-eabi', 'libnewlib-arm-none-eabi', 'libnewlib-dev', 'qemu-system-arm'],
  isUsable: (folder) => {
    const inNewlib = (where) => path.join(folder, where);
    const where = folder && [`-B${inNewlib('usr/lib/arm-none-eabi/newlib')}/`, '-idirafter', inNewlib('usr/include/newlib')];
    const program = ['--specs=nano.specs', '-mcpu=cortex-m4', '-mthumb', '-include', 'string.h', '-E', '-x', 'c', '/dev/null'];
    if (!/\bmemmove\b/.test(says(inFolder(folder, 'usr/bin/arm-none-eabi-gcc'), [...(where ?? []), ...program], folder))) return false;
    return /\bmps2-an505\b/.test(says(inFolder(folder, 'usr/bin/qemu-system-arm'), ['-machine', 'help'], folder));
  },
};

/** TLS for the port to POSIX; the compiler is the machine's. @type {Kit} */
export const MBEDTLS = {
  name: 'mbedTLS',
  folder: 'mbedtls',
  packages: ['libmbedtls-dev'],
  isUsable: (folder) => {
    const where = folder === undefined ? [] : ['-isystem', path.join(folder, 'usr/include')];
    return /\bmbedtls_ssl_init\b/.test(says('cc', [...where, '-include', 'mbedtls/ssl.h', '-E', '-x', 'c', '/dev/null']));
  },
};

/**
 * Makes the programs available, or tells why not.
 * @param {string} root the project
 * @param {Kit} kit
 * @param {boolean} required whether a machine without them is a failure
 */
export function setUpDebian(root, kit, required) {
  const folder = path.join(root, 'build', 'tools', kit.folder);
  if (kit.isUsable() || kit.isUsable(folder)) return;
  const complaint = fetchPackages(folder, kit);
  if (complaint === '') return;
  if (required) throw new Error(`${kit.name} is required here and cannot be had (${complaint}); install the ${packagesOf(kit)}`);
  console.log(`No ${kit.name} can be had here (${complaint}): its tests are skipped. They need the ${packagesOf(kit)}.`);
}

/** Downloads and unpacks; the reason why it did not work, or "". */
function fetchPackages(folder, kit) {
  if (run('apt-get', ['--version']).status !== 0) return 'no apt-get';
  console.log(`fetching ${kit.name} (Debian ${packagesOf(kit)}) …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.join(folder, 'apt'), { recursive: true });
  let complaint = download(folder, kit, []);
  if (complaint !== '') {
    // A fresh machine has no package lists, and only root may fetch them to their usual place.
    const own = [`Dir::State::lists=${path.join(folder, 'apt')}`, `Dir::Cache=${path.join(folder, 'apt')}`].flatMap((each) => ['-o', each]);
    const update = run('apt-get', [...own, '-qq', 'update']);
    complaint = update.status === 0 ? download(folder, kit, own) : `apt-get update: ${lastLine(update.stderr)}`;
  }
  rmSync(path.join(folder, 'apt'), { recursive: true, force: true });
  if (complaint !== '') return complaint;
  return kit.isUsable(folder) ? '' : 'the packages hold no program that runs';
}

/** The kit's packages, and whatever the machine lacks of those that they depend on: what apt would install, if it were asked to. */
function download(folder, { packages }, options) {
  const { stdout } = run('apt-get', [...options, '-s', '--no-install-recommends', 'install', ...packages]);
  const missing = [...stdout.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name);
  const fetched = run('apt-get', [...options, '-qq', 'download', ...new Set([...packages, ...missing])], { cwd: folder });
  if (fetched.status !== 0) return `apt-get download: ${lastLine(fetched.stderr) || 'failed'}`;
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
    const unpacked = run('dpkg', ['-x', file, '.'], { cwd: folder });
    if (unpacked.status !== 0) return `dpkg -x ${file}: ${lastLine(unpacked.stderr)}`;
    rmSync(path.join(folder, file));
  }
  return '';
}

function packagesOf({ packages }) {
  return `package${packages.length > 1 ? 's' : ''} ${packages.join(', ')}`;
}

/** A program by its path in a package: unpacked there, or as the machine finds it. Daemons may be where PATH of a user does not look. */
function inFolder(folder, file) {
  if (folder !== undefined) return path.join(folder, file);
  const name = path.basename(file);
  return run(name, ['--version']).missing && existsSync(`/${file}`) ? `/${file}` : name;
}

/** All that a program prints, with the libraries under `folder`, if that is given. */
function says(program, args, folder) {
  const env = folder === undefined ? process.env : { ...process.env, LD_LIBRARY_PATH: libraryPath(folder) };
  const { stdout, stderr } = run(program, args, { env });
  return stdout + stderr;
}

/** Every folder that Debian may put libraries into. */
function libraryPath(folder) {
  const roots = ['lib', path.join('usr', 'lib')].map((each) => path.join(folder, each)).filter((each) => existsSync(each));
  return roots.flatMap((each) => [each, ...readdirSync(each).map((name) => path.join(each, name))]).join(path.delimiter);
}

function run(command, args, options) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...options });
  return { status, missing: error?.code === 'ENOENT', stdout: stdout ?? '', stderr: stderr ?? error?.message ?? '' };
}

function lastLine(text) {
  return text.trim().split('\n').at(-1) ?? '';
}
