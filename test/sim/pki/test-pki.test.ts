// SPDX-License-Identifier: Apache-2.0
// The made PKI: certificate profile of SGP.22 v2.5 §4.5.2, own checks and the openssl command line where there is one.
import { execFileSync, spawnSync } from 'node:child_process';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hex } from '../../../host/sim/codec/bytes.js';
import {
  checkEuiccChain,
  checkIssuedBy,
  checkSameActor,
  checkServerCertificate,
  type ParsedCertificate,
  parseCertificate,
} from '../../../host/sim/pki/check.js';
import {
  certificatePem,
  createTestPki,
  DEFAULT_EID,
  issueServerCertificate,
  keyIdentifier,
  loadSgp26,
  type TestPki,
} from '../../../host/sim/pki/index.js';
import { POLICY_OIDS } from '../../../host/sim/pki/oids.js';

const NAMES = ['ci', 'eum', 'euicc', 'dpAuth', 'dpPb', 'dpTls', 'dsAuth', 'dsTls', 'eimSign', 'eimTls'] as const;
const NOW = new Date('2026-10-01T00:00:00Z');
const openssl = spawnSync('openssl', ['version']).status === 0;

let pki: TestPki;
let ci: ParsedCertificate;

beforeAll(async () => {
  pki = await createTestPki({ smdpAddress: 'dp.example.net:8443', smdsAddress: 'ds.example.net', eimFqdn: 'eim.example.net' });
  ci = parseCertificate(pki.ci.certificate);
});

describe('createTestPki', () => {
  it.each(NAMES)('%s has the key of its certificate, on P-256', (name) => {
    const parsed = parseCertificate(pki[name].certificate);
    expect(parsed.curve).toBe('prime256v1');
    expect(createPublicKey(pki[name].privateKey).equals(parsed.publicKey)).toBe(true);
  });

  it('names the CI by the identifier of its key', () => {
    expect(hex(ci.subjectKeyId)).toBe(hex(pki.ciPkId));
    expect(hex(keyIdentifier(ci.publicKey.export({ type: 'spki', format: 'der' })))).toBe(hex(pki.ciPkId));
    expect(pki.ciPkId.length).toBe(20);
  });

  it('chains the eUICC to the CI under the EID', () => {
    expect(checkEuiccChain(pki.euicc.certificate, pki.eum.certificate, [ci], NOW).eid).toBe(DEFAULT_EID);
  });

  it.each(['dpAuth', 'dpPb', 'dpTls'] as const)('%s has its role and the OID of the SM-DP+', (role) => {
    const certificate = checkServerCertificate(pki[role].certificate, [ci], role, NOW);
    expect(certificate.policies).toEqual([POLICY_OIDS[role]]);
    expect(certificate.registeredId).toBe('2.999.10');
  });

  it.each(['dsAuth', 'dsTls'] as const)('%s has its role and the OID of the SM-DS', (role) => {
    const certificate = checkServerCertificate(pki[role].certificate, [ci], role, NOW);
    expect(certificate.policies).toEqual([POLICY_OIDS[role]]);
    expect(certificate.registeredId).toBe('2.999.15');
  });

  it('issues server certificates that are wrong in one thing', async () => {
    const privateKey = pki.dpAuth.privateKey;
    const expired = await issueServerCertificate(pki.ci, 'dpAuth', { privateKey, notAfter: new Date('2021-01-01T00:00:00Z') });
    expect(() => checkServerCertificate(expired.certificate, [ci], 'dpAuth', NOW)).toThrow('has expired');
    expect(checkServerCertificate(expired.certificate, [ci], 'dpAuth').publicKey.equals(createPublicKey(privateKey))).toBe(true);
    const otherActor = await issueServerCertificate(pki.ci, 'dpPb', { registeredId: '2.999.11' });
    expect(() => checkSameActor(parseCertificate(pki.dpAuth.certificate), parseCertificate(otherActor.certificate))).toThrow(
      'different actors',
    );
  });

  it('DPauth and DPpb are the same actor', () => {
    expect(() => checkSameActor(parseCertificate(pki.dpAuth.certificate), parseCertificate(pki.dpPb.certificate))).not.toThrow();
  });

  it('eIM certificates come from the CI and need no policy', () => {
    for (const name of ['eimSign', 'eimTls'] as const) {
      const certificate = parseCertificate(pki[name].certificate);
      expect(() => checkIssuedBy(certificate, ci)).not.toThrow();
      expect(certificate.policies).toEqual([]);
    }
  });

  it.each([
    ['dpTls', 'dp.example.net'],
    ['dsTls', 'ds.example.net'],
    ['eimTls', 'eim.example.net'],
  ] as const)('%s is good for its name and for the loopback', (name, host) => {
    const certificate = new X509Certificate(pki[name].certificate);
    expect(certificate.checkHost(host)).toBe(host);
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkHost('other.example.net')).toBeUndefined();
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  });

  it('takes another EID, and none that is not 32 digits', async () => {
    const other = await createTestPki({ eid: '89044045000000000000000000000022' });
    const trusted = [parseCertificate(other.ci.certificate)];
    expect(checkEuiccChain(other.euicc.certificate, other.eum.certificate, trusted).eid).toBe('89044045000000000000000000000022');
    await expect(createTestPki({ eid: '89' })).rejects.toThrow(RangeError);
  });
});

