/* SPDX-License-Identifier: Apache-2.0 */
/* What ipa_port_store has stored. */
#ifndef STORE_H
#define STORE_H

#include <stdint.h>

/** The state that was stored last for this build of the module; NULL and length 0: there is none. Valid until the next ipa_port_store. */
const uint8_t *device_stored_state(uint32_t *length);

#endif
