// SPDX-License-Identifier: Apache-2.0
// Every check of received certificates refuses what it is there for (SGP.22 v2.5 §4.5.2.2).
import 'reflect-metadata';
import { KeyUsageFlags } from '@peculiar/x509';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  CertificateError,
  checkEuiccChain,
  checkRole,
  checkSameActor,
  checkServerCertificate,
  type ParsedCertificate,
  parseCertificate,
} from '../../../host/sim/pki/check.js';
import { type CertificateRequest, createTestPki, issueCertificate, type TestPki } from '../../../host/sim/pki/index.js';
import { POLICY_OIDS, SERIAL_NUMBER_ATTRIBUTE } from '../../../host/sim/pki/oids.js';
import { SeededBytes } from '../../../host/sim/profile/seeded-bytes.js';

const NOW = new Date('2026-10-01T00:00:00Z');

let pki: TestPki;
let trusted: ParsedCertificate[];

beforeAll(async () => {
  pki = await createTestPki();
  trusted = [parseCertificate(pki.ci.certificate)];
});

function failureOf(run: () => unknown): unknown {
  try {
    run();
    return 'accepted';
  } catch (error) {
    return error instanceof CertificateError ? error.failure : error;
  }
}

async function server(changes: Partial<CertificateRequest> = {}): Promise<Uint8Array> {
  const { certificate } = await issueCertificate({
    subject: [{ CN: ['server'] }],
    serialNumber: '55',
    issuer: pki.ci,
    keyUsage: KeyUsageFlags.digitalSignature,
    policies: [POLICY_OIDS.dpAuth],
    registeredId: '2.999.10',
    ...changes,
  });
  return certificate;
}

