/* SPDX-License-Identifier: Apache-2.0 */
/* What all parts of the POSIX port share: settings of the command line, waiting, and why something did not work. */
#ifndef IPA_POSIX_H
#define IPA_POSIX_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"

/** What the command line says. Filled once, before anything else runs. */
struct posix_settings {
  /** "tcp:host:port" or "pty:/path". */
  const char *modem;
  /** Of a serial line. */
  uint32_t baud;
  /** Where the state is kept; NULL: nowhere. */
  const char *state_file;
  /** How long connecting, an answer, or a part of one may take. */
  uint32_t network_timeout_ms;
  /** Where names are found. */
  struct address_book book;
  /** Shared with the eIM, for DTLS; identity NULL: none. */
  const char *psk_identity;
  uint8_t psk_key[64];
  uint32_t psk_key_bytes;
  /** Tells each action on standard error. */
  bool verbose;
};

extern struct posix_settings settings;

/** What a wait is for: descriptors, and the next moment at which something is due. */
struct wait_set {
  struct pollfd descriptors[8];
  nfds_t count;
  uint32_t now_ms;
  uint32_t timeout_ms;
};

/** Adds a descriptor; a negative one is passed over. `events`: POLLIN, POLLOUT. */
void wait_for(struct wait_set *set, int descriptor, short events);
/** Ends the wait at this moment of ipa_port_now_ms at the latest. */
void wait_until(struct wait_set *set, uint32_t deadline_ms);

/** Whether a moment of ipa_port_now_ms has come, across its overflow. */
bool is_due(uint32_t deadline_ms);
/** The moment at which network work that begins now has failed. */
uint32_t network_deadline(void);

/** Fills `bytes` from the random numbers of the system. Ends the process when there are none: nothing would be safe any more. */
void random_bytes(uint8_t *bytes, size_t length);

/** Remembers in words why something did not work, for the error that the command ends with. Returns `failure`. */
int32_t fail(int32_t failure, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** Tells people who have asked for it (--verbose) what happens. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/** What was remembered last; "" when nothing was since clear_problem. */
const char *last_problem(void);
void clear_problem(void);

#endif
