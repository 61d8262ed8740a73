/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the test program share. */
#ifndef UPDATE_HOST_H
#define UPDATE_HOST_H

#include <stdint.h>

#include "ipa_update.h"

struct host_bytes {
  uint8_t *bytes;
  uint32_t length;
};

extern struct ipa_update_device host_device;

/** Bytes from hexadecimal digits; the caller frees them. */
struct host_bytes host_bytes_of(const char *hex);

/** Receives a container in pieces of this length. Returns what ipa_update_finish says. */
int32_t host_take(const struct ipa_update_choice *running, struct host_bytes container, uint32_t piece_bytes);

/**
 * cuts GOOD OLD NEW TWICE: from what is in the flash now, a device that takes the container NEW, tests it and keeps it (GOOD 1) or not
 * (0), with power going at every operation, in several ways; with TWICE 1 at every two operations. OLD and NEW are containers. Prints how
 * often power went.
 */
void host_cuts(char **words);

/**
 * fuzz SEED COUNT CONTAINER: mutations of the container, in pieces of any size; and of its manifest, as if it were signed. Prints refusals.
 */
void host_fuzz(char **words);

/** test MODULE: the result of the self-test. */
void host_test(char **words);

/**
 * start RAM_BYTES: as a device does at power-on, with the module in place (0) or read into so many bytes. Prints the result, why a module
 * on trial has failed or 0, and slot, sequence and "trial" or "confirmed" of what runs.
 */
void host_start(char **words);

#endif
