// SPDX-License-Identifier: Apache-2.0
// The eIM against the simulated eUICC and SM-DP+: an IPA that only carries messages between them must be enough.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { child, need, readTlv, type Tlv, tlv } from '../../../host/sim/codec/ber.js';
import { concat, fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { type EuiccPackageItem, eco, psmo, SimulatedEim } from '../../../host/sim/eim/index.js';
import type { SimulatedEuicc } from '../../../host/sim/euicc/index.js';
import { makeMetadata, notifyAll } from '../../../host/sim/profile/metadata.js';
import { makeProfilePackage } from '../../../host/sim/profile/package.js';
import { SimulatedSmdp } from '../../../host/sim/smdp/index.js';
import { ask as askCard, EID, es10, openedEuicc, openIsdr, pki, SMDP_ADDRESS } from '../euicc/support/card.js';
import { ctxParams1 } from './support/card.js';
import { HttpsClient } from './support/https-client.js';
import { getEimPackage, initiateAuthentication, lastEvent, provideResult } from './support/messages.js';
import { ok } from './support/rig.js';

const A = '89000123456789012341';
const B = '89000123456789012358';
let smdp: SimulatedSmdp;
let eim: SimulatedEim;
let euicc: SimulatedEuicc;
let client: HttpsClient;

beforeAll(async () => {
  smdp = new SimulatedSmdp({ pki });
  await smdp.start();
});
afterAll(() => smdp.close());

beforeEach(async () => {
  eim = new SimulatedEim({ pki, resolveSmdp: () => ({ host: '127.0.0.1', port: smdp.port }) });
  await eim.start();
  eim.register({ eid: EID });
  client = new HttpsClient(eim.address, pki.ci.certificate);
  euicc = openedEuicc({
    eimConfigurations: [eim.eimConfigurationData({ requestAssociationToken: true })],
    profiles: [
      { metadata: makeMetadata({ iccid: A, notifications: notifyAll(SMDP_ADDRESS) }), state: 'enabled' },
      { metadata: makeMetadata({ iccid: B, notifications: notifyAll(SMDP_ADDRESS), fallbackAllowed: true }) },
    ],
  });
  await tellAboutTheEuicc();
});
afterEach(async () => {
  await client.close();
  await eim.close();
});

/** What an IPA answers to a data request for certificates and token. */
async function tellAboutTheEuicc(): Promise<void> {
  eim.queue(EID, { kind: 'dataRequest' });
  await client.ask(getEimPackage());
  const token = need(need(askCard(euicc, 'BF5500'), 0xa0).children[0]!, 0x84);
  const certificates = need(askCard(euicc, 'BF5600'), 0xa0);
  await client.ask(provideResult(tlv(0xbf52, tlv(0xa0, token.raw, need(certificates, 0xa5).raw, need(certificates, 0xa6).raw))));
  expect(eim.device(EID)?.euiccCertificate).toBeDefined();
  expect(eim.device(EID)?.associationToken).toBeGreaterThan(0);
}

/** Fetches a package, runs it on the card, reports with the notifications, and removes what was acknowledged. */
async function runPackage(item: EuiccPackageItem) {
  eim.queue(EID, item);
  const request = need(await client.ask(getEimPackage()), 0xbf51);
  const result = askCard(euicc, request.raw);
  openIsdr(euicc);
  const notifications = need(askCard(euicc, 'BF2B00'), 0xa0).raw;
  const body = child(result, 0xa0) ? tlv(0x30, result.raw, notifications) : result.raw;
  const acknowledged = child(await client.ask(provideResult(body)), 0xbf53)?.children ?? [];
  for (const seq of acknowledged) expect(hex(askCard(euicc, tlv(0xbf30, seq.raw)).raw)).toBe('BF3003800100');
  const event = lastEvent(eim, 'euiccPackageResult');
  return { event, codes: event.result.form === 'signed' ? event.result.results.map(({ operation, code }) => `${operation} ${code}`) : [] };
}

describe('eUICC packages', () => {
  test('every profile operation is understood, and its signed result verifies', async () => {
    const packages: [EuiccPackageItem, string[]][] = [
      [
        {
          kind: 'euiccPackage',
          psmos: [
            psmo.listProfileInfo({ tags: [0x5a, 0x9f70] }),
            psmo.getRat(),
            psmo.configureImmediateEnable({ enable: true, smdpOid: '2.999.10', smdpAddress: SMDP_ADDRESS }),
            psmo.setDefaultDpAddress('other.example.com'),
          ],
        },
        ['listProfileInfo 0', 'getRAT 0', 'configureImmediateEnable 0', 'setDefaultDpAddress 0'],
      ],
      [
        { kind: 'euiccPackage', psmos: [psmo.setFallbackAttribute(B), psmo.unsetFallbackAttribute()] },
        ['setFallbackAttribute 0', 'unsetFallbackAttribute 0'],
      ],
      [{ kind: 'euiccPackage', psmos: [psmo.enable(B, { rollback: true })] }, ['enable 0']],
      [{ kind: 'euiccPackage', psmos: [psmo.deleteProfile(A), psmo.deleteProfile(A)] }, ['delete 0', 'delete 1']],
      [{ kind: 'euiccPackage', psmos: [psmo.disable(B)] }, ['disable 0']],
    ];
    for (const [item, expected] of packages) {
      const { event, codes } = await runPackage(item);
      expect(event.problem).toBeUndefined();
      expect(codes).toEqual(expected);
    }
    expect(euicc.profiles.map(({ iccid, state }) => `${iccid} ${state}`)).toEqual([`${B} disabled`]);
    expect(euicc.notifications).toEqual([]);
    expect(eim.log.filter((event) => event.kind === 'notification').every((event) => event.verified && event.forwarded === 'taken')).toBe(
      true,
    );
  });

  test('every eIM operation', async () => {
    const second = eim.eimConfiguration({ requestAssociationToken: true });
    const { codes, event } = await runPackage({
      kind: 'euiccPackage',
      ecos: [
        eco.addEim({ ...second, eimId: 'second.example.com' }),
        eco.updateEim({ eimId: 'second.example.com', eimFqdn: 'b.example.com' }),
        eco.listEim(),
        eco.deleteEim('second.example.com'),
      ],
    });
    expect(event.problem).toBeUndefined();
    expect(codes).toEqual(['addEim 0', 'updateEim 0', 'listEim 0', 'deleteEim 0']);
  });

  test.each<[string, Partial<EuiccPackageItem>, string, boolean]>([
    ['damaged signature', { badSignature: true }, 'errorUnsigned', false],
    ['unknown eIM', { eimId: 'stranger' }, 'errorUnsigned', false],
    ['another EID', { eid: '89044045116727494800000004479366' }, 'invalidEid', true],
    ['counter value used before', { counterValue: 0 }, 'replayError', true],
  ])('%s → refused by the card', async (_name, options, outcome, verified) => {
    const { event } = await runPackage({ kind: 'euiccPackage', psmos: [psmo.getRat()], ...options } as EuiccPackageItem);
    const { result } = event;
    expect(result.form === 'errorSigned' ? result.errorWord : result.form).toBe(outcome);
    expect(event.verified, event.problem).toBe(verified);
  });

  test('fields the card does not know are signed with the rest', async () => {
    const { codes } = await runPackage({ kind: 'euiccPackage', psmos: [psmo.getRat()], extraFields: [fromHex('9F2201AA')] });
    expect(codes).toEqual(['getRAT 0']);
  });
});

describe('indirect download', () => {
  test('from the trigger to the notification', async () => {
    const iccid = '89000123456789012366';
    smdp.addOrder({
      matchingId: 'EUICC-1',
      profile: makeProfilePackage({ iccid, sizeBytes: 5000 }),
      metadata: makeMetadata({ iccid, notifications: notifyAll(SMDP_ADDRESS) }),
    });
    const item = eim.queue(EID, { kind: 'download', activationCode: `1$${SMDP_ADDRESS}$EUICC-1`, eimHoldsData: true });
    await client.ask(getEimPackage());
    const challenge = need(askCard(euicc, 'BF2E00'), 0x80).value;
    const euiccInfo1 = askCard(euicc, 'BF2000').raw;
    const begin = initiateAuthentication({ challenge, euiccInfo1, eimTransactionId: item.eimTransactionId! });
    const started = ok(await client.ask(begin));
    const transaction = need(started, 0x80).raw;
    const toCard = [0x5f37, 0x04].map((tag) => need(started, tag).raw);
    const [signed1, certificate] = started.children.filter((field) => field.tag === 0x30) as [Tlv, Tlv];
    const authenticated = askCard(euicc, tlv(0xbf38, signed1.raw, ...toCard, certificate.raw, ctxParams1('EUICC-1')));
    const ready = ok(await client.ask(tlv(0xbf3b, transaction, authenticated.raw)));
    const [signed2, dpPb] = ready.children.filter((field) => field.tag === 0x30) as [Tlv, Tlv];
    const prepared = askCard(euicc, tlv(0xbf21, signed2.raw, need(ready, 0x5f37).raw, dpPb.raw));
    const bound = need(ok(await client.ask(tlv(0xbf3a, transaction, prepared.raw))), 0xbf36);
    const installed = load(bound);
    expect((await client.post(tlv(0xbf3d, tlv(0xa0, installed)))).status).toBe(204);
    expect(item).toMatchObject({ status: 'finished', result: { verified: true, forwarded: 'taken' } });
    expect(euicc.profiles.map((profile) => profile.iccid)).toContain(iccid);
  });

  /** Segments of SGP.22 v2.5 §2.5.5. */
  function load(bound: Tlv): Uint8Array {
    const part = (tag: number) => child(bound, tag);
    const headOf = (element: Tlv) => element.raw.subarray(0, element.raw.length - element.value.length);
    const elements = (element: Tlv) => [headOf(element), ...element.children.map((each) => each.raw)];
    const second = part(0xa2);
    const segments = [
      concat(headOf(bound), need(bound, 0xbf23).raw),
      need(bound, 0xa0).raw,
      ...elements(need(bound, 0xa1)),
      ...(second ? [second.raw] : []),
      ...elements(need(bound, 0xa3)),
    ];
    const responses = segments.map((segment) => es10(euicc, segment));
    expect(responses.every((response) => response.status === 0x9000)).toBe(true);
    return readTlv(responses.at(-1)!.data).raw;
  }
});
