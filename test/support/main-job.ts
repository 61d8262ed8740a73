// SPDX-License-Identifier: Apache-2.0
// The job of a light bed, seen from the operator: one profile installed and enabled, whatever happens on the way.

import { expect } from 'vitest';
import type { IpaInstance } from '../../host/interfaces.js';
import type { PollOptions } from '../../host/options.js';
import { expectCleanCard, expectHonestLog } from './checks.js';
import { ICCID, type LightBed } from './light-bed.js';

const MAX_POLLS = 6;

/** The profile is there once and enabled, everybody was told once, and nothing is left on the card. `context` goes into failures. */
export function expectDone(bed: LightBed, context: string): void {
  expect(bed.euicc.profiles, context).toMatchObject([{ iccid: ICCID, state: 'enabled' }]);
  expectCleanCard(bed.euicc);
  if (!bed.isForged) expectHonestLog(bed.eim.log);
  const installed = bed.notifications.filter((each) => each.kind === 'profileInstallationResult' && each.outcome.ok);
  const enabled = bed.notifications.filter(({ metadata }) => metadata.events.includes('enable'));
  expect([installed.length, enabled.length], `${context}: installed and enabled, told to the SM-DP+`).toEqual([1, 1]);
}

/** Polls until the job is done; the operator asks again for what failed. */
export async function finishJob(bed: LightBed, instance: IpaInstance, context: string, first: PollOptions = {}): Promise<void> {
  for (let polls = 0; polls < MAX_POLLS; polls++) {
    const { error } = await bed.poll(instance, polls === 0 ? first : {});
    if (bed.isDone && !error) return expectDone(bed, context);
    if (bed.euicc.profiles[0]?.state !== 'enabled' && !bed.hasWork) bed.queueJob();
  }
  expect.fail(`${context}: not done after ${MAX_POLLS} polls`);
}
