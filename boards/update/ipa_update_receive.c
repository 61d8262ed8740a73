/* SPDX-License-Identifier: Apache-2.0 */
/* A container on its way into the slot that is not in use. The head is collected in RAM and believed before anything is erased; the module
 * then goes to flash as it comes. */

#include <string.h>

#include "ipa_slot.h"
#include "ipa_update.h"

static int32_t fail(struct ipa_update *update, int32_t error) {
  if (update->error == 0) update->error = error;
  return update->error;
}

/** The newest sequence of a slot that is whole, rejected or not: each number is used once. */
static uint32_t sequence_of(struct ipa_update *update, uint32_t slot) {
  struct ipa_slot found;
  return ipa_slot_read(update->device, slot, update->head, &found) == 0 ? found.sequence : 0;
}

int32_t ipa_update_begin(struct ipa_update *update, const struct ipa_update_device *device, const struct ipa_update_choice *running) {
  *update = (struct ipa_update){.device = device};
  if (running != NULL && running->is_trial) return fail(update, IPA_UPDATE_ON_TRIAL);
  uint32_t sequences[IPA_FLASH_SLOTS];
  for (uint32_t at = 0; at < IPA_FLASH_SLOTS; at++) {
    sequences[at] = sequence_of(update, at);
    if (sequences[at] > update->newest_sequence) update->newest_sequence = sequences[at];
  }
  if (running != NULL) update->slot = running->slot == 0 ? 1 : 0;
  else update->slot = sequences[1] < sequences[0] ? 1 : 0;
  return 0;
}

/** The head has come to its end: may this module be installed? */
static int32_t believe(struct ipa_update *update, const struct ipa_container *container) {
  struct ipa_manifest manifest;
  int32_t error = ipa_container_verify(container, update->device->keys, update->device->key_count);
  if (error == 0) error = ipa_manifest_read(container, &manifest);
  if (error == 0) error = ipa_slot_check_manifest(update->device, &manifest);
  if (error == 0 && manifest.sequence <= update->newest_sequence) error = IPA_UPDATE_NOT_NEWER;
  if (error == 0) error = ipa_slot_clear(update->slot);
  if (error != 0) return fail(update, error);
  update->head_length = container->length;
  update->module_bytes = manifest.module_bytes;
  update->received_bytes = 0;
  memset(update->head + container->length, 0xff, IPA_CONTAINER_HEAD_BYTES - container->length);
  return 0;
}

/** Takes one byte of the head; each is looked at when it comes, so that the first one behind the head is known for what it is. */
static int32_t receive_head(struct ipa_update *update, uint8_t byte) {
  struct ipa_container container;
  update->head[update->received_bytes++] = byte;
  const int32_t error = ipa_container_read(update->head, update->received_bytes, &container);
  if (error == 0) return believe(update, &container);
  if (error != IPA_UPDATE_INCOMPLETE) return fail(update, error);
  return update->received_bytes < IPA_CONTAINER_HEAD_BYTES ? 0 : fail(update, IPA_UPDATE_BAD_CONTAINER);
}

/** Programs the unit that ends where the module has come to; `length` of its bytes are the module's, the rest stays erased. */
static int32_t program_unit(struct ipa_update *update, uint32_t length) {
  const struct ipa_flash_layout *layout = ipa_flash_layout();
  const uint32_t offset = ipa_update_head_bytes() + update->received_bytes - length;
  memset(update->unit + length, 0xff, layout->program_bytes - length);
  if (offset % layout->sector_bytes == 0 && ipa_flash_erase(update->slot, offset) < 0) return fail(update, IPA_UPDATE_FLASH_FAILED);
  if (ipa_flash_program(update->slot, offset, update->unit, layout->program_bytes) < 0) return fail(update, IPA_UPDATE_FLASH_FAILED);
  return 0;
}

/** Takes bytes of the module, at most up to the end of a unit. Returns how many. */
static uint32_t receive_module(struct ipa_update *update, const uint8_t *bytes, uint32_t length) {
  const uint32_t program_bytes = ipa_flash_layout()->program_bytes;
  const uint32_t filled = update->received_bytes % program_bytes;
  const uint32_t left = update->module_bytes - update->received_bytes;
  uint32_t taken = program_bytes - filled;
  if (taken > length) taken = length;
  if (taken > left) taken = left;
  memcpy(update->unit + filled, bytes, taken);
  update->received_bytes += taken;
  if (filled + taken == program_bytes || taken == left) program_unit(update, filled + taken);
  return taken;
}

int32_t ipa_update_receive(struct ipa_update *update, const uint8_t *bytes, uint32_t length) {
  while (length > 0 && update->error == 0) {
    uint32_t taken = 1;
    if (update->head_length == 0) receive_head(update, *bytes);
    else if (update->received_bytes < update->module_bytes) taken = receive_module(update, bytes, length);
    else fail(update, IPA_UPDATE_TRAILING_BYTES);
    bytes += taken;
    length -= taken;
  }
  return update->error;
}

int32_t ipa_update_finish(struct ipa_update *update) {
  struct ipa_container container;
  struct ipa_manifest manifest;
  if (update->error != 0) return update->error;
  if (update->head_length == 0 || update->received_bytes < update->module_bytes) return fail(update, IPA_UPDATE_INCOMPLETE);
  ipa_container_read(update->head, update->head_length, &container);
  ipa_manifest_read(&container, &manifest);
  int32_t error = ipa_slot_check_module(update->slot, &manifest);
  if (error == 0) error = ipa_slot_write_head(update->slot, update->head);
  if (error != 0) return fail(update, error);
  /* a second call finds nothing to finish */
  update->error = IPA_UPDATE_INCOMPLETE;
  return 0;
}
