// SPDX-License-Identifier: Apache-2.0
// The maker's side of updates in the field: keys, signed containers, and what is in one. boards/update/UPDATE.md tells how it goes on from
// there.

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import {
  type Container,
  Feature,
  isSignedBy,
  keyIdOf,
  MOST_HEAD_BYTES,
  makeContainer,
  publicKeyBytes,
  readContainer,
} from './boards/update-container.js';
import { describeModule } from './boards/update-module.js';
import { runAsScript } from './main.js';

interface Output {
  readonly json?: boolean;
}

interface SignOptions extends Output {
  readonly module: string;
  readonly key: string;
  readonly sequence: number;
  readonly variant?: string;
  readonly out: string;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function createProgram(print: (line: string) => void): Command {
  const program = new Command('ipa-update')
    .description('Signs modules for update in the field')
    .showHelpAfterError('(ipa-update <command> --help tells the options)')
    .exitOverride();
  program
    .command('keygen')
    .description('make a key pair; devices get the public half as C')
    .requiredOption('--out <file>', 'where the private key goes, PEM; it must not exist')
    .option('--json', 'print one JSON object')
    .action(async ({ out, json }: Output & { out: string }) => print(await keygen(out, json)));
  program
    .command('public')
    .description('print the public half of a key as C, for the firmware')
    .requiredOption('--key <file>', 'private or public key, PEM')
    .option('--json', 'print one JSON object')
    .action(async ({ key, json }: Output & { key: string }) => print(tellKey(await readPublicKey(key), json)));
  program
    .command('sign')
    .description('make a container of a module')
    .requiredOption('--module <file>', 'the module, such as build/ipad-min.plain.wasm')
    .requiredOption('--key <file>', 'the private key, PEM')
    .requiredOption('--sequence <number>', 'larger than that of any release before', parseSequence)
    .option('--variant <name>', 'name of the variant; default: that of the file')
    .requiredOption('--out <file>', 'where the container goes')
    .option('--json', 'print one JSON object')
    .action(async (options: SignOptions) => print(await signModule(options)));
  program
    .command('show')
    .description('check a container and tell what is in it')
    .argument('<file>', 'the container')
    .option('--key <file>', 'private or public key, PEM, that it must be signed by')
    .option('--json', 'print one JSON object')
    .action(async (file: string, options: Output & { key?: string }) => print(await show(file, options)));
  return program;
}

function parseSequence(text: string): number {
  const sequence = Number(text);
  if (!/^\d+$/.test(text) || sequence < 1 || sequence >= 2 ** 32) throw new InvalidArgumentError(`1 to ${2 ** 32 - 1}`);
  return sequence;
}

/** Nobody else may read the private key, and one that is there is not written over: devices in the field depend on it. */
async function keygen(out: string, json = false): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeFile(out, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  return tellKey(createPublicKey(privateKey), json);
}

/** A public key for people and compilers: a row of the table of struct ipa_update_key. */
function tellKey(key: KeyObject, json = false): string {
  const [id, bytes] = [keyIdOf(key), publicKeyBytes(key)];
  if (json) return JSON.stringify({ keyId: hex(id), publicKey: hex(bytes) });
  const list = (each: Uint8Array): string => [...each].map((byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(', ');
  return `{.id = {${list(id)}},\n .public_key = {${list(bytes)}}},`;
}

async function readPublicKey(file: string): Promise<KeyObject> {
  const pem = await readFile(file);
  return createPublicKey(pem);
}

async function signModule({ module: file, key, sequence, variant, out, json = false }: SignOptions): Promise<string> {
  const [module, pem] = await Promise.all([readFile(file), readFile(key)]);
  const description = {
    variant: variant ?? path.basename(file).replace(/(?:\.plain)?\.wasm$/, ''),
    sequence,
    ...(await describeModule(module)),
  };
  const container = makeContainer(module, description, createPrivateKey(pem));
  await writeFile(out, container);
  return tell(readContainer(container), container.length, json);
}

async function show(file: string, { key, json = false }: Output & { key?: string }): Promise<string> {
  const bytes = await readFile(file);
  const container = readContainer(bytes);
  if (key === undefined) return tell(container, bytes.length, json);
  if (!isSignedBy(container, await readPublicKey(key))) throw new Error(`${file} is not signed by the key in ${key}`);
  return tell(container, bytes.length, json, true);
}

/** What is in a container. `isChecked`: its signature was. */
function tell({ keyId, manifest, headBytes }: Container, bytes: number, json: boolean, isChecked = false): string {
  const features = manifest.features & Feature.BulkMemory ? ['bulk memory'] : [];
  const facts = { ...manifest, features, digest: hex(manifest.digest), keyId: hex(keyId), signatureChecked: isChecked, headBytes, bytes };
  if (json) return JSON.stringify(facts);
  return [
    `variant      ${manifest.variant}`,
    `sequence     ${manifest.sequence}`,
    `ABI          ${manifest.abiVersion}`,
    `features     ${features.join(', ') || 'none'}`,
    `memory       ${manifest.memoryBytes} bytes`,
    `module       ${manifest.moduleBytes} bytes`,
    `SHA-512      ${facts.digest}`,
    `key          ${facts.keyId} (${isChecked ? 'signature checked' : 'signature not checked: --key names a key'})`,
    `container    ${bytes} bytes, of them ${headBytes} in front of the module (a device takes ${MOST_HEAD_BYTES})`,
  ].join('\n');
}

/** Runs the command line. Resolves to the exit status: 0, or 2 for a wrong command line; rejects when it could not be done. */
export async function runUpdate(args: readonly string[], print: (line: string) => void = console.log): Promise<number> {
  try {
    await createProgram(print).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    const { code, exitCode } = error as { code?: unknown; exitCode?: unknown };
    if (typeof code === 'string' && code.startsWith('commander.')) return exitCode === 0 ? 0 : 2;
    throw error;
  }
}

await runAsScript(import.meta.url, runUpdate);
