// SPDX-License-Identifier: Apache-2.0
// Options that do not fit their field are refused by the host, and not cut to something that the module would take.

import { describe, expect, it } from 'vitest';
import { encodePoll, type PollOptions } from '../../host/command.js';
import { hex } from '../../host/sim/codec/bytes.js';

const REFUSED: readonly PollOptions[] = [
  { blockBytes: 272 },
  { blockBytes: 15 },
  { blockBytes: 100.5 },
  { maxPackages: 257 },
  { maxPackages: 0 },
  { cardTimeoutMs: 2 ** 31 },
  { cardTimeoutMs: -1 },
  { cardTimeoutMs: Number.NaN },
  { eimId: 'e'.repeat(129) },
  { eimAddress: 'é'.repeat(65) },
  { deviceCapabilities: new Uint8Array(260) },
  { imei: '12345' },
];

describe('options of a poll', () => {
  it.each(REFUSED)('refuses %o', (options) => {
    expect(() => encodePoll(options)).toThrow(RangeError);
  });

  it('takes the largest there are', () => {
    const options = { blockBytes: 255, maxPackages: 255, cardTimeoutMs: 2 ** 31 - 1, eimId: 'e'.repeat(128) };
    expect(hex(encodePoll(options))).toMatch(/^8001018101018201FF838180(65){128}89047FFFFFFF8B01FF$/);
  });
});
