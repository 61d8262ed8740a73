// SPDX-License-Identifier: Apache-2.0
// Every refusal of the SM-DP+, by function and in the order of its checks (SGP.22 v2.5 §5.6; codes of §5.2.6).
import 'reflect-metadata';
import { KeyUsageFlags } from '@peculiar/x509';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tlv } from '../../../host/sim/codec/ber.js';
import { fromHex } from '../../../host/sim/codec/bytes.js';
import { type CertificateRequest, createTestPki, issueCertificate, type TestPki } from '../../../host/sim/pki/index.js';
import { POLICY_OIDS, SERIAL_NUMBER_ATTRIBUTE } from '../../../host/sim/pki/oids.js';
import { makeMetadata, makeProfilePackage } from '../../../host/sim/profile/index.js';
import { type DownloadOrder, REFUSALS, SmdpService } from '../../../host/sim/smdp/index.js';
import { authenticate, base64, type Signed1Overrides, SimpleEuicc, type SimpleEuiccOptions, statusOf } from './support/simple-euicc.js';

const ICCID = '89000123456789012341';
const OTHER_EID = '89049032000000000000000000000045';
const profile = makeProfilePackage({ iccid: ICCID, sizeBytes: 2048 });
const metadata = makeMetadata({ iccid: ICCID });

let pki: TestPki;
let service: SmdpService;
let euicc: SimpleEuicc;
const seen = new Set<string>();

beforeAll(async () => {
  pki = await createTestPki();
});

beforeEach(() => {
  service = new SmdpService({ pki });
  euicc = new SimpleEuicc({ pki });
});

function expectStatus(response: Parameters<typeof statusOf>[0], refusal: keyof typeof REFUSALS): void {
  const { subjectCode, reasonCode } = REFUSALS[refusal];
  expect(statusOf(response)).toBe(`${subjectCode}/${reasonCode}`);
  expect(service.log.at(-1)).toMatchObject({ kind: 'refused', subjectCode, reasonCode });
  seen.add(refusal);
}

function order(changes: Partial<DownloadOrder> = {}) {
  return service.addOrder({ matchingId: 'TOKEN', profile, metadata, ...changes });
}

describe('initiateAuthentication refuses', () => {
  it.each(['euiccChallenge', 'euiccInfo1', 'smdpAddress'])('a request without %s', (name) => {
    expectStatus(service.initiateAuthentication({ ...euicc.initiateRequest(), [name]: undefined }), 'elementMissing');
  });

  it.each([
    { euiccChallenge: 'AAAA' },
    { euiccChallenge: '?' },
    { euiccInfo1: base64(fromHex('BF2005')) },
    { euiccInfo1: base64(fromHex('BF2000')) },
    { euiccInfo1: base64(fromHex('BF2200')) },
    { smdpAddress: 5 },
  ])('unreadable %j', (change) => {
    expectStatus(service.initiateAuthentication({ ...euicc.initiateRequest(), ...change }), 'formatInvalid');
  });

  it('another address', () => {
    expectStatus(service.initiateAuthentication(euicc.initiateRequest('smdp.example.org')), 'addressInvalid');
  });

  it('an eUICC of an unknown version', () => {
    expectStatus(service.initiateAuthentication(new SimpleEuicc({ pki, svn: [1, 0, 0] }).initiateRequest()), 'versionNotSupported');
  });

  it('an eUICC that cannot verify CERT.DPauth', () => {
    const info = tlv(0xbf20, tlv(0x82, Uint8Array.of(2, 5, 0)), tlv(0xa9, tlv(0x04, new Uint8Array(20))), tlv(0xaa, tlv(0x04, pki.ciPkId)));
    expectStatus(service.initiateAuthentication({ ...euicc.initiateRequest(), euiccInfo1: base64(info) }), 'noAuthenticationCertificate');
  });

  it('an eUICC that signs under no trusted CI', () => {
    const info = tlv(0xbf20, tlv(0x82, Uint8Array.of(2, 5, 0)), tlv(0xa9, tlv(0x04, pki.ciPkId)), tlv(0xaa, tlv(0x04, new Uint8Array(20))));
    expectStatus(service.initiateAuthentication({ ...euicc.initiateRequest(), euiccInfo1: base64(info) }), 'ciNotSupported');
  });
});

