// SPDX-License-Identifier: Apache-2.0
// What the simulators and their users need of the test PKI; checks of received certificates are in check.ts.
export { type CertificateRequest, issueCertificate, type KeyAndCertificate, keyIdentifier } from './issue.js';
export { certificatePem } from './pem.js';
export { loadSgp26 } from './sgp26.js';
export {
  createTestPki,
  DEFAULT_EID,
  DEFAULT_EIM_FQDN,
  DEFAULT_SMDP_ADDRESS,
  DEFAULT_SMDS_ADDRESS,
  issueServerCertificate,
  type TestPki,
  type TestPkiOptions,
} from './test-pki.js';
