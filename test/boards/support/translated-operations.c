/* SPDX-License-Identifier: Apache-2.0 */
/* Reads lines "address value operation" and prints what ipa_event returns, then a checksum of the memory; "start" makes a fresh instance,
 * "window n" prints where a window of n at n lies and how long it is. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ipa_module.h"

static uint32_t checksum(void) {
  uint32_t size, sum = 0;
  const uint8_t *state = ipa_state(&size);
  for (uint32_t at = 0; at < size; at++) sum = sum * 31 + state[at];
  return sum;
}

int main(void) {
  char line[96];
  uint32_t size;
  if (ipa_start(NULL, 0) != 0) return 1;
  const uint8_t *memory = ipa_state(&size);
  while (fgets(line, sizeof line, stdin) != NULL) {
    int64_t a, b, operation;
    if (strncmp(line, "start", 5) == 0) printf("%" PRId32 "\n", ipa_start(NULL, 0));
    else if (sscanf(line, "window %" SCNd64, &a) == 1) {
      const uint8_t *window = ipa_window((int32_t)a, &size);
      printf("%td %" PRIu32 "\n", window - memory, size);
    } else if (sscanf(line, "%" SCNd64 " %" SCNd64 " %" SCNd64, &a, &b, &operation) == 3) {
      const int32_t result = ipa_event((int32_t)a, (int32_t)b, (uint32_t)operation);
      printf("%" PRId32 " %" PRIu32 "\n", result, checksum());
    } else return 2;
  }
  return 0;
}
