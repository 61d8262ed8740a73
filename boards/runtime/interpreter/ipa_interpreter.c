/* SPDX-License-Identifier: Apache-2.0 */
/* ipa_module.h for a module that an interpreter runs. Whatever address the module names is checked against its memory. */

#include <stdbool.h>
#include <stddef.h>

#include "ipa_engine.h"
#include "ipa_image.h"
#include "ipa_module.h"

const struct ipa_export_type ipa_exports[IPA_EXPORT_COUNT] = {
  [IPA_EXPORT_ABI_VERSION] = {"ipa_abi_version", 0},
  [IPA_EXPORT_POLL] = {"ipa_poll", 1},
  [IPA_EXPORT_ARGUMENT] = {"ipa_argument", 0},
  [IPA_EXPORT_DATA] = {"ipa_data", 0},
  [IPA_EXPORT_LENGTH] = {"ipa_length", 0},
  [IPA_EXPORT_WINDOW] = {"ipa_window", 1},
  [IPA_EXPORT_WINDOW_SIZE] = {"ipa_window_size", 1},
  [IPA_EXPORT_EVENT] = {"ipa_event", 3},
  [IPA_EXPORT_STATE] = {"ipa_state", 0},
  [IPA_EXPORT_STATE_SIZE] = {"ipa_state_size", 0},
};

/** False before the first start, after one that failed, and once the module has trapped: nothing in its memory can be trusted then. */
static bool alive;

/** What a function answers, 0 when it could not be called. */
static uint32_t call(enum ipa_export function, uint32_t first, uint32_t second, uint32_t third) {
  const uint32_t parameters[IPA_EXPORT_MOST_PARAMETERS] = {first, second, third};
  uint32_t result = 0;
  if (!alive) return 0;
  if (ipa_engine_call(function, parameters, &result) != 0) alive = false;
  return alive ? result : 0;
}

/** Where the module's bytes at an address are. NULL and length 0 when they are not inside its memory, which ends it. */
static uint8_t *bytes_at(uint32_t address, uint32_t *length) {
  uint32_t memory_bytes = 0;
  uint8_t *memory = alive ? ipa_engine_memory(&memory_bytes) : NULL;
  if (alive && address <= memory_bytes && *length <= memory_bytes - address) return memory + address;
  alive = false;
  *length = 0;
  return NULL;
}

int32_t ipa_start(const uint8_t *wasm, uint32_t length) {
  uint32_t memory_bytes;
  alive = false;
  if (!ipa_image_check(wasm, length, &memory_bytes)) return IPA_HOST_BAD_MODULE;
  const int32_t error = ipa_engine_load(wasm, length, memory_bytes);
  if (error != 0) return error;
  alive = true;
  if (call(IPA_EXPORT_ABI_VERSION, 0, 0, 0) == IPA_ABI_VERSION) return 0;
  alive = false;
  return IPA_HOST_BAD_MODULE;
}

int32_t ipa_poll(uint32_t now_ms) {
  const int32_t action = (int32_t)call(IPA_EXPORT_POLL, now_ms, 0, 0);
  return alive ? action : IPA_HOST_TRAPPED;
}

int32_t ipa_argument(void) { return (int32_t)call(IPA_EXPORT_ARGUMENT, 0, 0, 0); }

const uint8_t *ipa_data(uint32_t *length) {
  *length = call(IPA_EXPORT_LENGTH, 0, 0, 0);
  return bytes_at(call(IPA_EXPORT_DATA, 0, 0, 0), length);
}

uint8_t *ipa_window(int32_t kind, uint32_t *size) {
  const int32_t window_size = (int32_t)call(IPA_EXPORT_WINDOW_SIZE, (uint32_t)kind, 0, 0);
  const uint32_t address = call(IPA_EXPORT_WINDOW, (uint32_t)kind, 0, 0);
  *size = window_size > 0 ? (uint32_t)window_size : 0;
  return bytes_at(address, size);
}

int32_t ipa_event(int32_t kind, int32_t argument, uint32_t length) {
  const int32_t taken = (int32_t)call(IPA_EXPORT_EVENT, (uint32_t)kind, (uint32_t)argument, length);
  return alive ? taken : IPA_HOST_TRAPPED;
}

uint8_t *ipa_state(uint32_t *size) {
  *size = call(IPA_EXPORT_STATE_SIZE, 0, 0, 0);
  return bytes_at(call(IPA_EXPORT_STATE, 0, 0, 0), size);
}
