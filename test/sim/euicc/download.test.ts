// SPDX-License-Identifier: Apache-2.0
// Whole downloads: the simulated eUICC against the simulated SM-DP+, with a few lines in the place of the IPA.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { child, need, readInteger, readTlv, type Tlv, tlv } from '../../../host/sim/codec/ber.js';
import { concat, hex, utf8 } from '../../../host/sim/codec/bytes.js';
import { enable } from '../../../host/sim/eim/packages/psmo.js';
import type { SimulatedEuicc } from '../../../host/sim/euicc/index.js';
import { makeMetadata, makeProfilePackage, notifyAll } from '../../../host/sim/profile/index.js';
import { type DownloadOrder, type JsonObject, SmdpService } from '../../../host/sim/smdp/index.js';
import { ask, es10, openedEuicc, openIsdr, pki, SMDP_ADDRESS } from './support/card.js';
import { managedEuicc, run } from './support/eim.js';

const ICCID = '8949000000000000015';

function order(change: Partial<DownloadOrder> = {}): DownloadOrder {
  return {
    matchingId: 'DOWNLOAD-1',
    profile: makeProfilePackage({ iccid: ICCID, sizeBytes: 20_000 }),
    metadata: makeMetadata({ iccid: ICCID, notifications: notifyAll(SMDP_ADDRESS) }),
    ...change,
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function bytesOf(json: JsonObject, name: string): Uint8Array {
  return Uint8Array.from(Buffer.from(String(json[name]), 'base64'));
}

/** Mutual authentication; the response of AuthenticateClient. */
function authenticate(euicc: SimulatedEuicc, smdp: SmdpService, matchingId: string): JsonObject {
  const started = smdp.initiateAuthentication({
    euiccChallenge: base64(need(ask(euicc, 'BF2E00'), 0x80).value),
    euiccInfo1: base64(ask(euicc, 'BF2000').raw),
    smdpAddress: SMDP_ADDRESS,
  });
  const ctxParams1 = tlv(0xa0, tlv(0x80, utf8(matchingId)), tlv(0xa1, tlv(0x80, new Uint8Array(4)), tlv(0xa1)));
  const parts = ['serverSigned1', 'serverSignature1', 'euiccCiPKIdToBeUsed', 'serverCertificate'].map((name) => bytesOf(started, name));
  const response = ask(euicc, tlv(0xbf38, ...parts, ctxParams1));
  return smdp.authenticateClient({ transactionId: started.transactionId!, authenticateServerResponse: base64(response.raw) });
}

/** PrepareDownload and GetBoundProfilePackage; the BF36. */
function fetchPackage(euicc: SimulatedEuicc, smdp: SmdpService, authenticated: JsonObject, confirmationCode?: string): Uint8Array {
  const hashCc = confirmationCode ? [tlv(0x04, hashOf(confirmationCode, String(authenticated.transactionId)))] : [];
  const [signed, signature, certificate] = ['smdpSigned2', 'smdpSignature2', 'smdpCertificate'].map((name) => bytesOf(authenticated, name));
  const response = ask(euicc, tlv(0xbf21, signed!, signature!, ...hashCc, certificate!));
  const bound = smdp.getBoundProfilePackage({
    transactionId: authenticated.transactionId!,
    prepareDownloadResponse: base64(response.raw),
  });
  return bytesOf(bound, 'boundProfilePackage');
}

function hashOf(confirmationCode: string, transactionId: string): Uint8Array {
  const inner = createHash('sha256').update(confirmationCode).digest();
  return Uint8Array.from(createHash('sha256').update(inner).update(Buffer.from(transactionId, 'hex')).digest());
}

/** The segments of SGP.22 v2.5 §2.5.5. */
function segmentsOf(boundProfilePackage: Uint8Array): Uint8Array[] {
  const whole = readTlv(boundProfilePackage);
  const [initialise, ...sequences] = whole.children;
  const header = (element: Tlv) => element.raw.subarray(0, element.raw.length - element.value.length);
  return [
    concat(header(whole), initialise!.raw),
    ...sequences.flatMap((sequence) => {
      const together = sequence.tag === 0xa0 || sequence.tag === 0xa2;
      return together ? [sequence.raw] : [header(sequence), ...sequence.children.map((each) => each.raw)];
    }),
  ];
}

function install(euicc: SimulatedEuicc, boundProfilePackage: Uint8Array): Tlv {
  let last: Uint8Array = new Uint8Array(0);
  for (const segment of segmentsOf(boundProfilePackage)) {
    last = es10(euicc, segment).data;
    if (last.length > 0) break;
  }
  return readTlv(last);
}

function deliverNotifications(euicc: SimulatedEuicc, smdp: SmdpService): void {
  for (const notification of need(ask(euicc, 'BF2B00'), 0xa0).children) {
    smdp.handleNotification({ pendingNotification: base64(notification.raw) });
  }
}

describe('download', () => {
  test.each([
    ['with replaced session keys', order()],
    ['with session keys', order({ replaceSessionKeys: false })],
    ['in small segments', order({ segmentBytes: 120 })],
    ['with a confirmation code', order({ confirmationCode: '4711' })],
  ])('%s: installed, and the SM-DP+ believes the result', (_, given) => {
    const euicc = openedEuicc();
    const smdp = new SmdpService({ pki });
    const record = smdp.addOrder(given);
    const authenticated = authenticate(euicc, smdp, given.matchingId);
    const result = install(euicc, fetchPackage(euicc, smdp, authenticated, given.confirmationCode));
    expect(child(need(need(result, 0xbf27), 0xa2), 0xa0)).toBeDefined();
    expect(euicc.profiles).toMatchObject([{ iccid: ICCID, state: 'disabled', sizeBytes: 20_512 }]);
    deliverNotifications(euicc, smdp);
    expect(smdp.notifications).toMatchObject([{ kind: 'profileInstallationResult', verified: true, outcome: { ok: true } }]);
    expect(record.state).toBe('installed');
    expect(euicc.lastFault).toBeUndefined();
  });

  test('then enabled by the eIM: the SM-DP+ believes the notification', () => {
    const euicc = managedEuicc();
    const smdp = new SmdpService({ pki });
    smdp.addOrder(order());
    install(euicc, fetchPackage(euicc, smdp, authenticate(euicc, smdp, 'DOWNLOAD-1')));
    run(euicc, { psmos: [enable(ICCID)] });
    deliverNotifications(euicc, smdp);
    expect(smdp.notifications.at(-1)).toMatchObject({ kind: 'otherSignedNotification', verified: true, metadata: { events: ['enable'] } });
  });

  test('cancelled: the SM-DP+ believes it', () => {
    const euicc = openedEuicc();
    const smdp = new SmdpService({ pki });
    smdp.addOrder(order());
    const { transactionId } = authenticate(euicc, smdp, 'DOWNLOAD-1');
    const response = ask(euicc, tlv(0xbf41, tlv(0x80, Buffer.from(String(transactionId), 'hex')), tlv(0x81, Uint8Array.of(1))));
    smdp.cancelSession({ transactionId: transactionId!, cancelSessionResponse: base64(response.raw) });
    expect(smdp.log.at(-1)).toMatchObject({ kind: 'cancelSession', transactionId, reason: 1 });
  });

  test('interrupted and tried again: the package is bound to the same one-time key', () => {
    const euicc = openedEuicc();
    const smdp = new SmdpService({ pki });
    smdp.addOrder(order());
    const first = fetchPackage(euicc, smdp, authenticate(euicc, smdp, 'DOWNLOAD-1'));
    for (const segment of segmentsOf(first).slice(0, 12)) es10(euicc, segment);
    openIsdr(euicc);
    install(euicc, fetchPackage(euicc, smdp, authenticate(euicc, smdp, 'DOWNLOAD-1')));
    expect(euicc.profiles).toHaveLength(1);
    expect(smdp.log.at(-1)).toMatchObject({ kind: 'getBoundProfilePackage', reused: true });
  });

  test('an altered package: the SM-DP+ learns why it failed', () => {
    const euicc = openedEuicc();
    const smdp = new SmdpService({ pki });
    const alterBoundProfilePackage = (whole: Uint8Array): Uint8Array => {
      const copy = whole.slice();
      copy[copy.length - 1]! ^= 1;
      return copy;
    };
    smdp.addOrder(order({ alterBoundProfilePackage }));
    const result = install(euicc, fetchPackage(euicc, smdp, authenticate(euicc, smdp, 'DOWNLOAD-1')));
    const error = need(need(need(result, 0xbf27), 0xa2), 0xa1);
    expect([readInteger(need(error, 0x80)), readInteger(need(error, 0x81))]).toEqual([5, 8]);
    deliverNotifications(euicc, smdp);
    expect(smdp.notifications).toMatchObject([{ verified: true, outcome: { ok: false, bppCommandId: 5, errorReason: 8 } }]);
  });

  test('a profile of one megabyte', () => {
    const euicc = openedEuicc();
    const smdp = new SmdpService({ pki });
    smdp.addOrder(order({ profile: makeProfilePackage({ iccid: ICCID, sizeBytes: 1_000_000 }) }));
    install(euicc, fetchPackage(euicc, smdp, authenticate(euicc, smdp, 'DOWNLOAD-1')));
    expect(euicc.profiles[0]!.sizeBytes).toBe(1_000_512);
    expect(hex(need(ask(euicc, 'BF2200'), 0x84).value)).toBe('810101820400079F2083022400');
  });
});
