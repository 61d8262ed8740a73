// SPDX-License-Identifier: Apache-2.0
// What the log tells of reports: direct downloads (SGP.32 v1.2 §3.2.3.1), the function and form that brought a result, rollback, state changes.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tlv } from '../../../host/sim/codec/ber.js';
import { concat, fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { type DownloadItem, type EimService, psmo, type QueuedItem } from '../../../host/sim/eim/index.js';
import { EID, ICCID, SMDP_ADDRESS } from './support/card.js';
import { ask, codeIn, getEimPackage, lastEvent, provideResult } from './support/messages.js';
import { Rig } from './support/rig.js';

const EMPTY_RESPONSE = 'BF50023000';
let rig: Rig;
let eim: EimService;
beforeAll(async () => {
  rig = await Rig.start();
});
afterAll(() => rig.close());
beforeEach(() => {
  eim = rig.service();
});

type Route = 'handleNotification' | 'provideEimPackageResult';
const ROUTES: readonly Route[] = ['handleNotification', 'provideEimPackageResult'];

/** Sends a result by one of the two functions, which must take it without having anything to acknowledge. */
async function report(route: Route, result: Uint8Array): Promise<void> {
  const provided = provideResult(result);
  if (route === 'provideEimPackageResult') expect(hex((await ask(eim, provided)).raw)).toBe(EMPTY_RESPONSE);
  else expect(await eim.handle(tlv(0xbf3d, provided))).toEqual({ status: 204, body: new Uint8Array() });
}

describe.each(ROUTES)('a direct download, told by %s', (route) => {
  async function triggered(item: Partial<DownloadItem> = {}): Promise<QueuedItem> {
    const queued = eim.queue(EID, { kind: 'download', activationCode: `1$${SMDP_ADDRESS}$x`, ...item } as DownloadItem);
    await ask(eim, getEimPackage());
    return queued;
  }
  const triggerResult = ({ eimTransactionId }: QueuedItem, outcome: Uint8Array) =>
    tlv(0xbf54, ...(eimTransactionId ? [tlv(0x82, eimTransactionId)] : []), outcome);

  test('installed: verified, not forwarded to the SM-DP+, nothing acknowledged', async () => {
    const item = await triggered();
    const taken = rig.smdp.notifications.length;
    await report(route, triggerResult(item, rig.card.installationResult(fromHex('0102'), { seqNumber: 5 })));
    expect(lastEvent(eim, 'downloadResult')).toMatchObject({
      eid: EID,
      route,
      succeeded: true,
      verified: true,
      item,
      installation: { transactionId: '0102', metadata: { seqNumber: 5, iccid: ICCID, address: SMDP_ADDRESS } },
    });
    expect(lastEvent(eim, 'notification')).toMatchObject({ route: 'downloadTriggerResult', forwarded: 'none' });
    expect(rig.smdp.notifications.length).toBe(taken);
    expect(item).toMatchObject({ status: 'finished', result: { kind: 'downloadResult' } });
    expect(codeIn(await ask(eim, getEimPackage()), 0x02)).toBe(1);
  });

  test('installation failed: the reason of the eUICC', async () => {
    const item = await triggered();
    await report(route, triggerResult(item, rig.card.installationResult(fromHex('0102'), { failed: true })));
    const event = lastEvent(eim, 'downloadResult');
    expect(event).toMatchObject({ succeeded: false, verified: true, installation: { outcome: { errorReason: 10 } } });
    expect(event).not.toHaveProperty('error');
  });

  test.each([
    ['800168', { reason: 104, word: 'ecallActive' }],
    ['80017F04027B7D', { reason: 127, word: 'undefinedError', errorResponse: fromHex('7B7D') }],
  ])('ended before that: %s', async (fields, error) => {
    const item = await triggered({ eimTransactionId: null });
    await report(route, triggerResult(item, tlv(0x30, fromHex(fields))));
    const event = lastEvent(eim, 'downloadResult');
    expect(event).toMatchObject({ succeeded: false, verified: false, route, error });
    expect(event).not.toHaveProperty('installation');
    expect(item.status).toBe('finished');
  });
});

describe('results of eUICC packages', () => {
  let item: QueuedItem;
  beforeEach(async () => {
    item = eim.queue(EID, { kind: 'euiccPackage', psmos: [psmo.enable(ICCID, { rollback: true })] });
    await ask(eim, getEimPackage());
  });
  const result = (seqNumber: number, results?: Uint8Array) =>
    rig.card.packageResult({ counterValue: 1, eimTransactionId: item.eimTransactionId!, seqNumber, ...(results ? { results } : {}) });

  test('alone, with notifications, and among data', async () => {
    await ask(eim, provideResult(result(7)));
    expect(lastEvent(eim, 'euiccPackageResult')).toMatchObject({ carrier: 'euiccPackageResult', route: 'provideEimPackageResult' });
    await ask(eim, provideResult(tlv(0x30, result(7), tlv(0xa0, rig.card.notification('disable', 8), rig.card.notification('enable', 9)))));
    expect(lastEvent(eim, 'euiccPackageResult')).toMatchObject({ carrier: 'ePRAndNotifications', duplicate: true });
    expect(eim.log.slice(-2).map((event) => event.kind === 'notification' && event.route)).toEqual([
      'withPackageResult',
      'withPackageResult',
    ]);
    await ask(eim, provideResult(tlv(0xbf52, tlv(0xa0, tlv(0xa2, result(7))))));
    expect(lastEvent(eim, 'euiccPackageResult')).toMatchObject({ carrier: 'ipaEuiccData', duplicate: true });
  });

  test('afterwards, by HandleNotification', async () => {
    expect((await eim.handle(tlv(0xbf3d, provideResult(result(7))))).status).toBe(204);
    expect(lastEvent(eim, 'euiccPackageResult')).toMatchObject({ verified: true, route: 'handleNotification' });
    expect(item.status).toBe('finished');
  });

  test.each([
    ['8C0100', { code: 0, word: 'ok' }],
    ['8C017F', { code: 127, word: 'undefinedError' }],
  ])('rollback %s, in the place of the result of the package that allowed it', async (outcome, rollback) => {
    expect(hex((await ask(eim, provideResult(result(12, fromHex(outcome))))).raw)).toBe('BF5006BF530380010C');
    expect(lastEvent(eim, 'euiccPackageResult')).toMatchObject({ verified: true, rollback, item });
    expect(item).toMatchObject({ status: 'finished', counterValue: 1 });
  });

  test('no rollback: nothing said of one', async () => {
    await ask(eim, provideResult(result(7)));
    expect(lastEvent(eim, 'euiccPackageResult')).not.toHaveProperty('rollback');
  });
});

test.each([
  ['00', 'otherEim'],
  ['01', 'fallback'],
  ['02', 'emergencyProfile'],
  ['03', 'local'],
  ['04', 'reset'],
  ['05', 'immediateEnableProfile'],
  ['06', 'deviceChange'],
  ['7F', 'undefined'],
  ['09', 'code 9'],
])('state change %s', async (cause, stateChangeWord) => {
  const fields = concat(fromHex('8000'), fromHex(`8101${cause}`), fromHex('820362F210'));
  await ask(eim, tlv(0xbf4f, tlv(0x5a, fromHex(EID)), fields));
  const stateChangeCause = Number.parseInt(cause, 16);
  expect(lastEvent(eim, 'getEimPackage')).toMatchObject({ notifyStateChange: true, stateChangeCause, stateChangeWord, rPlmn: '62F210' });
});
