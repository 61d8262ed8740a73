/* SPDX-License-Identifier: Apache-2.0 */
/* WAMR's classic interpreter as the engine of boards/runtime/interpreter. It writes into the module's image, so it gets a copy of it. */

#include <stddef.h>
#include <string.h>

#include "ipa_arena.h"
#include "ipa_engine.h"
#include "ipa_module.h"
#include "wasm_export.h"

/** Frames and operands of the module's calls, in bytes; a frame has pointers in it. */
#ifndef IPA_WAMR_STACK_BYTES
#define IPA_WAMR_STACK_BYTES (1024 * sizeof(void *))
#endif

static bool initialised;
static wasm_module_t module;
static wasm_module_inst_t instance;
static wasm_exec_env_t environment;
static wasm_function_inst_t functions[IPA_EXPORT_COUNT];

/** Drops what runs, and whatever a load that failed has left. */
static void drop(void) {
  if (environment != NULL) wasm_runtime_destroy_exec_env(environment);
  if (instance != NULL) wasm_runtime_deinstantiate(instance);
  if (module != NULL) wasm_runtime_unload(module);
  if (initialised) wasm_runtime_destroy();
  environment = NULL;
  instance = NULL;
  module = NULL;
  initialised = false;
}

/** Whether the module has the function, with parameters and result as they must be. */
static bool find(enum ipa_export which) {
  wasm_valkind_t types[IPA_EXPORT_MOST_PARAMETERS];
  functions[which] = wasm_runtime_lookup_function(instance, ipa_exports[which].name);
  if (functions[which] == NULL) return false;
  if (wasm_func_get_param_count(functions[which], instance) != ipa_exports[which].parameters) return false;
  if (wasm_func_get_result_count(functions[which], instance) != 1) return false;
  wasm_func_get_param_types(functions[which], instance, types);
  for (uint32_t index = 0; index < ipa_exports[which].parameters; index++)
    if (types[index] != WASM_I32) return false;
  wasm_func_get_result_types(functions[which], instance, types);
  return types[0] == WASM_I32;
}

static bool initialise(void) {
  RuntimeInitArgs arguments;
  memset(&arguments, 0, sizeof arguments);
  arguments.mem_alloc_type = Alloc_With_Pool;
  arguments.running_mode = Mode_Interp;
  return wasm_runtime_full_init(&arguments);
}

static bool load(const uint8_t *wasm, uint32_t length) {
  char message[1];
  initialised = initialise();
  if (!initialised) return false;
  /* the copy lives as long as the arena is not emptied */
  uint8_t *image = ipa_arena_take(length);
  if (image == NULL) return false;
  memcpy(image, wasm, length);
  module = wasm_runtime_load(image, length, message, sizeof message);
  if (module == NULL) return false;
  instance = wasm_runtime_instantiate(module, IPA_WAMR_STACK_BYTES, 0, message, sizeof message);
  if (instance == NULL) return false;
  environment = wasm_runtime_create_exec_env(instance, IPA_WAMR_STACK_BYTES);
  return environment != NULL;
}

int32_t ipa_engine_load(const uint8_t *wasm, uint32_t length, uint32_t memory_bytes) {
  drop();
  ipa_arena_reset();
  bool usable = load(wasm, length);
  for (int which = 0; usable && which < IPA_EXPORT_COUNT; which++) usable = find((enum ipa_export)which);
  /* WAMR cuts the page down by itself, unless __data_end is out of place */
  uint32_t have_bytes = 0;
  if (usable) usable = ipa_engine_memory(&have_bytes) != NULL && have_bytes == ((memory_bytes + 7) & ~7u);
  if (usable) return 0;
  const bool exhausted = ipa_arena_is_exhausted();
  drop();
  return exhausted ? IPA_HOST_NO_MEMORY : IPA_HOST_BAD_MODULE;
}

int32_t ipa_engine_call(enum ipa_export function, const uint32_t parameters[IPA_EXPORT_MOST_PARAMETERS], uint32_t *result) {
  uint32_t cells[IPA_EXPORT_MOST_PARAMETERS];
  memcpy(cells, parameters, sizeof cells);
  if (!wasm_runtime_call_wasm(environment, functions[function], ipa_exports[function].parameters, cells)) return IPA_HOST_TRAPPED;
  *result = cells[0];
  return 0;
}

uint8_t *ipa_engine_memory(uint32_t *bytes) {
  const wasm_memory_inst_t memory = wasm_runtime_get_default_memory(instance);
  *bytes = (uint32_t)(wasm_memory_get_cur_page_count(memory) * wasm_memory_get_bytes_per_page(memory));
  return wasm_memory_get_base_address(memory);
}

uint32_t ipa_runtime_heap_used(void) { return ipa_arena_most_used(); }
