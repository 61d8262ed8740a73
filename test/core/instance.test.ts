// SPDX-License-Identifier: Apache-2.0
// One contract, every runtime: whatever executes the module, an instance behaves the same.

import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ABI_VERSION } from '../../host/abi.js';
import type { IpaInstance } from '../../host/interfaces.js';
import { compileStandIn, runtimes, StandIn } from './support.js';

const ECHO = 3;
const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);

describe.each(await runtimes())('an instance on $name', ({ name, available, create }) => {
  describe.skipIf(!available)('contract', () => {
    let wasm: Uint8Array;
    let instance: IpaInstance;
    beforeAll(async () => {
      wasm = await compileStandIn(`instance-${name}`);
    });
    afterEach(async () => {
      await instance?.close();
    });

    it('names its runtime and its memory', async () => {
      instance = await create(wasm);
      expect(instance.runtime).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+$`));
      expect(instance.memoryBytes).toBe(StandIn.HeapBase);
    });

    it('gives actions with argument and bytes', async () => {
      instance = await create(wasm);
      expect(await instance.event(ECHO, -5, bytes(1, 2, 3))).toBe(3);
      expect(await instance.poll(0)).toEqual({ kind: ECHO, argument: -5, bytes: bytes(3, 2, 1) });
    });

    it('passes the time modulo 2^32', async () => {
      instance = await create(wasm);
      expect((await instance.poll(0xffff_ffff)).argument).toBe(-1);
      expect((await instance.poll(2 ** 32 + 7)).argument).toBe(7);
    });

    it('keeps an action’s bytes when the module goes on', async () => {
      instance = await create(wasm);
      await instance.event(ECHO, 0, bytes(1));
      const first = await instance.poll(0);
      await instance.event(ECHO, 0, bytes(2));
      await instance.poll(0);
      expect(first.bytes).toEqual(bytes(1));
    });

    it('takes an event of exactly the window and lets the module refuse one byte more', async () => {
      instance = await create(wasm);
      expect(await instance.event(ECHO, 0, new Uint8Array(StandIn.WindowBytes))).toBe(StandIn.WindowBytes);
      await expect(instance.event(ECHO, 0, new Uint8Array(StandIn.WindowBytes + 1))).rejects.toMatchObject({
        code: 'WindowOverflow',
        number: -4,
      });
      await expect(instance.event(StandIn.NoWindow, 0, bytes(1))).rejects.toMatchObject({ code: 'WindowOverflow' });
      expect(await instance.event(StandIn.NoWindow, 0)).toBe(0);
    });

    it('drains an event far larger than the window and stays in step', async () => {
      instance = await create(wasm);
      await expect(instance.event(ECHO, 0, new Uint8Array(0xffff))).rejects.toMatchObject({ code: 'WindowOverflow' });
      expect(await instance.event(ECHO, 4, bytes(9))).toBe(1);
      expect(await instance.poll(0)).toEqual({ kind: ECHO, argument: 4, bytes: bytes(9) });
    });

    it('refuses an event that no window can hold', async () => {
      instance = await create(wasm);
      await expect(instance.event(ECHO, 0, new Uint8Array(0x10000))).rejects.toMatchObject({ code: 'EventTooLong', layer: 'host' });
    });

    it('turns a negative result into an error with name, number and layer', async () => {
      instance = await create(wasm);
      await expect(instance.event(StandIn.Refused, -16)).rejects.toMatchObject({
        name: 'IpaError',
        code: 'BadEncoding',
        number: -16,
        layer: 'wire',
      });
      await expect(instance.event(StandIn.Refused, -9999)).rejects.toMatchObject({ code: 'Unknown', number: -9999, layer: 'unknown' });
      expect((await instance.poll(5)).argument).toBe(5);
    });

    it('moves its state to a fresh instance', async () => {
      instance = await create(wasm);
      await instance.event(ECHO, 77, bytes(1, 2));
      const state = await instance.saveState();
      await instance.close();
      expect(state).toHaveLength(StandIn.StateBytes);

      instance = await create(wasm);
      await instance.restoreState(state);
      expect(await instance.poll(0)).toEqual({ kind: ECHO, argument: 77, bytes: bytes(2, 1) });
    });

    it('refuses a state of another size and changes nothing', async () => {
      instance = await create(wasm);
      await instance.event(ECHO, 1, bytes(5));
      for (const size of [0, StandIn.StateBytes - 1, StandIn.StateBytes + 1, 5000, 70_000]) {
        await expect(instance.restoreState(new Uint8Array(size))).rejects.toMatchObject({ code: 'StateSize', layer: 'host' });
      }
      expect((await instance.poll(0)).bytes).toEqual(bytes(5));
    });

    it('answers calls made at once in their order', async () => {
      instance = await create(wasm);
      const results = [instance.event(ECHO, 0, bytes(1)), instance.poll(0), instance.event(ECHO, 0, bytes(2, 3)), instance.poll(0)];
      expect(await Promise.all(results)).toEqual([
        1,
        { kind: ECHO, argument: 0, bytes: bytes(1) },
        2,
        { kind: ECHO, argument: 0, bytes: bytes(3, 2) },
      ]);
    });

    it('fails for good when the module traps', async () => {
      instance = await create(wasm);
      const failed = { name: 'IpaError', code: 'InstanceFailed', layer: 'host', message: expect.stringContaining('unreachable') };
      await expect(instance.event(StandIn.Trap, 0)).rejects.toMatchObject(failed);
      await expect(instance.poll(0)).rejects.toMatchObject(failed);
    });

    it.each([0x10000, -1])('fails for good when the module names %i bytes outside its memory', async (length) => {
      instance = await create(wasm);
      await instance.event(StandIn.HugeAction, length);
      await expect(instance.poll(0)).rejects.toMatchObject({ code: 'InstanceFailed' });
      await expect(instance.saveState()).rejects.toMatchObject({ code: 'InstanceFailed' });
    });

    it('is of no use after close, and closes twice', async () => {
      instance = await create(wasm);
      await instance.close();
      await instance.close();
      await expect(instance.poll(0)).rejects.toMatchObject({ code: 'InstanceClosed' });
      await expect(instance.event(ECHO, 0)).rejects.toMatchObject({ code: 'InstanceClosed' });
    });

    it('refuses a module of another interface version', async () => {
      await expect(create(withVersion(wasm, ABI_VERSION + 1))).rejects.toMatchObject({
        code: 'AbiVersion',
        message: expect.stringContaining(`version ${ABI_VERSION + 1}`),
      });
    });

    it('refuses bytes that are not this kind of module', async () => {
      await expect(create(bytes(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0))).rejects.toMatchObject({ name: 'IpaError', layer: 'host' });
    });
  });
});

/** The stand-in with another version: the function body `i32.const ABI_VERSION; end` becomes `i32.const n; end`. */
function withVersion(wasm: Uint8Array, version: number): Uint8Array {
  const changed = Buffer.from(wasm);
  const body = changed.indexOf(Buffer.from([0x04, 0x00, 0x41, ABI_VERSION, 0x0b]));
  changed[body + 3] = version;
  return new Uint8Array(changed);
}
