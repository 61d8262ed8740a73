// SPDX-License-Identifier: Apache-2.0
// The maker's side of updates: keys, containers, and what other implementations of Ed25519 and COSE say of them.

import { spawnSync } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import wabt from 'wabt';
import { ABI_VERSION } from '../../host/abi.js';
import { ContainerError, MOST_HEAD_BYTES, makeContainer, readContainer } from '../../scripts/boards/update-container.js';
import { describeModule } from '../../scripts/boards/update-module.js';
import { inBuild, inProject } from '../../scripts/paths.js';
import { runUpdate } from '../../scripts/update.js';
import { variants } from '../../scripts/variants.js';
import { DESCRIPTION, newKey, pretendContainer, pretendModule } from './support/update-host.js';
import { HAND_WRITTEN, RFC_8032 } from './support/update-vectors.js';

/** The secret of TEST 1 of RFC 8032 §7.1 in PKCS #8 (RFC 8410 §7). */
const FIRST_SECRET = createPrivateKey({
  key: Buffer.from('302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex'),
  format: 'der',
  type: 'pkcs8',
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const hasPycose = spawnSync('python3', ['-c', 'import pycose, cbor2; assert cbor2.loads(b"\\x01") == 1']).status === 0;

describe('container', () => {
  it('is, byte for byte, the one that was written by hand', () => {
    const description = { variant: 'ipad-min', sequence: 7, abiVersion: 3, features: 1, memoryBytes: 9000 };
    const container = makeContainer(Buffer.from('abc'), description, FIRST_SECRET);
    expect(Buffer.from(container).toString('hex')).toBe(HAND_WRITTEN.container.toString('hex'));
    expect(Buffer.from(readContainer(container).signed).toString('hex')).toBe(HAND_WRITTEN.signed.toString('hex'));
    expect(createPublicKey(FIRST_SECRET).export({ format: 'jwk' }).x).toBe(RFC_8032[0]?.publicKey.toString('base64url'));
  });

  it.each(variants)('of $name: facts of the module itself, and a head that fits', async ({ name }) => {
    const wasm = readFileSync(inBuild(`${name}.wasm`));
    const facts = await describeModule(wasm);
    expect(facts).toMatchObject({ abiVersion: ABI_VERSION, features: 1 });
    expect(facts.memoryBytes).toBeLessThanOrEqual(variants.find((variant) => variant.name === name)?.budget.staticBytes ?? 0);
    const { manifest, headBytes } = readContainer(makeContainer(wasm, { variant: name, sequence: 2 ** 32 - 1, ...facts }, newKey()));
    expect(manifest).toMatchObject({ variant: name, moduleBytes: wasm.length });
    expect(headBytes).toBeLessThanOrEqual(MOST_HEAD_BYTES);
  });

  it('never has a head that a device has no room for', () => {
    const most = {
      variant: 'x'.repeat(31),
      sequence: 2 ** 32 - 1,
      abiVersion: 2 ** 32 - 1,
      features: 2 ** 32 - 1,
      memoryBytes: 2 ** 32 - 1,
    };
    expect(readContainer(makeContainer(pretendModule(70_000, 1), most, newKey())).headBytes).toBeLessThanOrEqual(MOST_HEAD_BYTES);
  });

  it.each([
    ['a sequence of 0', { sequence: 0 }],
    ['a sequence beyond 32 bits', { sequence: 2 ** 32 }],
    ['a sequence that is no integer', { sequence: 1.5 }],
    ['a variant without name', { variant: '' }],
    ['a name that is too long', { variant: 'ä'.repeat(16) }],
    ['a negative number', { abiVersion: -1 }],
  ])('is not made with %s', (_, change) => {
    expect(() => makeContainer(pretendModule(9, 1), { ...DESCRIPTION, ...change }, newKey())).toThrow(ContainerError);
  });

  it('is not made of nothing, nor with another kind of key', () => {
    expect(() => makeContainer(new Uint8Array(), DESCRIPTION, newKey())).toThrow(/empty/);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(() => makeContainer(pretendModule(9, 1), DESCRIPTION, privateKey)).toThrow();
  });

  it('is refused when it is cut off, longer, or not deterministic', () => {
    const container = pretendContainer(newKey(), 1, { length: 20 });
    for (let length = 0; length < container.length; length++)
      expect(() => readContainer(container.subarray(0, length)), `${length} bytes`).toThrow(ContainerError);
    expect(() => readContainer(Uint8Array.from([...container, 0]))).toThrow(ContainerError);
    const longLength = Buffer.from(container).toString('hex').replace('a80101', 'b8080101').replace('585e', '585f');
    expect(() => readContainer(Buffer.from(longLength, 'hex'))).toThrow(ContainerError);
  });

  it('of a module that imports, is none, or needs more than devices have, is not made', async () => {
    const tools = await wabt();
    const moduleOf = (text: string) => tools.parseWat('', `(module ${text})`).toBinary({}).buffer;
    await expect(describeModule(moduleOf('(import "a" "b" (func))'))).rejects.toThrow(/imports a\.b/);
    await expect(describeModule(moduleOf(''))).rejects.toThrow(/does not export/);
    await expect(describeModule(Buffer.from('nothing'))).rejects.toThrow(ContainerError);
    const newer = '(func (export "ipa_abi_version") (result i32) (i32.extend8_s (i32.const 4)))';
    await expect(describeModule(moduleOf(newer))).rejects.toThrow(/not a module that a device can run/);
    const own = '(global (export "__heap_base") i32 (i32.const 99))';
    const plain = '(func (export "ipa_abi_version") (result i32) (i32.const 4))';
    expect(await describeModule(moduleOf(own + plain))).toEqual({ abiVersion: 4, features: 0, memoryBytes: 99 });
  });
});

describe('ipa-update', () => {
  let folder: string;
  const lines: string[] = [];
  const run = (...args: string[]) => runUpdate(args, (line) => lines.push(line));
  const inFolder = (name: string) => path.join(folder, name);
  const json = () => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'ipa-update-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('makes a key that only its owner can read, and never writes over one', async () => {
    expect(await run('keygen', '--out', inFolder('key.pem'), '--json')).toBe(0);
    expect(statSync(inFolder('key.pem')).mode & 0o777).toBe(0o600);
    const { keyId, publicKey } = json() as { keyId: string; publicKey: string };
    expect(createHash('sha512').update(Buffer.from(publicKey, 'hex')).digest('hex').slice(0, 16)).toBe(keyId);
    await expect(run('keygen', '--out', inFolder('key.pem'))).rejects.toThrow(/EEXIST/);
    expect(await run('public', '--key', inFolder('key.pem'))).toBe(0);
    const bytes = [...(lines.at(-1) ?? '').matchAll(/0x([0-9a-f]{2})/g)].map(([, byte]) => byte).join('');
    expect(bytes).toBe(keyId + publicKey);
  });

  it('signs a module, and shows what is in the container', async () => {
    const module = inBuild('ipad-min.wasm');
    const args = ['--module', module, '--key', inFolder('key.pem'), '--out', inFolder('container')];
    expect(await run('sign', ...args, '--sequence', '7')).toBe(0);
    expect(lines.at(-1)).toMatch(/^variant {6}ipad-min\nsequence {5}7\n/);
    expect(await run('show', inFolder('container'), '--key', inFolder('key.pem'), '--json')).toBe(0);
    const digest = createHash('sha512').update(readFileSync(module)).digest('hex');
    expect(json()).toMatchObject({ variant: 'ipad-min', sequence: 7, signatureChecked: true, digest, features: ['bulk memory'] });
    expect(await run('show', inFolder('container'))).toBe(0);
    expect(lines.at(-1)).toContain('signature not checked');
    expect(Buffer.from(readContainer(readFileSync(inFolder('container'))).module).equals(readFileSync(module))).toBe(true);
  });

  it('refuses a container of another key, and one that has changed', async () => {
    await run('keygen', '--out', inFolder('other.pem'));
    await expect(run('show', inFolder('container'), '--key', inFolder('other.pem'))).rejects.toThrow(/not signed by the key/);
    const changed = readFileSync(inFolder('container'));
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    writeFileSync(inFolder('changed'), changed);
    await expect(run('show', inFolder('changed'))).rejects.toThrow(/not the one of the manifest/);
  });

  it('says what is wrong with a command line: status 2', async () => {
    const args = ['sign', '--module', inBuild('ipad-min.wasm'), '--key', inFolder('key.pem'), '--out', inFolder('not-made')];
    const complaints = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(await run()).toBe(2);
    expect(await run('nothing')).toBe(2);
    expect(await run(...args)).toBe(2);
    for (const sequence of ['0', '-1', '1.5', '4294967296', 'seven']) expect(await run(...args, '--sequence', sequence), sequence).toBe(2);
    expect(complaints.mock.calls.flat().join('')).toContain("required option '--sequence <number>' not specified");
    complaints.mockRestore();
    expect(() => statSync(inFolder('not-made'))).toThrow(/ENOENT/);
  });

  it.skipIf(!hasOpenssl)('OpenSSL finds the signature over the Sig_structure right', () => {
    const container = readFileSync(inFolder('container'));
    // by hand: behind d2 84 the protected header of 46 bytes, key ID of 11, then 58 LL manifest, then 58 40 and the signature
    const [protectedHeader, payload] = [container.subarray(2, 48), container.subarray(59, 61 + (container[60] ?? 0))];
    const signature = container.subarray(59 + payload.length + 2, 59 + payload.length + 66);
    const signed = Buffer.concat([Buffer.from('846a5369676e617475726531', 'hex'), protectedHeader, Buffer.from([0x40]), payload]);
    const key = createPublicKey(readFileSync(inFolder('key.pem')));
    writeFileSync(inFolder('public.pem'), key.export({ type: 'spki', format: 'pem' }));
    writeFileSync(inFolder('signature'), signature);
    const verify = (bytes: Uint8Array) => {
      writeFileSync(inFolder('signed'), bytes);
      const files = ['-inkey', inFolder('public.pem'), '-in', inFolder('signed'), '-sigfile', inFolder('signature')];
      return spawnSync('openssl', ['pkeyutl', '-verify', '-pubin', '-rawin', ...files]).status;
    };
    expect(verify(signed)).toBe(0);
    expect(verify(Buffer.concat([signed, Buffer.from([0])]))).not.toBe(0);
  });

  it.skipIf(!hasPycose)('pycose finds the signature right', async () => {
    await run('public', '--key', inFolder('key.pem'), '--json');
    const { publicKey } = json() as { publicKey: string };
    const checker = inProject('test', 'boards', 'support', 'update_check.py');
    const { stdout, stderr } = spawnSync('python3', [checker, inFolder('container'), publicKey], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const { moduleBytes } = readContainer(readFileSync(inFolder('container'))).manifest;
    expect(JSON.parse(stdout)).toMatchObject({ verified: true, end: true, module: moduleBytes, manifest: { 2: 'ipad-min', 3: 7 } });
  });
});
