/* SPDX-License-Identifier: Apache-2.0 */
/* mbedTLS brings a timer of its own, but that goes by the time of day, which may be set meanwhile. */

#include "dtls_timer.h"

#include "ipa_port.h"

void dtls_timer_set(void *context, uint32_t intermediate_ms, uint32_t final_ms) {
  struct dtls_timer *timer = context;
  const uint32_t now_ms = ipa_port_now_ms();
  timer->is_running = final_ms != 0;
  timer->intermediate_ms = now_ms + intermediate_ms;
  timer->final_ms = now_ms + final_ms;
}

/** -1: not running; 0, 1, 2: none, the first, both of the moments have come. */
int dtls_timer_get(void *context) {
  const struct dtls_timer *timer = context;
  if (!timer->is_running) return -1;
  if (is_due(timer->final_ms)) return 2;
  return is_due(timer->intermediate_ms) ? 1 : 0;
}

void dtls_timer_wait(const struct dtls_timer *timer, struct wait_set *set) {
  if (timer->is_running) wait_until(set, timer->final_ms);
}
