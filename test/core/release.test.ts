// SPDX-License-Identifier: Apache-2.0
// The shipped module itself on every runtime: the same calls give the same answers and leave the same state, byte for byte.

import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Action, Event } from '../../host/abi.js';
import { createNodeInstance } from '../../host/core/node.js';
import { createWasmtimeInstance } from '../../host/core/wasmtime.js';
import type { Action as AskedAction, IpaInstance } from '../../host/interfaces.js';
import { runtimes } from './support.js';

const wasmtimeAvailable = (await runtimes()).some(({ name, available }) => name === 'wasmtime' && available);
/** Option TLVs: command 1 (poll) over the AT link. */
const POLL_COMMAND = new Uint8Array([0x80, 0x01, 0x01, 0x81, 0x01, 0x01]);

describe.skipIf(!wasmtimeAvailable)('the release module', () => {
  let node: IpaInstance;
  let wasmtime: IpaInstance;
  beforeAll(async () => {
    [node, wasmtime] = await Promise.all([createNodeInstance(), createWasmtimeInstance()]);
    return () => Promise.all([node.close(), wasmtime.close()]);
  });
  afterEach(async () => expect(await wasmtime.saveState()).toEqual(await node.saveState()));

  /** Does it on both; both must give the same result or the same refusal. */
  async function both(call: (instance: IpaInstance) => Promise<unknown>): Promise<unknown> {
    const settle = (instance: IpaInstance) => call(instance).catch((error: { code: string }) => `refused: ${error.code}`);
    const result = await settle(node);
    expect(await settle(wasmtime)).toEqual(result);
    return result;
  }

  it('has the same memory', () => {
    expect(wasmtime.memoryBytes).toBe(node.memoryBytes);
  });

  it('has nothing to do at first', async () => {
    expect(await both((instance) => instance.poll(0))).toMatchObject({ kind: Action.Idle });
  });

  it.each([
    ['no such event', 200, new Uint8Array(), 'refused: UnknownEvent'],
    ['an event nobody waits for', Event.NetworkOpened, new Uint8Array(), 'refused: UnexpectedEvent'],
    ['an unknown option', Event.Command, new Uint8Array([0xff, 0x00]), 'refused: BadOption'],
    ['more than the window', Event.Command, new Uint8Array(20_000), 'refused: WindowOverflow'],
  ])('refuses %s', async (_, kind, bytes, refusal) => {
    expect(await both((instance) => instance.event(kind, 0, bytes))).toBe(refusal);
  });

  it('begins a command by speaking to the modem', async () => {
    expect(await both((instance) => instance.event(Event.Command, 0, POLL_COMMAND))).toBeTypeOf('number');
    const action = (await both((instance) => instance.poll(10))) as AskedAction;
    expect(action.kind).toBe(Action.CardWrite);
    expect(new TextDecoder().decode(action.bytes)).toMatch(/^AT/);
  });
});
