/* SPDX-License-Identifier: Apache-2.0 */
/* What a device does at power-on: choose a module, try it when it is new, go back when it fails. */

#include <stddef.h>

#include "ipa_flash.h"
#include "ipa_self_test.h"

/** Where the module of a slot can be read; NULL when there is no room to read it into. */
static const uint8_t *module_of(const struct ipa_update_choice *choice, const struct ipa_update_ram *ram, int32_t *error) {
  *error = 0;
  if (ram->bytes == NULL) {
    const uint8_t *mapped = ipa_flash_map(choice->slot, choice->module_offset);
    if (mapped == NULL) *error = IPA_SELF_TEST_NO_ROOM;
    return mapped;
  }
  if (choice->module_bytes > ram->capacity) *error = IPA_SELF_TEST_NO_ROOM;
  else if (ipa_flash_read(choice->slot, choice->module_offset, ram->bytes, choice->module_bytes) < 0) *error = IPA_UPDATE_FLASH_FAILED;
  return ram->bytes;
}

/** Starts the module of a slot; one on trial tests itself first, and is confirmed. Returns 0, or what is wrong with it. */
static int32_t try_module(const struct ipa_update_ram *ram, struct ipa_update_choice *choice) {
  int32_t error;
  const uint8_t *wasm = module_of(choice, ram, &error);
  if (error == 0 && choice->is_trial) error = ipa_self_test(wasm, choice->module_bytes);
  if (error == 0) error = ipa_start(wasm, choice->module_bytes);
  return error;
}

int32_t ipa_update_start(
  const struct ipa_update_device *device, const struct ipa_update_ram *ram, struct ipa_update_choice *choice, int32_t *failure) {
  /* each slot can be tried so often, and then comes the confirmed one; flash that forgets marks must not keep the device here for ever */
  for (uint32_t tries = 0; tries <= IPA_FLASH_SLOTS * IPA_UPDATE_TRIALS; tries++) {
    int32_t error = ipa_update_choose(device, choice);
    if (error != 0) return error;
    error = try_module(ram, choice);
    if (error != 0 && !choice->is_trial) return error;
    if (error == 0) {
      /* without the mark the module stays on trial, and works none the less */
      ipa_update_confirm(choice);
      return 0;
    }
    *failure = error;
    /* without the mark it is tried again, as often as trials are counted */
    if (error != IPA_UPDATE_FLASH_FAILED) ipa_update_reject(choice);
  }
  return IPA_UPDATE_FLASH_FAILED;
}
