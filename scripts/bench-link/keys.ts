// SPDX-License-Identifier: Apache-2.0
// Keys and certificates whose lengths are the same in each run. An ECDSA signature in DER has 70, 71 or 72 bytes, by chance; half of all
// have 71, so that is what every certificate has that is sent or read here. Numbers in docs/performance.md could not be checked otherwise.

import { readTlv } from '../../host/sim/codec/ber.js';
import { createTestPki, issueServerCertificate, type KeyAndCertificate, type TestPki } from '../../host/sim/pki/index.js';
import { DEFAULT_EIM_FQDN, issueEimTls } from '../../host/sim/pki/test-pki.js';

/** What an ECDSA signature on P-256 has in DER when both of its numbers are positive and one needs a byte of zero in front. */
export const SIGNATURE_BYTES = 71;
/** One in two is right, so nobody ever sees the end of this. */
const MOST_TRIES = 1_000;

/** Repeats `make` until its outcome is right. Rejects with Error when it never is. */
export async function retry<T>(make: () => Promise<T>, isRight: (made: T) => boolean, what: string): Promise<T> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const made = await make();
    if (isRight(made)) return made;
  }
  throw new Error(`${what}: not in ${MOST_TRIES} tries`);
}

/** A test PKI with signatures of SIGNATURE_BYTES in the certificates that are sent over ESipa, DTLS and TLS, or lie in the eUICC. */
export async function createEvenPki(): Promise<TestPki> {
  const pki = await retry(createTestPki, ({ ci, eum, euicc }) => [ci, eum, euicc].every(isEven), 'even certificates of CI, EUM and eUICC');
  const again = (make: () => Promise<KeyAndCertificate>) => retry(make, isEven, 'an even certificate of a server');
  return {
    ...pki,
    dpAuth: await again(() => issueServerCertificate(pki.ci, 'dpAuth')),
    dpPb: await again(() => issueServerCertificate(pki.ci, 'dpPb')),
    eimTls: await again(() => issueEimTls(pki.ci, DEFAULT_EIM_FQDN)),
  };
}

function isEven({ certificate }: KeyAndCertificate): boolean {
  // behind the content and the algorithm; a BIT STRING begins with the number of its unused bits
  const signature = readTlv(certificate).children[2];
  return signature?.value.length === 1 + SIGNATURE_BYTES;
}
