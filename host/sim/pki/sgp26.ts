// SPDX-License-Identifier: Apache-2.0
// Builds a TestPki from a folder with the published SGP.26 test keys and certificates, which are no part of this project:
// the user points at them.
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KeyAndCertificate, keyIdentifier } from './issue.js';
import {
  DEFAULT_EIM_FQDN,
  DEFAULT_SMDP_ADDRESS,
  DEFAULT_SMDS_ADDRESS,
  issueDpTls,
  issueDsTls,
  issueEimTls,
  issueServerCertificate,
  type TestPki,
  type TestPkiOptions,
} from './test-pki.js';

const V1 = 'sgp26_v1';
const V3 = 'sgp26_v3o';

/**
 * Reads the P-256 set from `folder`, which holds sgp26_v1/ and sgp26_v3o/ (PEM keys, DER certificates). The eUICC is the one with
 * EID 89049032123451234512345678901235. TLS certificates are issued under the CI here: the published ones last only months and
 * name other hosts. So is that of the SM-DS.
 * Rejects with the file system's error when a file is missing.
 */
export async function loadSgp26(folder: string, options: Omit<TestPkiOptions, 'eid'> = {}): Promise<TestPki> {
  const read = (set: string, key: string, certificate: string) => readPair(join(folder, set), key, certificate);
  const ci = await read(V1, 'SK_CI_ECDSA_NIST.pem', 'CERT_CI_ECDSA_NIST.der');
  const dpTlsKey = await readKey(join(folder, V1, 'SK_S_SM_DP_TLS_NIST.pem'));
  return {
    ci,
    eum: await read(V1, 'SK_EUM_ECDSA_NIST.pem', 'CERT_EUM_ECDSA_NIST.der'),
    euicc: await read(V1, 'SK_EUICC_ECDSA_NIST.pem', 'CERT_EUICC_ECDSA_NIST.der'),
    dpAuth: await read(V1, 'SK_S_SM_DPauth_ECDSA_NIST.pem', 'CERT_S_SM_DPauth_ECDSA_NIST.der'),
    dpPb: await read(V1, 'SK_S_SM_DPpb_ECDSA_NIST.pem', 'CERT_S_SM_DPpb_ECDSA_NIST.der'),
    dpTls: await issueDpTls(ci, options.smdpAddress ?? DEFAULT_SMDP_ADDRESS, dpTlsKey),
    dsAuth: await issueServerCertificate(ci, 'dsAuth'),
    dsTls: await issueDsTls(ci, options.smdsAddress ?? DEFAULT_SMDS_ADDRESS),
    eimSign: await read(V3, 'SK_S_EIMsign_ECDSA_NIST.pem', 'CERT_S_EIMsign_ECDSA_NIST.der'),
    eimTls: await issueEimTls(ci, options.eimFqdn ?? DEFAULT_EIM_FQDN),
    ciPkId: keyIdentifier(createPublicKey(ci.privateKey).export({ type: 'spki', format: 'der' })),
  };
}

async function readPair(folder: string, key: string, certificate: string): Promise<KeyAndCertificate> {
  return { privateKey: await readKey(join(folder, key)), certificate: Uint8Array.from(await readFile(join(folder, certificate))) };
}

async function readKey(path: string): Promise<KeyObject> {
  return createPrivateKey(await readFile(path));
}
