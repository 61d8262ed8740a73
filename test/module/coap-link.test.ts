// SPDX-License-Identifier: Apache-2.0
// CoAP messages of the module, datagram by datagram against bytes put together by hand from RFC 7252: what a poll is, how a message is
// repeated, and what becomes of messages that are no answer. Blocks are in coap-blocks.test.ts.

import { describe, expect, it } from 'vitest';
import { CardLink, Command, ErrorCode, Event, Option, Scheme } from '../../host/abi.js';
import { fromHex } from '../../host/sim/codec/bytes.js';
import { type ByHandOptions, CoapByHand, numberOption } from './support/coap-by-hand.js';
import { Module } from './support/module.js';

/**
 * The numbers that xorshift with 13, 17 and 5 makes of seed 1 are 270369, 67634689, 2647435461, …: the first, 0x42021, is the message ID before
 * the first one, so that this is 0x2022; the token is this number again but for the bits of the seed, 0x2023, its last byte first.
 */
const FIRST_ID = '2022';
const FIRST = `${FIRST_ID}2320`;
// Uri-Path gsma, rsp2, asn1: B4 67736D61, 04 72737032, 04 61736E31
const PATH = 'B467736D6104727370320461736E31';
// option 23 is 12 more than 11: Block2 0/0/1024
const BLOCK2 = 'C106';
const BF4F = 'BF4F125A1089049032123451234512345678901235';
/** CON, token of two bytes, 0.02 POST. */
const POLL = `4202${FIRST}${PATH}${BLOCK2}FF${BF4F}`;
const NOTHING = 'BF4F03020101';
/** A package of a kind that is not known. */
const UNKNOWN = 'BF4F05BF58020500';
const DONE = { error: 0, detail: 0, packages: 0 };

/** A poll whose request is out. */
function polling(options: ByHandOptions = {}): CoapByHand {
  const hand = new CoapByHand(options);
  hand.begin();
  return hand;
}

describe('a poll that finds nothing', () => {
  it.each([
    ['coaps', Scheme.Coaps],
    ['coap', Scheme.Coap],
  ])('is one datagram each way, up at most 64 bytes: %s', (_, scheme) => {
    const hand = new CoapByHand({ scheme });
    expect(hand.begin()).toEqual([POLL]);
    expect(POLL.length / 2).toBeLessThanOrEqual(64);
    expect(hand.down(`6245${FIRST}FF${NOTHING}`)).toEqual([]);
    expect(hand.result).toMatchObject(DONE);
  });

  it('has the smaller blocks of option CoapBlockSzx in Block2', () => {
    // exponent 2: 64 bytes, in which the 21 of the request have place
    const options = `${Option.CoapBlockSzx.toString(16)}0102`;
    expect(new CoapByHand({ options }).begin()).toEqual([POLL.replace(BLOCK2, 'C102')]);
  });
});

describe('random numbers', () => {
  it('are asked for before anything is sent', () => {
    const hand = new CoapByHand({ seed: 0 });
    expect([hand.begin(), hand.result]).toMatchObject([[], { error: ErrorCode.NoSeed }]);
    expect(hand.opened).toBe('');
  });

  it('are the same for the same seed, and lead to other IDs and tokens for another', () => {
    const requests = Array.from({ length: 200 }, (_, i) => new CoapByHand({ seed: i + 1, scheme: Scheme.Coap }).begin()[0]!);
    expect(new CoapByHand({ seed: 77, scheme: Scheme.Coap }).begin()[0]).toBe(requests[76]);
    expect(new Set(requests.map((request) => request.slice(8, 16))).size, 'tokens').toBe(200);
    expect(new Set(requests.map((request) => request.slice(4, 8))).size, 'message IDs').toBeGreaterThan(190);
  });
});

