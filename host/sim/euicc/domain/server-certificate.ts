// SPDX-License-Identifier: Apache-2.0
// The eUICC's checks of server certificates, with the failures told apart as AuthenticateServer and PrepareDownload report them
// (SGP.22 v2.5 §5.7.13 and §5.7.5). Validity periods are left to the IPA: an eUICC has no clock.
import { equal } from '../../codec/bytes.js';
import { CertificateError, checkServerCertificate, type ParsedCertificate } from '../../pki/check.js';
import type { CertificateRole } from '../../pki/oids.js';
import type { Euicc } from '../state/euicc.js';
import { isRevoked } from './revocation.js';

/** How a server certificate failed. */
type ServerCertificateFailure = 'invalidCertificate' | 'unsupportedCurve' | 'invalidOid';

export class ServerCertificateError extends Error {
  override readonly name = 'ServerCertificateError';
  constructor(
    readonly failure: ServerCertificateFailure,
    options?: ErrorOptions,
  ) {
    super(failure, options);
  }
}

export interface ServerCertificate {
  readonly certificate: ParsedCertificate;
  readonly role: CertificateRole;
  /** Dotted; the server's registered identifier. */
  readonly oid: string;
}

/**
 * The certificate if one of the roles fits, the CI is the one named by `ciPkId`, a registered identifier is there, and no loaded revocation list
 * has it. Throws ServerCertificateError.
 */
export function readServerCertificate(
  { identity, memory }: Euicc,
  der: Uint8Array,
  ciPkId: Uint8Array,
  roles: readonly CertificateRole[],
): ServerCertificate {
  const cis = identity.trustedCis.filter((ci) => equal(ci.subjectKeyId, ciPkId));
  const { certificate, role } = firstFitting(der, cis, roles);
  if (certificate.registeredId === undefined || isRevoked(memory, certificate)) throw new ServerCertificateError('invalidCertificate');
  return { certificate, role, oid: certificate.registeredId };
}

function firstFitting(der: Uint8Array, cis: readonly ParsedCertificate[], roles: readonly CertificateRole[]) {
  let failure = new ServerCertificateError('invalidOid');
  for (const role of roles) {
    try {
      return { certificate: checkServerCertificate(der, cis, role), role };
    } catch (cause) {
      failure = new ServerCertificateError(failureOf(cause), { cause });
      if (failure.failure !== 'invalidOid') break;
    }
  }
  throw failure;
}

function failureOf(cause: unknown): ServerCertificateFailure {
  const failure = cause instanceof CertificateError ? cause.failure : 'malformed';
  if (failure === 'policy') return 'invalidOid';
  return failure === 'curve' ? 'unsupportedCurve' : 'invalidCertificate';
}
