// SPDX-License-Identifier: Apache-2.0
// `ipa` with a card reader in place of a modem: the simulated eUICC in a reader of the test's own.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { PcscFailure, type PcscService } from '../../host/modem/pcsc-service.js';
import { Testbed } from '../../host/sim/testbed.js';
import { ipaHere, temporaryFolder } from './support.js';

const bed = await Testbed.start({ associated: true });
const readers: string[] = [];
const folder = temporaryFolder();

vi.mock('../../host/modem/pcsc-mini.js', () => ({
  openPcscMini: async (): Promise<PcscService> => {
    if (readers.length === 0) throw new PcscFailure('NoService', 'none');
    return {
      readers: async () => readers,
      connect: async () => ({
        protocol: 'T=0',
        atr: async () => atr,
        transmit: async (command) => bed.euicc.transmit(command),
        powerCycle: async () => {
          atr = bed.euicc.reset();
        },
        disconnect: async () => bed.euicc.powerOff(),
      }),
      close: () => {},
    };
  },
}));

let atr = bed.euicc.reset();
const runtime = ['--runtime', 'node'];

describe('ipa --modem pcsc:', () => {
  it('says when there is no PC/SC', async () => {
    const { status, stderr } = await ipaHere('info', '--modem', 'pcsc:', ...runtime);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: PC\/SC: no PC\/SC service runs here; .*\nnext: do that/);
  });

  it('asks the eUICC, and traces APDUs', async () => {
    readers.splice(0, 1, 'Test Reader 00');
    const trace = path.join(folder, 'trace.jsonl');
    const { status, stdout } = await ipaHere('info', '--modem', 'pcsc:test', ...runtime, '--trace', trace);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^EID +${bed.eid}\n`));
    const records = readFileSync(trace, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records.slice(0, 2)).toMatchObject([
      { lane: 'card', direction: 'out', event: 'command', bytes: expect.stringMatching(/^80AA/) },
      { lane: 'card', direction: 'in', event: 'response', bytes: '9000' },
    ]);
    expect(records.filter(({ event }) => event === 'command').length).toBe(records.filter(({ event }) => event === 'response').length);
  });

  it('probe tells reader, ATR, ISD-R and EID', async () => {
    const { status, stdout } = await ipaHere('modem', 'probe', '--modem', 'pcsc:', ...runtime);
    expect(status).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'reader            pcsc:Test Reader 00',
      `reset             works: ATR ${Buffer.from(atr).toString('hex').toUpperCase()}`,
      expect.stringMatching(/^ISD-R {13}works: on channel 1 SELECT answers 61\w\w$/),
      `EID               ${bed.eid}`,
      '',
    ]);
  });

  it('polls, and counts the bytes of the card', async () => {
    const resolve = Object.entries(bed.resolve).flatMap(([name, place]) => ['--resolve', `${name}=${place}`]);
    const { status, stdout, stderr } = await ipaHere('poll', '--modem', 'pcsc:', ...runtime, ...resolve);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^node .*, modem pcsc:Test Reader 00, \d+ ms\ncard: \d\d+ bytes out, \d\d+ in; ESipa: 1 request\n/);
  });
});
