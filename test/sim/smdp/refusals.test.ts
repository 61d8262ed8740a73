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
import { type DownloadOrder, type Es9Function, type JsonObject, REFUSALS, SmdpService } from '../../../host/sim/smdp/index.js';
import { asn1Peer, type Es9Peer } from './support/asn1-peer.js';
import { authenticate, base64, type Signed1Overrides, SimpleEuicc, type SimpleEuiccOptions, statusOf } from './support/simple-euicc.js';

const ICCID = '89000123456789012341';
const OTHER_EID = '89049032000000000000000000000045';
const profile = makeProfilePackage({ iccid: ICCID, sizeBytes: 2048 });
const metadata = makeMetadata({ iccid: ICCID });

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

/** Error codes of the ASN.1 binding (SGP.22 v2.5 §6.6) by function; all other refusals are undefinedError. */
const ERROR_CODES: Readonly<Partial<Record<Es9Function, Readonly<Partial<Record<keyof typeof REFUSALS, number>>>>>> = {
  initiateAuthentication: { addressInvalid: 1, versionNotSupported: 2, ciNotSupported: 3, noAuthenticationCertificate: 3 },
  authenticateClient: {
    eumCertificateInvalid: 1,
    eumCertificateExpired: 2,
    euiccCertificateInvalid: 3,
    eidNotPermitted: 3,
    euiccCertificateExpired: 4,
    euiccSignatureInvalid: 5,
    matchingIdRefused: 6,
    eidMismatch: 7,
    noEligibleProfile: 8,
    ciUnknown: 9,
    transactionUnknown: 10,
    memoryInsufficient: 11,
  },
  getBoundProfilePackage: {
    euiccSignatureInvalid: 1,
    confirmationCodeMissing: 2,
    confirmationCodeRefused: 3,
    confirmationCodeRetriesExceeded: 4,
    rebindingRefused: 5,
    transactionUnknown: 95,
  },
  cancelSession: { transactionUnknown: 1, euiccSignatureInvalid: 2 },
};

