// SPDX-License-Identifier: Apache-2.0
// When the next poll is due: option PollSchedule in, Summary.NextPoll out, with numbers worked out by hand.

import { describe, expect, it } from 'vitest';
import { CardLink, Command, ErrorCode, NetworkFailure, Option, Scheme } from '../../host/abi.js';
import { CoapByHand } from './support/coap-by-hand.js';
import { Module } from './support/module.js';
import { Session } from './support/session.js';
import { SimplePeers } from './support/simple-peers.js';

/** Numbers of option PollSchedule, in seconds. */
interface Schedule {
  readonly interval: number;
  readonly jitter?: number;
  readonly opensIn?: number;
  readonly period?: number;
  readonly length?: number;
}

const uint32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];

function options({ interval, jitter = 0, opensIn = 0, period = 0, length = 0 }: Schedule, seed = 1): Uint8Array {
  const numbers = [interval, jitter, opensIn, period, length].flatMap(uint32);
  return Uint8Array.of(Option.PollSchedule, numbers.length, ...numbers, Option.Seed, 4, ...uint32(seed));
}

interface Runs {
  readonly schedule?: Schedule;
  readonly seed?: number;
  readonly fails?: boolean;
  readonly module?: Module;
}

/** Seconds until the next poll, as one poll tells them. */
function nextPoll({ schedule, seed, fails = false, module = new Module() }: Runs): number {
  const peers = new SimplePeers({ eim: fails ? { BF4F: NetworkFailure.Unreachable } : {} });
  const session = new Session(peers, schedule ? { options: options(schedule, seed) } : {}, module);
  const result = session.run();
  expect(result.error).toBe(fails ? ErrorCode.NetworkUnreachable : 0);
  return result.nextPollSeconds ?? -1;
}

const HOUR = 3_600;
const DAY = 86_400;
const MOST = 2 ** 30 - 1;

describe('the interval', () => {
  it.each([1, 60, HOUR, DAY, MOST])('of %i s is what is told after a poll that went well', (interval) => {
    expect(nextPoll({ schedule: { interval } })).toBe(interval);
  });

  it('is not told when nobody asked', () => {
    expect([nextPoll({}), nextPoll({ fails: true })]).toEqual([-1, -1]);
  });

  it('may be zero', () => {
    expect(nextPoll({ schedule: { interval: 0 } })).toBe(0);
  });

  it.each([
    ['too short', Uint8Array.of(Option.PollSchedule, 19, ...new Uint8Array(19))],
    ['too long', Uint8Array.of(Option.PollSchedule, 21, ...new Uint8Array(21))],
    ['an interval of 2^30 or more', Uint8Array.of(Option.PollSchedule, 20, 0x40, ...new Uint8Array(19))],
  ])('is refused: %s', (_, option) => {
    const command = Uint8Array.of(Option.Command, 1, Command.Poll, Option.CardLink, 1, CardLink.Apdu, ...option);
    expect(new Module().event(1, 0, command)).toBe(ErrorCode.BadOption);
  });
});

describe('the random addition', () => {
  const many = (schedule: Schedule, seeds = 2_000) =>
    Array.from({ length: seeds }, (_, i) => nextPoll({ schedule, seed: 0x9e37_79b9 * (i + 1) || 1 }));

  it('is never more than asked for, and spreads the fleet', () => {
    const waits = many({ interval: HOUR, jitter: 599 });
    expect([Math.min(...waits) >= HOUR, Math.max(...waits) <= HOUR + 599]).toEqual([true, true]);
    // 10 parts of 60 seconds: 200 of 2,000 devices in each, and a part that has less than 140 or more than 260 were no chance
    const parts = Array.from({ length: 10 }, (_, part) => waits.filter((wait) => Math.floor((wait - HOUR) / 60) === part).length);
    expect(Math.min(...parts)).toBeGreaterThan(140);
    expect(Math.max(...parts)).toBeLessThan(260);
  });

  it('may be its most', () => {
    const waits = new Set(many({ interval: HOUR, jitter: 1 }, 50));
    expect([...waits].sort()).toEqual([HOUR, HOUR + 1]);
  });

  it('comes from the seed alone', () => {
    const schedule = { interval: HOUR, jitter: 10_000 };
    // the first number that seed 1 makes is 270369; without CoAP nothing else has drawn one
    expect(nextPoll({ schedule })).toBe(HOUR + (270_369 % 10_001));
    expect(nextPoll({ schedule, seed: 1 })).toBe(nextPoll({ schedule, seed: 1 }));
  });

  it('does not reach past the end of a window', () => {
    const window = { opensIn: 100, period: DAY, length: 20 };
    const waits = many({ interval: 50, jitter: HOUR, ...window }, 300);
    expect([Math.min(...waits), Math.max(...waits)]).toEqual([100, 120]);
  });
});