describe('authenticateClient refuses', () => {
  async function certified(
    change: Partial<CertificateRequest>,
    role: 'eum' | 'euicc',
    options: Partial<SimpleEuiccOptions> = {},
  ): Promise<SimpleEuicc> {
    const authority =
      role === 'eum' ? { authority: { pathLength: 0 }, keyUsage: KeyUsageFlags.keyCertSign } : { keyUsage: KeyUsageFlags.digitalSignature };
    const name = role === 'eum' ? [] : [{ [SERIAL_NUMBER_ATTRIBUTE]: ['89049032123451234512345678901235'] }];
    const certificate = await issueCertificate({
      subject: [{ C: ['ES'] }, { O: ['RSP Test EUM'] }, ...name, { CN: [role === 'eum' ? 'EUM Test' : 'Test eUICC'] }],
      serialNumber: '77',
      issuer: role === 'eum' ? pki.ci : pki.eum,
      privateKey: pki[role].privateKey,
      policies: [POLICY_OIDS[role]],
      ...authority,
      ...change,
    });
    return new SimpleEuicc({ pki, [role]: certificate, ...options });
  }

  const expired = { notBefore: new Date('2019-01-01T00:00:00Z'), notAfter: new Date('2020-01-01T00:00:00Z') };

  it('an unknown transactionId, and a second call for one', () => {
    order();
    const { initiated } = authenticate(service, euicc);
    expectStatus(service.authenticateClient(euicc.authenticateRequest(initiated)), 'transactionUnknown');
    expectStatus(service.authenticateClient({ ...euicc.authenticateRequest(initiated), transactionId: '00' }), 'transactionUnknown');
  });

  it('an error of the eUICC', () => {
    const initiated = service.initiateAuthentication(euicc.initiateRequest());
    const error = tlv(0xbf38, tlv(0xa1, tlv(0x80, fromHex(String(initiated.transactionId))), tlv(0x02, Uint8Array.of(2))));
    expectStatus(service.authenticateClient({ ...initiated, authenticateServerResponse: base64(error) }), 'euiccReportedError');
  });

  it('a response without its elements', () => {
    const initiated = service.initiateAuthentication(euicc.initiateRequest());
    expectStatus(service.authenticateClient({ ...initiated, authenticateServerResponse: base64(fromHex('BF3802A000')) }), 'elementMissing');
  });

  it('an EUM of another CI', async () => {
    const stranger = await createTestPki();
    expectStatus(authenticate(service, new SimpleEuicc({ pki, eum: stranger.eum, euicc: stranger.euicc })).authenticated, 'ciUnknown');
  });

  it('an EUM certificate that has expired', async () => {
    expectStatus(authenticate(service, await certified(expired, 'eum')).authenticated, 'eumCertificateExpired');
  });

  it('an EUM certificate with another policy', async () => {
    expectStatus(authenticate(service, await certified({ policies: [POLICY_OIDS.dpAuth] }, 'eum')).authenticated, 'eumCertificateInvalid');
  });

  it('an eUICC certificate that has expired', async () => {
    expectStatus(authenticate(service, await certified(expired, 'euicc')).authenticated, 'euiccCertificateExpired');
  });

  it('an eUICC certificate with another policy, without EID, or of another EUM', async () => {
    expectStatus(authenticate(service, await certified({ policies: [POLICY_OIDS.eum] }, 'euicc')).authenticated, 'euiccCertificateInvalid');
    expectStatus(
      authenticate(service, await certified({ subject: [{ O: ['RSP Test EUM'] }] }, 'euicc')).authenticated,
      'euiccCertificateInvalid',
    );
    expectStatus(authenticate(service, await certified({ issuer: pki.ci }, 'euicc')).authenticated, 'euiccCertificateInvalid');
  });

  it('an EID or organisation outside the name constraints of the EUM', async () => {
    const subject = (organization: string, eid: string) => ({ subject: [{ O: [organization] }, { [SERIAL_NUMBER_ATTRIBUTE]: [eid] }] });
    const wrongEid = await certified(subject('RSP Test EUM', '89044045000000000000000000000022'), 'euicc');
    const wrongOrganization = await certified(subject('Another EUM', '89049032123451234512345678901235'), 'euicc');
    expectStatus(authenticate(service, wrongEid).authenticated, 'eidNotPermitted');
    expectStatus(authenticate(service, wrongOrganization).authenticated, 'eidNotPermitted');
  });

  it('a wrong signature', async () => {
    const stranger = await createTestPki();
    const forged = new SimpleEuicc({ pki, euicc: { ...pki.euicc, privateKey: stranger.euicc.privateKey } });
    expectStatus(authenticate(service, forged).authenticated, 'euiccSignatureInvalid');
  });

  it.each<[string, Signed1Overrides, keyof typeof REFUSALS]>([
    ['another transactionId in the signed data', { transactionId: new Uint8Array(16) }, 'transactionUnknown'],
    ['another serverChallenge', { serverChallenge: new Uint8Array(16) }, 'euiccSignatureInvalid'],
    ['another serverAddress', { serverAddress: 'smdp.example.org' }, 'euiccSignatureInvalid'],
    ['no ctxParams1', { ctxParams1: new Uint8Array() }, 'elementMissing'],
    ['ctxParams1 without deviceInfo', { ctxParams1: fromHex('A000') }, 'formatInvalid'],
    ['an unknown MatchingID', { matchingId: 'WRONG' }, 'matchingIdRefused'],
    ['no MatchingID where the EID has no order', { matchingId: undefined }, 'matchingIdRefused'],
  ])('%s', (_name, overrides, refusal) => {
    order();
    expectStatus(authenticate(service, euicc, overrides).authenticated, refusal);
  });

  it.each<[string, Partial<DownloadOrder>, keyof typeof REFUSALS]>([
    ['of another EID', { eid: OTHER_EID }, 'eidMismatch'],
    ['not released', { released: false }, 'profileNotReleased'],
    ['expired', { expiresAt: new Date('2020-01-01T00:00:00Z') }, 'orderExpired'],
    ['downloaded too often', { maxDownloads: 0 }, 'downloadsExceeded'],
    ['larger than the memory of the eUICC', { profile: new Uint8Array(1_000_001) }, 'memoryInsufficient'],
  ])('an order %s', (_name, changes, refusal) => {
    order(changes);
    expectStatus(authenticate(service, euicc).authenticated, refusal);
  });

  it('a profile whose policy rules the eUICC forbids', () => {
    order({ metadata: makeMetadata({ iccid: ICCID, profilePolicyRules: ['ppr1'] }) });
    expectStatus(authenticate(service, new SimpleEuicc({ pki, forbiddenRules: [1] })).authenticated, 'noEligibleProfile');
    expect(statusOf(authenticate(service, new SimpleEuicc({ pki, forbiddenRules: [2] })).authenticated)).toBe('ok');
  });

  it('an order that another eUICC has begun to download', async () => {
    order();
    service.getBoundProfilePackage(euicc.prepareDownloadRequest(authenticate(service, euicc).authenticated));
    const second = await certified({ subject: [{ O: ['RSP Test EUM'] }, { [SERIAL_NUMBER_ATTRIBUTE]: [OTHER_EID] }] }, 'euicc', {
      eid: OTHER_EID,
    });
    expectStatus(authenticate(service, second).authenticated, 'eidMismatch');
  });
});

