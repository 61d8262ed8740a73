// SPDX-License-Identifier: Apache-2.0
// Random mixtures: the same for the same seed, and as hard as they say: a careful host comes to the end of those that expect success.

import { describe, expect, it } from 'vitest';
import { describeMixture, type ModemMixture, mixedModem, randomMixture } from '../../../host/sim/modem/index.js';
import { VirtualClock } from '../../../host/wrap/virtual-clock.js';
import { EID, makeEuicc } from '../euicc/support/card.js';
import { CarefulHost, HostError } from './careful-host.js';

const SEEDS = Array.from({ length: 1_000 }, (_, index) => index + 1);
const TIMEOUT_MS = 30_000;
const ROUNDS = 12;

const REQUESTS: readonly (readonly [request: string, response: RegExp])[] = [
  ['BF3E035C015A', new RegExp(`^BF3E125A10${EID}$`)],
  ['BF3C00', /^BF3C/],
  ['BF2E00', /^BF2E128010[0-9A-F]{32}$/],
];

/** A session of some ES10 functions: "success", the error that ended it, or an Error that must not be. */
async function session(mixture: ModemMixture, clock: VirtualClock): Promise<string> {
  const modem = mixedModem(mixture, { slot: makeEuicc(), clock });
  const line = modem.connect();
  try {
    const es10 = await new CarefulHost(line, clock, TIMEOUT_MS, mixture.hostOptions).open();
    for (let round = 0; round < ROUNDS; round += 1) {
      const [request, response] = REQUESTS[round % REQUESTS.length]!;
      const answer = await es10(request);
      if (!response.test(answer)) return `misread: ${request} was answered ${answer}`;
    }
    return 'success';
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return `given up: ${error.message}`;
  } finally {
    await line.close();
  }
}

describe('a mixture', () => {
  it('is the same for the same seed, and another for another', () => {
    const texts = SEEDS.map((seed) => describeMixture(randomMixture(seed)));
    expect(texts).toEqual(SEEDS.map((seed) => describeMixture(randomMixture(seed))));
    expect(new Set(texts).size).toBe(SEEDS.length);
  });

  it('says what is to be expected, and why', () => {
    const mixtures = SEEDS.map((seed) => randomMixture(seed));
    const counts = { success: 0, either: 0, error: 0 };
    for (const mixture of mixtures) {
      counts[mixture.outcome] += 1;
      expect(mixture.risks.length > 0, describeMixture(mixture)).toBe(mixture.outcome !== 'success');
    }
    for (const [outcome, count] of Object.entries(counts)) expect(count, outcome).toBeGreaterThan(5);
    expect(SEEDS.map((seed) => randomMixture(seed, { isHarmless: true }).outcome)).toEqual(SEEDS.map(() => 'success'));
  });

  it('has every way to be late, spoilt or lost', () => {
    const rules = SEEDS.flatMap((seed) => randomMixture(seed).disturbances);
    const kinds = new Set(rules.map(({ action }) => ('place' in action ? `${action.kind} ${action.place}` : action.kind)));
    const unsolicited = ['before', 'between', 'after', 'inside'].map((place) => `unsolicited ${place}`);
    expect([...kinds].sort()).toEqual(['answer', 'cut', 'delay', 'garbage', 'noise', 'silence', 'truncate', ...unsolicited].sort());
    const delays = rules.flatMap(({ action }) => (action.kind === 'delay' ? [action.ms] : []));
    expect(delays.filter((ms) => ms > TIMEOUT_MS / 5 && ms <= TIMEOUT_MS)).toEqual([]);
    expect(delays.some((ms) => ms > TIMEOUT_MS)).toBe(true);
  });
});

it('ends as it says with a host that expects everything', async () => {
  const wrong: string[] = [];
  const ends = { success: 0, 'given up': 0 };
  for (const seed of SEEDS.slice(0, 300)) {
    const mixture = randomMixture(seed);
    const clock = new VirtualClock();
    const end = await clock.runUntil(session(mixture, clock), `seed ${seed}`);
    const allowed = { success: /^success$/, either: /^(success$|given up)/, error: /^given up/ }[mixture.outcome];
    if (!allowed.test(end)) wrong.push(`${end} with ${describeMixture(mixture)}`);
    ends[end === 'success' ? end : 'given up'] += 1;
  }
  expect(wrong).toEqual([]);
  expect(Math.min(...Object.values(ends))).toBeGreaterThan(20);
});