describe('after a failure', () => {
  it('comes after 60, 120, 240 … seconds, up to the interval, and after the interval when all is well again', () => {
    const module = new Module();
    const schedule = { interval: HOUR };
    const fail = () => nextPoll({ schedule, fails: true, module });
    expect(Array.from({ length: 9 }, fail)).toEqual([60, 120, 240, 480, 960, 1_920, HOUR, HOUR, HOUR]);
    expect(nextPoll({ schedule, module })).toBe(HOUR);
    expect(fail()).toBe(60);
  });

  it('is not later than an interval that is shorter', () => {
    expect(nextPoll({ schedule: { interval: 45 }, fails: true })).toBe(45);
  });

  it('grows to the interval of 34 years and no further', () => {
    const module = new Module();
    const waits = Array.from({ length: 40 }, () => nextPoll({ schedule: { interval: MOST }, fails: true, module }));
    // 60 · 2^15 = 1,966,080 is the most
    expect(waits.slice(13, 18)).toEqual([491_520, 983_040, 1_966_080, 1_966_080, 1_966_080]);
    expect(waits[39]).toBe(1_966_080);
  });

  it('is counted over saved state, in a fresh instance and in a command that begins with Restart', () => {
    let module = new Module();
    const waits = Array.from({ length: 4 }, () => {
      const wait = nextPoll({ schedule: { interval: HOUR }, fails: true, module });
      module = new Module(module.state());
      return wait;
    });
    expect(waits).toEqual([60, 120, 240, 480]);
  });

  it('counts commands that were not asked for a schedule neither way', () => {
    const module = new Module();
    nextPoll({ schedule: { interval: HOUR }, fails: true, module });
    nextPoll({ module });
    expect(nextPoll({ schedule: { interval: HOUR }, fails: true, module })).toBe(120);
  });

  it('a command over CoAP that gets no answer is one', () => {
    const hand = new CoapByHand({
      scheme: Scheme.Coaps,
      options: Buffer.from(options({ interval: HOUR }))
        .subarray(0, 22)
        .toString('hex'),
    });
    hand.begin();
    hand.pass(1_000_000);
    expect(hand.result).toMatchObject({ error: ErrorCode.NetworkTimeout, nextPollSeconds: 60 });
  });
});

describe('windows', () => {
  /** Opens in 1,000 s, then every 10,000 s, each time for 100 s. */
  const window = { opensIn: 1_000, period: 10_000, length: 100 };

  it.each([
    // the first window is not too early
    [0, 1_000],
    [999, 1_000],
    [1_000, 1_000],
    // else the first one that opens at the interval or later
    [1_001, 11_000],
    [11_000, 11_000],
    [11_001, 21_000],
    [DAY, 91_000],
  ])('an interval of %i s leads to the window that opens in %i s', (interval, expected) => {
    expect(nextPoll({ schedule: { interval, ...window } })).toBe(expected);
  });

  it('a failure leads to the next window, too', () => {
    const module = new Module();
    const schedule = { interval: DAY, ...window };
    const waits = Array.from({ length: 12 }, () => nextPoll({ schedule, fails: true, module }));
    // 60 to 960, 1,920 to 7,680, 15,360, 30,720, 61,440, and then the interval
    expect(waits).toEqual([1_000, 1_000, 1_000, 1_000, 1_000, 11_000, 11_000, 11_000, 21_000, 31_000, 71_000, 91_000]);
  });

  it('of which one is open now and the interval is over: at once', () => {
    expect(nextPoll({ schedule: { interval: 0, opensIn: 0, period: 10_000, length: 100 } })).toBe(0);
  });

  it.each([
    [{ interval: MOST, opensIn: MOST, period: MOST, length: MOST }, MOST],
    // one more than the first window: the second one
    [{ interval: MOST, opensIn: MOST - 1, period: MOST, length: 0 }, 2 * MOST - 1],
    [{ interval: MOST, opensIn: 0, period: 1, length: 0 }, MOST],
    [{ interval: MOST, opensIn: 1, period: MOST - 1, length: 0 }, MOST],
    // 2^30 - 1 = 3 · 357,913,941: the period is just not in it
    [{ interval: MOST, opensIn: 0, period: 357_913_942, length: 0 }, 3 * 357_913_942],
    [{ interval: MOST, opensIn: 0, period: MOST - 1, length: 0 }, 2 * (MOST - 1)],
  ] as const)('numbers near 2^30 do not overflow: %o', (schedule, expected) => {
    expect(nextPoll({ schedule })).toBe(expected);
  });

  it('and the largest addition does not, either', () => {
    // 2 · (2^30 - 1), and of the addition at most one of that size less: what does not go into 31 bits cannot be told
    const waits = Array.from({ length: 50 }, (_, i) => nextPoll({ schedule: { interval: MOST, jitter: MOST }, seed: 7 + 1_000_003 * i }));
    for (const wait of waits) expect([wait >= MOST, wait <= 2 * MOST]).toEqual([true, true]);
  });
});
