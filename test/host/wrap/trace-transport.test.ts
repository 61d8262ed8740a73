// SPDX-License-Identifier: Apache-2.0
// The transport that tells what passes through it.

import { expect, it } from 'vitest';
import { NetworkError, type Transport } from '../../../host/interfaces.js';
import { traceTransport } from '../../../host/wrap/trace-transport.js';

const counters = { requests: 1, bodyBytesUp: 2, bodyBytesDown: 3, wireBytesUp: 4, wireBytesDown: 5 };

function fake(receive: Transport['receive']): Transport {
  const nothing = async (): Promise<void> => {};
  return { open: nothing, beginRequest: nothing, sendChunk: nothing, receive, abort: nothing, close: nothing, counters };
}

function traced(receive: Transport['receive']): { transport: Transport; records: string[] } {
  const records: string[] = [];
  return { records, transport: traceTransport(fake(receive), (json) => records.push(json), { nowMs: () => 5 }) };
}

it('writes one record for each call', async () => {
  const { transport, records } = traced(async () => ({ bytes: Uint8Array.of(0xbf, 0x4f), more: false }));
  await transport.open({ kind: 'eim', binding: 'asn1', address: 'eim.example.com', trust: { kind: 'platform' } });
  await transport.beginRequest({ totalBytes: 1, function: 'getEimPackage' });
  await transport.sendChunk(Uint8Array.of(0xab), true);
  expect(await transport.receive(10)).toEqual({ bytes: Uint8Array.of(0xbf, 0x4f), more: false });
  await transport.abort();
  await transport.close();
  expect(transport.counters).toBe(counters);
  expect(records).toEqual([
    '{"timeMs":5,"lane":"network","direction":"out","event":"open","kind":"eim","binding":"asn1","address":"eim.example.com","trust":"platform"}',
    '{"timeMs":5,"lane":"network","direction":"out","event":"request","function":"getEimPackage","totalBytes":1}',
    '{"timeMs":5,"lane":"network","direction":"out","event":"chunk","last":true,"bytes":"AB"}',
    '{"timeMs":5,"lane":"network","direction":"in","event":"chunk","more":false,"bytes":"BF4F"}',
    '{"timeMs":5,"lane":"network","direction":"out","event":"abort"}',
    '{"timeMs":5,"lane":"network","direction":"out","event":"close"}',
  ]);
});

it('tells of failures and passes them on', async () => {
  for (const [error, details] of [
    [new NetworkError('httpStatus', 'status 500', 500), '"reason":"httpStatus","message":"status 500","status":500'],
    [new NetworkError('timeout', 'late'), '"reason":"timeout","message":"late"'],
    [new RangeError('wrong'), '"message":"RangeError: wrong"'],
  ] as const) {
    const { transport, records } = traced(() => Promise.reject(error));
    await expect(transport.receive(1)).rejects.toBe(error);
    expect(records).toEqual([`{"timeMs":5,"lane":"network","direction":"in","event":"failure","during":"receive",${details}}`]);
  }
});
