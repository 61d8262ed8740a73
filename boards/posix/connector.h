/* SPDX-License-Identifier: Apache-2.0 */
/* From a host name to a connected socket, without blocking: one at a time, for TCP and UDP. */
#ifndef IPA_POSIX_CONNECTOR_H
#define IPA_POSIX_CONNECTOR_H

#include <stdint.h>

#include "address.h"
#include "posix.h"

/** What connector_run says while it goes on. */
#define CONNECTOR_AGAIN (-1)

/**
 * Begins to find `place` and to connect to it: each of its addresses, until one takes the connection. `socket_type`: SOCK_STREAM,
 * SOCK_DGRAM. What has begun before is given up.
 */
void connector_begin(const struct address *place, int socket_type);

/** Goes on. Returns 0 with the connected socket, which does not block, CONNECTOR_AGAIN, or an ipa_network_failure told to fail(). */
int32_t connector_run(int *connected);

/** Gives it up. */
void connector_cancel(void);

/** Adds what it waits for. */
void connector_wait(struct wait_set *set);

#endif
