// SPDX-License-Identifier: Apache-2.0
// Several eIMs on a consumer eUICC (SGP.32 v1.2 §2.11.1.1.2, §3.5): what the virtual ISD-R keeps of each, and what they may do to each other.

import { expect, it } from 'vitest';
import { createNodeInstance } from '../../host/core/node.js';
import { eco, psmo } from '../../host/sim/eim/index.js';
import { DEFAULT_EID } from '../../host/sim/pki/index.js';
import { eventsOf } from '../support/bench.js';
import { consumerInstance } from '../support/consumer-bench.js';
import { ConsumerLightBed, DISABLED, ENABLED } from '../support/consumer-light-bed.js';
import { withVirtualTime } from '../support/virtual-time.js';

const FIRST = 'eim.example.com';
const SECOND = 'second.example.com';

/** A device whose first eIM has added the second one with an association token. */
async function withTwoEims() {
  const bed = await ConsumerLightBed.create([FIRST, SECOND]);
  const [first, second] = bed.eims as [(typeof bed.eims)[0], (typeof bed.eims)[0]];
  const instance = withVirtualTime(await consumerInstance());
  first.queue(DEFAULT_EID, {
    kind: 'euiccPackage',
    ecos: [eco.addEim(bed.configuration(second, { associationToken: -1, counterValue: 10 })), eco.listEim()],
  });
  expect(await bed.poll(instance)).toMatchObject({ error: undefined, packages: 1 });
  second.register({ eid: DEFAULT_EID, euiccCertificate: bed.deviceCertificate, associationToken: 1, counterValue: 10 });
  const last = (eim: typeof first) => {
    const { verified, result } = eventsOf(eim.log, 'euiccPackageResult').at(-1)!;
    return { verified, result };
  };
  return { bed, first, second, instance, last };
}

it('an eIM adds another one, which gets a token of its own', async () => {
  const { bed, first, second, instance, last } = await withTwoEims();
  expect(last(first)).toMatchObject({
    verified: true,
    result: {
      results: [
        { operation: 'addEim', code: 0, associationToken: 1 },
        { operation: 'listEim', eims: [{ eimId: FIRST }, { eimId: SECOND }] },
      ],
    },
  });
  second.queue(DEFAULT_EID, { kind: 'euiccPackage', psmos: [psmo.enable(DISABLED)] });
  expect(await bed.poll(instance, { eimId: SECOND })).toMatchObject({ error: undefined, packages: 1 });
  expect(last(second)).toMatchObject({ verified: true, result: { form: 'signed', results: [{ operation: 'enable', code: 0 }] } });
  expect(bed.states).toEqual({ [ENABLED]: 'disabled', [DISABLED]: 'enabled' });
});

it('each eIM has a counter of its own', async () => {
  const { bed, first, second, instance, last } = await withTwoEims();
  second.queue(DEFAULT_EID, { kind: 'euiccPackage', ecos: [eco.listEim()], counterValue: 10 });
  await bed.poll(instance, { eimId: SECOND });
  expect(last(second)).toMatchObject({ verified: true, result: { form: 'errorSigned', errorCode: 4 } });
  first.queue(DEFAULT_EID, { kind: 'euiccPackage', ecos: [eco.listEim()], counterValue: 2 });
  expect(await bed.poll(instance)).toMatchObject({ error: undefined });
  expect(last(first)).toMatchObject({ verified: true, result: { form: 'signed' } });
});

it('a changed key counts from the next package on, and what is not changed stays', async () => {
  const { bed, first, second, instance, last } = await withTwoEims();
  const { certificate } = bed.pki.dpAuth;
  first.queue(DEFAULT_EID, {
    kind: 'euiccPackage',
    ecos: [eco.updateEim({ eimId: SECOND, eimPublicKeyData: { certificate } }), eco.updateEim({ eimId: SECOND }), eco.listEim()],
  });
  await bed.poll(instance);
  expect(last(first)).toMatchObject({
    result: {
      results: [
        { operation: 'updateEim', code: 0 },
        { operation: 'updateEim', code: 7 },
      ],
    },
  });
  second.queue(DEFAULT_EID, { kind: 'euiccPackage', ecos: [eco.listEim()] });
  await bed.poll(instance, { eimId: SECOND });
  expect(last(second), 'signed with the former key').toMatchObject({ result: { form: 'errorUnsigned', associationToken: 1 } });
  first.queue(DEFAULT_EID, {
    kind: 'euiccPackage',
    ecos: [eco.updateEim({ eimId: SECOND, eimPublicKeyData: { certificate: bed.pki.eimSign.certificate } })],
  });
  await bed.poll(instance);
  second.queue(DEFAULT_EID, { kind: 'euiccPackage', ecos: [eco.listEim()] });
  expect(await bed.poll(instance, { eimId: SECOND })).toMatchObject({ error: undefined });
  expect(last(second)).toMatchObject({
    verified: true,
    result: { results: [{ operation: 'listEim', eims: [{ eimId: FIRST }, { eimId: SECOND }] }] },
  });
});

it('an eIM deletes the other one and itself; then the device may bring one again', async () => {
  const { bed, first, second, instance, last } = await withTwoEims();
  second.queue(DEFAULT_EID, { kind: 'euiccPackage', ecos: [eco.deleteEim(FIRST), eco.deleteEim(FIRST), eco.deleteEim(SECOND)] });
  second.queue(DEFAULT_EID, { kind: 'euiccPackage', ecos: [eco.deleteEim(SECOND)] });
  await bed.poll(instance, { eimId: SECOND });
  const results = eventsOf(second.log, 'euiccPackageResult').map(({ verified, result }) => ({ verified, result }));
  expect(results).toMatchObject([
    { verified: true, result: { results: [{ code: 0 }, { operation: 'deleteEim', code: 1 }] } },
    { verified: true, result: { results: [{ operation: 'deleteEim', code: 2 }] } },
  ]);
  first.queue(DEFAULT_EID, { kind: 'euiccPackage', ecos: [eco.listEim()] });
  expect(await bed.poll(instance)).toMatchObject({ error: undefined, packages: 1 });
  expect(last(first)).toMatchObject({ verified: true, result: { results: [{ operation: 'listEim', eims: [{ eimId: FIRST }] }] } });
});

it('there is room for some, and the next one is refused', async () => {
  const { bed, first, instance, last } = await withTwoEims();
  const configuration = { ...bed.configuration(first), eimPublicKeyData: { certificate: bed.pki.eimSign.certificate } };
  const ecos = ['a', 'b', 'c'].map((eimId) => eco.addEim({ ...configuration, eimId }));
  first.queue(DEFAULT_EID, { kind: 'euiccPackage', ecos });
  expect(await bed.poll(instance)).toMatchObject({ error: undefined });
  expect(last(first)).toMatchObject({ verified: true, result: { results: [{ code: 0 }, { code: 0 }, { operation: 'addEim', code: 1 }] } });
});

it('the module without emulation takes a consumer eUICC for a broken one', async () => {
  const bed = await ConsumerLightBed.create();
  expect(await bed.poll(withVirtualTime(await createNodeInstance()), { assistant: 'lpad' })).toMatchObject({
    error: { code: 'StatusWord' },
    emulated: false,
  });
});
