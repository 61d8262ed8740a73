// SPDX-License-Identifier: Apache-2.0
// The model of TCP against small cases that were computed by hand.

import { describe, expect, it } from 'vitest';
import { type StreamRun, streamTiming } from '../../../host/wrap/stream-timing.js';

const up = (bytes: number): StreamRun => ({ direction: 'up', bytes });
const down = (bytes: number): StreamRun => ({ direction: 'down', bytes });

/** 100 ms each way, and bytes that take no time. */
const FAR = { up: { delayMs: 100 }, down: { delayMs: 100 } };
/** 1 byte a millisecond, and no way to go. */
const SLOW = { up: { bitsPerSecond: 8_000 }, down: { bitsPerSecond: 8_000 } };

describe('streamTiming', () => {
  it('opens and closes a connection: SYN, ACK, FIN, ACK up; SYN-ACK, FIN-ACK down', () => {
    expect(streamTiming([], FAR)).toEqual({
      up: { bytes: 160, segments: 4 },
      down: { bytes: 80, segments: 2 },
      roundTrips: 1,
      timeMs: 200,
    });
  });

  it('needs two round trips for a request and its answer of one segment each', () => {
    // 200 ms to open, 100 there, 100 back; the answer acknowledges the request, FIN the answer
    expect(streamTiming([up(60), down(500)], FAR)).toEqual({
      up: { bytes: 4 * 40 + 100, segments: 5 },
      down: { bytes: 2 * 40 + 540, segments: 3 },
      roundTrips: 2,
      timeMs: 400,
    });
  });

  it('charges headers on the rate, and the ACK that opens goes before the request', () => {
    // SYN 40, SYN-ACK 40, ACK 40, request 40 + 60, answer 40 + 500
    expect(streamTiming([up(60), down(500)], SLOW).timeMs).toBe(40 + 40 + 40 + 100 + 540);
  });

  it('acknowledges every second segment of a long run', () => {
    // 5 segments: two ACKs up, the fifth is acknowledged by FIN
    expect(streamTiming([up(10), down(500)], FAR, { mssBytes: 100 })).toMatchObject({
      up: { bytes: 4 * 40 + 50 + 2 * 40, segments: 7 },
      down: { bytes: 2 * 40 + 5 * 140, segments: 7 },
      roundTrips: 2,
    });
  });

  it('has the last segment as long as what is left', () => {
    expect(streamTiming([up(201)], SLOW, { mssBytes: 100 })).toMatchObject({
      up: { bytes: 4 * 40 + 3 * 40 + 201, segments: 7 },
      down: { bytes: 3 * 40, segments: 3 },
      timeMs: 3 * 40 + 140 + 140 + 41,
    });
  });

  it('sends 10 segments at first, then 20: slow start', () => {
    const timed = (segments: number) => streamTiming([up(10), down(segments * 100)], FAR, { mssBytes: 100 });
    // 400 ms for opening, request and the first window, and a round trip of 200 ms more for each window after it
    expect(timed(10)).toMatchObject({ timeMs: 400, roundTrips: 2 });
    expect(timed(11)).toMatchObject({ timeMs: 600, roundTrips: 3 });
    expect(timed(30)).toMatchObject({ timeMs: 600, roundTrips: 3 });
    expect(timed(31)).toMatchObject({ timeMs: 800, roundTrips: 4 });
    expect(timed(70)).toMatchObject({ timeMs: 800, roundTrips: 4 });
    expect(timed(71)).toMatchObject({ timeMs: 1_000, roundTrips: 5 });
  });

  it('keeps a window that was opened for the next run', () => {
    // the first answer leaves the server a window of 20
    const timing = streamTiming([up(10), down(1_000), up(10), down(2_000)], FAR, { mssBytes: 100 });
    expect(timing).toMatchObject({ timeMs: 400 + 200, roundTrips: 3 });
  });

  it('lets a server that speaks first wait for the ACK that opens', () => {
    expect(streamTiming([down(10)], FAR)).toMatchObject({ timeMs: 400, roundTrips: 2 });
  });

  it('does not wait for a window that opens while the line is still busy', () => {
    // 200 segments of 140 ms: the acknowledgement of the second is back long before the tenth is out
    expect(streamTiming([up(10), down(20_000)], SLOW, { mssBytes: 100 })).toMatchObject({ timeMs: 120 + 50 + 200 * 140, roundTrips: 2 });
  });

  it('pays for access where a line was idle: twice up and twice down here', () => {
    const link = { up: { accessMs: 1_000 }, down: { accessMs: 10 } };
    // SYN, SYN-ACK, request (its ACK before it has no time of its own to hide behind), answer
    expect(streamTiming([up(1), down(1)], { up: { ...link.up, bitsPerSecond: 8_000 }, down: link.down }).timeMs).toBe(
      1_000 + 40 + 10 + (1_000 + 40) + 41 + 10,
    );
  });

  it.each([
    ['a segment without room', [up(1)], { mssBytes: 0 }],
    ['a window for one segment', [up(1)], { initialWindow: 1 }],
    ['an empty run', [up(0)], {}],
    ['a part of a byte', [down(1.5)], {}],
  ])('refuses %s', (_, runs, options) => {
    expect(() => streamTiming(runs, FAR, options)).toThrow(RangeError);
  });
});
