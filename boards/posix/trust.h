/* SPDX-License-Identifier: Apache-2.0 */
/* Which server is the right one: by its key, by a certificate, or by the authorities of --ca (SGP.32 v1.2 §2.6.3; §2.11.1.1.1,
 * trustedPublicKeyDataTls). The same rules for TLS and DTLS. */
#ifndef IPA_POSIX_TRUST_H
#define IPA_POSIX_TRUST_H

#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>
#include <stdbool.h>
#include <stdint.h>

#include "peer.h"

/** The judgement about one server. */
struct trust {
  const struct peer *peer;
  /** The certificate of the eUICC; empty unless that is the anchor. */
  mbedtls_x509_crt anchor;
  /** What is wrong with the certificates above the server's own: MBEDTLS_X509_BADCERT_…. */
  uint32_t chain_flags;
  /** The server has shown a certificate, and it is the right one. */
  bool is_accepted;
  /** It was known by itself, so that neither its name nor its dates nor who signed it count. */
  bool is_pinned;
  /** Why it was refused, in words. */
  char problem[160];
};

/** Reads the authorities of --ca, PEM with one certificate or more. Returns NULL, or what is wrong, in words. */
const char *trust_read_authorities(const char *file);

/**
 * Prepares the judgement for a handshake with `peer`, which stays as it is until trust_end. Returns false when nobody can be trusted,
 * because the anchor cannot be read or there is none: `problem` tells.
 */
bool trust_begin(struct trust *trust, const struct peer *peer, mbedtls_ssl_config *config);

/** Whether the handshake that is over was with the right server. `was_resumed`: a session was offered that had been judged before. */
bool trust_accepts(const struct trust *trust, const mbedtls_ssl_context *ssl, bool was_resumed);

void trust_end(struct trust *trust);

#endif
