// SPDX-License-Identifier: Apache-2.0
// Numbers of the C interface of GnuTLS, by the names its headers give them.

/** Flags of gnutls_init. */
export const InitFlag = {
  SERVER: 1,
  CLIENT: 1 << 1,
  DATAGRAM: 1 << 2,
  NONBLOCK: 1 << 3,
  NO_TICKETS: 1 << 10,
  ENABLE_RAWPK: 1 << 18,
} as const;

/** Kinds of credentials. */
export const CredentialsKind = { CERTIFICATE: 1, PSK: 4 } as const;

/** How bytes of a key or certificate are written. */
export const Format = { PEM: 1 } as const;

/** Kinds of certificate. */
export const CertificateType = { X509: 1, RAW_PUBLIC_KEY: 3 } as const;

/** Results of functions. */
export const Result = {
  FATAL_ALERT_RECEIVED: -12,
  AGAIN: -28,
  REHANDSHAKE: -37,
  INTERRUPTED: -52,
} as const;

export const Alert = { WARNING: 1, NO_RENEGOTIATION: 100 } as const;

/** Of gnutls_bye: say that nothing more comes, and do not wait for the peer to say so. */
export const SHUT_WR = 1;
/** Of gnutls_certificate_type_get2: the other end's. */
export const CTYPE_PEERS = 3;
/** Of gnutls_server_name_set. */
export const NAME_DNS = 1;
/** Of gnutls_certificate_set_rawpk_key_mem. */
export const KEY_DIGITAL_SIGNATURE = 128;
/** The bytes of a key for cookies. */
export const COOKIE_KEY_BYTES = 16;
/** The bytes of a key for session tickets. */
export const TICKET_KEY_BYTES = 64;
