// SPDX-License-Identifier: Apache-2.0
// Compiles the POSIX port and its test programs with the machine's compiler. What was compiled once is kept by what it was made of.

import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { access, mkdir, readdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { interpreterGroups } from '../../../scripts/boards/runtimes.js';
import { type Form, translate } from '../../../scripts/boards/translate.js';
import { inBuild, inProject } from '../../../scripts/paths.js';
import { variants } from '../../../scripts/variants.js';
import { isRequired, unpacked } from '../../support/debian.js';

const PORT = 'boards/posix';
const OWN = ['-std=c11', '-D_GNU_SOURCE', '-O1', '-g', '-Wall', '-Wextra', '-Wconversion', '-Werror'];
const SANITIZERS = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer'];
const INCLUDES = ['boards/include', PORT, 'boards/runtime/native'].map((folder) => `-I${inProject(folder)}`);
/** More than any variant takes on a processor of 64 bits. */
const INTERPRETER_HEAP_BYTES = 1024 * 1024;
const [MBEDTLS_INCLUDES, MBEDTLS_FOLDERS] = unpackedMbedtls();
const LIBRARIES = [...MBEDTLS_FOLDERS, '-lmbedtls', '-lmbedx509', '-lmbedcrypto'];

/** Options for what the set-up has unpacked, where the machine has no mbedTLS of its own. */
function unpackedMbedtls(): [includes: string[], folders: string[]] {
  const root = unpacked('mbedtls', 'usr/lib');
  if (!existsSync(root)) return [[], []];
  const folders = readdirSync(root).map((name) => path.join(root, name));
  return [['-isystem', unpacked('mbedtls', 'usr/include')], folders.flatMap((folder) => [`-L${folder}`, `-Wl,-rpath,${folder}`])];
}

/** Whether this machine can build the port. With CI or IPA_REQUIRE_BOARDS set that it cannot is a failure: throws Error. */
export function canBuildPosix(): boolean {
  const source = '#include <mbedtls/ssl.h>\nint main(void) { mbedtls_ssl_context ssl; mbedtls_ssl_init(&ssl); return 0; }\n';
  const { status } = spawnSync('cc', ['-x', 'c', '-', '-o', '/dev/null', ...MBEDTLS_INCLUDES, ...SANITIZERS, ...LIBRARIES], {
    input: source,
  });
  if (status === 0) return true;
  if (isRequired('IPA_REQUIRE_BOARDS')) throw new Error('no cc with sanitizers and mbedTLS here; install gcc and libmbedtls-dev');
  return false;
}

/** The program with this variant of the module in it, under sanitizers. Rejects with the compiler's complaint. */
export async function buildPosix(variant: string, form: Form = 'fast'): Promise<string> {
  const { file, sha256 } = await translate(variant, form);
  const own = await compileOwn(variant, [`-DIPA_MODULE_SHA256="${sha256}"`]);
  const module = await compileAll([file], ['-std=c11', '-O1', '-g', ...SANITIZERS]);
  return link([...own, ...module], LIBRARIES);
}

/** The program with an interpreter in it, for --module. Rejects when the interpreter's sources cannot be had. */
export async function buildPosixWith(interpreter: 'wasm3' | 'wamr'): Promise<string> {
  const own = await compileOwn('ipad', []);
  const objects: string[] = [];
  for (const { files, options } of await interpreterGroups(interpreter, { heapBytes: INTERPRETER_HEAP_BYTES }))
    objects.push(...(await compileAll(files, ['-std=gnu11', '-O1', ...options])));
  return link([...own, ...objects], [...LIBRARIES, '-lm']);
}

async function compileOwn(variant: string, more: readonly string[]): Promise<string[]> {
  const { without = [] } = variants.find(({ name }) => name === variant) ?? {};
  const features = without.map((feature) => `-DIPA_WITHOUT_${feature}`);
  const definitions = [...features, ...more, '-DIPA_MBEDTLS_IS_SHARED'];
  const port = (await readdir(inProject(PORT))).filter((name) => name.endsWith('.c')).map((name) => inProject(PORT, name));
  const common = ['ipa.c', 'ipa_options.c'].map((name) => inProject('boards', 'common', name));
  return compileAll([...port, ...common], [...OWN, ...SANITIZERS, ...definitions]);
}

/** A test program of test/boards/support/ with these files of the port, under sanitizers. */
export async function buildPosixPart(program: string, parts: readonly string[]): Promise<string> {
  const files = [inProject('test', 'boards', 'support', program), ...parts.map((part) => inProject(PORT, part))];
  return link(await compileAll(files, [...OWN, ...SANITIZERS]), []);
}

/** Two at a time: each takes a processor. */
async function compileAll(files: readonly string[], options: readonly string[]): Promise<string[]> {
  const headers = await headerText();
  const objects = new Map<string, string>();
  const left = [...files];
  const work = async () => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) objects.set(file, await compile(file, options, headers));
  };
  await Promise.all([work(), work()]);
  return files.map((file) => objects.get(file)!);
}

/** Whatever a file may include of this project. */
async function headerText(): Promise<string> {
  const folders = ['boards/include', PORT, 'boards/runtime/native'];
  const texts = folders.map(async (folder) => {
    const names = (await readdir(inProject(folder))).filter((name) => name.endsWith('.h'));
    return Promise.all(names.map((name) => readFile(inProject(folder, name), 'utf8')));
  });
  return (await Promise.all(texts)).flat().join('\0');
}

async function compile(file: string, options: readonly string[], headers: string): Promise<string> {
  const made = [file, await readFile(file, 'utf8'), headers, ...options];
  return once(made, '.o', (object) => cc([...options, ...INCLUDES, ...MBEDTLS_INCLUDES, '-c', file, '-o', object]));
}

async function link(objects: readonly string[], libraries: readonly string[]): Promise<string> {
  return once([...objects, ...libraries], '', (program) => cc([...SANITIZERS, ...objects, ...libraries, '-o', program]));
}

async function cc(options: readonly string[]): Promise<void> {
  await promisify(execFile)('cc', [...options]);
}

/** Makes a file unless one of the same is there. Two processes may do so at once: what is half made has another name. */
async function once(made: readonly string[], ending: string, make: (file: string) => Promise<void>): Promise<string> {
  const hash = createHash('sha256');
  for (const part of made) hash.update(`${part.length}:${part}`);
  const folder = inBuild('boards', 'posix');
  const file = path.join(folder, `${hash.digest('hex').slice(0, 32)}${ending}`);
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere) return file;
  await mkdir(folder, { recursive: true });
  await make(`${file}.${process.pid}`);
  await rename(`${file}.${process.pid}`, file);
  return file;
}
