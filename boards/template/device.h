/* SPDX-License-Identifier: Apache-2.0 */
/* What the application (main.c) asks of the device besides the port. */
#ifndef DEVICE_H
#define DEVICE_H

#include <stdint.h>

/** The state that ipa_port_store wrote last for this build of the module, where it can be read; NULL and length 0: there is none. */
const uint8_t *device_stored_state(uint32_t *length);

/** Sleeps until the next poll is due, or until somebody wants one earlier. Returns 0, or -1 when the device cannot sleep. */
int device_sleep(uint32_t seconds);

#endif