describe.skipIf(!openssl)('the openssl command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pki-'));
  const path = (name: string) => join(folder, `${name}.pem`);
  const run = (...options: string[]) => execFileSync('openssl', options, { encoding: 'utf8' }).replaceAll(' = ', '=');

  beforeAll(() => {
    for (const name of NAMES) writeFileSync(path(name), certificatePem(pki[name].certificate));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(['eum', 'dpAuth', 'dpPb', 'dpTls', 'dsAuth', 'dsTls', 'eimSign', 'eimTls'])('verifies %s', (name) => {
    expect(run('verify', '-x509_strict', '-CAfile', path('ci'), path(name))).toContain('OK');
  });

  it('verifies the eUICC but for the name constraints, which RSP reads in its own way', () => {
    const result = spawnSync('openssl', ['verify', '-CAfile', path('ci'), '-untrusted', path('eum'), path('euicc')], { encoding: 'utf8' });
    expect(result.stderr + result.stdout).toContain('permitted subtree violation');
  });

  it.each([
    [
      'ci',
      'basicConstraints,keyUsage,certificatePolicies,subjectAltName',
      ['CA:TRUE', 'Certificate Sign, CRL Sign', '2.23.146.1.2.1.0', 'Registered ID:2.999.1'],
    ],
    [
      'eum',
      'basicConstraints,keyUsage,certificatePolicies,nameConstraints',
      ['CA:TRUE, pathlen:0', 'Certificate Sign', '2.23.146.1.2.1.2', 'O=RSP Test EUM, serialNumber=89049032'],
    ],
    ['euicc', 'keyUsage,certificatePolicies', ['Digital Signature', '2.23.146.1.2.1.1']],
    ['dpTls', 'extendedKeyUsage,subjectAltName', ['TLS Web Server Authentication', 'DNS:dp.example.net', 'Registered ID:2.999.10']],
  ])('shows the extensions of %s', (name, extensions, expected) => {
    const shown = run('x509', '-in', path(name), '-noout', '-ext', extensions);
    for (const each of expected) expect(shown).toContain(each);
  });

  it('shows the EID in the subject of the eUICC, whose certificate does not end in our time', () => {
    expect(run('x509', '-in', path('euicc'), '-noout', '-subject')).toContain(`serialNumber=${DEFAULT_EID}`);
    expect(run('x509', '-in', path('euicc'), '-noout', '-enddate')).toContain('7496');
  });
});

describe.skipIf(!process.env.IPA_SHARED)('loadSgp26', () => {
  it('gives a working PKI with the published keys', async () => {
    const published = await loadSgp26(join(process.env.IPA_SHARED!, 'vectors'), { eimFqdn: 'eim.example.net' });
    const trusted = [parseCertificate(published.ci.certificate)];
    expect(hex(published.ciPkId)).toBe(hex(trusted[0]!.subjectKeyId));
    expect(checkEuiccChain(published.euicc.certificate, published.eum.certificate, trusted, NOW).eid).toBe(DEFAULT_EID);
    for (const role of ['dpAuth', 'dpPb', 'dpTls'] as const) checkServerCertificate(published[role].certificate, trusted, role, NOW);
    for (const name of NAMES)
      expect(createPublicKey(published[name].privateKey).equals(parseCertificate(published[name].certificate).publicKey)).toBe(true);
    expect(new X509Certificate(published.eimTls.certificate).checkHost('eim.example.net')).toBe('eim.example.net');
  });

  it('rejects a folder without the files', async () => {
    await expect(loadSgp26('/nowhere')).rejects.toThrow(/ENOENT/);
  });
});
