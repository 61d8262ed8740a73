/* SPDX-License-Identifier: Apache-2.0 */
/* What the measured image tells: a line for each event of the loop, and at the end one line of JSON with what was measured. */

#include "report.h"

#include <stddef.h>
#include <stdint.h>

#include "board.h"
#include "ipa_port.h"
#include "ipa_serial_network.h"
#include "measure.h"
#include "semihosting.h"
#include "startup.h"

/** The most bytes of heap that the runtime has had in use, where it has a heap. */
__attribute__((weak)) uint32_t ipa_runtime_heap_used(void);

/** A line that is put together, and written when it is full or complete. */
static char line[128];
static uint32_t line_length;

static void flush(void) {
  line[line_length] = '\0';
  semihosting_write(line);
  line_length = 0;
}

static void text(const char *from) {
  for (; *from != '\0'; from++) {
    if (line_length == sizeof line - 1) flush();
    line[line_length++] = *from;
  }
}

static void number(int64_t value) {
  char digits[21];
  char *first = digits + sizeof digits - 1;
  uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  *first = '\0';
  do *--first = (char)('0' + rest % 10);
  while ((rest /= 10) != 0);
  if (value < 0) *--first = '-';
  text(first);
}

static void field(const char *before, int64_t value) {
  text(before);
  number(value);
}

void ipa_port_log(int32_t what, int32_t argument) {
  field("log ", what);
  field(" ", argument);
  text("\n");
  flush();
}

void report_start(bool restored) {
  text(restored ? "start restored\n" : "start fresh\n");
  flush();
}

void report_poll(int32_t error, int32_t packages, int32_t profiles_installed) {
  field("poll {\"error\":", error);
  field(",\"packages\":", packages);
  field(",\"profilesInstalled\":", profiles_installed);
  text("}\n");
  flush();
}

static void part(const char *name, const struct measured_part *measured) {
  static const char *const calls[] = {"ipa_poll", "ipa_event"};
  text(name);
  field(":{\"instructions\":", (int64_t)measured->total_ns);
  field(",\"calls\":", measured->calls);
  field(",\"longestCall\":{\"instructions\":", measured->longest_ns);
  text(",\"function\":\"");
  text(calls[measured->longest]);
  field("\",\"kind\":", measured->longest_kind);
  text("}}");
}

void report_end(int32_t error) {
  text("report {\"board\":\"" BOARD_NAME "\"");
  field(",\"error\":", error);
  field(",\"stackBytes\":", stack_used_bytes());
  field(",\"heapBytes\":", ipa_runtime_heap_used == NULL ? 0 : ipa_runtime_heap_used());
  text(measured_guards_are_intact() ? ",\"guards\":\"intact\"" : ",\"guards\":\"overwritten\"");
  field(",\"droppedFrames\":", ipa_serial_network_dropped());
  field(",\"loadInstructions\":", measured_load_ns);
  part(",\"startUp\"", &measured_parts[MEASURED_START_UP]);
  part(",\"mainJob\"", &measured_parts[MEASURED_MAIN_JOB]);
  part(",\"idlePoll\"", &measured_parts[MEASURED_LAST_POLL]);
  text("}\n");
  flush();
  semihosting_exit(error == 0 ? 0 : 1);
}

void startup_on_fault(void) {
  semihosting_write("fault\n");
  semihosting_exit(2);
}
