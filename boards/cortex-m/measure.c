/* SPDX-License-Identifier: Apache-2.0 */
/* Stands between loop and module, and counts. */

#include "measure.h"

#include <stddef.h>

#include "board.h"
#include "clock.h"
#include "cortex_m.h"
#include "ipa_module.h"

#define NS_PER_CYCLE (1000000000u / BOARD_CLOCK_HZ)
#define GUARD_BYTE 0x5au
#define MEASUREMENTS_FOR_CALIBRATION 16u

/** Of the linker script. */
extern uint8_t __guard_low[], __guard_high[], __guard_bytes[];

int32_t measured_start(const uint8_t *wasm, uint32_t length);
int32_t measured_poll(uint32_t now_ms);
int32_t measured_event(int32_t kind, int32_t argument, uint32_t length);

struct measured_part measured_parts[MEASURED_PHASES];
uint32_t measured_load_ns;
static enum measured_phase phase;
static uint32_t commands;
/** What an empty measurement costs. */
static uint32_t overhead_cycles;
static uint32_t began_cycles;
static bool prepared;

static void begin(void) {
  /* the lines wait: what comes meanwhile is not the module's work */
  interrupts_hold(INTERRUPT_PRIORITY);
  began_cycles = clock_now_cycles();
}

static uint32_t end(void) {
  const uint32_t cycles = clock_now_cycles() - began_cycles;
  interrupts_hold(0);
  return cycles;
}

static uint32_t ns_of(uint32_t cycles) { return cycles > overhead_cycles ? (cycles - overhead_cycles) * NS_PER_CYCLE : 0; }

static void count(uint32_t cycles, enum measured_call call, int32_t kind) {
  const uint32_t ns = ns_of(cycles);
  struct measured_part *part = &measured_parts[phase];
  part->total_ns += ns;
  part->calls++;
  if (ns <= part->longest_ns) return;
  part->longest_ns = ns;
  part->longest = call;
  part->longest_kind = kind;
}

static void paint(uint8_t *guard) {
  for (uintptr_t at = 0; at < (uintptr_t)__guard_bytes; at++) guard[at] = GUARD_BYTE;
}

static bool is_intact(const uint8_t *guard) {
  uint8_t differences = 0;
  for (uintptr_t at = 0; at < (uintptr_t)__guard_bytes; at++) differences |= guard[at] ^ GUARD_BYTE;
  return differences == 0;
}

bool measured_guards_are_intact(void) { return is_intact(__guard_low) && is_intact(__guard_high); }

static void prepare(void) {
  prepared = true;
  paint(__guard_low);
  paint(__guard_high);
  uint32_t least = UINT32_MAX;
  for (uint32_t each = 0; each < MEASUREMENTS_FOR_CALIBRATION; each++) {
    begin();
    const uint32_t cycles = end();
    if (cycles < least) least = cycles;
  }
  overhead_cycles = least;
}

/** The poll that was the last until now was not: it belongs to the main job. */
static void move_last_poll(void) {
  struct measured_part *last = &measured_parts[MEASURED_LAST_POLL];
  struct measured_part *job = &measured_parts[MEASURED_MAIN_JOB];
  const struct measured_part both = last->longest_ns > job->longest_ns ? *last : *job;
  const uint64_t total_ns = last->total_ns + job->total_ns;
  const uint32_t calls = last->calls + job->calls;
  *job = both;
  job->total_ns = total_ns;
  job->calls = calls;
  *last = (struct measured_part){0};
}

int32_t measured_start(const uint8_t *wasm, uint32_t length) {
  if (!prepared) prepare();
  begin();
  const int32_t error = ipa_start(wasm, length);
  measured_load_ns = ns_of(end());
  return error;
}

int32_t measured_poll(uint32_t now_ms) {
  begin();
  const int32_t action = ipa_poll(now_ms);
  count(end(), MEASURED_POLL, action);
  if (phase == MEASURED_START_UP && action == IPA_ACTION_NETWORK_OPEN) phase = MEASURED_MAIN_JOB;
  return action;
}

int32_t measured_event(int32_t kind, int32_t argument, uint32_t length) {
  if (kind == IPA_EVENT_COMMAND && commands++ > 0) {
    move_last_poll();
    phase = MEASURED_LAST_POLL;
  }
  begin();
  const int32_t taken = ipa_event(kind, argument, length);
  count(end(), MEASURED_EVENT, kind);
  return taken;
}