describe.each(['JSON', 'ASN.1'] as const)('in the %s binding,', (binding) => {
  let peer: Es9Peer;
  const seen = new Set<string>();

  beforeEach(() => {
    peer = binding === 'JSON' ? service : asn1Peer(service);
  });

  function expectStatus(response: JsonObject, refusal: keyof typeof REFUSALS): void {
    const { subjectCode, reasonCode } = REFUSALS[refusal];
    const event = service.log.at(-1);
    expect(event).toMatchObject({ kind: 'refused', subjectCode, reasonCode });
    const name = event?.kind === 'refused' ? event.function : 'handleNotification';
    expect(statusOf(response)).toBe(binding === 'JSON' ? `${subjectCode}/${reasonCode}` : `error ${ERROR_CODES[name]?.[refusal] ?? 127}`);
    seen.add(refusal);
  }

  describe('initiateAuthentication refuses', () => {
    it.each(['euiccChallenge', 'euiccInfo1', 'smdpAddress'])('a request without %s', (name) => {
      expectStatus(peer.initiateAuthentication({ ...euicc.initiateRequest(), [name]: undefined }), 'elementMissing');
    });

    it.each([{ euiccChallenge: 'AAAA' }, { euiccInfo1: base64(fromHex('BF2000')) }])('unreadable %j', (change) => {
      expectStatus(peer.initiateAuthentication({ ...euicc.initiateRequest(), ...change }), 'formatInvalid');
    });

    it('another address', () => {
      expectStatus(peer.initiateAuthentication(euicc.initiateRequest('smdp.example.org')), 'addressInvalid');
    });

    it('an eUICC of an unknown version', () => {
      expectStatus(peer.initiateAuthentication(new SimpleEuicc({ pki, svn: [1, 0, 0] }).initiateRequest()), 'versionNotSupported');
    });

    it('an eUICC that cannot verify CERT.DPauth', () => {
      const info = tlv(
        0xbf20,
        tlv(0x82, Uint8Array.of(2, 5, 0)),
        tlv(0xa9, tlv(0x04, new Uint8Array(20))),
        tlv(0xaa, tlv(0x04, pki.ciPkId)),
      );
      expectStatus(peer.initiateAuthentication({ ...euicc.initiateRequest(), euiccInfo1: base64(info) }), 'noAuthenticationCertificate');
    });

    it('an eUICC that signs under no trusted CI', () => {
      const info = tlv(
        0xbf20,
        tlv(0x82, Uint8Array.of(2, 5, 0)),
        tlv(0xa9, tlv(0x04, pki.ciPkId)),
        tlv(0xaa, tlv(0x04, new Uint8Array(20))),
      );
      expectStatus(peer.initiateAuthentication({ ...euicc.initiateRequest(), euiccInfo1: base64(info) }), 'ciNotSupported');
    });
  });

  describe('authenticateClient refuses', () => {
    async function certified(
      change: Partial<CertificateRequest>,
      role: 'eum' | 'euicc',
      options: Partial<SimpleEuiccOptions> = {},
    ): Promise<SimpleEuicc> {
      const authority =
        role === 'eum'
          ? { authority: { pathLength: 0 }, keyUsage: KeyUsageFlags.keyCertSign }
          : { keyUsage: KeyUsageFlags.digitalSignature };
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
      const { initiated } = authenticate(peer, euicc);
      expectStatus(peer.authenticateClient(euicc.authenticateRequest(initiated)), 'transactionUnknown');
      expectStatus(peer.authenticateClient({ ...euicc.authenticateRequest(initiated), transactionId: '00' }), 'transactionUnknown');
    });

    it('an error of the eUICC', () => {
      const initiated = peer.initiateAuthentication(euicc.initiateRequest());
      const error = tlv(0xbf38, tlv(0xa1, tlv(0x80, fromHex(String(initiated.transactionId))), tlv(0x02, Uint8Array.of(2))));
      expectStatus(peer.authenticateClient({ ...initiated, authenticateServerResponse: base64(error) }), 'euiccReportedError');
    });

    it('a response without its elements', () => {
      const initiated = peer.initiateAuthentication(euicc.initiateRequest());
      expectStatus(peer.authenticateClient({ ...initiated, authenticateServerResponse: base64(fromHex('BF3802A000')) }), 'elementMissing');
    });

    it('an EUM of another CI', async () => {
      const stranger = await createTestPki();
      expectStatus(authenticate(peer, new SimpleEuicc({ pki, eum: stranger.eum, euicc: stranger.euicc })).authenticated, 'ciUnknown');
    });

    it('an EUM certificate that has expired', async () => {
      expectStatus(authenticate(peer, await certified(expired, 'eum')).authenticated, 'eumCertificateExpired');
    });

    it('an EUM certificate with another policy', async () => {
      expectStatus(authenticate(peer, await certified({ policies: [POLICY_OIDS.dpAuth] }, 'eum')).authenticated, 'eumCertificateInvalid');
    });

    it('an eUICC certificate that has expired', async () => {
      expectStatus(authenticate(peer, await certified(expired, 'euicc')).authenticated, 'euiccCertificateExpired');
    });

    it('an eUICC certificate with another policy, without EID, or of another EUM', async () => {
      expectStatus(authenticate(peer, await certified({ policies: [POLICY_OIDS.eum] }, 'euicc')).authenticated, 'euiccCertificateInvalid');
      expectStatus(
        authenticate(peer, await certified({ subject: [{ O: ['RSP Test EUM'] }] }, 'euicc')).authenticated,
        'euiccCertificateInvalid',
      );
      expectStatus(authenticate(peer, await certified({ issuer: pki.ci }, 'euicc')).authenticated, 'euiccCertificateInvalid');
    });

    it('an EID or organisation outside the name constraints of the EUM', async () => {
      const subject = (organization: string, eid: string) => ({ subject: [{ O: [organization] }, { [SERIAL_NUMBER_ATTRIBUTE]: [eid] }] });
      const wrongEid = await certified(subject('RSP Test EUM', '89044045000000000000000000000022'), 'euicc');
      const wrongOrganization = await certified(subject('Another EUM', '89049032123451234512345678901235'), 'euicc');
      expectStatus(authenticate(peer, wrongEid).authenticated, 'eidNotPermitted');
      expectStatus(authenticate(peer, wrongOrganization).authenticated, 'eidNotPermitted');
    });

    it('a wrong signature', async () => {
      const stranger = await createTestPki();
      const forged = new SimpleEuicc({ pki, euicc: { ...pki.euicc, privateKey: stranger.euicc.privateKey } });
      expectStatus(authenticate(peer, forged).authenticated, 'euiccSignatureInvalid');
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
      expectStatus(authenticate(peer, euicc, overrides).authenticated, refusal);
    });

    it.each<[string, Partial<DownloadOrder>, keyof typeof REFUSALS]>([
      ['of another EID', { eid: OTHER_EID }, 'eidMismatch'],
      ['not released', { released: false }, 'profileNotReleased'],
      ['expired', { expiresAt: new Date('2020-01-01T00:00:00Z') }, 'orderExpired'],
      ['downloaded too often', { maxDownloads: 0 }, 'downloadsExceeded'],
      ['larger than the memory of the eUICC', { profile: new Uint8Array(1_000_001) }, 'memoryInsufficient'],
    ])('an order %s', (_name, changes, refusal) => {
      order(changes);
      expectStatus(authenticate(peer, euicc).authenticated, refusal);
    });

    it('a profile whose policy rules the eUICC forbids', () => {
      order({ metadata: makeMetadata({ iccid: ICCID, profilePolicyRules: ['ppr1'] }) });
      expectStatus(authenticate(peer, new SimpleEuicc({ pki, forbiddenRules: [1] })).authenticated, 'noEligibleProfile');
      expect(statusOf(authenticate(peer, new SimpleEuicc({ pki, forbiddenRules: [2] })).authenticated)).toBe('ok');
    });

    it('an order that another eUICC has begun to download', async () => {
      order();
      peer.getBoundProfilePackage(euicc.prepareDownloadRequest(authenticate(peer, euicc).authenticated));
      const second = await certified({ subject: [{ O: ['RSP Test EUM'] }, { [SERIAL_NUMBER_ATTRIBUTE]: [OTHER_EID] }] }, 'euicc', {
        eid: OTHER_EID,
      });
      expectStatus(authenticate(peer, second).authenticated, 'eidMismatch');
    });
  });

  describe('getBoundProfilePackage refuses', () => {
    it('a transactionId that is unknown or not yet authenticated', () => {
      const initiated = peer.initiateAuthentication(euicc.initiateRequest());
      expectStatus(
        peer.getBoundProfilePackage({ transactionId: initiated.transactionId, prepareDownloadResponse: '' }),
        'transactionUnknown',
      );
      expectStatus(peer.getBoundProfilePackage({ transactionId: 'FF' }), 'transactionUnknown');
    });

    it('an error of the eUICC', () => {
      order();
      const { authenticated } = authenticate(peer, euicc);
      const error = tlv(0xbf21, tlv(0xa1, tlv(0x80, new Uint8Array(16)), tlv(0x02, Uint8Array.of(1))));
      expectStatus(peer.getBoundProfilePackage({ ...authenticated, prepareDownloadResponse: base64(error) }), 'euiccReportedError');
    });

    it('a signature over the signature of another session', () => {
      order();
      const { authenticated } = authenticate(peer, euicc);
      const other = authenticate(peer, euicc).authenticated;
      const request = euicc.prepareDownloadRequest({ ...authenticated, smdpSignature2: other.smdpSignature2 });
      expectStatus(peer.getBoundProfilePackage(request), 'euiccSignatureInvalid');
    });

    it('signed data of another transaction', () => {
      order();
      const request = euicc.prepareDownloadRequest(authenticate(peer, euicc).authenticated, { transactionId: new Uint8Array(16) });
      expectStatus(peer.getBoundProfilePackage(request), 'transactionUnknown');
    });

    it('a one-time key that is no point of the curve', () => {
      order();
      const oneTimePublicKey = new Uint8Array(65).fill(4);
      const request = euicc.prepareDownloadRequest(authenticate(peer, euicc).authenticated, { oneTimePublicKey });
      expectStatus(peer.getBoundProfilePackage(request), 'formatInvalid');
    });

    it('a missing and a wrong confirmation code, and any after too many wrong ones', () => {
      order({ confirmationCode: '1234', maxConfirmationAttempts: 2 });
      const attempt = (options: { confirmationCode?: string }) =>
        peer.getBoundProfilePackage(euicc.prepareDownloadRequest(authenticate(peer, euicc).authenticated, options));
      expectStatus(attempt({}), 'confirmationCodeMissing');
      expectStatus(attempt({ confirmationCode: '1235' }), 'confirmationCodeRefused');
      expectStatus(attempt({ confirmationCode: '1235' }), 'confirmationCodeRetriesExceeded');
      expectStatus(authenticate(peer, euicc).authenticated, 'confirmationCodeRetriesExceeded');
    });

    it('a second binding where the order allows one', () => {
      order({ allowRebinding: false });
      peer.getBoundProfilePackage(euicc.prepareDownloadRequest(authenticate(peer, euicc).authenticated));
      const again = new SimpleEuicc({ pki });
      expectStatus(peer.getBoundProfilePackage(again.prepareDownloadRequest(authenticate(peer, again).authenticated)), 'rebindingRefused');
    });
  });

  describe('cancelSession refuses', () => {
    function authenticated(): string {
      order();
      return String(authenticate(peer, euicc).authenticated.transactionId);
    }

    it('a session without an authenticated eUICC', () => {
      const transactionId = String(peer.initiateAuthentication(euicc.initiateRequest()).transactionId);
      expectStatus(peer.cancelSession(euicc.cancelRequest(transactionId, 127)), 'transactionUnknown');
    });

    it('a session that an installation result ended', () => {
      const transactionId = authenticated();
      peer.handleNotification(euicc.installationResult(transactionId));
      expectStatus(peer.cancelSession(euicc.cancelRequest(transactionId, 127)), 'transactionUnknown');
    });

    it('a wrong signature', async () => {
      const transactionId = authenticated();
      expectStatus(
        peer.cancelSession(new SimpleEuicc({ pki: await createTestPki() }).cancelRequest(transactionId, 0)),
        'euiccSignatureInvalid',
      );
    });

    it('signed data of another transaction', () => {
      const request = euicc.cancelRequest(authenticated(), 0, { signedTransactionId: '00112233445566778899AABBCCDDEEFF' });
      expectStatus(peer.cancelSession(request), 'transactionUnknown');
    });

    it('another OID', () => {
      expectStatus(peer.cancelSession(euicc.cancelRequest(authenticated(), 0, { smdpOid: '2.999.11' })), 'smdpOidInvalid');
    });
  });

  it('every refusal that needs no HTTP header was seen', () => {
    expect(new Set(Object.keys(REFUSALS))).toEqual(new Set([...seen, 'contentType', 'adminProtocol']));
  });
});

describe('the JSON binding refuses', () => {
  it.each([
    { euiccChallenge: '?' },
    { euiccInfo1: base64(fromHex('BF2005')) },
    { euiccInfo1: base64(fromHex('BF2200')) },
    { smdpAddress: 5 },
  ])('unreadable %j', (change) => {
    expect(statusOf(service.initiateAuthentication({ ...euicc.initiateRequest(), ...change }))).toBe('1.3.1/2.1');
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
