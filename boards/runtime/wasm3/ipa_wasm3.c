/* SPDX-License-Identifier: Apache-2.0 */
/* wasm3 as the engine of boards/runtime/interpreter. It translates the whole module when it is loaded: no call needs memory later. */

#include <setjmp.h>
#include <stddef.h>
#include <string.h>

#include "ipa_arena.h"
#include "ipa_engine.h"
#include "ipa_module.h"
#include "m3_env.h"
#include "wasm3.h"

/** The module's frames and operands, in bytes. */
#ifndef IPA_WASM3_STACK_BYTES
#define IPA_WASM3_STACK_BYTES 4096
#endif

static IM3Runtime runtime;
static IM3Function functions[IPA_EXPORT_COUNT];
/** Where a refused allocation goes on: wasm3 itself does not survive one. */
static jmp_buf out_of_memory;

/* wasm3's sources are compiled with these names in place of calloc, realloc and free (scripts/boards/runtimes.ts). */
void *ipa_wasm3_calloc(size_t count, size_t bytes);
void *ipa_wasm3_realloc(void *taken, size_t bytes);
void ipa_wasm3_free(void *taken);

void *ipa_wasm3_calloc(size_t count, size_t bytes) {
  const size_t all = count * bytes;
  void *taken = all <= UINT32_MAX && (count == 0 || all / count == bytes) ? ipa_arena_take((uint32_t)all) : NULL;
  if (taken == NULL) longjmp(out_of_memory, 1);
  return memset(taken, 0, all);
}

void *ipa_wasm3_realloc(void *taken, size_t bytes) {
  void *resized = bytes <= UINT32_MAX ? ipa_arena_resize(taken, (uint32_t)bytes) : NULL;
  if (resized == NULL) longjmp(out_of_memory, 1);
  return resized;
}

void ipa_wasm3_free(void *taken) { ipa_arena_release(taken); }

/** Whether the module has the function, with parameters and result as they must be. */
static bool find(enum ipa_export which) {
  IM3Function function = NULL;
  if (m3_FindFunction(&function, runtime, ipa_exports[which].name) != m3Err_none) return false;
  if (m3_GetArgCount(function) != ipa_exports[which].parameters || m3_GetRetCount(function) != 1) return false;
  for (uint32_t index = 0; index < ipa_exports[which].parameters; index++)
    if (m3_GetArgType(function, index) != c_m3Type_i32) return false;
  functions[which] = function;
  return m3_GetRetType(function, 0) == c_m3Type_i32;
}

static int32_t load(const uint8_t *wasm, uint32_t length, uint32_t memory_bytes) {
  IM3Module module = NULL;
  IM3Environment environment = m3_NewEnvironment();
  runtime = m3_NewRuntime(environment, IPA_WASM3_STACK_BYTES, NULL);
  runtime->memoryLimit = memory_bytes;
  if (m3_ParseModule(environment, &module, wasm, length) != m3Err_none) return IPA_HOST_BAD_MODULE;
  if (m3_LoadModule(runtime, module) != m3Err_none) return IPA_HOST_BAD_MODULE;
  if (m3_CompileModule(module) != m3Err_none) return IPA_HOST_BAD_MODULE;
  for (int which = 0; which < IPA_EXPORT_COUNT; which++)
    if (!find((enum ipa_export)which)) return IPA_HOST_BAD_MODULE;
  return 0;
}

int32_t ipa_engine_load(const uint8_t *wasm, uint32_t length, uint32_t memory_bytes) {
  /* all that wasm3 knows is in the arena: emptying it drops the instance before */
  ipa_arena_reset();
  if (setjmp(out_of_memory) != 0) return IPA_HOST_NO_MEMORY;
  return load(wasm, length, memory_bytes);
}

int32_t ipa_engine_call(enum ipa_export function, const uint32_t parameters[IPA_EXPORT_MOST_PARAMETERS], uint32_t *result) {
  const void *from[IPA_EXPORT_MOST_PARAMETERS] = {&parameters[0], &parameters[1], &parameters[2]};
  const void *to[] = {result};
  if (setjmp(out_of_memory) != 0) return IPA_HOST_TRAPPED;
  if (m3_Call(functions[function], ipa_exports[function].parameters, from) != m3Err_none) return IPA_HOST_TRAPPED;
  return m3_GetResults(functions[function], 1, to) == m3Err_none ? 0 : IPA_HOST_TRAPPED;
}

uint8_t *ipa_engine_memory(uint32_t *bytes) { return m3_GetMemory(runtime, bytes, 0); }

uint32_t ipa_runtime_heap_used(void) { return ipa_arena_most_used(); }
