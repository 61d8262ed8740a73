// SPDX-License-Identifier: Apache-2.0
// Parses received RSP certificates and checks chains as eUICC, eIM and SM-DP+ do (SGP.22 v2.5 §4.5.2). Synchronous.
// Revocation lists are not looked at.
import 'reflect-metadata';
import { type KeyObject, X509Certificate as NodeCertificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { need, readTlv, type Tlv } from '../codec/ber.js';
import { equal, fromHex } from '../codec/bytes.js';
import {
  type CertificateRole,
  NAME_CONSTRAINTS_EXTENSION,
  ORGANIZATION_ATTRIBUTE,
  POLICY_OIDS,
  RSP_CURVES,
  SERIAL_NUMBER_ATTRIBUTE,
} from './oids.js';

/** Which check failed. */
type CertificateFailure =
  | 'malformed'
  | 'unknownCi'
  | 'issuer'
  | 'signature'
  | 'expired'
  | 'curve'
  | 'keyUsage'
  | 'policy'
  | 'registeredId'
  | 'eid'
  | 'nameConstraints';

/** A certificate or chain that is not accepted; `failure` names the check, `message` says it for people. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';

  constructor(
    readonly failure: CertificateFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What the checks need of a certificate. */
export interface ParsedCertificate {
  /** The whole DER certificate. */
  readonly raw: Uint8Array;
  readonly publicKey: KeyObject;
  /** Name of the curve as node:crypto has it ("prime256v1"), or the key type when it is no EC key. */
  readonly curve: string;
  readonly subject: x509.Name;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** 20 bytes as a rule; empty when the extension is absent. */
  readonly subjectKeyId: Uint8Array;
  readonly authorityKeyId: Uint8Array;
  readonly policies: readonly string[];
  /** subjectAltName registeredID, dotted; the actor's OID. */
  readonly registeredId: string | undefined;
  readonly keyUsage: number;
  readonly isAuthority: boolean;
  /** directoryNames of permittedSubtrees; undefined when there are no name constraints. */
  readonly permittedNames: readonly x509.Name[] | undefined;
  readonly node: NodeCertificate;
}

/** Parses a DER certificate; throws CertificateError `malformed`. */
export function parseCertificate(der: Uint8Array): ParsedCertificate {
  try {
    return parse(der);
  } catch (cause) {
    throw new CertificateError('malformed', `the certificate cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

function parse(der: Uint8Array): ParsedCertificate {
  readTlv(der);
  const node = new NodeCertificate(der);
  const parsed = new x509.X509Certificate(der);
  const { publicKey } = node;
  return {
    raw: der,
    publicKey,
    curve: publicKey.asymmetricKeyDetails?.namedCurve ?? publicKey.asymmetricKeyType ?? 'unknown',
    subject: parsed.subjectName,
    notBefore: parsed.notBefore,
    notAfter: parsed.notAfter,
    subjectKeyId: fromHex(parsed.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId ?? ''),
    authorityKeyId: fromHex(parsed.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId ?? ''),
    policies: parsed.getExtension(x509.CertificatePolicyExtension)?.policies ?? [],
    registeredId: parsed.getExtension(x509.SubjectAlternativeNameExtension)?.names.items.find((name) => name.type === 'id')?.value,
    keyUsage: parsed.getExtension(x509.KeyUsagesExtension)?.usages ?? 0,
    isAuthority: parsed.getExtension(x509.BasicConstraintsExtension)?.ca ?? false,
    permittedNames: permittedNames(parsed.getExtension(NAME_CONSTRAINTS_EXTENSION)),
    node,
  };
}

function permittedNames(extension: x509.Extension | null): x509.Name[] | undefined {
  if (extension === null) return undefined;
  const subtrees = need(readTlv(new Uint8Array(extension.value)), 0xa0);
  const names = subtrees.children.flatMap((subtree) => subtree.children.filter((base) => base.tag === 0xa4));
  return names.map((base: Tlv) => new x509.Name(need(base, 0x30).raw));
}

/** Checks that `issuer` issued `certificate`: key identifiers, issuer name, CA rights, signature. Throws CertificateError. */
export function checkIssuedBy(certificate: ParsedCertificate, issuer: ParsedCertificate): void {
  if (!equal(certificate.authorityKeyId, issuer.subjectKeyId))
    throw new CertificateError('issuer', 'authority key identifier is not that of the issuer');
  if (certificate.node.issuer !== issuer.node.subject)
    throw new CertificateError('issuer', 'issuer name is not the subject name of the issuer');
  if (!issuer.isAuthority || (issuer.keyUsage & x509.KeyUsageFlags.keyCertSign) === 0) {
    throw new CertificateError('keyUsage', 'the issuer may not sign certificates');
  }
  if (!verifies(certificate, issuer)) throw new CertificateError('signature', 'the signature of the certificate is wrong');
}

function verifies(certificate: ParsedCertificate, issuer: ParsedCertificate): boolean {
  try {
    return certificate.node.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

/** Checks policy (role), key usage and curve of an end entity or EUM certificate. Throws CertificateError. */
export function checkRole(certificate: ParsedCertificate, role: CertificateRole): void {
  if (!certificate.policies.includes(POLICY_OIDS[role]))
    throw new CertificateError('policy', `the certificate policy is not that of ${role}`);
  const usage = role === 'eum' || role === 'ci' ? x509.KeyUsageFlags.keyCertSign : x509.KeyUsageFlags.digitalSignature;
  if ((certificate.keyUsage & usage) === 0) throw new CertificateError('keyUsage', `the key usage does not fit ${role}`);
  if (!RSP_CURVES.includes(certificate.curve)) throw new CertificateError('curve', `curve ${certificate.curve} is not used in RSP`);
}

/** Checks the validity period. Throws CertificateError `expired`, also for a certificate not yet valid. */
function checkValidity(certificate: ParsedCertificate, at: Date): void {
  if (at < certificate.notBefore) throw new CertificateError('expired', 'the certificate is not yet valid');
  if (at > certificate.notAfter) throw new CertificateError('expired', 'the certificate has expired');
}

/** The trusted CI that the authority key identifier names. Throws CertificateError `unknownCi`. */
function findCi(certificate: ParsedCertificate, trusted: readonly ParsedCertificate[]): ParsedCertificate {
  const ci = trusted.find((each) => each.subjectKeyId.length > 0 && equal(each.subjectKeyId, certificate.authorityKeyId));
  if (ci === undefined) throw new CertificateError('unknownCi', 'the certificate was issued by no trusted CI');
  return ci;
}

/**
 * Checks a certificate that a CI issues directly: CERT.DPauth, CERT.DPpb, CERT.DSauth … `at` absent leaves the validity period unchecked,
 * as an eUICC without a clock does. Throws CertificateError.
 */
export function checkServerCertificate(
  der: Uint8Array,
  trusted: readonly ParsedCertificate[],
  role: CertificateRole,
  at?: Date,
): ParsedCertificate {
  const certificate = parseCertificate(der);
  checkIssuedBy(certificate, findCi(certificate, trusted));
  checkRole(certificate, role);
  if (at) checkValidity(certificate, at);
  return certificate;
}

/** Checks that CERT.DPauth and CERT.DPpb name the same actor and come from the same CI (SGP.22 v2.5 §5.7.5). Throws CertificateError. */
export function checkSameActor(a: ParsedCertificate, b: ParsedCertificate): void {
  if (a.registeredId === undefined || a.registeredId !== b.registeredId)
    throw new CertificateError('registeredId', 'the certificates name different actors');
  if (!equal(a.authorityKeyId, b.authorityKeyId)) throw new CertificateError('issuer', 'the certificates come from different CIs');
}

/** The EID that an eUICC certificate names, 32 digits. Throws CertificateError `eid`. */
export function eidOf(euicc: ParsedCertificate): string {
  const eid = euicc.subject.getField(SERIAL_NUMBER_ATTRIBUTE)[0] ?? '';
  if (!/^\d{32}$/.test(eid)) throw new CertificateError('eid', 'the subject of the eUICC certificate names no EID');
  return eid;
}

/** Checks the EUM certificate under a trusted CI; throws CertificateError. Apart from the eUICC's so that one can tell which failed. */
export function checkEumCertificate(der: Uint8Array, trusted: readonly ParsedCertificate[], at?: Date): ParsedCertificate {
  return checkServerCertificate(der, trusted, 'eum', at);
}

/** Checks the eUICC certificate under its (already checked) EUM certificate, with the EUM's name constraints; throws CertificateError. */
export function checkEuiccCertificate(der: Uint8Array, eum: ParsedCertificate, at?: Date): { certificate: ParsedCertificate; eid: string } {
  const certificate = parseCertificate(der);
  checkIssuedBy(certificate, eum);
  checkRole(certificate, 'euicc');
  if (at) checkValidity(certificate, at);
  const eid = eidOf(certificate);
  checkNameConstraints(certificate, eum);
  return { certificate, eid };
}

/**
 * SGP.22 v2.5 §4.5.2: same organisation as permitted, EID beginning with the permitted serialNumber. This is not the subtree rule
 * of RFC 5280 (the subject is no continuation of the permitted name), which is why general-purpose verifiers refuse these chains.
 */
function checkNameConstraints(euicc: ParsedCertificate, eum: ParsedCertificate): void {
  const names = eum.permittedNames;
  if (names === undefined) return;
  const organization = euicc.subject.getField(ORGANIZATION_ATTRIBUTE)[0];
  const eid = euicc.subject.getField(SERIAL_NUMBER_ATTRIBUTE)[0] ?? '';
  const permitted = names.some((name) => {
    const prefix = name.getField(SERIAL_NUMBER_ATTRIBUTE)[0];
    return name.getField(ORGANIZATION_ATTRIBUTE)[0] === organization && prefix !== undefined && eid.startsWith(prefix);
  });
  if (!permitted) throw new CertificateError('nameConstraints', 'the EUM may not certify this organisation or EID');
}

/** Checks EUM and eUICC certificate up to a trusted CI; throws CertificateError. */
export function checkEuiccChain(
  euiccDer: Uint8Array,
  eumDer: Uint8Array,
  trusted: readonly ParsedCertificate[],
  at?: Date,
): { euicc: ParsedCertificate; eum: ParsedCertificate; eid: string } {
  const eum = checkEumCertificate(eumDer, trusted, at);
  const { certificate, eid } = checkEuiccCertificate(euiccDer, eum, at);
  return { euicc: certificate, eum, eid };
}
