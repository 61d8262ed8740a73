// SPDX-License-Identifier: Apache-2.0
// The self-test that a new module must pass, on wasm3 on this machine: every variant passes, every fault is found, and the device goes
// back.

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { interpreterModule } from '../../scripts/boards/runtimes.js';
import { fetchSources } from '../../scripts/boards/sources.js';
import { makeContainer } from '../../scripts/boards/update-container.js';
import { describeModule } from '../../scripts/boards/update-module.js';
import { canCompile, DESCRIPTION, install, newKey, pretendContainer, Refusal, setUp, UpdateHost } from './support/update-host.js';
import { compileModuleHost } from './support/update-module-host.js';
import { FAULTS, faultThat, withFault } from './support/update-modules.js';

const FLASH = { sectorBytes: 4096, programBytes: 8, slotBytes: 65_536 };
/** What has no form that a runtime starts (ipa_module.h). */
const BAD_MODULE = -257;
/** There is too little RAM to read it into (ipa_self_test.h). */
const NO_ROOM = -581;

describe.skipIf(!(await canCompile(() => fetchSources('wasm3'))))('self-test', () => {
  const key = newKey();
  let host: UpdateHost;
  let wasm: Buffer;
  beforeAll(async () => {
    wasm = await readFile(interpreterModule('ipad-min'));
    host = new UpdateHost(await compileModuleHost());
  });
  afterAll(() => host?.close());

  it.each(['ipad', 'ipad-iot', 'ipad-min', 'ipad-min-coap', 'ipad-consumer'])('%s passes', async (variant) => {
    expect(await host.ask('test', await readFile(interpreterModule(variant)))).toBe('0');
  });

  it('lpa passes where the device is compiled for it', async () => {
    const lpa = new UpdateHost(await compileModuleHost(false));
    try {
      expect(await lpa.ask('test', await readFile(interpreterModule('lpa')))).toBe('0');
      // and the device for it finds out that another module has other commands
      expect(Number(await lpa.ask('test', wasm))).toBeLessThan(0);
    } finally {
      lpa.close();
    }
  });

  it.each(FAULTS)('a module that $name fails', async (fault) => {
    expect(await host.ask('test', withFault(wasm, fault))).toBe(String(fault.result));
  });

  it('what is no module fails', async () => {
    expect(await host.ask('test', Buffer.from('0061736d01000000', 'hex'))).toBe(String(BAD_MODULE));
    expect(await host.ask('test', wasm.subarray(0, -1))).toBe(String(BAD_MODULE));
    expect(await host.ask('test', Buffer.from('no module'))).toBe(String(BAD_MODULE));
  });

  describe('of a device', () => {
    const container = async (sequence: number, module: Uint8Array) =>
      makeContainer(module, { variant: DESCRIPTION.variant, sequence, ...(await describeModule(wasm)) }, key);
    beforeEach(() => setUp(host, [key], 0, FLASH));

    it('keeps a good module, in place or read into RAM', async () => {
      await host.take(await container(1, wasm));
      expect(await host.ask('start', 0)).toBe('0 0 0 1 confirmed');
      await host.ask('boot');
      expect(await host.take(await container(2, wasm), 1000)).toMatchObject({ result: 0 });
      expect(await host.ask('start', wasm.length)).toBe('0 0 1 2 confirmed');
      expect(await host.ask('start', 0)).toBe('0 0 1 2 confirmed');
    });

    it.each(['traps', 'refuses every event', 'ends with another result'].map(faultThat))(
      'gives up one that $name, and starts the old one',
      async (fault) => {
        await install(host, await container(1, wasm));
        expect(await host.take(await container(2, withFault(wasm, fault)))).toMatchObject({ result: 0 });
        expect(await host.ask('start', 0)).toBe(`0 ${fault.result} 0 1 confirmed`);
        expect(await host.ask('start', 0)).toBe('0 0 0 1 confirmed');
        await host.ask('boot');
        expect(await host.take(await container(2, wasm))).toMatchObject({ result: Refusal.NotNewer });
        await host.take(await container(3, wasm));
        expect(await host.ask('start', 0)).toBe('0 0 1 3 confirmed');
      },
    );

    it('gives up one that there is no RAM for', async () => {
      await install(host, await container(1, wasm));
      await host.take(await container(2, Buffer.concat([wasm, Buffer.from('00030161ff', 'hex')])));
      expect(await host.ask('start', wasm.length)).toBe(`0 ${NO_ROOM} 0 1 confirmed`);
    });

    it('without any module says so', async () => {
      expect(await host.ask('start', 0)).toBe(`${Refusal.NoModule} 0`);
      await host.take(pretendContainer(key, 1));
      expect(await host.ask('start', 0)).toBe(`${Refusal.NoModule} ${BAD_MODULE}`);
    });
  });
});
