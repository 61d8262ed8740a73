// SPDX-License-Identifier: Apache-2.0
// The operator of a device on a bench: wants one profile enabled, and asks again for what failed.

import { expect } from 'vitest';
import { type Bench, eventsOf } from './bench.js';
import { expectCleanCard, expectHonestLog } from './checks.js';

export const ICCID = '89000123456789012341';
const MAX_POLLS = 5;

/** Queues what is missing: a download with an order of its own, and the package that enables the profile. */
export function queueJob(bench: Bench): void {
  const orders = bench.eim.device(bench.bed.eid)!.queue.items.length;
  if (bench.euicc.profiles.length === 0) bench.queueDownload({ iccid: ICCID, matchingId: `ORDER-${orders}` });
  bench.queueEnable(ICCID);
}

function isContent(bench: Bench): boolean {
  return bench.euicc.profiles[0]?.state === 'enabled' && bench.eim.device(bench.bed.eid)!.queue.next() === undefined;
}

/** Polls without disturbance until the profile is enabled; then everybody must have been told, and nothing be left. */
export async function expectRecovery(bench: Bench): Promise<void> {
  for (let polls = 0; polls < MAX_POLLS; polls++) {
    const { error } = await bench.poll();
    if (isContent(bench) && !error) break;
    if (bench.eim.device(bench.bed.eid)!.queue.next() === undefined) queueJob(bench);
  }
  expect(bench.euicc.profiles).toMatchObject([{ iccid: ICCID, state: 'enabled' }]);
  expectCleanCard(bench.euicc);
  expectHonestLog(bench.eim.log);
  expect(toldOnce(bench)).toEqual(['install', 'enable']);
  expect(eventsOf(bench.eim.log, 'internalError')).toEqual([]);
}

/** The successful events that the SM-DP+ knows of, each notification once. */
function toldOnce(bench: Bench): string[] {
  const good = bench.smdp.notifications.filter((each) => !each.duplicate && !('outcome' in each && !each.outcome.ok));
  return good.flatMap(({ metadata }) => metadata.events);
}
