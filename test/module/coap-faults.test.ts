// SPDX-License-Identifier: Apache-2.0
// The module against a CoAP server that misbehaves, at every response of a conversation. What is not a right message changes nothing, and what
// may not be ignored ends the command with a name; nothing is executed twice, and no wrong byte reaches the card.

import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../host/abi.js';
import { type CoapFault, coapFaults } from './support/coap-faults.js';
import { runTransfer, type TransferParameters } from './support/coap-transfer.js';

type FaultName = keyof typeof coapFaults;

/** Not a message, or none for the request that is out: the module waits on, asks again, and gets the right one. */
const IGNORED: readonly FaultName[] = [
  'otherToken',
  'otherMessageId',
  'version0',
  'version2',
  'version3',
  'acknowledgesOther',
  'replay',
  'empty',
  'oversized',
];
/** Right answers all the same: a client may ignore these options. What a POST is answered with does not change while it is fetched. */
const TAKEN: readonly FaultName[] = ['electiveOptions', 'changedETag'];
/** Answers to the request, but not what an answer may be. An answer that has no such part may pass. */
const REFUSED: Partial<Record<FaultName, readonly number[]>> = {
  reset: [ErrorCode.CoapRefused],
  otherBlockNumber: [0, ErrorCode.NetworkMalformed],
  shrinkingBlock: [0, ErrorCode.NetworkMalformed],
  overfullBlock: [0, ErrorCode.NetworkMalformed],
  longOption: [0, ErrorCode.NetworkMalformed],
  deltaOverflow: [0, ErrorCode.NetworkMalformed],
  reservedDelta: [0, ErrorCode.NetworkMalformed],
  reservedLength: [0, ErrorCode.NetworkMalformed],
  markerWithoutPayload: [0, ErrorCode.NetworkMalformed],
  criticalOption: [0, ErrorCode.NetworkMalformed],
  reservedClass: [0, ErrorCode.NetworkMalformed, ErrorCode.CoapRefused],
  requestInstead: [0, ErrorCode.NetworkMalformed, ErrorCode.CoapRefused],
};
/**
 * With a message ID of its own, an answer that is no answer is rejected with RST, which ends it on the side of the server; and what comes
 * behind an acknowledgement cannot be reset.
 */
const SEPARATE: Partial<Record<FaultName, readonly number[]>> = {
  otherToken: [ErrorCode.NetworkTimeout],
  requestInstead: [0, ErrorCode.NetworkTimeout, ErrorCode.NetworkMalformed, ErrorCode.CoapRefused],
  reset: [0],
};

const BASE = {
  seed: 3,
  link: { up: { delayMs: 50 }, down: { delayMs: 50 } },
  szx: 2,
  ackTimeoutMs: 2_000,
  packageBytes: 300,
  answerBytes: 300,
};
const RESPONSES = ['piggybacked', 'separate'] as const;

const parameters = (responses: (typeof RESPONSES)[number], fault?: CoapFault): TransferParameters => ({
  ...BASE,
  peer: { responses, ...(fault && { fault }) },
});

/** Responses in a conversation without faults. */
const COUNT = runTransfer(parameters('piggybacked')).datagrams / 2;

/** Runs a conversation with a fault and checks what holds for every fault. Returns the error. */
function run(responses: (typeof RESPONSES)[number], fault: CoapFault): number {
  const id = `${responses} ${JSON.stringify(fault)}`;
  const { result, expected, executed, toExecute, es10, toRun } = runTransfer(parameters(responses, fault));
  if (result.error === 0) expect([executed, es10, result], id).toEqual([toExecute, toRun, expected]);
  expect(new Set(executed.filter((message) => message.startsWith('BF50'))).size, `results twice, ${id}`).toBe(
    executed.filter((message) => message.startsWith('BF50')).length,
  );
  // what endless blocks are filled with is what the eIM says
  if (fault.name !== 'endlessBlocks') expect(toRun, `executed by the card, ${id}`).toEqual(expect.arrayContaining([...es10]));
  return result.error;
}

describe.each(RESPONSES)('one response (%s)', (responses) => {
  const everywhere = Array.from({ length: COUNT }, (_, i) => i + 1);

  const special = responses === 'separate' ? SEPARATE : {};
  const names = Object.keys(coapFaults) as FaultName[];

  it.each([...IGNORED, ...TAKEN].filter((name) => !special[name]))('%s: goes on as if nothing had been', (name) => {
    for (const nth of everywhere) expect(run(responses, { name, nth }), `response ${nth}`).toBe(0);
  });

  it.each(names.filter((name) => special[name] ?? REFUSED[name]))('%s: is refused', (name) => {
    const allowed = special[name] ?? REFUSED[name]!;
    const errors = everywhere.map((nth) => run(responses, { name, nth }));
    for (const error of errors) expect(allowed).toContain(error);
    if (allowed.length > 1) expect(Math.min(...errors), 'refused at least once').toBeLessThan(0);
  });

  it.each([9, 10, 11, 12, 13, 14, 15])('token length %i: is asked for again', (length) => {
    for (const nth of everywhere) expect(run(responses, { name: 'tokenLength', length, nth }), `response ${nth}`).toBe(0);
  });

  it('truncated anywhere: is asked for again, or refused', () => {
    // in the middle of a payload that says nothing of its length the message is a shorter one, and DER tells
    for (let bytes = 0; bytes < 100; bytes++)
      for (const nth of [1, 2, 9, COUNT - 2]) expect(run(responses, { name: 'truncated', bytes, nth })).toBeLessThanOrEqual(0);
  });
});

describe('every response', () => {
  it.each(['otherToken', 'version2', 'empty', 'oversized', 'reservedClass', 'requestInstead'] as const)('%s: the command ends', (name) => {
    expect([ErrorCode.NetworkTimeout, ErrorCode.NetworkMalformed, ErrorCode.CoapRefused]).toContain(
      run('piggybacked', { name, times: Number.POSITIVE_INFINITY }),
    );
  });

  it('endless blocks: the command ends', () => {
    for (let nth = 1; nth <= COUNT; nth++)
      expect(run('piggybacked', { name: 'endlessBlocks', nth, times: Number.POSITIVE_INFINITY }), `from response ${nth}`).toBeLessThan(0);
  });
});

describe('the names', () => {
  it('are all here', () => {
    expect([...IGNORED, ...TAKEN, ...Object.keys(REFUSED), 'endlessBlocks'].sort()).toEqual(Object.keys(coapFaults).sort());
  });
});
