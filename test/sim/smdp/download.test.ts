// SPDX-License-Identifier: Apache-2.0
// Whole downloads through the five functions of the SM-DP+, without a network.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { need, readTlv, tlv } from '../../../host/sim/codec/ber.js';
import { concat, equal, fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { verifyRs } from '../../../host/sim/crypto/ecdsa.js';
import { checkSameActor, checkServerCertificate, parseCertificate } from '../../../host/sim/pki/check.js';
import { createTestPki, DEFAULT_EID, type TestPki } from '../../../host/sim/pki/index.js';
import { makeMetadata, makeProfilePackage, notifyAll } from '../../../host/sim/profile/index.js';
import { type DownloadOrder, SmdpService } from '../../../host/sim/smdp/index.js';
import { authenticate, base64, errorResult, fromBase64, SimpleEuicc, statusOf } from './support/simple-euicc.js';

const ICCID = '89000123456789012341';
const profile = makeProfilePackage({ iccid: ICCID, sizeBytes: 5000 });
const metadata = makeMetadata({ iccid: ICCID, notifications: notifyAll('smdp.example.com') });

let pki: TestPki;
let service: SmdpService;
let euicc: SimpleEuicc;

beforeAll(async () => {
  pki = await createTestPki();
});

beforeEach(() => {
  service = new SmdpService({ pki });
  euicc = new SimpleEuicc({ pki });
});

function order(changes: Partial<DownloadOrder> = {}) {
  return service.addOrder({ matchingId: 'TOKEN', profile, metadata, ...changes });
}

function download(options: { confirmationCode?: string } = {}) {
  const { authenticated } = authenticate(service, euicc);
  const bound = service.getBoundProfilePackage(euicc.prepareDownloadRequest(authenticated, options));
  return { authenticated, bound, transactionId: String(bound.transactionId), bytes: fromBase64(bound.boundProfilePackage) };
}

describe('initiateAuthentication', () => {
  it('answers with signed data that CERT.DPauth verifies and the CI of the eUICC', () => {
    const initiated = service.initiateAuthentication(euicc.initiateRequest('SMDP.example.com'));
    const signed = readTlv(fromBase64(initiated.serverSigned1));
    const certificate = checkServerCertificate(
      fromBase64(initiated.serverCertificate),
      [parseCertificate(pki.ci.certificate)],
      'dpAuth',
      new Date(),
    );
    const signature = readTlv(fromBase64(initiated.serverSignature1));
    expect(signature.tag).toBe(0x5f37);
    expect(verifyRs(certificate.publicKey, signature.value, signed.raw)).toBe(true);
    expect(initiated.transactionId).toBe(hex(need(signed, 0x80).value));
    expect(need(signed, 0x81).value).toEqual(euicc.challenge);
    expect(new TextDecoder().decode(need(signed, 0x83).value)).toBe('SMDP.example.com');
    expect(fromBase64(initiated.euiccCiPKIdToBeUsed)).toEqual(tlv(0x04, pki.ciPkId));
  });
});

describe('authenticateClient', () => {
  it('answers with metadata and smdpSigned2 that CERT.DPpb of the same actor verifies', () => {
    order({ confirmationCode: '1234' });
    const initiated = service.initiateAuthentication(euicc.initiateRequest());
    const request = euicc.authenticateRequest(initiated);
    const authenticated = service.authenticateClient(request);
    const ci = [parseCertificate(pki.ci.certificate)];
    const dpPb = checkServerCertificate(fromBase64(authenticated.smdpCertificate), ci, 'dpPb', new Date());
    checkSameActor(dpPb, checkServerCertificate(fromBase64(initiated.serverCertificate), ci, 'dpAuth'));
    const signed2 = readTlv(fromBase64(authenticated.smdpSigned2));
    const euiccSignature1 = need(need(readTlv(fromBase64(request.authenticateServerResponse)), 0xa0), 0x5f37);
    expect(verifyRs(dpPb.publicKey, readTlv(fromBase64(authenticated.smdpSignature2)).value, signed2.raw, euiccSignature1.raw)).toBe(true);
    expect(need(signed2, 0x01).value).toEqual(Uint8Array.of(0xff));
    expect(fromBase64(authenticated.profileMetadata)).toEqual(metadata);
  });

  it('finds an order without MatchingID by the EID', () => {
    order({ matchingId: '', eid: DEFAULT_EID });
    expect(statusOf(authenticate(service, euicc, { matchingId: '' }).authenticated)).toBe('ok');
    expect(statusOf(authenticate(service, euicc, { matchingId: undefined }).authenticated)).toBe('ok');
  });
});

describe('getBoundProfilePackage', () => {
  it.each([true, false])('delivers the profile, replaceSessionKeys %s', (replaceSessionKeys) => {
    order({ replaceSessionKeys });
    const opened = euicc.open(download().bytes);
    expect(hex(opened.configureIsdp)).toBe('BF2400');
    expect(opened.metadata).toEqual(metadata);
    expect(opened.profile).toEqual(profile);
    expect(opened.replaceSessionKeys !== undefined).toBe(replaceSessionKeys);
    expect(opened.segmentSizes).toEqual([1020, 1020, 1020, 1020, 988]);
  });

  it('cuts the profile as ordered and splits long metadata', () => {
    const long = makeMetadata({ iccid: ICCID, icon: { type: 'png', bytes: new Uint8Array(1024) } });
    order({ segmentBytes: 15, metadata: long });
    const { bytes } = download();
    const opened = euicc.open(bytes);
    expect(opened.profile).toEqual(profile);
    expect(opened.metadata).toEqual(long);
    expect(new Set(opened.segmentSizes)).toEqual(new Set([26]));
    expect(need(readTlv(bytes), 0xa1).children.map(({ raw }) => raw.length)).toEqual([1020, long.length - 1008 + 8 + 2]);
  });

  it('signs InitialiseSecureChannel with CERT.DPpb over both one-time keys', () => {
    order();
    const { authenticated, bytes, transactionId } = download();
    const initialise = need(readTlv(bytes), 0xbf23);
    const request = readTlv(fromBase64(euicc.prepareDownloadRequest(authenticated).prepareDownloadResponse));
    const euiccOtpk = need(need(need(request, 0xa0), 0x30), 0x5f49).raw;
    const signedPart = concat(...initialise.children.slice(0, 4).map(({ raw }) => raw));
    expect(initialise.children.map(({ tag }) => tag)).toEqual([0x82, 0x80, 0xa6, 0x5f49, 0x5f37]);
    expect(hex(need(initialise, 0x80).value)).toBe(transactionId);
    expect(verifyRs(parseCertificate(pki.dpPb.certificate).publicKey, need(initialise, 0x5f37).value, signedPart, euiccOtpk)).toBe(true);
  });

  it('accepts the right confirmation code', () => {
    order({ confirmationCode: '1234' });
    expect(statusOf(download({ confirmationCode: '1234' }).bound)).toBe('ok');
  });

  it('sends the same protected parts again when the eUICC kept its one-time key', () => {
    order();
    const first = download();
    const second = download();
    const signed2 = readTlv(fromBase64(second.authenticated.smdpSigned2));
    expect(need(signed2, 0x5f49).value.length).toBe(65);
    expect(second.transactionId).not.toBe(first.transactionId);
    expect(readTlv(second.bytes).children.slice(1)).toEqual(readTlv(first.bytes).children.slice(1));
    expect(euicc.open(second.bytes).profile).toEqual(profile);
    expect(service.log.at(-1)).toMatchObject({ kind: 'getBoundProfilePackage', reused: true, iccid: ICCID, eid: DEFAULT_EID });
  });

  it('answers a repeated request, as after a lost response, with the same package', () => {
    order();
    const { authenticated } = authenticate(service, euicc);
    const request = euicc.prepareDownloadRequest(authenticated);
    const [first, second] = [service.getBoundProfilePackage(request), service.getBoundProfilePackage(request)];
    const parts = [first, second].map((each) => readTlv(fromBase64(each.boundProfilePackage)).children.slice(1));
    expect(parts[1]).toEqual(parts[0]);
  });

  it('binds anew for a new one-time key', () => {
    order();
    download();
    euicc = new SimpleEuicc({ pki });
    expect(euicc.open(download().bytes).profile).toEqual(profile);
    expect(service.log.at(-1)).toMatchObject({ reused: false });
  });

  it('binds one megabyte', () => {
    const large = makeProfilePackage({ iccid: ICCID, sizeBytes: 1 << 20 });
    order({ profile: large });
    euicc = new SimpleEuicc({ pki, freeBytes: 1 << 21 });
    expect(equal(euicc.open(download().bytes).profile, large)).toBe(true);
  });

  it('can put other metadata into the package and alter it, for tests of devices', () => {
    const boundMetadata = makeMetadata({ iccid: ICCID, profileName: 'Another' });
    order({ boundMetadata, alterBoundProfilePackage: (bytes) => concat(bytes, Uint8Array.of(0)) });
    const { bytes } = download();
    expect(bytes.at(-1)).toBe(0);
    expect(euicc.open(bytes.slice(0, -1)).metadata).toEqual(boundMetadata);
  });
});

describe('handleNotification', () => {
  it('verifies an installation result and completes the order', () => {
    const record = order();
    const { transactionId } = download();
    service.handleNotification(euicc.installationResult(transactionId));
    expect(service.notifications).toMatchObject([
      {
        kind: 'profileInstallationResult',
        verified: true,
        duplicate: false,
        transactionId,
        outcome: { ok: true, aid: 'A0000005591010FFFFFFFF8900001100' },
        metadata: { seqNumber: 7, events: ['install'], address: 'smdp.example.com', iccid: ICCID },
      },
    ]);
    expect(record.state).toBe('installed');
    expect(statusOf(authenticate(service, euicc).authenticated)).toBe('8.2.6/3.8');
  });

  it('keeps the order after a failed installation', () => {
    const record = order();
    service.handleNotification(euicc.installationResult(download().transactionId, errorResult(5, 10)));
    expect(service.notifications[0]).toMatchObject({ verified: true, outcome: { ok: false, bppCommandId: 5, errorReason: 10 } });
    expect(record.state).toBe('downloaded');
    expect(statusOf(download().bound)).toBe('ok');
  });

  it('marks a repeated notification', () => {
    order();
    const notification = euicc.installationResult(download().transactionId);
    service.handleNotification(notification);
    service.handleNotification(notification);
    expect(service.notifications.map(({ verified, duplicate }) => ({ verified, duplicate }))).toEqual([
      { verified: true, duplicate: false },
      { verified: true, duplicate: true },
    ]);
  });

  it('verifies other notifications by the certificates in them', () => {
    service.handleNotification(euicc.otherNotification());
    expect(service.notifications).toMatchObject([
      { kind: 'otherSignedNotification', verified: true, eid: DEFAULT_EID, metadata: { events: ['enable'] } },
    ]);
  });

  it('does not believe a wrong signature, an unknown transaction, a wrong OID or a foreign eUICC', async () => {
    const record = order();
    const { transactionId } = download();
    const stranger = await createTestPki();
    service.handleNotification(new SimpleEuicc({ pki: stranger }).installationResult(transactionId));
    service.handleNotification(euicc.installationResult('00112233445566778899AABBCCDDEEFF'));
    service.handleNotification(euicc.installationResult(transactionId, undefined, '2.999.11'));
    service.handleNotification(new SimpleEuicc({ pki: stranger }).otherNotification());
    service.handleNotification(
      new SimpleEuicc({ pki: { ...pki, euicc: { ...pki.euicc, privateKey: stranger.euicc.privateKey } } }).otherNotification(),
    );
    expect(service.notifications.map(({ verified, problem }) => [verified, problem])).toEqual([
      [false, 'the signature is wrong'],
      [false, 'the transactionId is unknown'],
      [false, 'smdpOid is not that of this SM-DP+'],
      [false, 'the certificate was issued by no trusted CI'],
      [false, 'the signature is wrong'],
    ]);
    expect(record.state).toBe('downloaded');
  });

  it('logs bytes that are no notification as refused', () => {
    service.handleNotification({ pendingNotification: base64(fromHex('BF2700')) });
    service.handleNotification({ pendingNotification: base64(fromHex('BF3700')) });
    service.handleNotification({ pendingNotification: base64(fromHex('3000')) });
    service.handleNotification({});
    expect(service.log.map((event) => (event.kind === 'refused' ? `${event.subjectCode}/${event.reasonCode}` : ''))).toEqual([
      '1.3.1/2.1',
      '1.3.1/2.1',
      '1.3.1/2.1',
      '1.3.1/2.2',
    ]);
  });
});

describe('cancelSession', () => {
  it.each([
    [0, 'error'],
    [1, 'released'],
    [2, 'released'],
    [3, 'error'],
    [4, 'error'],
    [127, 'error'],
  ] as const)('reason %i leaves the order %s', (reason, state) => {
    const record = order();
    const transactionId = String(authenticate(service, euicc).authenticated.transactionId);
    expect(statusOf(service.cancelSession(euicc.cancelRequest(transactionId, reason)))).toBe('ok');
    expect(service.log.at(-1)).toEqual({ kind: 'cancelSession', transactionId, reason });
    expect(record.state).toBe(state);
    expect(statusOf(service.cancelSession(euicc.cancelRequest(transactionId, reason)))).toBe('8.10.1/3.9');
  });

  it('is accepted when the eUICC could not sign', () => {
    order();
    const transactionId = download().transactionId;
    expect(statusOf(service.cancelSession({ transactionId, cancelSessionResponse: base64(fromHex('BF41038101 7F')) }))).toBe('ok');
  });
});
