// SPDX-License-Identifier: Apache-2.0
// The C code of the update as a program of this machine, with sanitizers and simulated flash: it answers each line by a line.

import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { ABI_VERSION } from '../../../host/abi.js';
import { type MonocypherSources, monocypherSources } from '../../../scripts/boards/sources-monocypher.js';
import { Feature, keyIdOf, type ModuleDescription, makeContainer, publicKeyBytes } from '../../../scripts/boards/update-container.js';
import { inBuild, inProject } from '../../../scripts/paths.js';
import { isRequired } from '../../support/debian.js';

/** Codes of boards/update/ipa_container.h. */
export const Refusal = {
  Incomplete: -512,
  BadContainer: -513,
  UnknownKey: -514,
  BadSignature: -515,
  OtherFormat: -516,
  BadManifest: -517,
  OtherVariant: -518,
  OtherAbi: -519,
  MissingFeature: -520,
  TooMuchMemory: -521,
  NotNewer: -522,
  TooLarge: -523,
  BadDigest: -524,
  TrailingBytes: -525,
  FlashFailed: -526,
  OnTrial: -527,
  NoModule: -528,
} as const;

/**
 * Whether the device's side can be compiled here, also with what `fetch` makes available. With CI or IPA_REQUIRE_BOARDS set a machine
 * where it cannot is a failure: rejects.
 */
export async function canCompile(...fetch: readonly (() => Promise<unknown>)[]): Promise<boolean> {
  try {
    if (spawnSync('cc', ['--version']).status !== 0) throw new Error('there is no C compiler cc');
    for (const each of [monocypherSources, ...fetch]) await each();
    return true;
  } catch (error) {
    if (isRequired('IPA_REQUIRE_BOARDS')) throw error;
    console.warn(`tests of the update are skipped: ${(error as Error).message}`);
    return false;
  }
}

/** Options for C of our own. */
export const STRICT = ['-std=c11', '-g', '-O1', '-Wall', '-Wextra', '-Wconversion', '-Werror'];
export const SANITIZERS = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer'];
const UPDATE = ['ipa_container', 'ipa_sha512', 'ipa_slot', 'ipa_update', 'ipa_update_receive'];

/** What is compiled besides the update itself. */
export interface HostProgram {
  readonly name: string;
  /** Below the project's root; our own, so every warning is an error. */
  readonly files: readonly string[];
  readonly options?: readonly string[];
  /** Objects or sources of others, compiled already. */
  readonly objects?: readonly string[];
}

/** The test program of the update alone. */
export const UPDATE_HOST: HostProgram = {
  name: 'update-host',
  files: ['host', 'cuts', 'fuzz', 'flash_simulator', 'no_module'].map((name) => `test/boards/support/update_${name}.c`),
};

/** Compiles a program; gives its file. Rejects with the compiler's complaint. */
export async function compileHost({ name, files, options = [], objects = [] }: HostProgram): Promise<string> {
  const folder = inBuild('test', 'boards');
  await mkdir(folder, { recursive: true });
  const monocypher = await monocypherSources();
  const program = path.join(folder, name);
  const own = [...UPDATE.map((file) => `boards/update/${file}.c`), ...files].map((file) => inProject(file));
  const includes = ['boards/include', 'boards/update', 'test/boards/support'].map((each) => `-I${inProject(each)}`);
  const all = [...own, await compileMonocypher(monocypher, `${program}-monocypher.o`), ...objects];
  await promisify(execFile)('cc', [
    ...STRICT,
    ...SANITIZERS,
    ...includes,
    `-isystem${monocypher.folder}`,
    ...options,
    ...all,
    '-o',
    program,
  ]);
  return program;
}

/** Not ours, and slow under sanitizers: as a product has it. */
async function compileMonocypher({ files }: MonocypherSources, object: string): Promise<string> {
  await promisify(execFile)('cc', ['-std=c11', '-O2', '-w', '-c', ...files, '-o', object]);
  return object;
}

