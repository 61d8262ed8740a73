// SPDX-License-Identifier: Apache-2.0
// Which options a command gets: those of the command line, else those of the modem's row.

import { describe, expect, it } from 'vitest';
import { commandOptionsOf } from '../../host/cli/connection/known-modem.js';
import type { ConnectionOptions } from '../../host/cli/connection/options.js';
import { Findings } from '../../host/cli/modem/findings.js';
import { reasonFor } from '../../host/cli/modem/reason.js';

const row = { manufacturer: 'Telit', options: { simLock: true, cardAccess: 'csim', awaitRegistration: true }, why: 'x' } as const;
const given = (options: Partial<ConnectionOptions> = {}): ConnectionOptions => ({
  modem: { kind: 'sim' },
  awaitRegistration: true,
  ...options,
});

describe('options', () => {
  it.each([
    [{}, undefined, {}],
    [{}, row, row.options],
    [{ simLock: false, cardAccess: 'channel' }, row, { simLock: false, cardAccess: 'channel', awaitRegistration: true }],
    [{ awaitRegistration: false }, row, { ...row.options, awaitRegistration: false }],
    [
      { blockSize: 63, responseBytes: 128, modemReset: 'restart' },
      undefined,
      { blockBytes: 63, responseBytes: 128, modemReset: 'restart' },
    ],
  ] as const)('%j with %j', (options, known, expected) => {
    expect(commandOptionsOf(given(options), known)).toEqual({ ...expected, restart: false });
  });
});

describe('the reason for a way', () => {
  const told = { used: {}, asked: false, row: undefined };
  const findings = async (...all: readonly (readonly [name: string, says: string | undefined])[]) => {
    const collected = new Findings(() => {});
    for (const [name, says] of all) await collected.try(name, async () => ({ works: says === undefined, says: says ?? 'fine' }));
    return collected;
  };

  it.each([
    [
      'csim',
      [
        ['AT+CSIM', undefined],
        ['AT+CGLA', undefined],
      ],
      'AT+CGLA works, too, but AT+CSIM was tried first and worked',
    ],
    [
      'csim',
      [
        ['AT+CSIM', undefined],
        ['AT+CCHO', 'answers ERROR'],
      ],
      'it was tried first and worked; AT+CCHO: answers ERROR',
    ],
    [
      'channel',
      [
        ['AT+CSIM', 'answers ERROR'],
        ['AT+CGLA', undefined],
      ],
      'AT+CSIM was tried first; AT+CSIM: answers ERROR',
    ],
    [
      'channel',
      [
        ['AT+CSIM', undefined],
        ['AT+CSIM channel', '6881'],
      ],
      'AT+CSIM was tried first; AT+CSIM channel: 6881',
    ],
    [
      'basic',
      [
        ['AT+CSIM channel', '6881'],
        ['AT+CCHO', 'ERROR'],
      ],
      'nothing else worked; AT+CSIM channel: 6881; AT+CCHO: ERROR',
    ],
  ] as const)('%s after %j', async (access, all, reason) => {
    expect(reasonFor(access, told, await findings(...all))).toBe(reason);
  });

  it('is the command line or the table where they say so', async () => {
    const used = { cardAccess: 'channel' } as const;
    expect(reasonFor('channel', { used, asked: true, row }, await findings())).toBe('--card-access says so');
    expect(reasonFor('channel', { used, asked: false, row }, await findings())).toBe('the row Telit says so');
  });
});
