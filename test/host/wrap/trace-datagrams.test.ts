// SPDX-License-Identifier: Apache-2.0
// The transport of datagrams that tells what passes through it.

import { expect, it } from 'vitest';
import { type DatagramChannel, NetworkError, type Peer } from '../../../host/interfaces.js';
import { traceDatagrams } from '../../../host/wrap/trace-datagrams.js';

const PEER: Peer = { kind: 'eim', binding: 'asn1', scheme: 'coaps', address: 'eim.example.com', trust: { kind: 'platform' } };

/** A channel that sends back what it is sent, and fails when it is sent nothing. */
function echo(): DatagramChannel {
  let hear = (_: Uint8Array) => {};
  let fail = (_: NetworkError) => {};
  return {
    name: 'udp:test',
    send: (bytes) => (bytes.length === 0 ? fail(new NetworkError('connectionLost', 'gone')) : hear(bytes)),
    onDatagram: (listener) => {
      hear = listener;
    },
    onFailure: (listener) => {
      fail = listener;
    },
    close: async () => {},
  };
}

function traced(open: () => Promise<DatagramChannel>) {
  const records: string[] = [];
  const transport = traceDatagrams({ open, close: async () => {} }, (json) => records.push(json), { nowMs: () => 5 });
  return { transport, records };
}

it('writes one record for each thing', async () => {
  const { transport, records } = traced(async () => echo());
  const channel = await transport.open({ ...PEER, listen: true });
  const heard: unknown[] = [];
  channel.onDatagram((bytes) => heard.push([...bytes]));
  channel.onFailure(({ message }) => heard.push(message));
  channel.send(Uint8Array.of(0x44, 2, 0xbe, 0xef));
  channel.send(Uint8Array.of(0x64, 0x45, 0, 1));
  channel.send(Uint8Array.of(7));
  channel.send(new Uint8Array());
  await channel.close();
  expect(heard).toEqual([[0x44, 2, 0xbe, 0xef], [0x64, 0x45, 0, 1], [7], 'gone']);
  const head = '"timeMs":5,"lane":"network"';
  expect(records).toEqual([
    `{${head},"direction":"out","event":"open","kind":"eim","scheme":"coaps","listen":true,"address":"eim.example.com","trust":"platform"}`,
    `{${head},"direction":"in","event":"opened","channel":"udp:test"}`,
    `{${head},"direction":"out","event":"datagram","text":"CON 0.02 #48879","bytes":"4402BEEF"}`,
    `{${head},"direction":"in","event":"datagram","text":"CON 0.02 #48879","bytes":"4402BEEF"}`,
    `{${head},"direction":"out","event":"datagram","text":"ACK 2.05 #1","bytes":"64450001"}`,
    `{${head},"direction":"in","event":"datagram","text":"ACK 2.05 #1","bytes":"64450001"}`,
    `{${head},"direction":"out","event":"datagram","text":"no CoAP","bytes":"07"}`,
    `{${head},"direction":"in","event":"datagram","text":"no CoAP","bytes":"07"}`,
    `{${head},"direction":"out","event":"datagram","text":"no CoAP","bytes":""}`,
    `{${head},"direction":"in","event":"failure","reason":"connectionLost","message":"gone"}`,
    `{${head},"direction":"out","event":"close"}`,
  ]);
});

it.each([
  [new NetworkError('tlsRefused', 'other key'), '"reason":"tlsRefused","message":"other key"'],
  [new Error('no GnuTLS'), '"message":"Error: no GnuTLS"'],
])('tells of %s and passes it on', async (error, details) => {
  const { transport, records } = traced(() => Promise.reject(error));
  await expect(transport.open(PEER)).rejects.toBe(error);
  expect(records[1]).toBe(`{"timeMs":5,"lane":"network","direction":"in","event":"failure","during":"open",${details}}`);
});
