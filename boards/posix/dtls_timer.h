/* SPDX-License-Identifier: Apache-2.0 */
/* The timer that mbedTLS wants for DTLS: it says when a flight has to be sent again. */
#ifndef IPA_POSIX_DTLS_TIMER_H
#define IPA_POSIX_DTLS_TIMER_H

#include "posix.h"

struct dtls_timer {
  bool is_running;
  uint32_t intermediate_ms;
  uint32_t final_ms;
};

/** The functions of mbedtls_ssl_set_timer_cb; `context` is a dtls_timer. */
void dtls_timer_set(void *context, uint32_t intermediate_ms, uint32_t final_ms);
int dtls_timer_get(void *context);

/** Ends a wait when a flight has to be sent again. */
void dtls_timer_wait(const struct dtls_timer *timer, struct wait_set *set);

#endif
