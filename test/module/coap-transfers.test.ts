// SPDX-License-Identifier: Apache-2.0
// Transfers of the module over CoAP with an eIM that is not ours, on networks that lose, double and reorder. The invariant: nothing is lost,
// nothing is executed twice, and where the module gives up it says time-out. IPA_SEED chooses the first seed, IPA_COAP_TRANSFERS how many
// (10,000 before a release).

import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../host/abi.js';
import { drawParameters, runTransfer, type Transfer, type TransferParameters } from './support/coap-transfer.js';
import { formOfRun, Module } from './support/module.js';

const FIRST_SEED = Number(process.env.IPA_SEED ?? 1);
const TRANSFERS = Number(process.env.IPA_COAP_TRANSFERS ?? 400);
/** How many of them are one test. */
const AT_ONCE = 100;

/** Checks a transfer, and adds its parameters to what it finds. */
function check(parameters: TransferParameters): Transfer {
  const id = `IPA_SEED=${parameters.seed} IPA_COAP_TRANSFERS=1: ${JSON.stringify(parameters)}`;
  let transfer: Transfer;
  try {
    transfer = runTransfer(parameters, new Module(undefined, formOfRun(parameters.seed)));
  } catch (error) {
    throw new Error(`${id}: ${(error as Error).message}`, { cause: error });
  }
  const { result, executed, toExecute, es10, toRun, complaints } = transfer;
  expect(complaints, `what the eIM complains of, ${id}`).toEqual([]);
  expect([0, ErrorCode.NetworkTimeout], `the error, ${id}`).toContain(result.error);
  if (result.error === 0) expect([executed, es10, result], id).toEqual([toExecute, toRun, transfer.expected]);
  // a conversation that was given up stands still somewhere; what it did is what it should have done, once
  expect(executed, `executed by the eIM, ${id}`).toEqual(toExecute.slice(0, executed.length));
  expect(
    es10.filter((command) => !toRun.includes(command)),
    `executed by the card, ${id}`,
  ).toEqual([]);
  return transfer;
}

describe('a transfer without losses', () => {
  const QUIET = { up: { delayMs: 50 }, down: { delayMs: 50 } };
  const base = { link: QUIET, ackTimeoutMs: 2_000, peer: {} };

  describe.each([0, 1, 2, 3, 4, 5, 6])('in blocks of exponent %i', (szx) => {
    const size = 16 << szx;

    it.each([0, 1, size - 1, size, size + 1, 3 * size, 1_024, 3_000, 20_000])('carries %i bytes each way', (bytes) => {
      const { result, datagrams, toExecute } = check({ ...base, seed: 1, szx, packageBytes: bytes, answerBytes: bytes });
      expect(result).toMatchObject({ error: 0, packages: 2 });
      // a datagram there and back for each block of request and answer, where the last block brings the first
      const blocksUp = toExecute.reduce((sum, message) => sum + Math.max(1, Math.ceil(message.length / 2 / size)), 0);
      expect(datagrams).toBeGreaterThanOrEqual(2 * blocksUp);
    });
  });
});

describe('a transfer on a slow line', () => {
  it('sends little twice, although a block takes five times ACK_TIMEOUT', () => {
    const link = { up: { delayMs: 300 }, down: { delayMs: 300, bitsPerSecond: 900 } };
    const { result, datagrams } = check({ seed: 1, link, szx: 6, ackTimeoutMs: 2_000, peer: {}, packageBytes: 20_000, answerBytes: 100 });
    expect(result.error).toBe(0);
    // 20 blocks of the package and 4 other exchanges; the timer has followed the round trips after some 4 repetitions
    expect(datagrams).toBeGreaterThanOrEqual(2 * 24);
    expect(datagrams).toBeLessThanOrEqual(2 * (24 + 6));
  });
});

describe('transfers on bad networks', () => {
  const tests = Array.from({ length: Math.ceil(TRANSFERS / AT_ONCE) }, (_, i) => FIRST_SEED + i * AT_ONCE);
  let finished = 0;

  it.each(tests)('lose and double nothing (%i and following)', (first) => {
    const end = Math.min(first + AT_ONCE, FIRST_SEED + TRANSFERS);
    for (let seed = first; seed < end; seed++) if (check(drawParameters(seed)).result.error === 0) finished++;
  });

  it.skipIf(TRANSFERS < AT_ONCE)('finish more often than not', () => {
    expect(finished).toBeGreaterThan(TRANSFERS / 2);
  });
});
