// SPDX-License-Identifier: Apache-2.0
// Server certificates that are wrong in one thing.
import { KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { type CertificateRequest, createTestPki, issueCertificate, type KeyAndCertificate } from '../../../../host/sim/pki/index.js';
import { POLICY_OIDS, REGISTERED_IDS } from '../../../../host/sim/pki/oids.js';
import { pki } from './card.js';

/** A PKI that the eUICC of the tests does not trust. */
export const strangePki = await createTestPki();

/** A CERT.DPauth or CERT.DPpb of the trusted CI, changed. */
export function issueServer(role: 'dpAuth' | 'dpPb' | 'dsAuth', change: Partial<CertificateRequest> = {}): Promise<KeyAndCertificate> {
  return issueCertificate({
    subject: [{ O: ['ACME'] }, { CN: ['Another server'] }],
    issuer: pki.ci,
    serialNumber: '0777',
    keyUsage: x509.KeyUsageFlags.digitalSignature,
    policies: [POLICY_OIDS[role]],
    registeredId: REGISTERED_IDS.smdp,
    ...change,
  });
}

/** One that names no registered identifier. */
export function issueNameless(role: 'dpAuth' | 'dpPb'): Promise<KeyAndCertificate> {
  return issueCertificate({
    subject: [{ CN: ['Nameless'] }],
    issuer: pki.ci,
    serialNumber: '0778',
    keyUsage: x509.KeyUsageFlags.digitalSignature,
    policies: [POLICY_OIDS[role]],
    dnsNames: ['smdp.example.com'],
  });
}

/** The same on P-384, a curve that RSP does not use. */
export async function issueOnP384(role: 'dpAuth' | 'dpPb'): Promise<KeyAndCertificate> {
  const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-384' }, true, ['sign', 'verify']);
  const ciKey = pki.ci.privateKey.export({ type: 'pkcs8', format: 'der' });
  const signingKey = await webcrypto.subtle.importKey('pkcs8', ciKey, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  const ci = new x509.X509Certificate(pki.ci.certificate);
  const ciKeyId = ci.getExtension(x509.SubjectKeyIdentifierExtension)!.keyId;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: '0384',
    subject: 'CN=Large curve',
    issuer: ci.subjectName,
    notAfter: new Date('2049-12-31T23:59:59Z'),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [
      new x509.AuthorityKeyIdentifierExtension(ciKeyId),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.CertificatePolicyExtension([POLICY_OIDS[role]], true),
      new x509.SubjectAlternativeNameExtension([{ type: 'id', value: REGISTERED_IDS.smdp }]),
    ],
  });
  return { privateKey: KeyObject.from(keys.privateKey), certificate: new Uint8Array(certificate.rawData) };
}
