// SPDX-License-Identifier: Apache-2.0
// Simulated networks for datagrams: times computed by hand, counts, and the same fate for the same seed.

import { describe, expect, it } from 'vitest';
import { type DatagramChannel, NetworkError } from '../../../host/interfaces.js';
import { DatagramEnd } from '../../../host/wrap/datagram-end.js';
import { createDatagramLink, type LinkParameters, wrapDatagramChannel } from '../../../host/wrap/datagram-link.js';
import type { LinkDirectionParameters } from '../../../host/wrap/link-direction.js';
import { linkPresets } from '../../../host/wrap/link-presets.js';
import { VirtualClock } from '../../../host/wrap/virtual-clock.js';

/** A link whose server keeps what arrives as "first byte@milliseconds". */
function watched(parameters: LinkParameters, seed = 1) {
  const clock = new VirtualClock();
  const link = createDatagramLink(parameters, { clock, seed });
  const arrived: string[] = [];
  link.server.onDatagram((bytes) => arrived.push(`${bytes[0]}@${Number(clock.nowMs().toFixed(3))}`));
  const send = (first: number, length = 100) => link.device.send(new Uint8Array(length).fill(first));
  return { clock, link, arrived, send };
}
const up = (parameters: LinkDirectionParameters) => watched({ up: { overheadBytes: 0, ...parameters } });

describe('a link without parameters', () => {
  it('carries datagrams both ways, each whole and as its own copy', () => {
    const { clock, link, arrived } = watched({});
    const back: Uint8Array[] = [];
    const sent = Uint8Array.of(7, 8);
    link.device.send(sent);
    sent.fill(0);
    link.server.send(Uint8Array.of());
    link.device.onDatagram((bytes) => back.push(bytes));
    expect(arrived, 'never from within send').toEqual([]);
    clock.run();
    expect([arrived, back]).toEqual([['7@0'], [new Uint8Array()]]);
    expect(link.up).toMatchObject({ datagrams: 1, bytes: 2, lineDatagrams: 1, lineBytes: 30, delivered: 1, lost: 0, doubled: 0 });
    expect(link.down).toMatchObject({ datagrams: 1, bytes: 0, lineBytes: 28, delivered: 1 });
  });

  it('keeps datagrams for a listener that comes later', () => {
    const { clock, link } = watched({});
    link.server.send(Uint8Array.of(1));
    link.server.send(Uint8Array.of(2));
    clock.run();
    const late: number[] = [];
    link.device.onDatagram((bytes) => late.push(bytes[0]!));
    expect(late).toEqual([1, 2]);
  });

  it('carries nothing to or from an end that is closed', async () => {
    const { clock, link, arrived, send } = watched({ up: { delayMs: 10 } });
    send(1);
    await link.server.close();
    clock.run();
    await link.device.close();
    send(2);
    clock.run();
    expect([arrived, link.up.datagrams]).toEqual([[], 1]);
  });
});

describe('the rate', () => {
  it('is charged on bytes and overhead: 100 + 28 bytes at 1,024 bit/s take a second', () => {
    const { clock, arrived, send } = watched({ up: { bitsPerSecond: 1_024, delayMs: 50 } });
    send(1);
    clock.run();
    expect(arrived).toEqual(['1@1050']);
  });

  it('makes a burst wait in a queue, and a datagram after a pause start afresh', () => {
    const { clock, arrived, send } = up({ bitsPerSecond: 800, delayMs: 10 });
    send(1);
    send(2, 50);
    clock.after(1_200, () => send(3));
    clock.after(5_000, () => send(4));
    clock.run();
    expect(arrived).toEqual(['1@1010', '2@1510', '3@2510', '4@6010']);
  });

  it('asks for a grant once for what is sent while the line is busy', () => {
    const { clock, arrived, send } = up({ bitsPerSecond: 8_000, accessMs: 500 });
    send(1);
    send(2);
    clock.after(2_000, () => send(3));
    clock.run();
    expect(arrived).toEqual(['1@600', '2@700', '3@2600']);
  });

  it('drops what the queue does not hold, the datagram on the line included', () => {
    const { clock, link, arrived, send } = up({ bitsPerSecond: 800, queueBytes: 200 });
    send(1);
    send(2);
    send(3);
    clock.after(1_000, () => send(4));
    clock.run();
    expect(arrived).toEqual(['1@1000', '2@2000', '4@3000']);
    expect(link.up).toMatchObject({ datagrams: 4, overflowed: 1, lineDatagrams: 3, delivered: 3 });
  });

  it('is not taken by a datagram above the MTU, which is dropped', () => {
    const { clock, link, arrived, send } = watched({ up: { mtuBytes: 128 } });
    send(1, 101);
    send(2, 100);
    clock.run();
    expect([arrived, link.up.tooLong, link.up.lineDatagrams]).toEqual([['2@0'], 1, 1]);
  });
});

