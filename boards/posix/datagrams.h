/* SPDX-License-Identifier: Apache-2.0 */
/* One channel at a time for datagrams: what ipa_port_network_… and ipa_port_datagram_send say, for schemes Coap (UDP) and Coaps (DTLS). */
#ifndef IPA_POSIX_DATAGRAMS_H
#define IPA_POSIX_DATAGRAMS_H

#include "ipa_port.h"
#include "peer.h"
#include "posix.h"

/** Opens a channel to `peer`, which stays as it is until datagrams_close. Always anew: after a profile change the old one leads nowhere. */
void datagrams_open(const struct peer *peer);

void datagrams_send(const uint8_t *bytes, uint32_t length);
void datagrams_close(void);
int datagrams_event(struct ipa_port_event *event);

/** Adds what is waited for. */
void datagrams_wait(struct wait_set *set);

#endif
