/* SPDX-License-Identifier: Apache-2.0 */
/* Firmware as somebody would write it who has the package and nothing else: starts the module, polls once through the template port, and
 * prints what came of it. */

#include <stdio.h>

#include "ipa.h"

int main(void) {
  uint8_t bytes[16];
  const struct ipa_options options = ipa_options_begin(bytes, sizeof bytes, CONSUMER_COMMAND);
  struct ipa_job job = {.options = bytes, .options_length = options.length};
  const int32_t started = ipa_start(NULL, 0);
  const int32_t ended = started == 0 ? ipa_run(&job) : started;
  uint32_t state_bytes;
  ipa_state(&state_bytes);
  printf("%s: started %ld, ended %ld, state %lu\n", CONSUMER_VARIANT, (long)started, (long)ended, (unsigned long)state_bytes);
  return 0;
}