describe('a message without answer', () => {
  /** Moments at which the poll of this seed is sent, until the module gives up. */
  function moments(options: ByHandOptions): { readonly sentMs: readonly number[]; readonly hand: CoapByHand } {
    const hand = polling(options);
    const [request] = new CoapByHand(options).begin();
    const sent = hand.pass(1_000_000).map((each) => each.split(': '));
    expect(sent.map(([, datagram]) => datagram)).toEqual(sent.map(() => request));
    return { sentMs: sent.map(([ms]) => Number(ms)), hand };
  }

  it('is sent again after 2 to 3 s and then doubled pauses, four times, and given up after one more', () => {
    const firsts: number[] = [];
    for (let seed = 1; seed <= 100; seed++) {
      const { sentMs, hand } = moments({ seed });
      const first = sentMs[0]!;
      firsts.push(first);
      expect(sentMs, `seed ${seed}`).toEqual([first, 3 * first, 7 * first, 15 * first]);
      expect([hand.result, hand.nowMs], `seed ${seed}`).toMatchObject([{ error: ErrorCode.NetworkTimeout }, 31 * first]);
    }
    expect(Math.min(...firsts), 'ACK_TIMEOUT').toBeGreaterThanOrEqual(2_000);
    expect(Math.max(...firsts), 'ACK_TIMEOUT times ACK_RANDOM_FACTOR').toBeLessThanOrEqual(3_000);
    expect(Math.max(...firsts) - Math.min(...firsts), 'spread').toBeGreaterThan(900);
  });

  it('is not sent again later than 147 s after the first time', () => {
    // 10 s to 15 s: again after 1, 3 and 7 times that; 15 times would be too late
    for (let seed = 1; seed <= 20; seed++) {
      const { sentMs, hand } = moments({ seed, options: numberOption(Option.AckTimeoutMs, 10_000) });
      const first = sentMs[0]!;
      expect(sentMs, `seed ${seed}`).toEqual([first, 3 * first, 7 * first]);
      expect([hand.result, hand.nowMs]).toMatchObject([{ error: ErrorCode.NetworkTimeout }, 15 * first]);
    }
  });

  it('is a new one with a new ID when the host has slept until long behind its time', () => {
    const hand = polling();
    hand.nowMs = 3_600_000;
    expect(hand.settle()).toEqual([POLL.replace(FIRST, '20232220')]);
    expect(hand.down(`624520232220FF${NOTHING}`)).toEqual([]);
    expect(hand.result).toMatchObject(DONE);
  });
});

describe('round trips', () => {
  /** How long the second request is waited for when the first one was answered after `ms`. */
  function pauseAfter(ms: number, seed: number): number {
    const hand = new CoapByHand({ seed });
    const [request] = hand.begin();
    hand.pass(ms);
    // an unknown kind of package is answered with an error result: a second request, at once
    expect(hand.down(`6245${request!.slice(4, 16)}FF${UNKNOWN}`)).toHaveLength(1);
    const [again] = hand.pass(100_000);
    return Number(again!.split(':')[0]) - ms;
  }

  it.each([
    // half of 2,000 and one and a half of the trip: (2,000 + 1.5 · 1,900) / 2
    [1_900, 2_425],
    // after a repetition the answer may be to either: (2,000 + 5,000) / 2
    [5_000, 3_500],
    // shorter than ACK_TIMEOUT changes nothing: (2,000 + 1.5 · 100) / 2 is less
    [100, 2_000],
  ])('of %i ms make ACK_TIMEOUT %i ms', (trip, timeoutMs) => {
    const pauses = Array.from({ length: 60 }, (_, i) => pauseAfter(trip, 65_535 * (i + 1)));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(timeoutMs);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(1.5 * timeoutMs);
    expect(Math.max(...pauses), 'spread').toBeGreaterThan(1.35 * timeoutMs);
  });
});

