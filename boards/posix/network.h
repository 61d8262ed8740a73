/* SPDX-License-Identifier: Apache-2.0 */
/* What ipa_port_wait needs to know of the network. */
#ifndef IPA_POSIX_NETWORK_H
#define IPA_POSIX_NETWORK_H

#include "posix.h"

/** Adds what the network waits for. */
void network_wait(struct wait_set *set);

#endif
