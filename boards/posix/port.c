/* SPDX-License-Identifier: Apache-2.0 */
/* Time, chance, waiting and the log; and what the other files share. */

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "ipa.h"
#include "ipa_port.h"
#include "modem.h"
#include "network.h"
#include "posix.h"

struct posix_settings settings = {.baud = 115200, .network_timeout_ms = 30000};

/** Of getentropy. */
#define MOST_RANDOM_BYTES ((size_t)256)

/** A clock that runs on while the machine sleeps, where there is one. */
#ifdef CLOCK_BOOTTIME
#define PORT_CLOCK CLOCK_BOOTTIME
#else
#define PORT_CLOCK CLOCK_MONOTONIC
#endif

static char problem[400];

uint32_t ipa_port_now_ms(void) {
  struct timespec now;
  clock_gettime(PORT_CLOCK, &now);
  return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}

void random_bytes(uint8_t *bytes, size_t length) {
  while (length > 0) {
    const size_t part = length < MOST_RANDOM_BYTES ? length : MOST_RANDOM_BYTES;
    if (getentropy(bytes, part) != 0) {
      fprintf(stderr, "error: the system gives no random numbers: %s\n", strerror(errno));
      exit(1);
    }
    bytes += part;
    length -= part;
  }
}

uint32_t ipa_port_random(void) {
  uint32_t number;
  random_bytes((uint8_t *)&number, sizeof number);
  return number;
}

bool is_due(uint32_t deadline_ms) { return (int32_t)(ipa_port_now_ms() - deadline_ms) >= 0; }

uint32_t network_deadline(void) { return ipa_port_now_ms() + settings.network_timeout_ms; }

void wait_for(struct wait_set *set, int descriptor, short events) {
  if (descriptor < 0 || set->count == sizeof set->descriptors / sizeof set->descriptors[0]) return;
  set->descriptors[set->count++] = (struct pollfd){.fd = descriptor, .events = events};
}

void wait_until(struct wait_set *set, uint32_t deadline_ms) {
  const int32_t left_ms = (int32_t)(deadline_ms - set->now_ms);
  const uint32_t wait_ms = left_ms > 0 ? (uint32_t)left_ms : 0;
  if (wait_ms < set->timeout_ms) set->timeout_ms = wait_ms;
}

void ipa_port_wait(uint32_t timeout_ms) {
  struct wait_set set = {.now_ms = ipa_port_now_ms(), .timeout_ms = timeout_ms};
  modem_wait(&set);
  network_wait(&set);
  const int limit_ms = set.timeout_ms > INT32_MAX ? -1 : (int)set.timeout_ms;
  poll(set.descriptors, set.count, limit_ms);
}

int32_t fail(int32_t failure, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(problem, sizeof problem, format, arguments);
  va_end(arguments);
  note("problem: %s", problem);
  return failure;
}

void note(const char *format, ...) {
  va_list arguments;
  if (!settings.verbose) return;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
}

const char *last_problem(void) { return problem; }
void clear_problem(void) { problem[0] = '\0'; }

static const char *action_name(int32_t action) {
  static const char *const names[] = {
    "Idle",           "CardWrite",      "CardTransmit", "CardReset",    "NetworkOpen", "NetworkSend", "NetworkReceive", "NetworkAbort",
    "NetworkClose",   "RequestRead",    "Persist",      "Finished",     "Answer",      "Consent",     "Sign",           "VerifyEim",
    "DatagramSend",
  };
  return action >= 0 && (size_t)action < sizeof names / sizeof names[0] ? names[action] : "trapped";
}

void ipa_port_log(int32_t what, int32_t argument) {
  /* the state is worth a word even where nobody asked for one */
  if (what == IPA_LOG_NOT_STORED) fprintf(stderr, "warning: %s; make it possible to write the file\n", problem);
  switch (what) {
    case IPA_LOG_BEGIN: note("begin"); break;
    case IPA_LOG_END: note("end: %d", argument); break;
    case IPA_LOG_ACTION: note("action: %s", action_name(argument)); break;
    case IPA_LOG_DATAGRAM_DROPPED: note("dropped: a datagram of %d bytes", argument); break;
    default: break;
  }
}
