/* SPDX-License-Identifier: Apache-2.0 */
/* NOR flash in RAM for tests. */

#include "update_flash_simulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

jmp_buf simulator_power_off;

static struct ipa_flash_layout layout;
static struct simulator_image image;
static uint32_t operations;
static uint32_t cut_at = UINT32_MAX;
static uint32_t cut_seed;
static bool broken;

static void insist(bool is_kept, const char *rule) {
  if (is_kept) return;
  fprintf(stderr, "flash: %s\n", rule);
  abort();
}

void simulator_begin(uint32_t sector_bytes, uint32_t program_bytes, uint32_t slot_bytes) {
  insist(slot_bytes <= SIMULATOR_SLOT_BYTES, "the slot is too long for the simulator");
  layout = (struct ipa_flash_layout){.sector_bytes = sector_bytes, .program_bytes = program_bytes, .slot_bytes = slot_bytes};
  memset(&image, 0xff, sizeof image);
  broken = false;
  simulator_cut(UINT32_MAX, 0);
}

struct simulator_image *simulator_image(void) { return &image; }

uint32_t simulator_operations(void) { return operations; }

void simulator_cut(uint32_t operation, uint32_t seed) {
  operations = 0;
  cut_at = operation;
  cut_seed = seed;
}

void simulator_break(bool is_broken) { broken = is_broken; }

uint32_t simulator_random(uint32_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}

/** Goes from one content to the next, unless power goes: then from each byte's bits some have changed. */
static void change(uint8_t *bytes, const uint8_t *after, uint32_t length, bool is_erasure) {
  if (operations++ != cut_at) {
    memcpy(bytes, after, length);
    return;
  }
  uint32_t random = cut_seed;
  for (uint32_t at = 0; cut_seed != 0 && at < length; at++) {
    const uint32_t number = simulator_random(&random);
    const uint8_t mixture = (uint8_t)(number >> 8);
    const uint8_t partly = (uint8_t)((bytes[at] & ~mixture) | (after[at] & mixture));
    /* erasing begins by programming all to zero in many a flash, and goes on in no order */
    const uint8_t zero = is_erasure && number % 3 == 0 ? 0 : partly;
    bytes[at] = number % 5 == 0 ? bytes[at] : number % 5 == 1 ? after[at] : zero;
  }
  longjmp(simulator_power_off, 1);
}

const struct ipa_flash_layout *ipa_flash_layout(void) { return &layout; }

int ipa_flash_erase(uint32_t slot, uint32_t offset) {
  uint8_t erased[SIMULATOR_SLOT_BYTES];
  insist(slot < IPA_FLASH_SLOTS && offset < layout.slot_bytes, "erased beyond the slot");
  insist(offset % layout.sector_bytes == 0, "erased from the middle of a sector");
  if (broken) return -1;
  memset(erased, 0xff, layout.sector_bytes);
  change(image.bytes[slot] + offset, erased, layout.sector_bytes, true);
  return 0;
}

int ipa_flash_program(uint32_t slot, uint32_t offset, const uint8_t *bytes, uint32_t length) {
  insist(slot < IPA_FLASH_SLOTS && offset <= layout.slot_bytes && length <= layout.slot_bytes - offset, "programmed beyond the slot");
  insist(offset % layout.program_bytes == 0 && length % layout.program_bytes == 0, "programmed a part of a unit");
  if (broken) return -1;
  for (uint32_t at = 0; at < length; at += layout.program_bytes) {
    uint8_t *unit = image.bytes[slot] + offset + at;
    for (uint32_t byte = 0; byte < layout.program_bytes; byte++) insist(unit[byte] == 0xff, "programmed a unit twice");
    change(unit, bytes + at, layout.program_bytes, false);
  }
  return 0;
}

int ipa_flash_read(uint32_t slot, uint32_t offset, uint8_t *bytes, uint32_t length) {
  insist(slot < IPA_FLASH_SLOTS && offset <= layout.slot_bytes && length <= layout.slot_bytes - offset, "read beyond the slot");
  memcpy(bytes, image.bytes[slot] + offset, length);
  return 0;
}

const uint8_t *ipa_flash_map(uint32_t slot, uint32_t offset) { return image.bytes[slot] + offset; }
