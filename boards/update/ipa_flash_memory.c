/* SPDX-License-Identifier: Apache-2.0 */
/* ipa_flash.h in memory that a reset leaves alone, for emulators: it behaves as NOR flash does. IPA_FLASH_ADDRESS says where it is. A
 * device replaces these functions by those of its flash. */

#include <string.h>

#include "ipa_flash.h"

#ifndef IPA_FLASH_ADDRESS
#error "IPA_FLASH_ADDRESS must say where the memory is that a reset leaves alone"
#endif

#define SECTOR_BYTES 4096u
#define SLOT_BYTES (16u * SECTOR_BYTES)
#define SLOTS ((uint8_t *)(uintptr_t)(IPA_FLASH_ADDRESS))
/** Behind the slots: what says that this has been flash before. Memory that was just powered has anything in it. */
#define IS_FLASH (*(volatile uint32_t *)(uintptr_t)((IPA_FLASH_ADDRESS) + IPA_FLASH_SLOTS * SLOT_BYTES))
#define FLASH_MAGIC 0x464c5348u

static uint8_t *slot_at(uint32_t slot, uint32_t offset) { return SLOTS + slot * SLOT_BYTES + offset; }

/** Every function asks for the layout first. */
const struct ipa_flash_layout *ipa_flash_layout(void) {
  static const struct ipa_flash_layout layout = {.sector_bytes = SECTOR_BYTES, .program_bytes = 8, .slot_bytes = SLOT_BYTES};
  if (IS_FLASH != FLASH_MAGIC) memset(SLOTS, 0xff, IPA_FLASH_SLOTS * SLOT_BYTES);
  IS_FLASH = FLASH_MAGIC;
  return &layout;
}

int ipa_flash_erase(uint32_t slot, uint32_t offset) {
  memset(slot_at(slot, offset), 0xff, ipa_flash_layout()->sector_bytes);
  return 0;
}

int ipa_flash_program(uint32_t slot, uint32_t offset, const uint8_t *bytes, uint32_t length) {
  (void)ipa_flash_layout();
  for (uint32_t at = 0; at < length; at++) slot_at(slot, offset)[at] &= bytes[at];
  return 0;
}

int ipa_flash_read(uint32_t slot, uint32_t offset, uint8_t *bytes, uint32_t length) {
  (void)ipa_flash_layout();
  memcpy(bytes, slot_at(slot, offset), length);
  return 0;
}

const uint8_t *ipa_flash_map(uint32_t slot, uint32_t offset) { return slot_at(slot, offset); }
