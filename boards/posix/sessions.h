/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions of TLS and DTLS, as long as the process runs: the next handshake with the same peer costs a round trip less. */
#ifndef IPA_POSIX_SESSIONS_H
#define IPA_POSIX_SESSIONS_H

#include <mbedtls/ssl.h>
#include <stdbool.h>
#include <stdint.h>

#include "peer.h"

/**
 * By what a session is found. Address, trust and pre-shared key are in it: a session that is resumed shows no certificate to judge again,
 * so it must not serve under another judgement.
 */
void sessions_key(uint8_t key[32], const struct peer *peer, bool has_psk);

/** Gives the session of the last time to a handshake that is to begin. Returns whether there is one. */
bool sessions_offer(const uint8_t key[32], mbedtls_ssl_context *ssl);

/** Keeps the session of a handshake that is over, in place of the last one, or of the oldest. */
void sessions_keep(const uint8_t key[32], const mbedtls_ssl_context *ssl);

void sessions_forget(const uint8_t key[32]);

#endif