describe('getBoundProfilePackage refuses', () => {
  it('a transactionId that is unknown or not yet authenticated', () => {
    const initiated = service.initiateAuthentication(euicc.initiateRequest());
    expectStatus(
      service.getBoundProfilePackage({ transactionId: initiated.transactionId, prepareDownloadResponse: '' }),
      'transactionUnknown',
    );
    expectStatus(service.getBoundProfilePackage({ transactionId: 'FF' }), 'transactionUnknown');
  });

  it('an error of the eUICC', () => {
    order();
    const { authenticated } = authenticate(service, euicc);
    const error = tlv(0xbf21, tlv(0xa1, tlv(0x80, new Uint8Array(16)), tlv(0x02, Uint8Array.of(1))));
    expectStatus(service.getBoundProfilePackage({ ...authenticated, prepareDownloadResponse: base64(error) }), 'euiccReportedError');
  });

  it('a signature over the signature of another session', () => {
    order();
    const { authenticated } = authenticate(service, euicc);
    const other = authenticate(service, euicc).authenticated;
    const request = euicc.prepareDownloadRequest({ ...authenticated, smdpSignature2: other.smdpSignature2 });
    expectStatus(service.getBoundProfilePackage(request), 'euiccSignatureInvalid');
  });

  it('signed data of another transaction', () => {
    order();
    const request = euicc.prepareDownloadRequest(authenticate(service, euicc).authenticated, { transactionId: new Uint8Array(16) });
    expectStatus(service.getBoundProfilePackage(request), 'transactionUnknown');
  });

  it('a one-time key that is no point of the curve', () => {
    order();
    const oneTimePublicKey = new Uint8Array(65).fill(4);
    const request = euicc.prepareDownloadRequest(authenticate(service, euicc).authenticated, { oneTimePublicKey });
    expectStatus(service.getBoundProfilePackage(request), 'formatInvalid');
  });

  it('a missing and a wrong confirmation code, and any after too many wrong ones', () => {
    order({ confirmationCode: '1234', maxConfirmationAttempts: 2 });
    const attempt = (options: { confirmationCode?: string }) =>
      service.getBoundProfilePackage(euicc.prepareDownloadRequest(authenticate(service, euicc).authenticated, options));
    expectStatus(attempt({}), 'confirmationCodeMissing');
    expectStatus(attempt({ confirmationCode: '1235' }), 'confirmationCodeRefused');
    expectStatus(attempt({ confirmationCode: '1235' }), 'confirmationCodeRetriesExceeded');
    expectStatus(authenticate(service, euicc).authenticated, 'confirmationCodeRetriesExceeded');
  });

  it('a second binding where the order allows one', () => {
    order({ allowRebinding: false });
    service.getBoundProfilePackage(euicc.prepareDownloadRequest(authenticate(service, euicc).authenticated));
    const again = new SimpleEuicc({ pki });
    expectStatus(
      service.getBoundProfilePackage(again.prepareDownloadRequest(authenticate(service, again).authenticated)),
      'rebindingRefused',
    );
  });
});

