// SPDX-License-Identifier: Apache-2.0
// A device that sleeps for hours in the middle of a conversation over CoAP: its state is saved between any two events, and a fresh instance
// goes on with it. What the network said meanwhile waits or is lost, and the eIM remembers where they were or does not.

import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../host/abi.js';
import { type Conversation, type Sleep, SleepyWorld } from '../support/sleepy-world.js';

const HOURS_MS = 3 * 3_600_000;
/** How a command ends that could not go on. */
const NAMED: readonly number[] = [ErrorCode.NetworkTimeout, ErrorCode.CoapRefused];

/** Steps and messages of a poll without sleep. */
function undisturbed(conversation: Conversation): SleepyWorld {
  const world = new SleepyWorld(conversation);
  expect(world.poll()).toMatchObject({ error: 0, packages: 2 });
  expect([world.isDone, world.loaded.length]).toEqual([true, 1]);
  return world;
}

/** Every poll sleeps once, at another step; checks what holds for all, and gives the errors of the polls that slept. */
function sleepEverywhere(conversation: Conversation, how: Omit<Sleep, 'step' | 'ms'>, ms = HOURS_MS): number[] {
  const clean = undisturbed(conversation);
  return Array.from({ length: clean.steps }, (_, i) => {
    const id = `asleep before step ${i + 1} of ${clean.steps}, ${JSON.stringify({ conversation, how })}`;
    const world = new SleepyWorld(conversation);
    const { error } = world.poll({ ...how, step: i + 1, ms });
    expect([0, ...NAMED], id).toContain(error);
    if (error === 0) expect(world.isDone, id).toBe(true);
    for (let polls = 0; !world.isDone; polls++) {
      expect(polls, id).toBeLessThan(2);
      expect(world.poll().error, id).toBe(0);
    }
    expect(world.loaded, `what the card executed, ${id}`).toEqual(clean.loaded);
    // a request may be executed twice when its answer was slept away; none is lost, and none is another one
    for (const message of clean.executed) expect(world.executed, id).toContain(message);
    for (const message of world.executed) expect(clean.executed, id).toContain(message);
    return error;
  });
}

// 700 bytes are one window, which can be sent again from its beginning; 3,000 are several
describe.each([
  [700, 2, 'piggybacked'],
  [700, 6, 'separate'],
  [3_000, 6, 'piggybacked'],
  [3_000, 4, 'separate'],
] as const)('%i bytes each way in blocks of exponent %i, answers %s', (bytes, szx, responses) => {
  const conversation: Conversation = { bytes, szx, responses };

  it('the eIM remembers, and what it said meanwhile waits: the device goes on', () => {
    const errors = sleepEverywhere(conversation, { datagramsWait: true, peerForgets: false });
    expect(errors.filter((error) => error !== 0)).toEqual([]);
  });

  it('the eIM remembers, and what it said meanwhile is lost: the device asks again', () => {
    const errors = sleepEverywhere(conversation, { datagramsWait: false, peerForgets: false });
    // a body that has left the window in part cannot be sent again; an answer that was promised and slept away is waited for in vain
    if (bytes <= 1_024 && responses === 'piggybacked') expect(errors.filter((error) => error !== 0)).toEqual([]);
    expect(errors.filter((error) => error === 0).length).toBeGreaterThan(errors.length / 2);
  });

  it('the eIM has forgotten: the device begins again, or says so and does it with the next poll', () => {
    const errors = sleepEverywhere(conversation, { datagramsWait: false, peerForgets: true });
    if (bytes > 16 << szx) expect(errors, 'blocks in the middle of an answer are gone').toContain(ErrorCode.CoapRefused);
    expect(errors.filter((error) => error === 0).length).toBeGreaterThan(errors.length / 4);
  });

  it('a minute of sleep, which is shorter than what the network may take, is just a repetition', () => {
    const errors = sleepEverywhere(conversation, { datagramsWait: responses === 'separate', peerForgets: false }, 60_000);
    expect(errors.filter((error) => error !== 0)).toEqual([]);
  });
});