describe('chance', () => {
  const MANY = 10_000;
  const sendMany = (parameters: LinkDirectionParameters, seed = 1) => {
    const all = watched({ up: parameters }, seed);
    for (let i = 0; i < MANY; i++) all.clock.after(i * 10, () => all.send(i & 0xff, 1));
    all.clock.run();
    return all;
  };

  it.each([0, 0.1, 0.5, 1])('loses the part %d of datagrams', (loss) => {
    const { link, arrived } = sendMany({ loss });
    expect(Math.abs(link.up.lost / MANY - loss)).toBeLessThan(0.02);
    expect(arrived.length).toBe(MANY - link.up.lost);
  });

  it('doubles datagrams', () => {
    const { link, arrived } = sendMany({ duplication: 0.2 });
    expect(Math.abs(link.up.doubled / MANY - 0.2)).toBeLessThan(0.02);
    expect(arrived.length).toBe(MANY + link.up.doubled);
  });

  it('lets later datagrams overtake one that is held back', () => {
    const { link, arrived } = sendMany({ reordering: 0.1, reorderMs: 25 });
    expect(Math.abs(link.up.reordered / MANY - 0.1)).toBeLessThan(0.02);
    const order = arrived.map((each) => Number(each.split('@')[0]));
    expect(order.some((first, i) => i > 0 && first < order[i - 1]! && order[i - 1]! - first < 5)).toBe(true);
  });

  it('spreads arrivals by jitter and keeps their order', () => {
    const { arrived } = sendMany({ delayMs: 100, jitterMs: 50 });
    const delays = arrived.map((each, i) => Number(each.split('@')[1]) - i * 10);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(100);
    expect(Math.max(...delays)).toBeLessThan(150);
    expect(new Set(delays.map(Math.round)).size).toBeGreaterThan(40);
    expect(arrived.map((each) => Number(each.split('@')[0]))).toEqual(Array.from({ length: MANY }, (_, i) => i & 0xff));
  });

  const WILD = { loss: 0.2, duplication: 0.1, reordering: 0.1, jitterMs: 30, bitsPerSecond: 50_000 };

  it('is the same for the same seed and another for another', () => {
    expect(sendMany(WILD, 5).arrived).toEqual(sendMany(WILD, 5).arrived);
    expect(sendMany(WILD, 5).arrived).not.toEqual(sendMany(WILD, 6).arrived);
  });

  it('in one direction does not depend on traffic in the other', () => {
    const run = (answers: boolean) => {
      const { clock, link, arrived, send } = watched({ up: WILD, down: WILD }, 9);
      for (let i = 0; i < 500; i++) {
        send(i & 0xff);
        if (answers) link.server.send(new Uint8Array(20));
      }
      clock.run();
      return arrived;
    };
    expect(run(true)).toEqual(run(false));
  });
});

