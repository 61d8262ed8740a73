/* SPDX-License-Identifier: Apache-2.0 */
/* One exchange at a time over HTTPS: what ipa_port_network_… says, for scheme Https. */
#ifndef IPA_POSIX_HTTPS_H
#define IPA_POSIX_HTTPS_H

#include "ipa_port.h"
#include "peer.h"
#include "posix.h"

/** Selects a peer, which stays as it is until https_close. The connection is kept when it is to the same one. */
void https_open(const struct peer *peer);

void https_send(const uint8_t *bytes, uint32_t length, int32_t argument);
void https_receive(uint8_t *window, uint32_t capacity);
void https_abort(void);
void https_close(void);
int https_event(struct ipa_port_event *event);

/** Adds what is waited for. */
void https_wait(struct wait_set *set);

#endif
