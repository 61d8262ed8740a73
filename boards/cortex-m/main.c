/* SPDX-License-Identifier: Apache-2.0 */
/* The application: polls the eIM until it has nothing more, then waits for ever. A product sleeps until its next poll is due. */

#include <stdbool.h>
#include <stddef.h>

#include "cortex_m.h"
#include "ipa.h"
#include "ipa_port.h"
#include "report.h"
#include "store.h"

/** How the eIM is reached (enum ipa_scheme); https leaves it to the eUICC's configuration of the eIM. */
#ifndef IPA_SCHEME
#define IPA_SCHEME IPA_SCHEME_HTTPS
#endif
/** Data bytes of a STORE DATA block. */
#ifndef IPA_BLOCK_BYTES
#define IPA_BLOCK_BYTES 255
#endif
/** How long an AT command may take, in milliseconds; 0: as long as the module thinks right. */
#ifndef IPA_CARD_TIMEOUT_MS
#define IPA_CARD_TIMEOUT_MS 0
#endif
/** A poll that fails is tried again; this many there are at most. */
#ifndef IPA_MOST_POLLS
#define IPA_MOST_POLLS 8
#endif

#ifdef IPA_WASM_IMAGE
/** The module for an interpreter, in flash: put there by the build. */
extern const uint8_t ipa_wasm[];
extern const uint32_t ipa_wasm_length;
#endif

static struct ipa_options command(uint8_t *bytes, uint32_t capacity, bool after_reset) {
  struct ipa_options options = ipa_options_begin(bytes, capacity, IPA_COMMAND_POLL);
  ipa_option_number(&options, IPA_OPTION_CARD_LINK, 1, IPA_CARD_LINK_AT);
  ipa_option_number(&options, IPA_OPTION_BLOCK_BYTES, 1, IPA_BLOCK_BYTES);
  if (IPA_CARD_TIMEOUT_MS > 0) ipa_option_number(&options, IPA_OPTION_CARD_TIMEOUT_MS, 4, IPA_CARD_TIMEOUT_MS);
  if (after_reset) ipa_option_bytes(&options, IPA_OPTION_RESTART, NULL, 0);
  if (IPA_SCHEME != IPA_SCHEME_HTTPS) {
    ipa_option_number(&options, IPA_OPTION_ESIPA_SCHEME, 1, IPA_SCHEME);
    /* 0 would say that there is none */
    ipa_option_number(&options, IPA_OPTION_SEED, 4, ipa_port_random() | 1u);
  }
  return options;
}

/** Makes an instance that knows what was stored before the reset; `after_reset`: whether there was anything. */
static int32_t start(bool *after_reset) {
#ifdef IPA_WASM_IMAGE
  const int32_t error = ipa_start(ipa_wasm, ipa_wasm_length);
#else
  const int32_t error = ipa_start(NULL, 0);
#endif
  uint32_t length;
  const uint8_t *state = device_stored_state(&length);
  *after_reset = error == 0 && state != NULL && ipa_restore(state, length) == 0;
  report_start(*after_reset);
  return error;
}

static int32_t poll(bool after_reset) {
  uint8_t bytes[32];
  const struct ipa_options options = command(bytes, sizeof bytes, after_reset);
  struct ipa_job job = {.options = bytes, .options_length = options.length};
  return ipa_run(&job);
}

/** Polls until one has nothing to do. A poll that failed is tried again at once, and with a new instance when that has trapped. */
static int32_t run(void) {
  bool after_reset;
  int32_t error = start(&after_reset);
  for (uint32_t polls = 0; polls < IPA_MOST_POLLS; polls++) {
    if (error == IPA_HOST_TRAPPED) error = start(&after_reset);
    if (error == IPA_HOST_BAD_MODULE || error == IPA_HOST_NO_MEMORY) break;
    error = poll(after_reset);
    const int32_t packages = ipa_summary(IPA_SUMMARY_PACKAGES);
    report_poll(error, packages, ipa_summary(IPA_SUMMARY_PROFILES_INSTALLED));
    if (error == 0 && packages == 0) break;
    after_reset = false;
  }
  return error;
}

int main(void) {
  const int32_t error = run();
  report_end(error);
  for (;;) wait_for_interrupt();
}
