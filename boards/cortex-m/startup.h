/* SPDX-License-Identifier: Apache-2.0 */
/* What startup.c has for others. */
#ifndef STARTUP_H
#define STARTUP_H

#include <stdint.h>

/** What a word of the stack holds that has never been used. */
#define STACK_PAINT 0xa5c3a5c3u

/** The most bytes of the stack that have been in use since the start. */
uint32_t stack_used_bytes(void);

/** Called after a fault, before the device starts anew; does nothing where nobody defines it. */
void startup_on_fault(void);

#endif
