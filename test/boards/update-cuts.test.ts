// SPDX-License-Identifier: Apache-2.0
// Power goes at every operation of the flash during an update, and containers are spoilt at random: the device starts the old module or
// the new.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canCompile, compileHost, install, newKey, pretendContainer, setUp, UPDATE_HOST, UpdateHost } from './support/update-host.js';

const FLASH = { sectorBytes: 512, programBytes: 32, slotBytes: 4096 };
const MODULE_BYTES = 600;
/** Where power goes twice: the square of its operations is tried. */
const SHORT_BYTES = 150;
/** Operations of the flash from the first erasure to the last mark: sectors of head and module, units of module and head, two marks. */
const operationsOf = (bytes: number): number =>
  2 + Math.ceil(bytes / FLASH.sectorBytes) + Math.ceil(bytes / FLASH.programBytes) + 320 / FLASH.programBytes + 2;
const OPERATIONS = operationsOf(MODULE_BYTES);
const SEED = Number(process.env.IPA_SEED ?? 20_261_126);
const CONTAINERS = Number(process.env.IPA_UPDATE_CONTAINERS ?? 2_000);

describe.skipIf(!(await canCompile()))('update, interrupted', () => {
  const key = newKey();
  const container = (sequence: number, length = MODULE_BYTES) => pretendContainer(key, sequence, { length });
  const [older, old, next] = [container(4), container(5), container(6)];
  let host: UpdateHost;
  beforeAll(async () => {
    host = new UpdateHost(await compileHost({ ...UPDATE_HOST, name: 'update-cuts' }));
  });
  afterAll(() => host?.close());

  /** What the other slot holds before the update. */
  const BEFORE: readonly (readonly [string, () => Promise<void>])[] = [
    ['a blank slot', () => install(host, old)],
    [
      'an older module',
      async () => {
        await install(host, older);
        await install(host, old);
      },
    ],
    [
      'a module that was given up',
      async () => {
        await install(host, older);
        await install(host, old);
        await host.take(container(6, 500));
        await host.ask('boot');
        await host.ask('reject');
        await host.ask('boot');
      },
    ],
  ];

  it.each(BEFORE.slice(0, 2))('at every operation, with %s: a good module is kept, a bad one given up', async (_, prepare) => {
    await setUp(host, [key], 0, FLASH);
    await prepare();
    for (const good of [1, 0]) {
      const [operations, losses] = (await host.ask('cuts', good, old, next, 0)).split(' ').map(Number);
      expect(operations).toBe(OPERATIONS);
      expect(losses).toBe(OPERATIONS * 4);
    }
  });

  it('at every operation, with a slot whose module was given up', async () => {
    await setUp(host, [key], 0, FLASH);
    await BEFORE[2]?.[1]();
    for (const good of [1, 0]) expect(await host.ask('cuts', good, old, container(7), 0)).toBe(`${OPERATIONS} ${OPERATIONS * 4}`);
  });

  it('at every two operations', async () => {
    const [shortOld, shortNext] = [container(5, SHORT_BYTES), container(6, SHORT_BYTES)];
    await setUp(host, [key], 0, FLASH);
    await install(host, shortOld);
    const operations = operationsOf(SHORT_BYTES);
    for (const good of [1, 0]) expect(await host.ask('cuts', good, shortOld, shortNext, 1)).toBe(`${operations} ${operations ** 2 * 4}`);
  });

  it(`by random containers, seed ${SEED}: none is taken but the right one`, async () => {
    await setUp(host, [key]);
    await install(host, old);
    const refused = Number(await host.ask('fuzz', SEED, CONTAINERS, next));
    // now and then a mutation changes nothing
    expect(refused).toBeGreaterThan(CONTAINERS * 0.9);
  });
});
