// SPDX-License-Identifier: Apache-2.0
// Issues certificates with the profile of SGP.22 v2.5 §4.5.2. Tests use it to make certificates that are wrong in one thing.
import 'reflect-metadata';
import { createHash, KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { tlv } from '../codec/ber.js';
import { NAME_CONSTRAINTS_EXTENSION, ORGANIZATION_ATTRIBUTE, SERIAL_NUMBER_ATTRIBUTE } from './oids.js';

/** A private key and the DER certificate of its public key. */
export interface KeyAndCertificate {
  readonly privateKey: KeyObject;
  readonly certificate: Uint8Array;
}

/** Whom an EUM may certify: the organisation it must name, and how the EID must begin (SGP.22 v2.5 §4.5.2). */
interface EumConstraint {
  readonly organization: string;
  readonly eidPrefix: string;
}

export interface CertificateRequest {
  /** Relative distinguished names in order, as the X.509 library takes them: [{ C: ['DE'] }, { O: ['…'] }]. */
  readonly subject: x509.JsonNameParams;
  /** Absent: self-signed. */
  readonly issuer?: KeyAndCertificate;
  /** Absent: a new P-256 key. */
  readonly privateKey?: KeyObject;
  /** Hexadecimal, positive. */
  readonly serialNumber: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly keyUsage: x509.KeyUsageFlags;
  /** Present: a certification authority. */
  readonly authority?: { readonly pathLength?: number };
  /** Certificate policy OIDs, put in a critical extension. */
  readonly policies?: readonly string[];
  readonly registeredId?: string;
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  /** True: extended key usage server and client authentication. */
  readonly tls?: boolean;
  readonly eumConstraint?: EumConstraint;
  readonly crlUrls?: readonly string[];
}

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
/** An uncompressed point, 04 || X || Y, ends the SubjectPublicKeyInfo. */
const POINT_BYTES = 65;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** Makes a certificate (and a key unless given). Rejects only for impossible requests. */
export async function issueCertificate(request: CertificateRequest): Promise<KeyAndCertificate> {
  const keys = request.privateKey
    ? await importKeys(request.privateKey)
    : await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const issuerKeys = request.issuer ? await importKeys(request.issuer.privateKey) : keys;
  const subject = new x509.Name(request.subject);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: request.serialNumber,
    subject,
    issuer: request.issuer ? new x509.X509Certificate(request.issuer.certificate).subjectName : subject,
    notBefore: request.notBefore ?? new Date('2020-01-01T00:00:00Z'),
    notAfter: request.notAfter ?? new Date('2049-12-31T23:59:59Z'),
    publicKey: keys.publicKey,
    signingKey: issuerKeys.privateKey,
    signingAlgorithm: SIGNING,
    extensions: await extensions(request, keys.publicKey, issuerKeys.publicKey),
  });
  return { privateKey: KeyObject.from(keys.privateKey), certificate: new Uint8Array(certificate.rawData) };
}

/**
 * The key identifier of RFC 5280 §4.2.1.2 method 1 (SHA-1 of the public point), 20 bytes, from a DER SubjectPublicKeyInfo of a
 * 256-bit curve. For a CI it is the "CI PKID".
 */
export function keyIdentifier(spki: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha1').update(spki.subarray(-POINT_BYTES)).digest());
}

async function importKeys(privateKey: KeyObject): Promise<webcrypto.CryptoKeyPair> {
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  const imported = await webcrypto.subtle.importKey('pkcs8', pkcs8, CURVE, true, ['sign']);
  const { d: _secret, key_ops: _use, ...jwk } = await webcrypto.subtle.exportKey('jwk', imported);
  return { privateKey: imported, publicKey: await webcrypto.subtle.importKey('jwk', jwk, CURVE, true, ['verify']) };
}

async function extensions(request: CertificateRequest, own: webcrypto.CryptoKey, issuer: webcrypto.CryptoKey): Promise<x509.Extension[]> {
  const list: x509.Extension[] = [];
  if (request.issuer) list.push(await x509.AuthorityKeyIdentifierExtension.create(issuer));
  list.push(await x509.SubjectKeyIdentifierExtension.create(own));
  list.push(new x509.KeyUsagesExtension(request.keyUsage, true));
  if (request.policies) list.push(new x509.CertificatePolicyExtension([...request.policies], true));
  if (request.authority) list.push(new x509.BasicConstraintsExtension(true, request.authority.pathLength, true));
  list.push(...alternativeNames(request));
  if (request.tls)
    list.push(new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth], true));
  if (request.eumConstraint) list.push(nameConstraints(request.eumConstraint));
  if (request.crlUrls) list.push(new x509.CRLDistributionPointsExtension([...request.crlUrls]));
  return list;
}

function alternativeNames(request: CertificateRequest): x509.Extension[] {
  const names: x509.JsonGeneralName[] = [
    ...(request.dnsNames ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(request.ipAddresses ?? []).map((value) => ({ type: 'ip' as const, value })),
    ...(request.registeredId ? [{ type: 'id' as const, value: request.registeredId }] : []),
  ];
  return names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : [];
}

/** permittedSubtrees with one directoryName of organisation and EID prefix, as SGP.22 has it; RFC 5280 §4.2.1.10 gives the structure. */
function nameConstraints(constraint: EumConstraint): x509.Extension {
  const name = new x509.Name([
    { [ORGANIZATION_ATTRIBUTE]: [{ utf8String: constraint.organization }] },
    { [SERIAL_NUMBER_ATTRIBUTE]: [{ printableString: constraint.eidPrefix }] },
  ]);
  const subtree = tlv(0x30, tlv(0xa4, new Uint8Array(name.toArrayBuffer())));
  return new x509.Extension(NAME_CONSTRAINTS_EXTENSION, true, tlv(0x30, tlv(0xa0, subtree)));
}
