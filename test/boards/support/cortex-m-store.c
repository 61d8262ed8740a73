/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts off the writing of a state at every word, and in every other order of words: the old state must be there, or the new one. Ends with
 * status 0, or says what is wrong. */

#include "../../../boards/cortex-m/store.c"

#include <stdio.h>
#include <stdlib.h>

#define STATE_BYTES 100u
#define WORDS (sizeof copies / (sizeof(uint32_t)))
#define RANDOM_CUTS 200000u

static union {
  struct copy copies[2];
  uint32_t words[WORDS];
} before, after, mixed;

static uint8_t old_state[STATE_BYTES], new_state[STATE_BYTES];

static void fail(const char *what) {
  puts(what);
  exit(1);
}

static void check(const char *what) {
  memcpy(copies, &mixed, sizeof copies);
  uint32_t length;
  const uint8_t *state = device_stored_state(&length);
  if (state == NULL || length != STATE_BYTES) fail(what);
  if (memcmp(state, old_state, length) != 0 && memcmp(state, new_state, length) != 0) fail(what);
}

static void check_cuts(void) {
  for (uint32_t cut = 0; cut <= WORDS; cut++) {
    for (uint32_t word = 0; word < WORDS; word++) mixed.words[word] = word < cut ? after.words[word] : before.words[word];
    check("cut off from the front");
    for (uint32_t word = 0; word < WORDS; word++) mixed.words[word] = word < cut ? before.words[word] : after.words[word];
    check("cut off from the back");
  }
  uint32_t dice = 1;
  for (uint32_t cut = 0; cut < RANDOM_CUTS; cut++) {
    for (uint32_t word = 0; word < WORDS; word++) {
      dice = dice * 1664525u + 1013904223u;
      mixed.words[word] = dice >> 31 ? after.words[word] : before.words[word];
    }
    check("some words are new");
  }
}

static void store_is(const uint8_t *wanted, const char *what) {
  uint32_t length;
  const uint8_t *state = device_stored_state(&length);
  if (wanted == NULL ? state != NULL || length != 0 : state == NULL || memcmp(state, wanted, STATE_BYTES) != 0) fail(what);
}

int main(void) {
  memset(copies, 0xa5, sizeof copies);
  store_is(NULL, "a state where none was stored");
  static const uint8_t too_long[IPA_STORE_BYTES + 1];
  if (ipa_port_store(too_long, sizeof too_long) >= 0) fail("a state that is too long is stored");
  for (uint32_t round = 0; round < 5; round++) {
    memset(old_state, (int)(round + 1), sizeof old_state);
    memset(new_state, (int)(round + 2), sizeof new_state);
    if (ipa_port_store(old_state, sizeof old_state) != 0) fail("not stored");
    store_is(old_state, "not what was stored");
    memcpy(&before, copies, sizeof copies);
    if (ipa_port_store(new_state, sizeof new_state) != 0) fail("not stored");
    store_is(new_state, "not what was stored last");
    memcpy(&after, copies, sizeof copies);
    check_cuts();
    memcpy(copies, &after, sizeof copies);
  }
  copies[0].module ^= 1u;
  copies[1].module ^= 1u;
  copies[0].checksum = checksum(&copies[0]);
  copies[1].checksum = checksum(&copies[1]);
  store_is(NULL, "a state of another module");
  return 0;
}
