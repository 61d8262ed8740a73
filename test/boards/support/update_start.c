/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the test program that runs modules. */

#include <stdio.h>
#include <stdlib.h>

#include "ipa_self_test.h"
#include "update_host.h"

void host_test(char **words) {
  struct host_bytes module = host_bytes_of(words[1]);
  printf("%d\n", ipa_self_test(module.bytes, module.length));
  free(module.bytes);
}

void host_start(char **words) {
  const uint32_t capacity = (uint32_t)strtoul(words[1], NULL, 10);
  const struct ipa_update_ram ram = {.bytes = capacity > 0 ? malloc(capacity) : NULL, .capacity = capacity};
  struct ipa_update_choice choice;
  int32_t failure = 0;
  const int32_t error = ipa_update_start(&host_device, &ram, &choice, &failure);
  if (error != 0) printf("%d %d\n", error, failure);
  else {
    /* what runs is fresh: it knows of no command of the self-test */
    if (ipa_poll(0) != IPA_ACTION_IDLE || ipa_argument() != -1) abort();
    printf("%d %d %u %u %s\n", error, failure, choice.slot, choice.sequence, choice.is_trial ? "trial" : "confirmed");
  }
  free(ram.bytes);
}
