/* SPDX-License-Identifier: Apache-2.0 */
/* NOR flash in RAM for tests: whoever breaks its rules is ended, and power goes where the test says. */
#ifndef UPDATE_FLASH_SIMULATOR_H
#define UPDATE_FLASH_SIMULATOR_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

#include "ipa_flash.h"

#define SIMULATOR_SLOT_BYTES (64u * 1024)

/** What both slots hold. */
struct simulator_image {
  uint8_t bytes[IPA_FLASH_SLOTS][SIMULATOR_SLOT_BYTES];
};

/** Sets the layout, and erases everything. */
void simulator_begin(uint32_t sector_bytes, uint32_t program_bytes, uint32_t slot_bytes);

/** The bytes themselves, to look at, to keep and to spoil. */
struct simulator_image *simulator_image(void);

/** Operations since the last call of simulator_cut: erased sectors and programmed units. */
uint32_t simulator_operations(void);

/** Where the test goes on when power goes. */
extern jmp_buf simulator_power_off;

/**
 * Power goes in the middle of operation `operation` (from 0): what it was working at is then a mixture of before, after and, of an erasure,
 * zeros, drawn from `seed`; with seed 0 power goes just before it. UINT32_MAX: never.
 */
void simulator_cut(uint32_t operation, uint32_t seed);

/** From the next operation on the flash fails, or works again. */
void simulator_break(bool is_broken);

/** The next number of a generator, which goes on in `state`; `state` is not 0. */
uint32_t simulator_random(uint32_t *state);

#endif
