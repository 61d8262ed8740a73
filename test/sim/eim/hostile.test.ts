// SPDX-License-Identifier: Apache-2.0
// Whatever bytes come, the eIM answers or refuses; it never fails inside (status 500) and never verifies what was changed.
import { beforeAll, expect, test } from 'vitest';
import { tlv } from '../../../host/sim/codec/ber.js';
import { concat, fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { type EimEvent, psmo } from '../../../host/sim/eim/index.js';
import { createTestPki, type TestPki } from '../../../host/sim/pki/index.js';
import { SeededBytes } from '../../../host/sim/profile/seeded-bytes.js';
import { EID, SMDP_ADDRESS, TestCard } from './support/card.js';
import { ask, getEimPackage, initiateAuthentication, provideResult, serviceFor } from './support/messages.js';

const SEED = 20240716;
let pki: TestPki;
let card: TestCard;

beforeAll(async () => {
  pki = await createTestPki();
  card = new TestCard(pki);
});

function messages(tid: Uint8Array): Uint8Array[] {
  const result = card.packageResult({ counterValue: 1, eimTransactionId: tid, seqNumber: 7 });
  const session = tlv(0x80, fromHex('0102'));
  return [
    getEimPackage(),
    initiateAuthentication({ smdpAddress: SMDP_ADDRESS, euiccInfo1: card.euiccInfo1() }),
    tlv(0xbf3b, session, fromHex('BF3802A100')),
    tlv(0xbf3a, session, fromHex('BF2102A100')),
    tlv(0xbf41, session, fromHex('A103810105')),
    tlv(0xbf3d, tlv(0xa0, card.installationResult(fromHex('0102')))),
    provideResult(tlv(0x30, result, tlv(0xa0, card.notification('enable', 8)))),
    provideResult(tlv(0xbf52, tlv(0xa0, tlv(0xa2, result), card.euiccInfo1()))),
    tlv(0xbf3d, provideResult(tlv(0xbf54, tlv(0x82, tid), card.installationResult(fromHex('0102'))))),
  ];
}

test(`mutated, cut and extended messages, seed ${SEED}`, async () => {
  const random = new SeededBytes(SEED);
  const number = (below: number) => random.take(4).reduce((sum, byte) => (sum * 256 + byte) % below, 0);
  const eim = serviceFor(pki);
  const item = eim.queue(EID, { kind: 'euiccPackage', psmos: [psmo.listProfileInfo()] });
  await ask(eim, getEimPackage());
  for (const message of messages(item.eimTransactionId!)) {
    for (let round = 0; round < 60; round++) {
      const changed = message.slice();
      for (let count = 1 + number(3); count > 0; count--) changed[number(changed.length)] = number(256);
      const bytes = [changed, changed.subarray(0, number(changed.length)), concat(changed, random.take(number(8)))][round % 3]!;
      const before = eim.log.length;
      const { status } = await eim.handle(bytes);
      expect([200, 204, 400], `round ${round} of ${Buffer.from(bytes).toString('hex')}`).toContain(status);
      for (const event of eim.log.slice(before)) expectGenuine(event);
    }
  }
});

/** Only what the card has signed may count as verified. */
function expectGenuine(event: EimEvent): void {
  if (event.kind !== 'euiccPackageResult' || !event.verified || event.result.form === 'errorUnsigned') return;
  expect(hex(event.result.signedData)).toMatch(/^[0-9A-F]*8301073003830100$/);
}

test('random bytes', async () => {
  const random = new SeededBytes(SEED);
  const eim = serviceFor(pki);
  for (let round = 0; round < 500; round++) {
    const head = fromHex(['BF39', 'BF3B', 'BF3A', 'BF41', 'BF3D', 'BF4F', 'BF50'][round % 7]!);
    const body = random.take(round % 60);
    const { status } = await eim.handle(concat(head, Uint8Array.of(body.length), body));
    expect([200, 204, 400]).toContain(status);
  }
});

test('nesting without end → refused', async () => {
  let message: Uint8Array = new Uint8Array();
  for (let depth = 0; depth < 2000; depth++) message = tlv(0x30, message);
  expect((await serviceFor(pki).handle(tlv(0xbf50, message))).status).toBe(400);
});
