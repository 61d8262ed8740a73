// SPDX-License-Identifier: Apache-2.0
// A package for a consumer eUICC, interrupted at every event: by a fresh instance, and by power loss. A result may be lost; no operation is
// done twice.

import { expect, it } from 'vitest';
import type { Action } from '../../host/interfaces.js';
import { psmo } from '../../host/sim/eim/index.js';
import { DEFAULT_EID } from '../../host/sim/pki/index.js';
import { eventsOf } from '../support/bench.js';
import { consumerInstance } from '../support/consumer-bench.js';
import { ConsumerLightBed, DISABLED, ENABLED } from '../support/consumer-light-bed.js';
import { PowerCut, replacedAtEveryCall, withPowerUntil } from '../support/interruption.js';

const MOST_POLLS = 5;

let associated: Promise<Uint8Array> | undefined;

/** The state of a device that has its eIM. */
async function associate(): Promise<Uint8Array> {
  const bed = await ConsumerLightBed.create();
  const instance = await consumerInstance();
  expect(await bed.poll(instance)).toMatchObject({ error: undefined });
  return instance.saveState();
}

/** Such a device, and one package to run. */
async function prepared() {
  associated ??= associate();
  const state = await associated;
  const bed = await ConsumerLightBed.create();
  const instance = await consumerInstance();
  await instance.restoreState(state);
  queue(bed);
  return { bed, instance, state };
}

function queue(bed: ConsumerLightBed): void {
  bed.eim.queue(DEFAULT_EID, { kind: 'euiccPackage', psmos: [psmo.disable(ENABLED), psmo.enable(DISABLED), psmo.deleteProfile(ENABLED)] });
}

const hasWork = (bed: ConsumerLightBed) => bed.eim.device(DEFAULT_EID)!.queue.next() !== undefined;

it('goes on in a fresh instance at every call, and asks for exactly the same', async () => {
  const run = async (replaced: boolean) => {
    const { bed, instance, state } = await prepared();
    const actions: (readonly number[])[] = [];
    const onAction = ({ kind, bytes }: Action) => void actions.push([kind, bytes.length]);
    let used = instance;
    if (replaced) {
      used = await replacedAtEveryCall(consumerInstance);
      await used.restoreState(state);
    }
    const result = await bed.poll(used, {}, { onAction });
    expect(bed.states).toEqual({ [DISABLED]: 'enabled' });
    return { result, actions };
  };
  const undisturbed = await run(false);
  expect(undisturbed.result).toMatchObject({ error: undefined, packages: 1 });
  expect(await run(true)).toEqual(undisturbed);
});

for (const saves of ['only when the module says so', 'after every call'] as const) {
  it(`does nothing twice after power loss at any event when the host saves ${saves}`, async () => {
    const whole = await prepared();
    const counted = withPowerUntil(whole.instance, Number.POSITIVE_INFINITY);
    expect(await whole.bed.poll(counted)).toMatchObject({ error: undefined });
    expect(counted.events).toBeGreaterThan(20);
    const endings = new Set<string>();
    for (let cutAt = 1; cutAt <= counted.events; cutAt++) {
      const context = `power lost at event ${cutAt} of ${counted.events}`;
      const { bed, instance, state } = await prepared();
      await expect(bed.poll(withPowerUntil(instance, cutAt)), context).rejects.toBeInstanceOf(PowerCut);
      const saved = saves === 'after every call' ? await instance.saveState() : (bed.persisted ?? state);
      const next = await consumerInstance();
      await next.restoreState(saved);
      for (let polls = 0; polls < MOST_POLLS && (polls === 0 || hasWork(bed)); polls++) await bed.poll(next, { restart: polls === 0 });
      expect(
        [bed.count('BF32'), bed.count('BF31'), bed.count('BF33')].every((times) => times <= 1),
        context,
      ).toBe(true);
      expect(bed.euicc.lastFault, context).toBeUndefined();
      const results = eventsOf(bed.eim.log, 'euiccPackageResult');
      expect(
        results.filter(({ verified }) => !verified),
        context,
      ).toEqual([]);
      expect(hasWork(bed), context).toBe(false);
      const last = results.at(-1)!.result;
      endings.add(last.form);
      // without its result the eIM must ask what became of the package, and gets an answer that is true
      if (last.form === 'signed') expect(bed.states, context).toEqual({ [DISABLED]: 'enabled' });
      else expect(last, context).toMatchObject({ form: 'errorSigned', errorCode: 4 });
      bed.eim.queue(DEFAULT_EID, { kind: 'euiccPackage', psmos: [psmo.listProfileInfo()] });
      expect(await bed.poll(next), context).toMatchObject({ error: undefined });
      expect(eventsOf(bed.eim.log, 'euiccPackageResult').at(-1)!.result, context).toMatchObject({
        results: [{ profiles: Object.entries(bed.states).map(([iccid, state]) => ({ iccid, state })) }],
      });
    }
    expect([...endings].sort()).toEqual(['errorSigned', 'signed']);
  });
}
