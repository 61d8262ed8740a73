/* SPDX-License-Identifier: Apache-2.0 */
/* A slot: the head of the container, then marks, each a unit of programming of its own that is programmed once, then the module from the
 * next sector on. The head is written last, and read back through its signature: what power cut off, or what was never whole, is an empty
 * slot. */

#include "ipa_slot.h"

#include <string.h>

#include "ipa_abi.h"

/** Marks behind the head, by number. A confirmation that power cut off half-way is written again into the next unit. */
enum { REJECTED = 0, CONFIRMED = 1, CONFIRMATIONS = 4, TRIALS = CONFIRMED + CONFIRMATIONS, MARKS = TRIALS + (int)IPA_UPDATE_TRIALS };

/** What says "confirmed". Neither erased nor zeros, so that an erasure that was cut off does not say it. */
static const uint8_t CONFIRMATION = 0xa5;

static uint32_t mark_offset(uint32_t mark) { return IPA_CONTAINER_HEAD_BYTES + mark * ipa_flash_layout()->program_bytes; }

uint32_t ipa_update_head_bytes(void) {
  const uint32_t sector_bytes = ipa_flash_layout()->sector_bytes;
  return (mark_offset(MARKS) + sector_bytes - 1) / sector_bytes * sector_bytes;
}

/** Whether every byte of a mark has this value. Flash that cannot be read has no value. */
static bool mark_is(uint32_t slot, uint32_t mark, uint8_t value) {
  uint8_t unit[IPA_FLASH_MAX_PROGRAM_BYTES];
  const uint32_t length = ipa_flash_layout()->program_bytes;
  if (ipa_flash_read(slot, mark_offset(mark), unit, length) < 0) return false;
  for (uint32_t at = 0; at < length; at++)
    if (unit[at] != value) return false;
  return true;
}

static int32_t program_mark(uint32_t slot, uint32_t mark, uint8_t value) {
  uint8_t unit[IPA_FLASH_MAX_PROGRAM_BYTES];
  const uint32_t length = ipa_flash_layout()->program_bytes;
  memset(unit, value, length);
  return ipa_flash_program(slot, mark_offset(mark), unit, length) < 0 ? IPA_UPDATE_FLASH_FAILED : 0;
}

int32_t ipa_slot_mark_trial(uint32_t slot, uint32_t trials) { return program_mark(slot, TRIALS + trials, 0); }

int32_t ipa_slot_mark_confirmed(uint32_t slot) {
  for (uint32_t mark = CONFIRMED; mark < CONFIRMED + CONFIRMATIONS; mark++)
    if (mark_is(slot, mark, 0xff)) return program_mark(slot, mark, CONFIRMATION);
  return IPA_UPDATE_FLASH_FAILED;
}

int32_t ipa_slot_mark_rejected(uint32_t slot) {
  /* one that was cut off says "rejected", too */
  return mark_is(slot, REJECTED, 0xff) ? program_mark(slot, REJECTED, 0) : 0;
}

/** A mark that was begun counts as a start: better one start too few than one more of a module that hangs. */
static void read_marks(uint32_t slot, struct ipa_slot *found) {
  found->is_rejected = !mark_is(slot, REJECTED, 0xff);
  found->is_confirmed = false;
  for (uint32_t mark = CONFIRMED; mark < CONFIRMED + CONFIRMATIONS; mark++) found->is_confirmed |= mark_is(slot, mark, CONFIRMATION);
  found->trials = 0;
  while (found->trials < IPA_UPDATE_TRIALS && !mark_is(slot, TRIALS + found->trials, 0xff)) found->trials++;
}

int32_t ipa_slot_check_manifest(const struct ipa_update_device *device, const struct ipa_manifest *manifest) {
  const uint32_t variant_length = (uint32_t)strlen(device->variant);
  if (manifest->variant_length != variant_length || memcmp(manifest->variant, device->variant, variant_length) != 0)
    return IPA_UPDATE_OTHER_VARIANT;
  if (manifest->abi_version != IPA_ABI_VERSION) return IPA_UPDATE_OTHER_ABI;
  if ((manifest->features & ~device->features) != 0) return IPA_UPDATE_MISSING_FEATURE;
  if (manifest->memory_bytes > device->memory_bytes) return IPA_UPDATE_TOO_MUCH_MEMORY;
  if (manifest->sequence < device->minimum_sequence) return IPA_UPDATE_NOT_NEWER;
  if (manifest->module_bytes > ipa_flash_layout()->slot_bytes - ipa_update_head_bytes()) return IPA_UPDATE_TOO_LARGE;
  return 0;
}

int32_t ipa_slot_check_module(uint32_t slot, const struct ipa_manifest *manifest) {
  struct ipa_sha512 hash;
  uint8_t bytes[64], digest[IPA_SHA512_BYTES];
  const uint32_t begin = ipa_update_head_bytes();
  ipa_sha512_begin(&hash);
  for (uint32_t at = 0; at < manifest->module_bytes; at += (uint32_t)sizeof bytes) {
    const uint32_t left = manifest->module_bytes - at;
    const uint32_t length = left < sizeof bytes ? left : (uint32_t)sizeof bytes;
    if (ipa_flash_read(slot, begin + at, bytes, length) < 0) return IPA_UPDATE_FLASH_FAILED;
    ipa_sha512_add(&hash, bytes, length);
  }
  ipa_sha512_end(&hash, digest);
  return memcmp(digest, manifest->digest, sizeof digest) == 0 ? 0 : IPA_UPDATE_BAD_DIGEST;
}

int32_t ipa_slot_read(const struct ipa_update_device *device, uint32_t slot, uint8_t *head, struct ipa_slot *found) {
  struct ipa_container container;
  struct ipa_manifest manifest;
  if (ipa_flash_read(slot, 0, head, IPA_CONTAINER_HEAD_BYTES) < 0) return IPA_UPDATE_FLASH_FAILED;
  int32_t error = ipa_container_read(head, IPA_CONTAINER_HEAD_BYTES, &container);
  if (error == 0) error = ipa_container_verify(&container, device->keys, device->key_count);
  if (error == 0) error = ipa_manifest_read(&container, &manifest);
  if (error == 0) error = ipa_slot_check_manifest(device, &manifest);
  if (error == 0) error = ipa_slot_check_module(slot, &manifest);
  if (error != 0) return error;
  found->sequence = manifest.sequence;
  found->module_bytes = manifest.module_bytes;
  read_marks(slot, found);
  return 0;
}

int32_t ipa_slot_clear(uint32_t slot) {
  const uint32_t sector_bytes = ipa_flash_layout()->sector_bytes;
  for (uint32_t offset = 0; offset < ipa_update_head_bytes(); offset += sector_bytes)
    if (ipa_flash_erase(slot, offset) < 0) return IPA_UPDATE_FLASH_FAILED;
  return 0;
}

int32_t ipa_slot_write_head(uint32_t slot, const uint8_t *head) {
  return ipa_flash_program(slot, 0, head, IPA_CONTAINER_HEAD_BYTES) < 0 ? IPA_UPDATE_FLASH_FAILED : 0;
}
