/* SPDX-License-Identifier: Apache-2.0 */
/* An application that takes new modules, to show on an emulator (board mps2-an386) how the parts of boards/update/ go together. It has an
 * interpreter and no module of its own: containers are files of the machine that the emulator runs on. On a device they come by whatever
 * it downloads with. */

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "cortex_m.h"
#include "ipa.h"
#include "ipa_port.h"
#include "ipa_self_test.h"
#include "ipa_update.h"
#include "semihosting.h"
#include "startup.h"

#if !defined(IPA_UPDATE_FACTORY) || !defined(IPA_UPDATE_NEXT) || !defined(IPA_UPDATE_KEY) || !defined(IPA_UPDATE_VARIANT)
#error "names of the files with the first container and the next, a key and a variant must be defined"
#endif

/** Linear memory that the runtime has room for. */
#define MEMORY_BYTES 12288u
#define MOST_POLLS 8

/** CMSDK watchdog: it interrupts (NMI, which is a fault here and resets) when it comes to zero. */
#define WATCHDOG_LOAD CORTEX_M_REGISTER(0x40008000u)
#define WATCHDOG_CONTROL CORTEX_M_REGISTER(0x40008008u)
#define WATCHDOG_LOCK CORTEX_M_REGISTER(0x40008c00u)
#define WATCHDOG_KEY 0x1acce551u
#define WATCHDOG_ON 3u
/**
 * Ticks of 25 MHz; under an emulator that counts a nanosecond for each instruction 200 million instructions, some five starts with
 * self-test.
 */
#define WATCHDOG_TICKS 5000000u

static const struct ipa_update_key keys[] = {IPA_UPDATE_KEY};
static const struct ipa_update_device device = {
  .variant = IPA_UPDATE_VARIANT,
  .keys = keys,
  .key_count = sizeof keys / sizeof *keys,
  .features = IPA_UPDATE_FEATURE_BULK_MEMORY,
  .memory_bytes = MEMORY_BYTES,
};

/* ---- what the emulator is told and asked ---- */

enum { OPEN = 0x01, READ = 0x06, READ_BINARY = 1 };

static int32_t host_call(uint32_t operation, const uint32_t *arguments) {
  register uint32_t r0 __asm("r0") = operation;
  register const uint32_t *r1 __asm("r1") = arguments;
  __asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return (int32_t)r0;
}

static void say(const char *word, int32_t number) {
  char text[64], digits[12];
  uint32_t rest = number < 0 ? 0u - (uint32_t)number : (uint32_t)number;
  size_t at = sizeof digits;
  do digits[--at] = (char)('0' + rest % 10);
  while ((rest /= 10) != 0);
  if (number < 0) digits[--at] = '-';
  const size_t length = strlen(word);
  memcpy(text, word, length);
  memcpy(text + length, digits + at, sizeof digits - at);
  text[length + sizeof digits - at] = '\0';
  semihosting_write(text);
}

/** The file is read in pieces as a network would give them: some, and never a whole sector. Returns what the update says. */
static int32_t receive(const char *name, const struct ipa_update_choice *running) {
  static struct ipa_update update;
  uint8_t bytes[100];
  const uint32_t open[] = {(uint32_t)(uintptr_t)name, READ_BINARY, (uint32_t)strlen(name)};
  const int32_t file = host_call(OPEN, open);
  int32_t error = file < 0 ? IPA_UPDATE_INCOMPLETE : ipa_update_begin(&update, &device, running);
  while (error == 0) {
    const uint32_t read[] = {(uint32_t)file, (uint32_t)(uintptr_t)bytes, sizeof bytes};
    const int32_t missing = host_call(READ, read);
    if (missing < 0 || (uint32_t)missing >= sizeof bytes) break;
    error = ipa_update_receive(&update, bytes, sizeof bytes - (uint32_t)missing);
  }
  return error != 0 ? error : ipa_update_finish(&update);
}

/* ---- the application ---- */

static void set_watchdog(bool is_on) {
  WATCHDOG_LOCK = WATCHDOG_KEY;
  WATCHDOG_LOAD = WATCHDOG_TICKS;
  WATCHDOG_CONTROL = is_on ? WATCHDOG_ON : 0;
  WATCHDOG_LOCK = 0;
}

/** Starts a module, and tells which. A module that hangs in its self-test is what the watchdog is for. */
static int32_t start(struct ipa_update_choice *choice) {
  const struct ipa_update_ram in_place = {.bytes = NULL};
  int32_t failure = 0;
  set_watchdog(true);
  const int32_t error = ipa_update_start(&device, &in_place, choice, &failure);
  set_watchdog(false);
  say("start ", error);
  say(" failure ", failure);
  if (error == 0) {
    say(" slot ", (int32_t)choice->slot);
    say(" sequence ", (int32_t)choice->sequence);
  }
  semihosting_write("\n");
  return error;
}

/** Polls until one has nothing to do. */
static void poll(void) {
  for (uint32_t polls = 0; polls < MOST_POLLS; polls++) {
    uint8_t bytes[32];
    struct ipa_options options = ipa_options_begin(bytes, sizeof bytes, IPA_COMMAND_POLL);
    ipa_option_number(&options, IPA_OPTION_CARD_LINK, 1, IPA_CARD_LINK_AT);
    struct ipa_job job = {.options = bytes, .options_length = options.length};
    const int32_t error = ipa_run(&job);
    const int32_t packages = ipa_summary(IPA_SUMMARY_PACKAGES);
    say("poll ", error);
    say(" packages ", packages);
    say(" installed ", ipa_summary(IPA_SUMMARY_PROFILES_INSTALLED));
    semihosting_write("\n");
    if (error == 0 && packages == 0) return;
  }
}

int main(void) {
  struct ipa_update_choice choice;
  const bool has_module = start(&choice) == 0;
  if (has_module) poll();
  const int32_t error = receive(has_module ? IPA_UPDATE_NEXT : IPA_UPDATE_FACTORY, has_module ? &choice : NULL);
  say("update ", error);
  say(" stack ", (int32_t)stack_used_bytes());
  semihosting_write("\n");
  if (error == 0) system_reset();
  semihosting_exit(error == IPA_UPDATE_NOT_NEWER ? 0 : 1);
}