describe('the answer', () => {
  it('comes in a message of its own, which is acknowledged, and again when it comes again', () => {
    const hand = polling();
    expect(hand.down(`6000${FIRST_ID}`), 'an empty acknowledgement: nothing is sent again').toEqual([]);
    expect(hand.pass(100_000)).toEqual([]);
    // the package is of an unknown kind, so that the command goes on
    const response = `4245BEEF2320FF${UNKNOWN}`;
    expect(hand.down(response)[0]).toBe('6000BEEF');
    expect(hand.down(response)).toEqual(['6000BEEF']);
    expect(hand.down('4245BEEE2321FFBF4F03020101'), 'a stranger').toEqual(['7000BEEE']);
  });

  it('may come before the acknowledgement, which then changes nothing', () => {
    const hand = polling();
    expect(hand.down(`4245BEEF2320FF${NOTHING}`)).toEqual(['6000BEEF']);
    expect(hand.result).toMatchObject(DONE);
  });

  it('may be a message that is not confirmed', () => {
    const hand = polling();
    expect(hand.down(`5245BEEF2320FF${NOTHING}`)).toEqual([]);
    expect(hand.result).toMatchObject(DONE);
  });

  it('is waited for 120 s after the acknowledgement', () => {
    const hand = polling();
    hand.pass(500);
    hand.down(`6000${FIRST_ID}`);
    expect(hand.pass(1_000_000)).toEqual([]);
    expect([hand.result, hand.nowMs]).toMatchObject([{ error: ErrorCode.NetworkTimeout }, 120_500]);
  });

  it.each([
    ['Max-Age 60', 'D1013C'],
    ['Observe', '6105'],
    ['ETag', '42A1B2'],
    ['Content-Format 42', 'C12A'],
    // 28 is 13 more than 15, 60 is 32 more than 28
    ['Size2 and Size1', 'D10F06D11306'],
    // number 65000: 64,731 behind 269, which takes two bytes
    ['one that nobody knows', 'E1FCDB07'],
  ])('may have options that do not matter: %s', (_, option) => {
    const hand = polling();
    hand.down(`6245${FIRST}${option}FF${NOTHING}`);
    expect(hand.result).toMatchObject(DONE);
  });

  it.each([
    ['If-Match', '10'],
    // OSCORE, 9
    ['OSCORE', '90'],
    ['one that nobody knows, 65001', 'E1FCDC07'],
  ])('is refused with an option that must be understood and is not: %s', (_, option) => {
    const hand = polling();
    hand.down(`6245${FIRST}${option}FF${NOTHING}`);
    expect(hand.result).toMatchObject({ error: ErrorCode.NetworkMalformed, detail: 0x45 });
  });

  it.each([
    ['4.04', 0x84],
    ['4.29', 0x9d],
    ['4.13 without a size', 0x8d],
    ['5.00', 0xa0],
    ['5.03', 0xa3],
  ])('may be a refusal: %s', (_, code) => {
    const hand = polling();
    hand.down(`62${code.toString(16)}${FIRST}`);
    expect(hand.result).toMatchObject({ error: ErrorCode.CoapRefused, detail: code });
  });

  it('may be RST', () => {
    const hand = polling();
    hand.down(`7000${FIRST_ID}`);
    expect(hand.result).toMatchObject({ error: ErrorCode.CoapRefused, detail: 0 });
  });
});

describe('what is no answer changes nothing', () => {
  it('a ping gets RST', () => {
    const hand = polling();
    expect(hand.down('4000ABCD')).toEqual(['7000ABCD']);
    hand.down(`6245${FIRST}FF${NOTHING}`);
    expect(hand.result).toMatchObject(DONE);
  });

  it.each([
    ['another message ID', `624520232320FF${NOTHING}`],
    ['another token', `6245${FIRST_ID}2321FF${NOTHING}`],
    ['no token', `6045${FIRST_ID}FF${NOTHING}`],
    ['a longer token', `6345${FIRST}00FF${NOTHING}`],
    ['RST for another', '70002023'],
    ['an empty acknowledgement with something behind it', `6000${FIRST_ID}FF00`],
    ['three bytes', '614520'],
    ['nothing', ''],
  ])('%s', (_, datagram) => {
    const hand = polling();
    expect(hand.down(datagram)).toEqual([]);
    expect(hand.pass(5_000), 'it is asked for again').toHaveLength(1);
    hand.down(`6245${FIRST}FF${NOTHING}`);
    expect(hand.result).toMatchObject(DONE);
  });
});

describe('variants without CoAP', () => {
  it.each([Option.EsipaScheme, Option.Seed, Option.CoapBlockSzx, Option.AckTimeoutMs, Option.PollSchedule, Option.ListenMs])(
    'ipad-min refuses option %i',
    (option) => {
      const value = fromHex(
        { [Option.EsipaScheme]: '01', [Option.CoapBlockSzx]: '06', [Option.PollSchedule]: '00'.repeat(20) }[option as number] ?? '00000001',
      );
      const command = (name: string) =>
        new Module(undefined, name).event(
          Event.Command,
          0,
          Uint8Array.of(Option.Command, 1, Command.Poll, Option.CardLink, 1, CardLink.Apdu, option, value.length, ...value),
        );
      expect([command('ipad-min'), command('ipad')]).toEqual([ErrorCode.BadOption, 8 + value.length]);
    },
  );

  it.each(['ipad-min', 'lpa'])('%s refuses command Listen', (name) => {
    expect(new Module(undefined, name).event(Event.Command, 0, Uint8Array.of(Option.Command, 1, Command.Listen))).toBe(ErrorCode.BadOption);
  });
});
