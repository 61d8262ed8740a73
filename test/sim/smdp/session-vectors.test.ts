// SPDX-License-Identifier: Apache-2.0
// A complete public RSP session and other people's Bound Profile Packages, read from the folder IPA_SHARED points at.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { need, readTlv, tlv } from '../../../host/sim/codec/ber.js';
import { concat, hex } from '../../../host/sim/codec/bytes.js';
import { verifyRs } from '../../../host/sim/crypto/ecdsa.js';
import { EphemeralKey } from '../../../host/sim/crypto/key-agreement.js';
import { checkEuiccChain, checkServerCertificate, parseCertificate } from '../../../host/sim/pki/check.js';
import { loadSgp26 } from '../../../host/sim/pki/index.js';
import { bindProfile, boundProfilePackage } from '../../../host/sim/smdp/bound-profile-package.js';
import { readInstallationResult } from '../../../host/sim/smdp/notifications.js';
import { SmdpService } from '../../../host/sim/smdp/service.js';
import { openBoundProfilePackage, SimpleEuicc, statusOf } from './support/simple-euicc.js';

const shared = process.env.IPA_SHARED ?? '';
const EID = '89049032123451234512345678901235';

function vector(name: string): Uint8Array {
  return Uint8Array.from(readFileSync(join(shared, 'vectors', name)));
}

function publicKeyOf(name: string): KeyObject {
  return parseCertificate(vector(name)).publicKey;
}

