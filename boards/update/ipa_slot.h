/* SPDX-License-Identifier: Apache-2.0 */
/* What a slot holds, for ipa_update.c and ipa_update_receive.c: the head of the container as it came, marks, then the module. */
#ifndef IPA_SLOT_H
#define IPA_SLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "ipa_update.h"

/** What is known of a slot whose head is signed and whose module is the one that was signed. */
struct ipa_slot {
  uint32_t sequence;
  uint32_t module_bytes;
  /** Starts on trial so far. */
  uint32_t trials;
  bool is_confirmed;
  bool is_rejected;
};

/** Checks what a head says against the device: all but the sequence of other slots. Returns 0 or an ipa_update_error. */
int32_t ipa_slot_check_manifest(const struct ipa_update_device *device, const struct ipa_manifest *manifest);

/** Reads and checks a slot from its first byte to its last. `head`: IPA_CONTAINER_HEAD_BYTES for the work. Returns 0 or an error. */
int32_t ipa_slot_read(const struct ipa_update_device *device, uint32_t slot, uint8_t *head, struct ipa_slot *found);

/** Compares the module in a slot with the digest that was signed. Returns 0, IPA_UPDATE_BAD_DIGEST or IPA_UPDATE_FLASH_FAILED. */
int32_t ipa_slot_check_module(uint32_t slot, const struct ipa_manifest *manifest);

/** Erases all sectors of head and marks: nothing is in the slot from the first one on. Returns 0 or IPA_UPDATE_FLASH_FAILED. */
int32_t ipa_slot_clear(uint32_t slot);

/** Writes the head, which puts the module on trial. `head` has IPA_CONTAINER_HEAD_BYTES. Returns 0 or IPA_UPDATE_FLASH_FAILED. */
int32_t ipa_slot_write_head(uint32_t slot, const uint8_t *head);

/** Programs the next mark of a kind. Return 0 or IPA_UPDATE_FLASH_FAILED. */
int32_t ipa_slot_mark_trial(uint32_t slot, uint32_t trials);
int32_t ipa_slot_mark_confirmed(uint32_t slot);
int32_t ipa_slot_mark_rejected(uint32_t slot);

#endif
