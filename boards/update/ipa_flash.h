/* SPDX-License-Identifier: Apache-2.0 */
/* What a device gives to the update of the module: two slots in NOR flash, and nothing else of its memory.
 *
 * For all of these functions: called from the task that calls the update, never from an interrupt, never twice at the same time. They block
 * for as long as the flash takes. `slot` is 0 or 1, `offset` counts from the first byte of the slot; both are in range, and what is erased
 * and programmed is aligned, so that a port has nothing to check. Power may go at any moment: what was being erased or programmed may then
 * read as anything, what lies outside must stay as it was. Where a port sees damaged cells (ECC), it reads them as any bytes and returns
 * 0. */
#ifndef IPA_FLASH_H
#define IPA_FLASH_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How many slots there are: one has the module that runs, the other takes the next. */
#define IPA_FLASH_SLOTS (2)

/** What no flash needs more of, for `program_bytes`. */
#define IPA_FLASH_MAX_PROGRAM_BYTES (32u)

/** What the flash is like; the same for both slots. */
struct ipa_flash_layout {
  /** What is erased at once, in bytes; a multiple of `program_bytes`. */
  uint32_t sector_bytes;
  /**
   * What is programmed at once, in bytes: 1, 2, 4, 8, 16 or 32. No unit is programmed twice without being erased between, so that flash
   * with error correction, which allows a unit to be programmed only once, will do.
   */
  uint32_t program_bytes;
  /**
   * Length of a slot in bytes, a multiple of `sector_bytes`: one sector or more for the head (ipa_update_head_bytes), the rest for the
   * module.
   */
  uint32_t slot_bytes;
};

/** The layout: always the same. */
const struct ipa_flash_layout *ipa_flash_layout(void);

/** Sets the sector that begins at `offset` to FF. Returns 0, or a negative number when it could not. */
int ipa_flash_erase(uint32_t slot, uint32_t offset);

/**
 * Programs `length` bytes, a multiple of `program_bytes`: bits go from 1 to 0, never back. The bytes are the caller's, and may have any
 * alignment. Returns 0, or a negative number when it could not.
 */
int ipa_flash_program(uint32_t slot, uint32_t offset, const uint8_t *bytes, uint32_t length);

/** Reads `length` bytes from any offset. Returns 0, or a negative number when it could not. */
int ipa_flash_read(uint32_t slot, uint32_t offset, uint8_t *bytes, uint32_t length);

/**
 * Where the byte at `offset` of a slot can be read as memory, for as long as the slot is not erased; NULL where the flash is not in the
 * address space, and then the device reads the module into RAM.
 */
const uint8_t *ipa_flash_map(uint32_t slot, uint32_t offset);

#ifdef __cplusplus
}
#endif

#endif
