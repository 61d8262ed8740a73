// SPDX-License-Identifier: Apache-2.0
// A complete test PKI made on the spot: CI, EUM, eUICC, SM-DP+, SM-DS and eIM, with the certificate profile of SGP.22 v2.5 §4.5.2 and
// names like those of SGP.26.
import 'reflect-metadata';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { KeyUsageFlags } from '@peculiar/x509';
import { type CertificateRequest, issueCertificate, type KeyAndCertificate, keyIdentifier } from './issue.js';
import { POLICY_OIDS, REGISTERED_IDS, SERIAL_NUMBER_ATTRIBUTE } from './oids.js';

/** Keys and certificates of every actor of a download. All keys are on P-256. */
export interface TestPki {
  readonly ci: KeyAndCertificate;
  readonly eum: KeyAndCertificate;
  /** subject serialNumber = EID. */
  readonly euicc: KeyAndCertificate;
  readonly dpAuth: KeyAndCertificate;
  readonly dpPb: KeyAndCertificate;
  /** For the SM-DP+ address, localhost and 127.0.0.1; chains to the CI. */
  readonly dpTls: KeyAndCertificate;
  readonly dsAuth: KeyAndCertificate;
  /** For the SM-DS address, localhost and 127.0.0.1; chains to the CI. */
  readonly dsTls: KeyAndCertificate;
  /** SK.EIM: signs eUICC packages. */
  readonly eimSign: KeyAndCertificate;
  /** For the eIM's FQDN, localhost and 127.0.0.1; chains to the CI. */
  readonly eimTls: KeyAndCertificate;
  /** The CI's subject key identifier, 20 bytes ("CI PKID"). */
  readonly ciPkId: Uint8Array;
}

export interface TestPkiOptions {
  /** 32 digits; default "89049032123451234512345678901235". */
  readonly eid?: string;
  /** Host name, with or without ":port"; default "smdp.example.com". */
  readonly smdpAddress?: string;
  /** Host name, with or without ":port"; default "smds.example.com". */
  readonly smdsAddress?: string;
  /** Host name, with or without ":port"; default "eim.example.com". */
  readonly eimFqdn?: string;
}

export const DEFAULT_EID = '89049032123451234512345678901235';
export const DEFAULT_SMDP_ADDRESS = 'smdp.example.com';
export const DEFAULT_SMDS_ADDRESS = 'smds.example.com';
export const DEFAULT_EIM_FQDN = 'eim.example.com';

/** EUM certificates name the EIDs they may certify by their first eight digits (SGP.22 v2.5 §4.5.2). */
const EID_PREFIX_DIGITS = 8;
const EUM_ORGANIZATION = 'RSP Test EUM';
const CRL_URLS = ['http://ci.test.example.com/CRL-A.crl'];

/** Makes a new PKI. Throws RangeError for an EID that is not 32 digits. */
export async function createTestPki(options: TestPkiOptions = {}): Promise<TestPki> {
  const { eid = DEFAULT_EID, eimFqdn = DEFAULT_EIM_FQDN } = options;
  if (!/^\d{32}$/.test(eid)) throw new RangeError(`an EID has 32 digits: ${eid}`);
  const ci = await issueCi();
  const eum = await issueEum(ci, eid.slice(0, EID_PREFIX_DIGITS));
  const [euicc, dpAuth, dpPb, dpTls, dsAuth, dsTls, eimSign, eimTls] = await Promise.all([
    issueEuicc(eum, eid),
    issueServerCertificate(ci, 'dpAuth'),
    issueServerCertificate(ci, 'dpPb'),
    issueDpTls(ci, options.smdpAddress ?? DEFAULT_SMDP_ADDRESS),
    issueServerCertificate(ci, 'dsAuth'),
    issueDsTls(ci, options.smdsAddress ?? DEFAULT_SMDS_ADDRESS),
    issueEimSign(ci, eimFqdn),
    issueEimTls(ci, eimFqdn),
  ]);
  const ciPkId = keyIdentifier(createPublicKey(ci.privateKey).export({ type: 'spki', format: 'der' }));
  return { ci, eum, euicc, dpAuth, dpPb, dpTls, dsAuth, dsTls, eimSign, eimTls, ciPkId };
}

function issueCi(): Promise<KeyAndCertificate> {
  return issueCertificate({
    subject: [{ CN: ['Test CI'] }, { OU: ['TESTCERT'] }, { O: ['RSPTEST'] }, { C: ['IT'] }],
    serialNumber: '01',
    notAfter: new Date('2055-04-01T08:27:51Z'),
    keyUsage: KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign,
    authority: {},
    policies: [POLICY_OIDS.ci],
    registeredId: REGISTERED_IDS.ci,
    crlUrls: CRL_URLS,
  });
}

function issueEum(ci: KeyAndCertificate, eidPrefix: string): Promise<KeyAndCertificate> {
  return issueCertificate({
    subject: [{ C: ['ES'] }, { O: [EUM_ORGANIZATION] }, { CN: ['EUM Test'] }],
    issuer: ci,
    serialNumber: '12345678',
    notAfter: new Date('2054-03-24T09:28:37Z'),
    keyUsage: KeyUsageFlags.keyCertSign,
    authority: { pathLength: 0 },
    policies: [POLICY_OIDS.eum],
    registeredId: REGISTERED_IDS.eum,
    eumConstraint: { organization: EUM_ORGANIZATION, eidPrefix },
    crlUrls: CRL_URLS,
  });
}

