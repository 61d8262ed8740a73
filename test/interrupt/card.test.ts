// SPDX-License-Identifier: Apache-2.0
// Download and enable over a card or a modem that fails at every single APDU: the job is done in the end, and nothing is lost.

import { afterAll, beforeAll, it } from 'vitest';
import { createNodeInstance } from '../../host/core/node.js';
import type { SyncCardSlot } from '../../host/interfaces.js';
import { type Disturbance, SimulatedModem } from '../../host/sim/modem/index.js';
import type { SimulatedSmdp } from '../../host/sim/smdp/index.js';
import { type CardFaultRule, faultyCard } from '../../host/wrap/faulty-card.js';
import { LightBed, startSmdp } from '../support/light-bed.js';
import { expectDone, finishJob } from '../support/main-job.js';
import { withVirtualTime } from '../support/virtual-time.js';

let smdp: SimulatedSmdp;
beforeAll(async () => {
  smdp = await startSmdp();
});
afterAll(() => smdp.close());

/** APDUs that the module sends for the job. */
async function countApdus(): Promise<number> {
  const bed = await LightBed.create(smdp);
  const { apdus } = bed.euicc.counters;
  await bed.poll(await createNodeInstance());
  expectDone(bed, 'a clean run');
  return bed.euicc.counters.apdus - apdus;
}

async function disturbEach(what: string, plug: (card: SyncCardSlot, nth: number) => SimulatedModem, isForged = false): Promise<void> {
  const apdus = await countApdus();
  for (let nth = 1; nth <= apdus; nth++) {
    const bed = await LightBed.create(smdp);
    const instance = withVirtualTime(await createNodeInstance());
    const { plug: undisturbed } = bed;
    bed.isForged = isForged;
    bed.plug = (card) => plug(card, nth);
    await bed.poll(instance);
    bed.plug = undisturbed;
    await finishJob(bed, instance, `${what} at APDU ${nth} of ${apdus}`);
  }
}

function disturbed(card: SyncCardSlot, rule: Disturbance): SimulatedModem {
  const modem = new SimulatedModem({ slot: card });
  modem.disturb({ prefix: 'AT+CSIM', ...rule });
  return modem;
}

function failing(card: SyncCardSlot, rule: CardFaultRule): SimulatedModem {
  return new SimulatedModem({ slot: faultyCard(card, [rule]) });
}

const FAILED = { kind: 'status', statusWord: 0x6f00 } as const;

it('survives status word 6F00 instead of every command', () => {
  return disturbEach('6F00', (card, nth) => failing(card, { nth, fault: FAILED }));
});

it('survives status word 6F00 after every command was carried out', () => {
  return disturbEach('6F00 afterwards', (card, nth) => failing(card, { nth, fault: FAILED, runs: true }));
});

it('survives a modem that stays silent at every command, for good', () => {
  return disturbEach('silence', (card, nth) => disturbed(card, { nth, times: Number.POSITIVE_INFINITY, action: { kind: 'silence' } }));
});

it('survives a line that drops at every command', () => {
  return disturbEach('a drop', (card, nth) => disturbed(card, { nth, action: { kind: 'dropLine' } }));
});

it('survives a bit that flips in every response', () => {
  const seed = 7;
  const fault = { kind: 'flipBit' } as const;
  const plug = (card: SyncCardSlot, nth: number) => new SimulatedModem({ slot: faultyCard(card, [{ nth, fault }], { seed }) });
  return disturbEach(`a flipped bit (seed ${seed})`, plug, true);
});
