// SPDX-License-Identifier: Apache-2.0
// What common mutual authentication needs of a server, be it an SM-DP+ or an SM-DS (SGP.22 v2.5 §3.0.1).
import { type KeyObject, randomBytes } from 'node:crypto';
import { type ParsedCertificate, parseCertificate } from '../pki/check.js';
import type { KeyAndCertificate, TestPki } from '../pki/index.js';
import { SessionTable } from './sessions.js';
import type { Refusal } from './status.js';

/** A private key and its certificate, parsed. */
export interface Identity {
  readonly privateKey: KeyObject;
  readonly certificate: ParsedCertificate;
}

/** Where a server departs from the specification on purpose, for tests of devices; each is what it sends instead. */
export interface AuthenticationDeviations {
  /** In serverSigned1. */
  readonly serverAddress?: string;
  /** In serverSigned1, 16 bytes. */
  readonly euiccChallenge?: Uint8Array;
  /** Beside serverSigned1, which keeps the right one. */
  readonly transactionId?: Uint8Array;
  /** Signs and is shown instead of CERT.DPauth or CERT.DSauth; whether the eUICC can verify it is not looked at. */
  readonly serverIdentity?: KeyAndCertificate;
  /** In euiccCiPKIdToBeUsed, 20 bytes. */
  readonly ciPkId?: Uint8Array;
  /** Of an SM-DP+: signs smdpSigned2 and is shown instead of CERT.DPpb. */
  readonly smdpIdentity?: KeyAndCertificate;
}

/** The codes for what only initiateAuthentication checks; SM-DP+ and SM-DS have their own. */
export interface InitiationRefusals {
  readonly addressInvalid: Refusal;
  readonly ciNotSupported: Refusal;
  readonly versionNotSupported: Refusal;
  readonly noAuthenticationCertificate: Refusal;
}

export interface AuthenticatingServer<Client> {
  /** Addresses this server answers for, lower case; the first is its own. */
  readonly addresses: string[];
  /** Of CERT.DPauth or CERT.DSauth. */
  readonly auth: Identity;
  readonly trustedCis: readonly ParsedCertificate[];
  /** Major numbers of specification versions it serves. */
  readonly supportedMajorVersions: readonly number[];
  readonly refusals: InitiationRefusals;
  readonly sessions: SessionTable<Client>;
  readonly now: () => Date;
  readonly random: (lengthBytes: number) => Uint8Array;
  deviations: AuthenticationDeviations;
}

export interface AuthenticatingServerOptions {
  /** Major numbers of eUICC specification versions that are served; default 2 and 3. */
  readonly supportedMajorVersions?: readonly number[];
  /** Default the system's clock. */
  readonly now?: () => Date;
  /** Source of transactionIds and challenges; default random. */
  readonly random?: (lengthBytes: number) => Uint8Array;
  /** Default none. */
  readonly deviations?: AuthenticationDeviations;
}

/** Throws CertificateError for certificates that cannot be read. */
export function authenticatingServer<Client>(
  address: string,
  auth: KeyAndCertificate,
  { ci }: Pick<TestPki, 'ci'>,
  refusals: InitiationRefusals,
  options: AuthenticatingServerOptions,
): AuthenticatingServer<Client> {
  return {
    addresses: [address.toLowerCase()],
    auth: identity(auth),
    trustedCis: [parseCertificate(ci.certificate)],
    supportedMajorVersions: options.supportedMajorVersions ?? [2, 3],
    refusals,
    sessions: new SessionTable(),
    now: options.now ?? (() => new Date()),
    random: options.random ?? ((lengthBytes) => new Uint8Array(randomBytes(lengthBytes))),
    deviations: options.deviations ?? {},
  };
}

/** Throws CertificateError. */
export function identity({ privateKey, certificate }: KeyAndCertificate): Identity {
  return { privateKey, certificate: parseCertificate(certificate) };
}