/** A test program that runs. */
export class UpdateHost {
  readonly #child: ChildProcess;
  readonly #waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  #complaint = '';

  constructor(program: string, parameters: readonly string[] = []) {
    const child = spawn(program, parameters, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child = child;
    createInterface(child.stdout).on('line', (line) => this.#waiting.shift()?.resolve(line));
    child.stderr.on('data', (bytes) => {
      this.#complaint += bytes;
    });
    child.stdin.on('error', () => {});
    child.on('close', (status, signal) => {
      const error = new Error(`the program ended with ${status ?? signal}: ${this.#complaint.trim().slice(0, 4000)}`);
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
  }

  /** Sends a command; resolves to the answer. Rejects with what the program says when it ends instead. */
  async ask(...words: readonly (string | number | Uint8Array)[]): Promise<string> {
    const line = words.map((word) => (word instanceof Uint8Array ? hexOf(word) : String(word))).join(' ');
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin?.write(`${line}\n`);
    });
  }

  /** Gives a container to the device, in pieces: the result, and the operations of the flash that it took. */
  async take(container: Uint8Array, pieceBytes = 64): Promise<{ readonly result: number; readonly operations: number }> {
    const [result = Number.NaN, operations = Number.NaN] = (await this.ask('take', pieceBytes, container)).split(' ').map(Number);
    return { result, operations };
  }

  close(): void {
    this.#child.kill();
  }
}

const hexOf = (bytes: Uint8Array): string => (bytes.length === 0 ? '-' : Buffer.from(bytes).toString('hex'));

/** What the simulated flash is like. */
export interface Flash {
  readonly sectorBytes: number;
  readonly programBytes: number;
  readonly slotBytes: number;
}

/** The flash of most tests: small, so that every operation can be tried. */
export const SMALL_FLASH: Flash = { sectorBytes: 512, programBytes: 16, slotBytes: 4096 };
/** What a module of the tests needs, unless it says otherwise. */
export const DESCRIPTION: ModuleDescription = {
  variant: 'ipad-min',
  sequence: 1,
  abiVersion: ABI_VERSION,
  features: Feature.BulkMemory,
  memoryBytes: 9_000,
};
export const DEVICE_MEMORY_BYTES = 12_288;

/** Keys that are new in each run; nothing depends on which. */
export const newKey = (): KeyObject => generateKeyPairSync('ed25519').privateKey;

/** Bytes that stand for a module where none is run: other ones for each sequence. */
export function pretendModule(length: number, sequence: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 7 + sequence * 31) & 255);
}

/** A container around a pretended module. */
export function pretendContainer(
  key: KeyObject,
  sequence: number,
  options: { length?: number } & Partial<ModuleDescription> = {},
): Uint8Array {
  const { length = 600, ...description } = options;
  return makeContainer(pretendModule(length, sequence), { ...DESCRIPTION, ...description, sequence }, key);
}

/** Makes the device blank, with the flash and the keys that are given. */
export async function setUp(host: UpdateHost, keys: readonly KeyObject[], minimumSequence = 0, flash = SMALL_FLASH): Promise<void> {
  await host.ask('layout', flash.sectorBytes, flash.programBytes, flash.slotBytes);
  const words = keys.flatMap((key) => [keyIdOf(key), publicKeyBytes(key)]);
  await host.ask('device', DESCRIPTION.variant, DESCRIPTION.features, DEVICE_MEMORY_BYTES, minimumSequence, ...words);
}

/** Installs a container on a blank device and confirms it: what comes from the factory. */
export async function install(host: UpdateHost, container: Uint8Array): Promise<void> {
  const { result } = await host.take(container);
  if (result !== 0) throw new Error(`not installed: ${result}`);
  const boot = await host.ask('boot');
  if (!boot.includes(' trial ')) throw new Error(`not on trial: ${boot}`);
  if ((await host.ask('confirm')) !== '0') throw new Error('not confirmed');
}