describe('an outage', () => {
  it('takes what is on the line at any time of it', () => {
    const { clock, link, arrived, send } = watched({
      up: { bitsPerSecond: 800, overheadBytes: 0 },
      outages: [{ fromMs: 2_500, toMs: 4_000 }],
    });
    for (const atMs of [0, 2_000, 3_000, 3_999, 6_000]) clock.after(atMs, () => send(atMs / 1_000, 100));
    clock.run();
    // the one of 2,000 ends in it, that of 3,000 is in it and ends as it does, that of 3,999 begins after it for waiting
    expect(arrived).toEqual(['0@1000', '3@5000', '6@7000']);
    expect([link.up.outage, link.up.lost]).toEqual([2, 0]);
  });

  it('goes for both directions', () => {
    const { clock, link, arrived, send } = watched({ outages: [{ fromMs: 0, toMs: 10 }] });
    send(1);
    link.server.send(Uint8Array.of(1));
    clock.run();
    expect([arrived, link.up.outage, link.down.outage]).toEqual([[], 1, 1]);
  });
});

describe('wrapDatagramChannel', () => {
  /** A channel that answers each datagram at once. */
  function echo() {
    const end: DatagramEnd = new DatagramEnd('udp:127.0.0.1:5683', (bytes) => end.deliver(bytes));
    return end;
  }

  it('puts the network between, with delays and counters of both directions', () => {
    const clock = new VirtualClock();
    const channel = wrapDatagramChannel(echo(), { up: { delayMs: 30 }, down: { delayMs: 70, duplication: 1 } }, { clock });
    const arrived: number[] = [];
    channel.onDatagram(() => arrived.push(clock.nowMs()));
    channel.send(Uint8Array.of(1, 2, 3));
    clock.run();
    expect([channel.name, arrived]).toEqual(['udp:127.0.0.1:5683', [100, 100]]);
    expect([channel.up.bytes, channel.down.bytes, channel.down.doubled, channel.down.delivered]).toEqual([3, 3, 1, 2]);
  });

  it('passes on the failure of the channel, and closes it', async () => {
    const inner = echo();
    const channel: DatagramChannel = wrapDatagramChannel(inner, {}, { clock: new VirtualClock() });
    const failures: string[] = [];
    inner.fail(new NetworkError('unreachable', 'port unreachable'));
    channel.onFailure(({ message }) => failures.push(message));
    await channel.close();
    expect([failures, inner.isOpen]).toEqual([['port unreachable'], false]);
  });
});

describe('the presets', () => {
  const rates = Object.entries(linkPresets).map(([name, { up: there, down: back }]) => [name, there?.bitsPerSecond, back?.bitsPerSecond]);

  it('have the rates that follow from their figures', () => {
    expect(rates).toEqual([
      ['nb-iot-ce0', 16_667, 19_615], // 1,000 bits in 1 + 11 + 48 ms; 0.75 × 680 bits in 1 + 19 + 4 + 2 ms
      ['nb-iot-ce1', 4_739, 6_800], // in 8 + 11 + 192 ms; in 8 + 19 + 32 + 16 ms
      ['nb-iot-ce2', 371, 857], // in 128 + 11 + 2,560 ms; in 128 + 19 + 320 + 128 ms
      ['lte-m', 375_000, 300_000],
      ['2g', 21_000, 31_500],
      ['wifi', 20_000_000, 20_000_000],
      ['satellite', 1_663, 899],
      ['satellite-leo', 11_659, 9_851],
    ]);
  });

  it.each(Object.keys(linkPresets) as (keyof typeof linkPresets)[])('%s carries a full CoAP block with DTLS around it', (name) => {
    const { clock, arrived, send } = watched(linkPresets[name], 3);
    for (let i = 0; i < 10; i++) send(i, 1_024 + 60);
    clock.run();
    expect(arrived.length).toBeGreaterThan(5);
  });

  it('keep a report of 85 bytes within 10 s at 164 dB (TR 45.820 §5.3)', () => {
    const { clock, arrived, send } = watched({ up: { ...linkPresets['nb-iot-ce2'].up, loss: 0 } });
    send(1, 85);
    clock.run();
    expect(Number(arrived[0]!.split('@')[1])).toBeLessThan(10_000);
  });
});