describe.skipIf(!process.env.IPA_SHARED)('the public session', () => {
  const response = () => need(readTlv(vector('waigel_auth-server-response.der')), 0xa0);
  const prepared = () => need(readTlv(vector('waigel_prepare-download-response.der')), 0xa0);
  const bpp = () => readTlv(vector('waigel_bound-profile-package.der'));

  it('serverSignature1 covers serverSigned1', () => {
    const ok = readTlv(vector('waigel_initiate-response.der'));
    const [serverSigned1, certificate] = ok.children.filter(({ tag }) => tag === 0x30);
    expect(verifyRs(parseCertificate(certificate!.raw).publicKey, need(ok, 0x5f37).value, serverSigned1!.raw)).toBe(true);
  });

  it('euiccSignature1 covers euiccSigned1, and the certificates chain to the CI', () => {
    const [signed, euicc, eum] = response().children.filter(({ tag }) => tag === 0x30);
    const chain = checkEuiccChain(euicc!.raw, eum!.raw, [parseCertificate(vector('waigel_ci-2017.der'))], new Date('2026-10-01T00:00:00Z'));
    expect(chain.eid).toBe(EID);
    expect(verifyRs(chain.euicc.publicKey, need(response(), 0x5f37).value, signed!.raw)).toBe(true);
  });

  it('smdpSignature2 covers smdpSigned2 and euiccSignature1', () => {
    const ok = need(readTlv(vector('waigel_authenticate-response.der')), 0xa0);
    const signed2 = ok.children.find(({ tag }) => tag === 0x30)!;
    const signature1 = need(response(), 0x5f37).raw;
    expect(verifyRs(publicKeyOf('waigel_dppb.der'), need(ok, 0x5f37).value, signed2.raw, signature1)).toBe(true);
    expect(verifyRs(publicKeyOf('waigel_dppb.der'), need(ok, 0x5f37).value, signed2.raw)).toBe(false);
  });

  it('euiccSignature2 covers euiccSigned2 and smdpSignature2', () => {
    const signature2 = need(need(readTlv(vector('waigel_authenticate-response.der')), 0xa0), 0x5f37).raw;
    expect(verifyRs(publicKeyOf('waigel_euicc.der'), need(prepared(), 0x5f37).value, need(prepared(), 0x30).raw, signature2)).toBe(true);
  });

  it('smdpSign covers the elements of InitialiseSecureChannel and the one-time key of the eUICC', () => {
    const initialise = need(bpp(), 0xbf23);
    const signedPart = concat(...initialise.children.slice(0, 4).map(({ raw }) => raw));
    const euiccOtpk = need(need(prepared(), 0x30), 0x5f49).raw;
    expect(verifyRs(publicKeyOf('waigel_dppb.der'), need(initialise, 0x5f37).value, signedPart, euiccOtpk)).toBe(true);
  });

  it('the package decrypts', () => {
    const euiccOtpk = need(need(prepared(), 0x30), 0x5f49);
    // Both sides agree on the same secret, so the SM-DP+'s private key opens the package together with the eUICC's public one.
    const swapped = readTlv(
      tlv(
        0xbf36,
        withOtpk(euiccOtpk.raw),
        ...bpp()
          .children.slice(1)
          .map(({ raw }) => raw),
      ),
    );
    const opened = openBoundProfilePackage(swapped, new EphemeralKey(vector('waigel_otsk-dp.bin')), EID);
    expect(hex(opened.configureIsdp)).toBe('BF2400');
    expect(opened.metadata).toEqual(vector('waigel_store-metadata.der'));
    expect(opened.profile).toEqual(vector('waigel_upp.der'));
  });

  function withOtpk(otpk: Uint8Array): Uint8Array {
    return tlv(0xbf23, ...need(bpp(), 0xbf23).children.map((element) => (element.tag === 0x5f49 ? otpk : element.raw)));
  }

  it('this SM-DP+ makes the same package, but for the randomised signature', async () => {
    const pki = await loadSgp26(join(shared, 'vectors'));
    const body = bindProfile({
      profile: vector('waigel_upp.der'),
      metadata: vector('waigel_store-metadata.der'),
      eid: EID,
      euiccOtpk: need(need(prepared(), 0x30), 0x5f49).value,
      hostId: new TextEncoder().encode('euicc-rsp'),
      replaceSessionKeys: false,
      segmentBytes: 1007,
      smdpKey: new EphemeralKey(vector('waigel_otsk-dp.bin')),
    });
    const mine = readTlv(boundProfilePackage(body, vector('waigel_transaction-id.bin'), pki.dpPb.privateKey));
    expect(mine.children.slice(1).map(({ raw }) => hex(raw))).toEqual(
      bpp()
        .children.slice(1)
        .map(({ raw }) => hex(raw)),
    );
    expect(need(mine, 0xbf23).children.slice(0, 4)).toEqual(need(bpp(), 0xbf23).children.slice(0, 4));
  });

  it('euiccSignPIR covers the result data, whose event bits are not trimmed', () => {
    const result = readInstallationResult(readTlv(vector('waigel_pending-notification.der')));
    expect(result).toMatchObject({
      metadata: { seqNumber: 1, events: ['install'], address: 'smdp.example.com', iccid: '89000123456789012341' },
      outcome: { ok: true, aid: 'A0000005591010FFFFFFFF8900001100' },
      smdpOid: '2.999',
    });
    expect(verifyRs(publicKeyOf('waigel_euicc.der'), result.signature, result.signed)).toBe(true);
  });

  it('the SM-DP+ runs on the published SGP.26 keys', async () => {
    const pki = await loadSgp26(join(shared, 'vectors'));
    const service = new SmdpService({ pki });
    expect(service.oid).toBe('2.999.10');
    const initiated = service.initiateAuthentication(new SimpleEuicc({ pki }).initiateRequest());
    expect(statusOf(initiated)).toBe('ok');
    checkServerCertificate(pki.dpAuth.certificate, [parseCertificate(pki.ci.certificate)], 'dpAuth');
    expect(createPublicKey(pki.euicc.privateKey).equals(publicKeyOf('waigel_euicc.der'))).toBe(true);
  });
});

describe.skipIf(!process.env.IPA_SHARED)('packages of other servers', () => {
  it('have the structure this one writes', () => {
    const children = readTlv(vector('laf0rge_bpp.ber')).children;
    expect(children.map(({ tag }) => tag)).toEqual([0xbf23, 0xa0, 0xa1, 0xa2, 0xa3]);
    // SGP.22 v2.5 §2.5.5: the header with BF23, A0, the header of A1, each 88, A2, the header of A3, each 86.
    const whole = readTlv(vector('laf0rge_bpp.ber'));
    const segments = [
      whole.raw.length - whole.value.length + children[0]!.raw.length,
      children[1]!.raw.length,
      ...headerAndParts(2),
      children[3]!.raw.length,
      ...headerAndParts(4),
    ];
    expect(segments).toEqual([183, 28, 2, 53, 76, 4, ...new Array<number>(12).fill(1036), 122]);

    function headerAndParts(index: number): number[] {
      const { raw, value, children: parts } = children[index]!;
      return [raw.length - value.length, ...parts.map((part) => part.raw.length)];
    }
  });
});
