// SPDX-License-Identifier: Apache-2.0
// The message layer (RFC 7252 §4, §5.2): copies are not run again, slow answers come by themselves and are sent until acknowledged.
import { beforeAll, describe, expect, test } from 'vitest';
import { NetworkError } from '../../../../host/interfaces.js';
import { hex } from '../../../../host/sim/codec/bytes.js';
import { createTestPki, type TestPki } from '../../../../host/sim/pki/index.js';
import { EID } from '../support/card.js';
import { getEimPackage } from '../support/messages.js';
import { type Bed, only, queueBody, request, settled, startBed, TOKEN } from './support/bed.js';

let pki: TestPki;

beforeAll(async () => {
  pki = await createTestPki();
});

/** An eIM whose next answer waits until it is let go. */
function slowBed(coap = {}): Bed & { readonly letGo: () => Promise<void> } {
  const bed = startBed(pki, coap);
  let release = () => {};
  bed.eim.coapFaults.add('getEimPackage', { kind: 'delay', until: new Promise<void>((resolve) => (release = resolve)) });
  return {
    ...bed,
    letGo: async () => {
      release();
      await settled();
    },
  };
}

const ACK = 'ACK 0.00 1234';
const words = (datagrams: readonly string[]) =>
  datagrams.map((datagram) => {
    const { type, code, messageId } = only([datagram]);
    return `${type} ${code} ${messageId.toString(16)}`;
  });

describe('a copy of a request', () => {
  test('gets the same datagram, and its package is handed out once', async () => {
    const { eim, wire } = startBed(pki);
    const { item } = queueBody(eim, 100);
    queueBody(eim, 200);
    const first = await wire.receive(request(0x1234, getEimPackage()));
    expect(await wire.receive(request(0x1234, getEimPackage()))).toEqual(first);
    expect(item.deliveries).toBe(1);
    expect(eim.log.length).toBe(1);
  });

  test('while the first is still being answered → one answer', async () => {
    const { eim, wire, letGo } = slowBed();
    expect(await wire.receive(request(0x1234, getEimPackage()))).toEqual([]);
    expect(await wire.receive(request(0x1234, getEimPackage()))).toEqual([]);
    await letGo();
    expect(words(wire.take())).toEqual(['ACK 2.05 1234']);
    expect(eim.log.length).toBe(1);
  });

  test('of the last block of a request → the same answer, run once', async () => {
    const { eim, wire } = startBed(pki);
    const message = getEimPackage();
    await wire.receive(request(1, message.subarray(0, 16), { block1: { number: 0, more: true, bytes: 16 } }));
    const last = request(2, message.subarray(16), { block1: { number: 1, more: false, bytes: 16 } });
    expect(await wire.receive(last)).toEqual(await wire.receive(last));
    expect(eim.log.length).toBe(1);
  });

  test('after EXCHANGE_LIFETIME → a request of its own', async () => {
    const { eim, wire, clock } = startBed(pki);
    await wire.receive(request(0x1234, getEimPackage()));
    await clock.advance(246_999);
    await wire.receive(request(0x1234, getEimPackage()));
    expect(eim.log.length).toBe(1);
    await clock.advance(1);
    await wire.receive(request(0x1234, getEimPackage()));
    expect(eim.log.length).toBe(2);
  });

  test('not confirmable → nothing, since its answer may have come', async () => {
    const { eim, wire } = startBed(pki);
    expect(words(await wire.receive(request(0x1234, getEimPackage(), { type: 'NON' })))).toHaveLength(1);
    expect(await wire.receive(request(0x1234, getEimPackage(), { type: 'NON' }))).toEqual([]);
    expect(eim.log.length).toBe(1);
  });

  test('another peer’s request with the same message ID is no copy', async () => {
    const { eim, wire } = startBed(pki);
    const other = startBed(pki).wire;
    eim.serve(other);
    await wire.receive(request(0x1234, getEimPackage()));
    await other.receive(request(0x1234, getEimPackage()));
    expect(eim.log.length).toBe(2);
  });
});

describe('an answer that takes its time', () => {
  test('999 ms → piggybacked', async () => {
    const { wire, clock, letGo } = slowBed();
    await wire.receive(request(0x1234, getEimPackage()));
    await clock.advance(999);
    await letGo();
    expect(words(wire.take())).toEqual(['ACK 2.05 1234']);
    expect(clock.waiting).toBe(0);
  });

  test('longer → acknowledged after 1,000 ms, answered by a confirmable message with the token', async () => {
    const { wire, clock, letGo } = slowBed();
    await wire.receive(request(0x1234, getEimPackage()));
    await clock.advance(1_000);
    expect(wire.take()).toEqual(['60001234']);
    expect(words(await wire.receive(request(0x1234, getEimPackage()))), 'a copy').toEqual([ACK]);
    await letGo();
    const response = only(wire.take());
    expect(response).toMatchObject({ type: 'CON', code: '2.05' });
    expect(hex(response.token)).toBe(hex(TOKEN));
    expect(hex(response.payload)).toBe('BF4F03020101');
    expect(await wire.receive(`6000${response.messageId.toString(16).padStart(4, '0')}`)).toEqual([]);
    expect(clock.waiting, 'no more copies').toBe(0);
  });

  test('the moment is an option', async () => {
    const { wire, clock } = slowBed({ separateAfterMs: 50 });
    await wire.receive(request(0x1234, getEimPackage()));
    await clock.advance(50);
    expect(words(wire.take())).toEqual([ACK]);
  });

  test('not acknowledged → sent five times, after 2 to 3 s and then twice as long each time, and given up', async () => {
    const { wire, clock, letGo } = slowBed();
    await wire.receive(request(0x1234, getEimPackage()));
    await clock.advance(1_000);
    await letGo();
    const [acknowledgement, response] = wire.take();
    expect(words([acknowledgement!])).toEqual([ACK]);
    const moments: number[] = [];
    wire.onSent = (datagram) => {
      expect(hex(datagram)).toBe(response);
      moments.push(clock.nowMs() - 1_000);
    };
    await clock.advance(200_000);
    const [first = 0] = moments;
    expect(first).toBeGreaterThanOrEqual(2_000);
    expect(first).toBeLessThanOrEqual(3_000);
    expect(moments).toEqual([1, 3, 7, 15].map((times) => expect.closeTo(times * first, 3)));
    expect(clock.waiting).toBe(0);
  });

  test('reset → not sent again', async () => {
    const { wire, clock, letGo } = slowBed();
    await wire.receive(request(0x1234, getEimPackage()));
    await clock.advance(1_000);
    await letGo();
    const { messageId } = only(wire.take().slice(1));
    await wire.receive(`7000${messageId.toString(16).padStart(4, '0')}`);
    expect(clock.waiting).toBe(0);
  });
});

describe('the end of a peer', () => {
  test('its channel fails → nothing is sent any more, and no timer runs', async () => {
    const { wire, clock, letGo } = slowBed();
    await wire.receive(request(0x1234, getEimPackage()));
    wire.fail(new NetworkError('connectionLost', 'the association is closed'));
    await letGo();
    await clock.advance(10_000);
    expect(wire.take()).toEqual([]);
    expect(clock.waiting).toBe(0);
  });

  test('the eIM is closed → the same', async () => {
    const { eim, wire, clock } = slowBed();
    await wire.receive(request(0x1234, getEimPackage()));
    await eim.close();
    await clock.advance(10_000);
    expect(wire.take()).toEqual([]);
    expect(eim.device(EID)).toBeDefined();
  });
});
