// SPDX-License-Identifier: Apache-2.0
// Who the eUICC is: EID, key, certificates, and the CIs it trusts (its ECASD; SGP.22 v2.5 §2.4.2).
import type { KeyObject } from 'node:crypto';
import { signRs } from '../../crypto/ecdsa.js';
import { checkEuiccChain, eidOf, type ParsedCertificate, parseCertificate } from '../../pki/check.js';
import type { KeyAndCertificate } from '../../pki/index.js';
import { signatureElement } from './elements.js';
import { eidBytes } from './identifiers.js';

export interface EuiccIdentity {
  /** 32 digits. */
  readonly eid: string;
  readonly eidBytes: Uint8Array;
  readonly privateKey: KeyObject;
  readonly certificate: Uint8Array;
  readonly eumCertificate: Uint8Array;
  /** CIs whose certificates are accepted, in order of preference. */
  readonly trustedCis: readonly ParsedCertificate[];
  /** Key identifiers (20 bytes) of the CIs under which the eUICC can sign. */
  readonly signingCiPkIds: readonly Uint8Array[];
}

/** The parts of a PKI an eUICC needs; a TestPki has them. */
export interface EuiccCredentials {
  readonly euicc: KeyAndCertificate;
  readonly eum: { readonly certificate: Uint8Array };
  readonly ci: { readonly certificate: Uint8Array };
}

/**
 * The identity from key and certificates. The chain is checked (without validity periods: an eUICC has no clock), so that a wrong set is found here
 * rather than by a peer; throws CertificateError. `trustedCiCertificates` are accepted besides the one of the chain. Throws RangeError when `eid`
 * is given and is not that of the certificate.
 */
export function createIdentity(
  credentials: EuiccCredentials,
  eid: string | undefined,
  trustedCiCertificates: readonly Uint8Array[],
): EuiccIdentity {
  const { euicc, eum, ci } = credentials;
  const trustedCis = [ci.certificate, ...trustedCiCertificates].map(parseCertificate);
  const chain = checkEuiccChain(euicc.certificate, eum.certificate, trustedCis);
  const certified = eidOf(chain.euicc);
  if (eid !== undefined && eid !== certified) throw new RangeError(`the certificate is for EID ${certified}, not ${eid}`);
  return {
    eid: certified,
    eidBytes: eidBytes(certified),
    privateKey: euicc.privateKey,
    certificate: euicc.certificate,
    eumCertificate: eum.certificate,
    trustedCis,
    signingCiPkIds: [chain.eum.authorityKeyId],
  };
}

/** Signs the concatenation of `parts` with SK.EUICC.ECDSA; returns the element `5F37 40 …`. */
export function euiccSignature(identity: EuiccIdentity, ...parts: readonly Uint8Array[]): Uint8Array {
  return signatureElement(signRs(identity.privateKey, ...parts));
}