function issueEuicc(eum: KeyAndCertificate, eid: string): Promise<KeyAndCertificate> {
  return issueCertificate({
    subject: [{ C: ['ES'] }, { O: [EUM_ORGANIZATION] }, { [SERIAL_NUMBER_ATTRIBUTE]: [{ printableString: eid }] }, { CN: ['Test eUICC'] }],
    issuer: eum,
    serialNumber: `02${eid}`,
    notAfter: new Date('7496-01-24T09:48:58Z'),
    keyUsage: KeyUsageFlags.digitalSignature,
    policies: [POLICY_OIDS.euicc],
  });
}

/** What certificates of servers differ in, by role. */
const SERVER_ROLES = {
  dpAuth: { commonName: 'TEST SM-DP+', serialNumber: '0100', registeredId: REGISTERED_IDS.smdp },
  dpPb: { commonName: 'TEST SM-DP+', serialNumber: '0101', registeredId: REGISTERED_IDS.smdp },
  dsAuth: { commonName: 'TEST SM-DS', serialNumber: '0102', registeredId: REGISTERED_IDS.smds },
  dpTls: { serialNumber: '09', registeredId: REGISTERED_IDS.smdp },
  dsTls: { serialNumber: '0A', registeredId: REGISTERED_IDS.smds },
} as const;

/** A signing certificate of an SM-DP+ or SM-DS (SGP.22 v2.5 §4.5.2). `changes` make one that is wrong in one thing, for tests of devices. */
export function issueServerCertificate(
  ci: KeyAndCertificate,
  role: 'dpAuth' | 'dpPb' | 'dsAuth',
  changes: Partial<CertificateRequest> = {},
): Promise<KeyAndCertificate> {
  const { commonName, serialNumber, registeredId } = SERVER_ROLES[role];
  return issueCertificate({
    subject: [{ O: ['ACME'] }, { CN: [commonName] }],
    issuer: ci,
    serialNumber,
    keyUsage: KeyUsageFlags.digitalSignature,
    policies: [POLICY_OIDS[role]],
    registeredId,
    crlUrls: CRL_URLS,
    ...changes,
  });
}

/** A TLS server certificate of an SM-DP+ (SGP.22 v2.5 §4.5.2). `privateKey` absent: a new key. */
export function issueDpTls(ci: KeyAndCertificate, smdpAddress: string, privateKey?: KeyObject): Promise<KeyAndCertificate> {
  return issueServerTls(ci, 'dpTls', smdpAddress, privateKey);
}

/** A TLS server certificate of an SM-DS. */
export function issueDsTls(ci: KeyAndCertificate, smdsAddress: string): Promise<KeyAndCertificate> {
  return issueServerTls(ci, 'dsTls', smdsAddress);
}

function issueServerTls(
  ci: KeyAndCertificate,
  role: 'dpTls' | 'dsTls',
  address: string,
  privateKey?: KeyObject,
): Promise<KeyAndCertificate> {
  const host = hostName(address);
  return issueCertificate({
    subject: [{ O: ['ACME'] }, { CN: [host] }],
    issuer: ci,
    ...(privateKey ? { privateKey } : {}),
    ...SERVER_ROLES[role],
    keyUsage: KeyUsageFlags.digitalSignature,
    policies: [POLICY_OIDS[role]],
    ...localNames(host),
    tls: true,
    crlUrls: CRL_URLS,
  });
}

/** An eIM signing certificate as in the SGP.26 v3 set: no policy, only the key matters. */
function issueEimSign(ci: KeyAndCertificate, eimFqdn: string): Promise<KeyAndCertificate> {
  return issueCertificate({
    subject: [{ C: ['DE'] }, { CN: [hostName(eimFqdn)] }],
    issuer: ci,
    serialNumber: '03FF01',
    keyUsage: KeyUsageFlags.digitalSignature,
  });
}

/** A TLS server certificate of an eIM, issued by the CI. */
export function issueEimTls(ci: KeyAndCertificate, eimFqdn: string): Promise<KeyAndCertificate> {
  const host = hostName(eimFqdn);
  return issueCertificate({
    subject: [{ C: ['DE'] }, { CN: [host] }],
    issuer: ci,
    serialNumber: '03FF02',
    keyUsage: KeyUsageFlags.digitalSignature,
    ...localNames(host),
    tls: true,
  });
}

function hostName(address: string): string {
  return address.replace(/:\d+$/, '');
}

/** Simulators listen on the loopback interface, so their certificates are good for it as well. */
function localNames(host: string): { dnsNames: string[]; ipAddresses: string[] } {
  const isIp = /^[\d.]+$/.test(host);
  return { dnsNames: [...new Set(isIp ? ['localhost'] : [host, 'localhost'])], ipAddresses: ['127.0.0.1'] };
}
