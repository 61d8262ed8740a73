/* SPDX-License-Identifier: Apache-2.0 */
/* The line to the modem: TCP, a serial line, a pseudo-terminal. */
#ifndef IPA_POSIX_MODEM_H
#define IPA_POSIX_MODEM_H

#include "posix.h"

/** Whether "tcp:host:port" or "pty:/path" is written so. */
bool modem_name_is_right(const char *name);

/** Whether serial lines have this speed. */
bool modem_has_speed(uint32_t baud);

/** Opens the line of the settings. Returns false when it cannot; last_problem tells why. */
bool modem_open(void);

void modem_close(void);

/** Adds what is waited for: bytes of the modem. */
void modem_wait(struct wait_set *set);

#endif
