// SPDX-License-Identifier: Apache-2.0
// What each end proves itself with, in native memory, and the cipher suites that go with it.

import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { DtlsServerOptions, PreSharedKey } from './dtls-options.js';
import type { DtlsTrust } from './dtls-trust.js';
import { gnutlsCallbacks } from './gnutls-callbacks.js';
import { CredentialsKind, Format, KEY_DIGITAL_SIGNATURE } from './gnutls-constants.js';
import type { Datum, Out, Pointer } from './gnutls-functions.js';
import { check, type Gnutls } from './gnutls-library.js';

/** Ready to be used by sessions, until freed after them. */
export interface DtlsCredentials {
  /** In GnuTLS's words: versions, ciphers, key exchanges. */
  readonly priorities: string;
  use(session: Pointer): void;
  free(): void;
}

/** Tags of 8 bytes come first: every datagram carries one. */
const CIPHERS = 'NONE:+VERS-DTLS1.2:+COMP-NULL:+AEAD:+AES-128-CCM-8:+AES-128-GCM:+AES-256-GCM:+SIGN-ECDSA-SHA256';
const PSK = '+PSK';
const CERTIFICATES =
  '+ECDHE-ECDSA:+ECDHE-RSA:+GROUP-SECP256R1:+GROUP-X25519:+GROUP-SECP384R1:' +
  '+SIGN-ECDSA-SHA384:+SIGN-RSA-PSS-RSAE-SHA256:+SIGN-RSA-SHA256:+SIGN-RSA-SHA384';
const X509 = '+CTYPE-SRV-X509:+CTYPE-CLI-X509';
const RAW_PUBLIC_KEY = '+CTYPE-SRV-RAWPK';
/** None of the ciphers has what encrypt-then-MAC is about. */
const NO_EXTRAS = '%NO_ETM';

/** Makes credentials and fills them; what cannot be filled is freed. */
function make(
  gnutls: Gnutls,
  allocate: (handle: Out<Pointer>) => number,
  free: (credentials: Pointer) => void,
  fill: (credentials: Pointer) => void,
): Pointer {
  const handle: Out<Pointer> = [null];
  check(gnutls, allocate(handle), 'make credentials');
  try {
    fill(handle[0]);
  } catch (error) {
    free(handle[0]);
    throw error;
  }
  return handle[0];
}

function makeCertificates(gnutls: Gnutls, fill: (credentials: Pointer) => void): Pointer {
  return make(gnutls, gnutls.certificate_allocate_credentials, gnutls.certificate_free_credentials, fill);
}

const datumOf = (bytes: Uint8Array | string): Datum => {
  const data = Buffer.from(bytes);
  return { data, size: data.length };
};

const pemOfKey = (key: KeyObject) => String(key.export({ type: 'pkcs8', format: 'pem' }));

/** @throws Error when GnuTLS does not take the key. */
export function pskClientCredentials(gnutls: Gnutls, { identity, key }: PreSharedKey): DtlsCredentials {
  const { psk_allocate_client_credentials: allocate, psk_free_client_credentials: free } = gnutls;
  const credentials = make(gnutls, allocate, free, (made) => {
    check(gnutls, gnutls.psk_set_client_credentials(made, identity, datumOf(key), 0), `take the pre-shared key of "${identity}"`);
  });
  return {
    priorities: [CIPHERS, PSK, X509, NO_EXTRAS].join(':'),
    use: (session) => {
      check(gnutls, gnutls.credentials_set(session, CredentialsKind.PSK, credentials), 'use a pre-shared key');
    },
    free: () => free(credentials),
  };
}

/** For a client that knows its server by `trust`. @throws Error when the authorities cannot be read. */
export function trustCredentials(gnutls: Gnutls, trust: DtlsTrust): DtlsCredentials {
  const { authorities } = trust;
  const credentials = makeCertificates(gnutls, (made) => {
    if (authorities === 'system')
      check(gnutls, gnutls.certificate_set_x509_system_trust(made), "read the platform's certificate authorities");
    else if (authorities !== undefined)
      check(gnutls, gnutls.certificate_set_x509_trust_mem(made, datumOf(authorities), Format.PEM), 'read the trusted certificates');
  });
  const types = trust.takesRawPublicKey ? [RAW_PUBLIC_KEY, X509] : [X509];
  return {
    priorities: [CIPHERS, CERTIFICATES, ...types, NO_EXTRAS].join(':'),
    use: (session) => useCertificates(gnutls, session, credentials),
    free: () => gnutls.certificate_free_credentials(credentials),
  };
}

/** @throws Error when there is nothing to prove oneself with, or GnuTLS does not take it. */
export function serverCredentials(gnutls: Gnutls, options: DtlsServerOptions): DtlsCredentials {
  const { certificate, rawPublicKey, psk } = options;
  const showsKey = certificate !== undefined || rawPublicKey !== undefined;
  if (!showsKey && psk === undefined) throw new Error('a DTLS server needs a certificate, a raw public key or pre-shared keys');
  const keys = showsKey ? serverKeys(gnutls, options) : null;
  const { psk_allocate_server_credentials: allocate, psk_free_server_credentials: free } = gnutls;
  const fill = (made: Pointer) => gnutls.psk_set_server_credentials_function(made, gnutlsCallbacks(gnutls).psk);
  const pskCredentials = psk === undefined ? null : make(gnutls, allocate, free, fill);
  const parts = [
    CIPHERS,
    ...(psk === undefined ? [] : [PSK]),
    ...(showsKey ? [CERTIFICATES] : []),
    X509,
    ...(rawPublicKey === undefined ? [] : [RAW_PUBLIC_KEY]),
    NO_EXTRAS,
  ];
  return {
    priorities: parts.join(':'),
    use: (session) => {
      if (keys !== null) useCertificates(gnutls, session, keys);
      if (pskCredentials !== null)
        check(gnutls, gnutls.credentials_set(session, CredentialsKind.PSK, pskCredentials), 'use pre-shared keys');
    },
    free: () => {
      if (keys !== null) gnutls.certificate_free_credentials(keys);
      if (pskCredentials !== null) free(pskCredentials);
    },
  };
}

function serverKeys(gnutls: Gnutls, { certificate, rawPublicKey }: DtlsServerOptions): Pointer {
  return makeCertificates(gnutls, (made) => {
    if (certificate !== undefined) {
      const chain = [certificate.certificate, ...(certificate.chain ?? [])].map((der) => new X509Certificate(der).toString()).join('');
      const key = datumOf(pemOfKey(certificate.privateKey));
      check(
        gnutls,
        gnutls.certificate_set_x509_key_mem(made, datumOf(chain), key, Format.PEM),
        'take the certificate and key of the server',
      );
    }
    if (rawPublicKey !== undefined) {
      const spki = datumOf(createPublicKey(rawPublicKey).export({ type: 'spki', format: 'pem' }));
      const key = datumOf(pemOfKey(rawPublicKey));
      const result = gnutls.certificate_set_rawpk_key_mem(made, spki, key, Format.PEM, null, KEY_DIGITAL_SIGNATURE, null, 0, 0);
      check(gnutls, result, 'take the raw public key of the server');
    }
  });
}

function useCertificates(gnutls: Gnutls, session: Pointer, credentials: Pointer): void {
  check(gnutls, gnutls.credentials_set(session, CredentialsKind.CERTIFICATE, credentials), 'use certificates');
}
