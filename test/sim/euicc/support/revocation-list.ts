// SPDX-License-Identifier: Apache-2.0
// Certificate revocation lists for the tests, made by an X.509 library rather than by the simulator's own codec.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { integerContent, readTlv, tlv } from '../../../../host/sim/codec/ber.js';
import type { KeyAndCertificate } from '../../../../host/sim/pki/index.js';
import { pki } from './card.js';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const TOTAL_PARTIAL_CRL_NUMBER = '2.23.146.1.2.0.2';
const PARTIAL_CRL_NUMBER = '2.23.146.1.2.0.3';

export interface ListOptions {
  /** Serial numbers in hexadecimal. */
  readonly revoked?: readonly string[];
  /** Those that a delta list makes good again. */
  readonly removed?: readonly string[];
  readonly crlNumber?: number | undefined;
  readonly baseCrlNumber?: number;
  readonly part?: readonly [number: number, of: number];
  readonly issuer?: KeyAndCertificate;
  /** Whose key identifier the list names; default the issuer's. */
  readonly named?: KeyAndCertificate;
  readonly hash?: 'SHA-256' | 'SHA-384';
}

/** A list signed by the CI, in DER: `30…`. */
export async function revocationList(options: ListOptions = {}): Promise<Uint8Array> {
  const issuer = options.issuer ?? pki.ci;
  const pkcs8 = issuer.privateKey.export({ type: 'pkcs8', format: 'der' });
  const signingKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']);
  const list = await x509.X509CrlGenerator.create({
    issuer: new x509.X509Certificate(issuer.certificate).subjectName,
    thisUpdate: new Date('2025-01-01T00:00:00Z'),
    nextUpdate: new Date('2051-01-01T00:00:00Z'),
    entries: [
      ...(options.revoked ?? []).map((serialNumber) => ({ serialNumber, revocationDate: new Date('2024-06-01T00:00:00Z') })),
      ...(options.removed ?? []).map((serialNumber) => ({
        serialNumber,
        revocationDate: new Date('2024-06-01T00:00:00Z'),
        reason: x509.X509CrlReason.removeFromCRL,
      })),
    ],
    extensions: extensions(options, new x509.X509Certificate((options.named ?? issuer).certificate)),
    signingAlgorithm: { name: 'ECDSA', hash: options.hash ?? 'SHA-256' },
    signingKey,
  });
  return new Uint8Array(list.rawData);
}

function extensions(options: ListOptions, ci: x509.X509Certificate): x509.Extension[] {
  const keyId = ci.getExtension(x509.SubjectKeyIdentifierExtension)!.keyId;
  const number = 'crlNumber' in options ? options.crlNumber : 1;
  const integer = (oid: string, value: number | undefined): x509.Extension[] =>
    value === undefined ? [] : [new x509.Extension(oid, false, Buffer.from(tlv(0x02, integerContent(value))))];
  return [
    new x509.AuthorityKeyIdentifierExtension(keyId),
    ...integer('2.5.29.20', number),
    ...integer('2.5.29.27', options.baseCrlNumber),
    ...integer(PARTIAL_CRL_NUMBER, options.part?.[0]),
    ...integer(TOTAL_PARTIAL_CRL_NUMBER, options.part?.[1]),
  ];
}

/** LoadCRLRequest: A0 takes the place of the tag 30. */
export function loadCrlRequest(list: Uint8Array): Uint8Array {
  return tlv(0xbf35, tlv(0xa0, readTlv(list).value));
}
