// SPDX-License-Identifier: Apache-2.0
// A download straight from the SM-DP+ and enabling, interrupted at every event: by a fresh instance, by power loss, by loss of the
// network.

import { expect, it } from 'vitest';
import { Action as ActionKind } from '../../host/abi.js';
import { createNodeInstance } from '../../host/core/node.js';
import type { Action, Binding } from '../../host/interfaces.js';
import { byLane, PowerCut, replacedAtEveryCall, withPowerUntil } from '../support/interruption.js';
import { LightBed } from '../support/light-bed.js';
import { expectDone, finishJob } from '../support/main-job.js';
import { withVirtualTime } from '../support/virtual-time.js';

const BINDINGS: readonly Binding[] = ['asn1', 'json'];

const size = ({ kind, argument, bytes }: Action) => [kind, kind === ActionKind.NetworkSend ? argument : 0, bytes.length];

async function cleanRun(binding: Binding): Promise<{ events: number; operations: number }> {
  const bed = await LightBed.createDirect(binding);
  const instance = withPowerUntil(await createNodeInstance(), Number.POSITIVE_INFINITY);
  expect(await bed.poll(instance)).toMatchObject({ error: undefined, packages: 2, profilesInstalled: 1, notifications: 2 });
  expectDone(bed, 'undisturbed');
  return { events: instance.events, operations: bed.transport.operations };
}

for (const binding of BINDINGS) {
  it(`goes on in a fresh instance at every call, in ${binding}, and asks for exactly the same`, async () => {
    const run = async (create: () => ReturnType<typeof createNodeInstance>) => {
      const bed = await LightBed.createDirect(binding);
      const actions: (readonly number[])[] = [];
      const result = await bed.poll(await create(), {}, { onAction: (action) => actions.push(size(action)) });
      expectDone(bed, 'undisturbed');
      return { result, ...byLane(actions) };
    };
    const undisturbed = await run(createNodeInstance);
    expect(await run(() => replacedAtEveryCall(createNodeInstance))).toEqual(undisturbed);
  });

  it(`survives loss of the network at every operation, in ${binding}`, async () => {
    const { operations } = await cleanRun(binding);
    for (let lostFrom = 1; lostFrom <= operations; lostFrom++) {
      const bed = await LightBed.createDirect(binding);
      const instance = withVirtualTime(await createNodeInstance());
      bed.transport.lostFrom = lostFrom;
      const result = await bed.poll(instance);
      expect(result.error?.layer, `network lost at operation ${lostFrom}`).toBe('network');
      bed.transport.lostFrom = Number.POSITIVE_INFINITY;
      await finishJob(bed, instance, `network lost at operation ${lostFrom} of ${operations}`);
    }
  });
}

for (const [binding, saves] of [
  ['json', 'only when the module says so'],
  ['asn1', 'after every call'],
] as const) {
  it(`survives power loss at every event, in ${binding}, when the host saves ${saves}`, async () => {
    const { events } = await cleanRun(binding);
    for (let cutAt = 1; cutAt <= events; cutAt++) {
      const bed = await LightBed.createDirect(binding);
      const instance = withPowerUntil(await createNodeInstance(), cutAt);
      await expect(bed.poll(instance)).rejects.toBeInstanceOf(PowerCut);
      const saved = saves === 'after every call' ? await instance.saveState() : bed.persisted;
      const next = await createNodeInstance();
      if (saved) await next.restoreState(saved);
      await finishJob(bed, next, `power lost at event ${cutAt} of ${events}`, { restart: true });
    }
  });
}
