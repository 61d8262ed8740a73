/* SPDX-License-Identifier: Apache-2.0 */
/* Spoilt containers, seeded: none is taken, none touches the flash before its head is right, none the module that runs. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "update_flash_simulator.h"
#include "update_host.h"

#define MOST_EXTRA (8u)

static uint32_t random_state;

static uint32_t below(uint32_t limit) { return simulator_random(&random_state) % limit; }

/** A copy with one to four changes: a bit, a byte, a byte more, a byte less, the end gone. */
static struct host_bytes mutated(struct host_bytes original, uint32_t most_at) {
  uint8_t room[8192];
  uint32_t length = original.length;
  memcpy(room, original.bytes, length);
  for (uint32_t changes = 1 + below(4); changes > 0; changes--) {
    const uint32_t at = below(length < most_at ? length : most_at);
    switch (below(5)) {
      case 0: room[at] ^= (uint8_t)(1u << below(8)); break;
      case 1: room[at] = (uint8_t)below(256); break;
      case 2:
        if (length >= original.length + MOST_EXTRA) break;
        memmove(room + at + 1, room + at, length - at);
        room[at] = (uint8_t)below(256);
        length++;
        break;
      case 3:
        if (length < 2) break;
        memmove(room + at, room + at + 1, length - at - 1);
        length--;
        break;
      default: length = below(8) == 0 ? at + 1 : length; break;
    }
  }
  struct host_bytes copy = {.bytes = malloc(length), .length = length};
  memcpy(copy.bytes, room, length);
  return copy;
}

static void insist(bool holds, const char *what, uint32_t number) {
  if (holds) return;
  fprintf(stderr, "fuzz: %s, container %u\n", what, number);
  abort();
}

static bool is_same(struct host_bytes one, struct host_bytes other) {
  return one.length == other.length && memcmp(one.bytes, other.bytes, one.length) == 0;
}

/** The whole way of a container that is not the one that was signed. Returns whether it was refused. */
static bool receive_mutation(const struct ipa_update_choice *running, struct host_bytes original, uint32_t head_length, uint32_t number) {
  static struct simulator_image before;
  struct host_bytes copy = mutated(original, below(4) == 0 ? original.length : head_length);
  const bool has_same_head = copy.length >= head_length && memcmp(copy.bytes, original.bytes, head_length) == 0;
  memcpy(&before, simulator_image(), sizeof before);
  simulator_cut(UINT32_MAX, 0);
  const int32_t error = host_take(running, copy, 1 + below(200));
  insist((error == 0) == is_same(copy, original), "taken, or the right one refused", number);
  insist(error >= IPA_UPDATE_NO_MODULE && error <= 0, "no code of the update", number);
  insist(has_same_head || simulator_operations() == 0, "the flash was touched before the head was right", number);
  const uint8_t *slot = simulator_image()->bytes[running->slot];
  insist(memcmp(before.bytes[running->slot], slot, SIMULATOR_SLOT_BYTES) == 0, "the running slot", number);
  memcpy(simulator_image(), &before, sizeof before);
  free(copy.bytes);
  return error != 0;
}

/** A manifest as if it were signed, and a head cut off anywhere: read from memory of exactly their length. */
static void read_mutation(struct host_bytes original, struct host_bytes manifest_bytes, uint32_t module_bytes) {
  struct host_bytes spoilt = mutated(manifest_bytes, manifest_bytes.length);
  const struct ipa_container container = {.manifest = spoilt.bytes, .manifest_length = spoilt.length, .module_bytes = module_bytes};
  struct ipa_manifest manifest;
  if (ipa_manifest_read(&container, &manifest) == 0) {
    const uint8_t *end = spoilt.bytes + spoilt.length;
    if (manifest.digest + IPA_SHA512_BYTES != end || (const uint8_t *)manifest.variant + manifest.variant_length > end) abort();
  }
  free(spoilt.bytes);
  struct host_bytes head = mutated(original, original.length);
  struct ipa_container read;
  ipa_container_read(head.bytes, head.length, &read);
  free(head.bytes);
}

void host_fuzz(char **words) {
  struct host_bytes original = host_bytes_of(words[3]);
  random_state = (uint32_t)strtoul(words[1], NULL, 10);
  const uint32_t count = (uint32_t)strtoul(words[2], NULL, 10);
  struct ipa_container container;
  struct ipa_update_choice running;
  if (original.length > 8000 || ipa_container_read(original.bytes, original.length, &container) != 0) abort();
  if (ipa_update_choose(&host_device, &running) != 0 || running.is_trial) abort();
  struct host_bytes head = {.bytes = original.bytes, .length = container.length};
  struct host_bytes manifest = {.bytes = (uint8_t *)(uintptr_t)container.manifest, .length = container.manifest_length};
  uint32_t refused = 0;
  for (uint32_t number = 0; number < count; number++) {
    refused += receive_mutation(&running, original, container.length, number);
    for (uint32_t more = 0; more < 20; more++) read_mutation(head, manifest, container.module_bytes);
  }
  printf("%u\n", refused);
  free(original.bytes);
}
