/* SPDX-License-Identifier: Apache-2.0 */
/* Counts what the calls of the module cost. For the measured image alone: it compiles common/ipa.c and main.c with
 *   -Dipa_start=measured_start -Dipa_poll=measured_poll -Dipa_event=measured_event
 * so that the loop is the same, and its calls come by here. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdbool.h>
#include <stdint.h>

/** Which call of the module; ipa_start, which loads it, is counted apart. */
enum measured_call { MEASURED_POLL, MEASURED_EVENT };

/** What a part of the run has cost, in nanoseconds of virtual time; under QEMU's -icount shift=0 each is one instruction. */
struct measured_part {
  uint64_t total_ns;
  uint32_t calls;
  uint32_t longest_ns;
  enum measured_call longest;
  /** The action that poll returned, or the kind of the event. */
  int32_t longest_kind;
};

/** Up to the first NetworkOpen, without ipa_start; from there to the last poll of the eIM; the last poll, which has nothing to do. */
enum measured_phase { MEASURED_START_UP, MEASURED_MAIN_JOB, MEASURED_LAST_POLL, MEASURED_PHASES };

extern struct measured_part measured_parts[MEASURED_PHASES];

/** What the last ipa_start has cost. */
extern uint32_t measured_load_ns;

/** Whether nothing has been written beside the module's memory since the start. */
bool measured_guards_are_intact(void);

#endif