describe('cancelSession refuses', () => {
  function authenticated(): string {
    order();
    return String(authenticate(service, euicc).authenticated.transactionId);
  }

  it('a session without an authenticated eUICC', () => {
    const transactionId = String(service.initiateAuthentication(euicc.initiateRequest()).transactionId);
    expectStatus(service.cancelSession(euicc.cancelRequest(transactionId, 127)), 'transactionUnknown');
  });

  it('a session that an installation result ended', () => {
    const transactionId = authenticated();
    service.handleNotification(euicc.installationResult(transactionId));
    expectStatus(service.cancelSession(euicc.cancelRequest(transactionId, 127)), 'transactionUnknown');
  });

  it('a wrong signature', async () => {
    const transactionId = authenticated();
    expectStatus(
      service.cancelSession(new SimpleEuicc({ pki: await createTestPki() }).cancelRequest(transactionId, 0)),
      'euiccSignatureInvalid',
    );
  });

  it('signed data of another transaction', () => {
    const request = euicc.cancelRequest(authenticated(), 0, { signedTransactionId: '00112233445566778899AABBCCDDEEFF' });
    expectStatus(service.cancelSession(request), 'transactionUnknown');
  });

  it('another OID', () => {
    expectStatus(service.cancelSession(euicc.cancelRequest(authenticated(), 0, { smdpOid: '2.999.11' })), 'smdpOidInvalid');
  });
});

describe('addOrder refuses', () => {
  it('a MatchingID twice, metadata without ICCID and metadata that are none', () => {
    order();
    expect(() => order()).toThrow(RangeError);
    expect(() => order({ matchingId: 'OTHER', metadata: fromHex('BF2500') })).toThrow('no 5A');
    expect(() => order({ matchingId: 'OTHER', metadata: new Uint8Array() })).toThrow('not BER');
  });
});

it('every refusal that needs no HTTP header was seen', () => {
  expect(new Set(Object.keys(REFUSALS))).toEqual(new Set([...seen, 'contentType', 'adminProtocol']));
});
