/* SPDX-License-Identifier: Apache-2.0 */
/* What the measured image tells the emulator that it runs on (report.c). In the plain image, which is what a product has, nothing. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef IPA_MEASURED

/** An instance was made, with or without a state that was stored. */
void report_start(bool restored);

/** A poll is over: how, and what it did. */
void report_poll(int32_t error, int32_t packages, int32_t profiles_installed);

/** Everything is over: tells all that was measured, in one line of JSON, and ends the emulator. */
void report_end(int32_t error);

#else

static inline void report_start(bool restored) { (void)restored; }
static inline void report_poll(int32_t error, int32_t packages, int32_t profiles_installed) {
  (void)error, (void)packages, (void)profiles_installed;
}
static inline void report_end(int32_t error) { (void)error; }

#endif

#endif
