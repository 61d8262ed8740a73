/* SPDX-License-Identifier: Apache-2.0 */
/* TLS 1.2 and DTLS 1.2 by mbedTLS, as far as they are the same: cipher suites, trust, sessions that are resumed, errors in words. */
#ifndef IPA_POSIX_SECURE_H
#define IPA_POSIX_SECURE_H

#include <mbedtls/ssl.h>
#include <stdbool.h>
#include <stdint.h>

#include "peer.h"
#include "trust.h"

/** One connection or association. Zero before secure_begin and after secure_end. */
struct secure {
  mbedtls_ssl_context ssl;
  mbedtls_ssl_config config;
  struct trust trust;
  bool has_begun;
  /** The server is proved by a key that both know, so that there is nothing to trust. */
  bool has_psk;
  bool offers_session;
  uint8_t session_key[32];
  /** "host:port", for people. */
  const char *name;
};

/** How bytes get to the peer and back: the functions of mbedtls_ssl_set_bio. */
struct secure_carrier {
  bool is_datagram;
  void *context;
  mbedtls_ssl_send_t *send;
  mbedtls_ssl_recv_t *receive;
};

/** Prepares a handshake; `peer` and `name` stay as they are until secure_end. Returns 0, or an ipa_network_failure told to fail(). */
int32_t secure_begin(struct secure *secure, const struct peer *peer, const char *name, const struct secure_carrier *carrier);

/** Not over yet: call again when the carrier can go on. */
#define SECURE_AGAIN (-1)

/** Goes on with the handshake. Returns 0 when it is done and with the right server, SECURE_AGAIN, or an ipa_network_failure. */
int32_t secure_handshake(struct secure *secure);

/** What an error of mbedTLS is, once there is a session: an ipa_network_failure that was told to fail(). */
int32_t secure_failure(const struct secure *secure, int error, const char *doing);

/** Whether mbedTLS only wants to be called again. */
bool secure_must_wait(int result);

/** Says good-bye where there is a session, and frees all of it. Does nothing when nothing has begun. */
void secure_end(struct secure *secure);

#endif
