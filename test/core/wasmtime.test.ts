// SPDX-License-Identifier: Apache-2.0
// What only a runtime in another process can do: be missing, be too old, die, hang. A program stands in for wasmtime.

import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ABI_VERSION } from '../../host/abi.js';
import { createWasmtimeInstance } from '../../host/core/wasmtime.js';
import { findWasmtime } from '../../host/core/wasmtime-path.js';
import { inBuild } from '../../scripts/paths.js';

/** Replies to a hello: version, heap base 184. */
const HELLO = `Buffer.from([0, ${ABI_VERSION}, 0, 0, 0, 4, 0, 184, 0, 0, 0])`;

/** Writes a program that answers --version and otherwise runs `body`. */
async function pretend(name: string, body: string, version = '49.0.0'): Promise<string> {
  const file = inBuild('test', 'pretend', `${name}.cjs`);
  await mkdir(path.dirname(file), { recursive: true });
  const text = `#!${process.execPath}\nif (process.argv[2] === '--version') console.log('wasmtime ${version} (0123456 2026-01-01)');\nelse { ${body} }\n`;
  await writeFile(file, text);
  await chmod(file, 0o755);
  return file;
}

describe('finding wasmtime', () => {
  it('tells its version', async () => {
    const file = await pretend('version', '', '50.1.2');
    expect(await findWasmtime(file)).toEqual({ path: file, version: '50.1.2' });
  });

  it('refuses one that is too old', async () => {
    const file = await pretend('old', '', '39.9.9');
    await expect(findWasmtime(file)).rejects.toMatchObject({ code: 'RuntimeMissing', message: expect.stringContaining('39.9.9') });
  });

  it('says when there is none', async () => {
    await expect(createWasmtimeInstance({ wasmtimePath: inBuild('no-such-program') })).rejects.toMatchObject({
      code: 'RuntimeMissing',
      layer: 'host',
    });
  });
});

describe('a runtime that misbehaves', () => {
  const wasm = new Uint8Array([0]);

  it('is reported with its own words when it ends at once', async () => {
    const wasmtimePath = await pretend('ends', "process.stderr.write('cannot load'); process.exitCode = 4");
    await expect(createWasmtimeInstance({ wasmtimePath, wasm })).rejects.toMatchObject({
      code: 'InstanceFailed',
      message: 'wasmtime ended with status 4: cannot load',
    });
  });

  it('rejects every waiting call when it is killed', async () => {
    // It greets, and at the next request ends itself as the kernel would.
    const body = `let seen = 0; process.stdin.on('data', () => { if (seen++ === 0) process.stdout.write(${HELLO}); else process.kill(process.pid, 'SIGKILL'); })`;
    const instance = await createWasmtimeInstance({ wasmtimePath: await pretend('killed', body), wasm });
    const calls = await Promise.allSettled([instance.poll(1), instance.event(1, 0), instance.saveState()]);
    for (const call of calls)
      expect(call).toMatchObject({ status: 'rejected', reason: { code: 'InstanceFailed', message: 'wasmtime ended with signal SIGKILL' } });
    await expect(instance.poll(2)).rejects.toMatchObject({ code: 'InstanceFailed' });
    await instance.close();
  });

  it('is ended when it does not end by itself', async () => {
    const body = `process.stdout.write(${HELLO}); setInterval(() => {}, 1000)`;
    const instance = await createWasmtimeInstance({ wasmtimePath: await pretend('hangs', body), wasm, closeTimeoutMs: 1 });
    const waiting = expect(instance.poll(1)).rejects.toMatchObject({
      code: 'InstanceFailed',
      message: 'wasmtime ended with signal SIGKILL',
    });
    await instance.close();
    await waiting;
  });

  it('is refused when the module speaks another version', async () => {
    const body = 'process.stdout.write(Buffer.from([0, 9, 0, 0, 0, 4, 0, 184, 0, 0, 0])); process.stdin.resume()';
    await expect(createWasmtimeInstance({ wasmtimePath: await pretend('version-9', body), wasm })).rejects.toMatchObject({
      code: 'AbiVersion',
    });
  });

  it('cannot be sent events that have no frame', async () => {
    const body = `process.stdout.write(${HELLO}); process.stdin.resume()`;
    const instance = await createWasmtimeInstance({ wasmtimePath: await pretend('kinds', body), wasm });
    for (const kind of [0, 0xf0, 256, -1]) await expect(instance.event(kind, 0)).rejects.toMatchObject({ code: 'UnknownEvent' });
    await instance.close();
  });
});