describe('checkServerCertificate', () => {
  const check = (der: Uint8Array, at?: Date) => failureOf(() => checkServerCertificate(der, trusted, 'dpAuth', at));

  it('accepts what is right', async () => {
    expect(check(await server(), NOW)).toBe('accepted');
  });

  it('refuses bytes that are no certificate', () => {
    expect(check(new Uint8Array())).toBe('malformed');
    expect(check(Uint8Array.of(0x30, 0))).toBe('malformed');
    expect(check(Uint8Array.from([...pki.dpAuth.certificate, 0]))).toBe('malformed');
    expect(check(new TextEncoder().encode('-----BEGIN CERTIFICATE-----'))).toBe('malformed');
  });

  it('refuses an unknown CI', async () => {
    expect(check((await createTestPki()).dpAuth.certificate)).toBe('unknownCi');
    expect(failureOf(() => checkServerCertificate(pki.dpAuth.certificate, [], 'dpAuth'))).toBe('unknownCi');
  });

  it('refuses a CI of the right key and another name', async () => {
    const namesake = await issueCertificate({
      subject: [{ CN: ['Another CI'] }],
      serialNumber: '01',
      privateKey: pki.ci.privateKey,
      keyUsage: KeyUsageFlags.keyCertSign,
      authority: {},
    });
    expect(check(await server({ issuer: namesake }))).toBe('issuer');
  });

  it('refuses an issuer that may not sign certificates', async () => {
    const weak = await issueCertificate({ subject: [{ CN: ['Weak'] }], serialNumber: '01', keyUsage: KeyUsageFlags.digitalSignature });
    const der = await server({ issuer: weak });
    expect(failureOf(() => checkServerCertificate(der, [parseCertificate(weak.certificate)], 'dpAuth'))).toBe('keyUsage');
  });

  it('refuses a wrong signature', async () => {
    const der = (await server()).slice();
    der[der.length - 1]! ^= 1;
    expect(check(der)).toBe('signature');
  });

  it('refuses another policy, and none', async () => {
    expect(check(await server({ policies: [POLICY_OIDS.dpPb] }))).toBe('policy');
    const bare = await issueCertificate({
      subject: [{ CN: ['server'] }],
      serialNumber: '55',
      issuer: pki.ci,
      keyUsage: KeyUsageFlags.digitalSignature,
    });
    expect(check(bare.certificate)).toBe('policy');
  });

  it('refuses another key usage', async () => {
    expect(check(await server({ keyUsage: KeyUsageFlags.keyAgreement }))).toBe('keyUsage');
  });

  it('looks at the validity period only when told the time', async () => {
    const past = await server({ notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2021-01-01T00:00:00Z') });
    expect(check(past, NOW)).toBe('expired');
    expect(check(past)).toBe('accepted');
    expect(check(await server(), new Date('2019-12-31T00:00:00Z'))).toBe('expired');
  });
});

describe('checkSameActor', () => {
  it('refuses other OIDs, none, and other CIs', async () => {
    const parsed = async (changes: Partial<CertificateRequest>) => parseCertificate(await server(changes));
    const one = await parsed({});
    const stranger = parseCertificate((await createTestPki()).dpPb.certificate);
    const anonymous = parseCertificate(pki.eimSign.certificate);
    expect(failureOf(() => checkSameActor(one, stranger))).toBe('issuer');
    const other = await parsed({ registeredId: '2.999.11' });
    expect(failureOf(() => checkSameActor(one, other))).toBe('registeredId');
    expect(failureOf(() => checkSameActor(anonymous, anonymous))).toBe('registeredId');
  });
});

describe('checkEuiccChain', () => {
  const subject = (organization: string, eid?: string) => [{ O: [organization] }, ...(eid ? [{ [SERIAL_NUMBER_ATTRIBUTE]: [eid] }] : [])];
  const EID = '89049032123451234512345678901235';

  async function check(changes: Partial<CertificateRequest>, at?: Date): Promise<unknown> {
    const request = {
      subject: subject('RSP Test EUM', EID),
      issuer: pki.eum,
      policies: [POLICY_OIDS.euicc],
      registeredId: '2.999.6',
      ...changes,
    };
    const der = await server(request);
    return failureOf(() => checkEuiccChain(der, pki.eum.certificate, trusted, at));
  }

  it('accepts what is right', async () => {
    expect(await check({}, NOW)).toBe('accepted');
  });

  it.each<[string, Partial<CertificateRequest>, string]>([
    ['no EID', { subject: subject('RSP Test EUM') }, 'eid'],
    ['an EID that is too short', { subject: subject('RSP Test EUM', EID.slice(1)) }, 'eid'],
    ['an EID outside the constraint', { subject: subject('RSP Test EUM', '89044045123451234512345678901235') }, 'nameConstraints'],
    ['another organisation', { subject: subject('Another EUM', EID) }, 'nameConstraints'],
    ['another policy', { policies: [POLICY_OIDS.eum] }, 'policy'],
  ])('refuses %s', async (_name, changes, failure) => {
    expect(await check(changes)).toBe(failure);
  });

  it('refuses an EUM that is none', () => {
    expect(failureOf(() => checkEuiccChain(pki.euicc.certificate, pki.dpAuth.certificate, trusted))).toBe('policy');
    expect(failureOf(() => checkEuiccChain(pki.euicc.certificate, pki.euicc.certificate, trusted))).toBe('unknownCi');
  });

  it('accepts an EUM without name constraints', async () => {
    const free = await issueCertificate({
      subject: [{ O: ['Free EUM'] }],
      serialNumber: '66',
      issuer: pki.ci,
      keyUsage: KeyUsageFlags.keyCertSign,
      authority: { pathLength: 0 },
      policies: [POLICY_OIDS.eum],
    });
    const der = await server({ subject: subject('Any', EID), issuer: free, policies: [POLICY_OIDS.euicc] });
    expect(failureOf(() => checkEuiccChain(der, free.certificate, trusted))).toBe('accepted');
  });
});

it('checkRole refuses keys on other curves', () => {
  const certificate = parseCertificate(pki.dpAuth.certificate);
  expect(failureOf(() => checkRole(certificate, 'dpAuth'))).toBe('accepted');
  expect(failureOf(() => checkRole({ ...certificate, curve: 'secp384r1' }, 'dpAuth'))).toBe('curve');
  expect(failureOf(() => checkRole({ ...certificate, curve: 'brainpoolP256r1' }, 'dpAuth'))).toBe('accepted');
});

it.each([11, 12, 13])('mutated certificates are refused or accepted, never an error of another kind, seed %i', (seed) => {
  const random = new SeededBytes(seed);
  for (let round = 0; round < 150; round++) {
    const der = pki.eum.certificate.slice();
    const [high, low, value] = random.take(3) as unknown as [number, number, number];
    der[((high << 8) | low) % der.length] = value;
    expect(failureOf(() => checkEuiccChain(pki.euicc.certificate, der, trusted, NOW))).toBeTypeOf('string');
  }
});
