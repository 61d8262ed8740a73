/* SPDX-License-Identifier: Apache-2.0 */
/* The one connection of the port: TLS over TCP. Nothing here blocks. */
#ifndef IPA_POSIX_TLS_H
#define IPA_POSIX_TLS_H

#include <stdbool.h>
#include <stdint.h>

#include "peer.h"
#include "posix.h"

/** The carrier cannot go on now. */
#define TLS_AGAIN (-1)
/** The connection is over; tls_failure tells why. */
#define TLS_BROKEN (-2)

/** Begins to connect to `peer`, which stays as it is until tls_close. */
void tls_connect(const struct peer *peer);

/** Goes on connecting. Returns 0 when the connection stands and the server is the right one, TLS_AGAIN, or an ipa_network_failure. */
int32_t tls_run(void);

/** Whether a connection stands, as far as is known. */
bool tls_is_open(void);

/** Whether a connection that stands and has nothing to say would take a request: false when the server has closed it, or talks unasked. */
bool tls_is_quiet(void);

/** Writes. Returns bytes taken, TLS_AGAIN (call again with the same bytes), or TLS_BROKEN. */
int32_t tls_write(const uint8_t *bytes, uint32_t length);

/** Reads. Returns bytes, 0 when the server has properly ended the connection, TLS_AGAIN, or TLS_BROKEN. */
int32_t tls_read(uint8_t *bytes, uint32_t capacity);

/** Why the connection is over: an ipa_network_failure that was told to fail(). */
int32_t tls_failure(const char *doing);

void tls_close(void);

/** Adds what is waited for: while connecting that, else that the server sends or takes bytes (POLLIN, POLLOUT). */
void tls_wait(struct wait_set *set, short events);

#endif
