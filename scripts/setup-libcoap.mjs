// SPDX-License-Identifier: Apache-2.0
// libcoap's programs for the tests against another CoAP stack: those on PATH, else Debian's packages unpacked under build/tools/,
// which needs no rights on the machine. Plain JavaScript on Node's own modules, as setup.mjs.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

/** Said by every version when it is asked for something it does not know. */
const GREETING = /a small CoAP implementation/;
const PROGRAM = 'coap-client-notls';
const PACKAGE = 'libcoap3-bin';

/**
 * Makes the programs available, or tells why not.
 * @param {string} root the project
 * @param {boolean} required whether a machine without them is a failure
 */
export function setUpLibcoap(root, required) {
  const folder = path.join(root, 'build', 'tools', 'libcoap');
  if (isUsable(PROGRAM) || isUsable(path.join(folder, 'usr', 'bin', PROGRAM), folder)) return;
  const complaint = fetchPackages(folder);
  if (complaint === '') return;
  if (required)
    throw new Error(`libcoap is required here and cannot be had (${complaint}); install the package ${PACKAGE}, or put ${PROGRAM} on PATH`);
  console.log(`No libcoap can be had here (${complaint}): its tests are skipped. The package is ${PACKAGE}.`);
}

/** Downloads and unpacks; the reason why it did not work, or "". */
function fetchPackages(folder) {
  if (run('apt-get', ['--version']).status !== 0) return 'no apt-get';
  console.log(`fetching libcoap (Debian package ${PACKAGE}) …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.join(folder, 'apt'), { recursive: true });
  let complaint = download(folder, []);
  if (complaint !== '') {
    // A fresh machine has no package lists, and only root may fetch them to their usual place.
    const own = [`Dir::State::lists=${path.join(folder, 'apt')}`, `Dir::Cache=${path.join(folder, 'apt')}`].flatMap((each) => ['-o', each]);
    const update = run('apt-get', [...own, '-qq', 'update']);
    complaint = update.status === 0 ? download(folder, own) : `apt-get update: ${lastLine(update.stderr)}`;
  }
  rmSync(path.join(folder, 'apt'), { recursive: true, force: true });
  if (complaint !== '') return complaint;
  return isUsable(path.join(folder, 'usr', 'bin', PROGRAM), folder) ? '' : 'the packages hold no program that runs';
}

/** The program's package and libcoap's own libraries; the others, libc and those for TLS, belong to every Debian. */
function download(folder, options) {
  const { stdout } = run('apt-cache', [...options, 'depends', '--no-suggests', '--no-conflicts', PACKAGE]);
  const libraries = [...stdout.matchAll(/Depends: (libcoap\S+)/g)].map(([, name]) => name);
  const fetched = run('apt-get', [...options, '-qq', 'download', PACKAGE, ...libraries], { cwd: folder });
  if (fetched.status !== 0) return `apt-get download: ${lastLine(fetched.stderr) || 'failed'}`;
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
    const unpacked = run('dpkg', ['-x', file, '.'], { cwd: folder });
    if (unpacked.status !== 0) return `dpkg -x ${file}: ${lastLine(unpacked.stderr)}`;
    rmSync(path.join(folder, file));
  }
  return '';
}

/** Whether this program is there and finds its library, among those under `folder` if that is given. */
function isUsable(program, folder) {
  const env = folder === undefined ? process.env : { ...process.env, LD_LIBRARY_PATH: libraryPath(folder) };
  const { stdout, stderr } = run(program, ['-V'], { env });
  return GREETING.test(stdout + stderr);
}

/** Every folder that Debian may put libraries into. */
function libraryPath(folder) {
  const lib = path.join(folder, 'usr', 'lib');
  try {
    return [lib, ...readdirSync(lib).map((name) => path.join(lib, name))].join(path.delimiter);
  } catch {
    return lib;
  }
}

function run(command, args, options) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...options });
  return { status, stdout: stdout ?? '', stderr: stderr ?? error?.message ?? '' };
}

function lastLine(text) {
  return text.trim().split('\n').at(-1) ?? '';
}
