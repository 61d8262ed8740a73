// SPDX-License-Identifier: Apache-2.0
// Object identifiers of RSP certificates (SGP.22 v2.5 §4.5.2) and the test registered identifiers that SGP.26 uses below 2.999.

/** The role a certificate has in RSP, told by its certificate policy. */
export type CertificateRole = 'ci' | 'euicc' | 'eum' | 'dpTls' | 'dpAuth' | 'dpPb' | 'dsTls' | 'dsAuth';

/** Certificate policy of each role: id-rspRole-* under 2.23.146.1.2.1. */
export const POLICY_OIDS: Readonly<Record<CertificateRole, string>> = {
  ci: '2.23.146.1.2.1.0',
  euicc: '2.23.146.1.2.1.1',
  eum: '2.23.146.1.2.1.2',
  dpTls: '2.23.146.1.2.1.3',
  dpAuth: '2.23.146.1.2.1.4',
  dpPb: '2.23.146.1.2.1.5',
  dsTls: '2.23.146.1.2.1.6',
  dsAuth: '2.23.146.1.2.1.7',
};

/** Registered identifiers (subjectAltName registeredID) of the test actors. */
export const REGISTERED_IDS = { ci: '2.999.1', eum: '2.999.5', smdp: '2.999.10', smds: '2.999.15' } as const;

/** The two curves of SGP.22 v2.5 §2.6 by the names that node:crypto gives them. */
export const RSP_CURVES: readonly string[] = ['prime256v1', 'brainpoolP256r1'];

/** Attribute types and extensions named by number where the X.509 library has no name for them. */
export const SERIAL_NUMBER_ATTRIBUTE = '2.5.4.5';
export const ORGANIZATION_ATTRIBUTE = '2.5.4.10';
export const NAME_CONSTRAINTS_EXTENSION = '2.5.29.30';
