/* SPDX-License-Identifier: Apache-2.0 */
/* What an interpreter does for boards/runtime/interpreter/ipa_interpreter.c, which makes ipa_module.h of it. */
#ifndef IPA_ENGINE_H
#define IPA_ENGINE_H

#include <stdint.h>

/** The functions that the module exports. */
enum ipa_export {
  IPA_EXPORT_ABI_VERSION,
  IPA_EXPORT_POLL,
  IPA_EXPORT_ARGUMENT,
  IPA_EXPORT_DATA,
  IPA_EXPORT_LENGTH,
  IPA_EXPORT_WINDOW,
  IPA_EXPORT_WINDOW_SIZE,
  IPA_EXPORT_EVENT,
  IPA_EXPORT_STATE,
  IPA_EXPORT_STATE_SIZE,
  IPA_EXPORT_COUNT,
};

#define IPA_EXPORT_MOST_PARAMETERS 3

/** One of them: all parameters and the one result are i32. */
struct ipa_export_type {
  const char *name;
  uint32_t parameters;
};

extern const struct ipa_export_type ipa_exports[IPA_EXPORT_COUNT];

/**
 * Makes an instance of a module whose sections are whole and that imports nothing; its memory is the first `memory_bytes` of the page it
 * declares. Whatever ran before is dropped first. Returns 0, IPA_HOST_BAD_MODULE or IPA_HOST_NO_MEMORY.
 */
int32_t ipa_engine_load(const uint8_t *wasm, uint32_t length, uint32_t memory_bytes);

/** Calls a function of the instance. Returns 0, or IPA_HOST_TRAPPED. */
int32_t ipa_engine_call(enum ipa_export function, const uint32_t parameters[IPA_EXPORT_MOST_PARAMETERS], uint32_t *result);

/** The instance's memory, and how long it is. */
uint8_t *ipa_engine_memory(uint32_t *bytes);

/** The most bytes of IPA_RUNTIME_HEAP_BYTES that were in use at once since ipa_start. */
uint32_t ipa_runtime_heap_used(void);

#endif
